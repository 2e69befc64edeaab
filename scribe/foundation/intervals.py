"""95 % intervals: how far a figure measured on some lines can be trusted. NumPy."""

from collections.abc import Callable

import numpy as np

from scribe.foundation.errors import InputError

ROUNDS = 2000
LEVEL = 0.95


def bootstrap(
    statistic: Callable[..., float], *columns: np.ndarray, seed: int = 0
) -> tuple[float, float]:
    """Percentile bootstrap over lines (Efron 1979).

    Draws as many lines as there are, with replacement, ROUNDS times; the statistic of
    the draws lies between the two numbers in 95 % of them.

    Args:
      statistic: of the columns, e.g. `ratio_of_sums`.
      *columns: [N, ...] arrays, one row per line; rows are drawn together, so that
        figures of the same lines may be compared.
      seed: of the draws.

    Raises:
      InputError: there are no lines.
    """
    num_lines = len(columns[0])
    if num_lines == 0:
        raise InputError("there are no lines to take an interval over")
    random = np.random.default_rng(seed)
    found = []
    for _ in range(ROUNDS):
        rows = random.integers(0, num_lines, num_lines)
        found.append(statistic(*(column[rows] for column in columns)))
    low, high = np.quantile(found, ((1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0))
    return float(low), float(high)


def ratio_of_sums(parts: np.ndarray, wholes: np.ndarray) -> float:
    """E.g. the errors of all lines over their characters."""
    return float(parts.sum() / wholes.sum())
