"""How far a share of lines can be trusted."""

import numpy as np
import pytest
from refusals import refused

from scribe.evaluation.shares import interval_of_share


@pytest.mark.unit
@pytest.mark.parametrize(
    ("hits", "lines", "low", "high"),
    [(200, 200, 0.981, 1.0), (0, 10, 0.0, 0.278), (81, 263, 0.2553, 0.3662)],
)
def test_the_interval_of_a_share_is_wilson_s(hits, lines, low, high):
    """The third is the example of Newcombe (1998), table I, method 3."""
    found = interval_of_share(np.arange(lines) < hits)
    assert found == pytest.approx((low, high), abs=5e-4)


@pytest.mark.unit
def test_the_interval_is_that_of_wilson_s_formula():
    hits = np.arange(57) < 40
    share, deviations = 40 / 57, 1.959963984540054
    middle = (share + deviations**2 / 114) / (1 + deviations**2 / 57)
    reach = (share * (1 - share) / 57 + deviations**2 / (4 * 57**2)) ** 0.5
    reach *= deviations / (1 + deviations**2 / 57)
    expected = (middle - reach, middle + reach)
    assert interval_of_share(hits) == pytest.approx(expected, rel=1e-9)


@pytest.mark.unit
def test_no_lines_have_no_interval():
    with refused("lines"):
        interval_of_share(np.zeros(0, bool))
