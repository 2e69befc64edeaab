"""How far a figure measured on some lines can be trusted."""

import numpy as np
import pytest

from scribe.foundation import intervals
from scribe.foundation.errors import InputError


@pytest.mark.unit
def test_the_interval_of_a_mean_is_that_of_its_standard_error():
    values = np.random.default_rng(0).normal(5.0, 2.0, 400)
    low, high = intervals.bootstrap(np.mean, values)
    assert (low + high) / 2 == pytest.approx(values.mean(), abs=0.03)
    assert (high - low) / 2 == pytest.approx(1.96 * values.std() / 20.0, rel=0.1)
    assert intervals.bootstrap(np.mean, values) == (low, high)


@pytest.mark.unit
def test_rows_of_several_columns_are_drawn_together():
    parts = np.arange(1.0, 50.0)
    low, high = intervals.bootstrap(intervals.ratio_of_sums, parts, 4.0 * parts)
    assert (low, high) == pytest.approx((0.25, 0.25))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("hits", "lines", "low", "high"),
    [(200, 200, 0.981, 1.0), (0, 10, 0.0, 0.278), (81, 263, 0.2553, 0.3662)],
)
def test_the_interval_of_a_share_is_wilson_s(hits, lines, low, high):
    """The third is the example of Newcombe (1998), table I, method 3."""
    found = intervals.of_share(np.arange(lines) < hits)
    assert found == pytest.approx((low, high), abs=5e-4)


@pytest.mark.unit
def test_no_lines_have_no_interval():
    with pytest.raises(InputError, match="no lines"):
        intervals.bootstrap(np.mean, np.zeros(0))
    with pytest.raises(InputError, match="no lines"):
        intervals.of_share(np.zeros(0, bool))
