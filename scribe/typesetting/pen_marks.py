"""Marks that a pen makes beside letters: underlines, a struck-out word, bullets.

Lengths are in x-heights, y down, the baseline at 0, as those of a Word.
"""

import numpy as np

# Points of the pen are so far apart in a quick line.
_STEP = 0.45
# How far a quick line leaves its place, and climbs by its end.
_WAVERS, _CLIMBS = 0.035, 0.05
# Below the baseline: one underline, and a second.
_UNDERLINES = (0.42, 0.72)
_STRIKE_HEIGHT = -0.48
_BEYOND = 0.15
_BULLET_LENGTH, _BULLET_HEIGHT = 0.75, -0.45


def underlines(left: float, right: float, number: int, random) -> list[np.ndarray]:
    """Lines below words, [n, 2] each.

    Args:
      left, right: where the words' ink begins and ends.
      number: how many, 1 or 2.
      random: a NumPy generator; None for straight lines.
    """
    return [quick_line(left, right, y, random) for y in _UNDERLINES[:number]]


def strike(left: float, right: float, random) -> list[np.ndarray]:
    """A line or two through a word, from a little before it to a little behind."""
    number = 1 if random is None else 1 + int(random.random() < 0.3)
    heights = [_STRIKE_HEIGHT + 0.22 * i for i in range(number)]
    return [quick_line(left - _BEYOND, right + _BEYOND, y, random) for y in heights]


def bullet(random) -> np.ndarray:
    """The dash before an item of a list: [n, 2]."""
    return quick_line(0.0, _BULLET_LENGTH, _BULLET_HEIGHT, random)


def quick_line(left: float, right: float, y: float, random) -> np.ndarray:
    """[n, 2] from left to right as a hand draws it without a ruler."""
    count = max(3, int((right - left) / _STEP) + 1)
    x = np.linspace(left, right, count)
    level = np.full(count, y)
    if random is not None:
        wave = np.cumsum(random.normal(0, _WAVERS, count)) / 2
        wave -= np.linspace(wave[0], wave[-1], count)
        level += wave + random.normal(0, _CLIMBS) * np.linspace(-0.5, 0.5, count)
    return np.stack([x, level], axis=1)
