"""Where a line's ink is parted between letters."""

import numpy as np
import pytest

from scribe.writing import letter_ink

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("num_points", [1, 5, 40])
def test_overlap_at_a_cut_is_that_of_the_points_around_it(num_points):
    x = np.random.default_rng(num_points).normal(size=num_points)
    found = letter_ink._overlaps(x)
    assert found.shape == (num_points + 1,)
    assert found[0] == -np.inf and found[-1] == 0.0
    for i in range(1, num_points):
        before, after = x[max(0, i - 12) : i], x[i : i + 12]
        assert found[i] == before.max() - after.min()
