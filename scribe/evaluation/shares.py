"""95 % intervals of shares, such as that of the lines that were completed."""

import numpy as np

from scribe.foundation.errors import InputError
from scribe.foundation.intervals import LEVEL


def interval_of_share(hits: np.ndarray) -> tuple[float, float]:
    """Interval of a share (Wilson 1927), which is one also where all lines hit.

    Args:
      hits: bool [N].

    Raises:
      InputError: there are no lines.
    """
    if len(hits) == 0:
        raise InputError("there are no lines to take an interval over")
    from scipy import stats  # a part of the extra `evaluation`

    test = stats.binomtest(int(np.sum(hits)), len(hits))
    interval = test.proportion_ci(LEVEL, "wilson")
    return float(interval.low), float(interval.high)
