"""How far a figure measured on some lines can be trusted."""

import numpy as np
import pytest
from refusals import refused

from scribe.foundation import intervals


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
def test_no_lines_have_no_interval():
    with refused("lines"):
        intervals.bootstrap(np.mean, np.zeros(0))
