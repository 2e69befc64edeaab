"""Numbers that gin files give as distributions.

0.8                         always the same
('uniform', 0.5, 1.1)       between two bounds
('normal', 0.0, 0.1)        mean and standard deviation, cut at three deviations
('choice', 1, 2, 4)         one of several
"""

from collections.abc import Sequence

import numpy as np

from scribe.foundation.errors import InputError

Amount = float | Sequence

_KINDS = ("uniform", "normal", "choice")
_CUT = 3.0


def check(name: str, amount: Amount) -> None:
    """Refuses what is no amount.

    Args:
      name: of the binding, for the message.
      amount: as gin has it.

    Raises:
      InputError: it has another form.
    """
    if _is_number(amount):
        return
    fine = (
        isinstance(amount, list | tuple)
        and len(amount) > 1
        and amount[0] in _KINDS
        and all(map(_is_number, amount[1:]))
        and (amount[0] == "choice" or len(amount) == 3)
        and not (amount[0] == "uniform" and amount[1] > amount[2])
        and not (amount[0] == "normal" and amount[2] < 0)
    )
    if not fine:
        raise InputError(
            f"{name}={amount!r}: use a number, ('uniform', low, high), "
            "('normal', mean, deviation) or ('choice', one, another, ...)"
        )


def draw(amount: Amount, random: np.random.Generator) -> float:
    """A number of the distribution."""
    if _is_number(amount):
        return float(amount)
    kind, *values = amount
    if kind == "uniform":
        return float(random.uniform(*values))
    if kind == "normal":
        mean, deviation = values
        return float(mean + deviation * np.clip(random.normal(), -_CUT, _CUT))
    return float(values[random.integers(len(values))])


def bounds(amount: Amount) -> tuple[float, float]:
    """The least and the largest number that can be drawn."""
    if _is_number(amount):
        return float(amount), float(amount)
    kind, *values = amount
    if kind == "normal":
        mean, deviation = values
        return mean - _CUT * deviation, mean + _CUT * deviation
    return float(min(values)), float(max(values))


def check_within(name: str, amount: Amount, low: float, high: float) -> None:
    """Refuses an amount that could be beyond two bounds.

    Raises:
      InputError: it could, or it has another form.
    """
    check(name, amount)
    least, most = bounds(amount)
    if not low <= least <= most <= high:
        raise InputError(f"{name}={amount!r}: must stay within {low:g} and {high:g}")


def check_shares(name: str, shares: Sequence[float]) -> np.ndarray:
    """Shares that need not add up to 1, as probabilities.

    Raises:
      InputError: there is none, one is negative, or all are 0.
    """
    fine = len(shares) and all(_is_number(s) and s >= 0 for s in shares)
    if not fine or not sum(shares) > 0:
        raise InputError(f"{name}={shares!r}: must be shares of 0 or more, not all 0")
    found = np.array(shares, float)
    return found / found.sum()


def _is_number(value) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and bool(np.isfinite(value))
    )
