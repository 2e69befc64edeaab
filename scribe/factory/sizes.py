"""How large a picture of a word or a line is, and where the ink stands on it."""

import dataclasses
from collections.abc import Sequence

import gin
import numpy as np

from scribe.factory import amounts
from scribe.factory.amounts import Amount
from scribe.factory.ink import Ink, Placed
from scribe.foundation.errors import InputError
from scribe.typesetting.words import Word

# In x-heights from the baseline: where tall letters end, and tails.
_ABOVE, _BELOW = 2.1, 1.0
# Of a picture without its margins, in x-heights: a full stop does not fill it.
_LEAST = 1.8
_GAP = 0.9


@gin.register(module="scribe")
class Crop:
    """A picture of one height that holds one word or one line."""

    def __init__(self, height: int, margin: Amount, tightness: Amount):
        """
        Args:
          height: of all pictures, pixels.
          margin: free space on each of the four sides, as a share of the height.
          tightness: 0 for a picture from where tall letters end to where tails do, 1
            for one that is as high as its ink.
        """
        if not 8 <= height <= 2048:
            raise InputError(f"Crop.height={height}: must be from 8 to 2048 pixels")
        amounts.check_within("Crop.margin", margin, 0.0, 0.4)
        amounts.check_within("Crop.tightness", tightness, 0.0, 1.0)
        self.height, self._margin, self._tightness = height, margin, tightness

    def place(
        self, ink: Ink, random: np.random.Generator, size: float
    ) -> tuple[Ink, int]:
        """Ink on a picture.

        Args:
          ink: in x-heights, its baseline at 0.
          random: of the draws.
          size: of the hand.

        Returns:
          the ink in pixels, and the width of the picture.
        """
        low, high = ink.points.min(axis=0), ink.points.max(axis=0)
        tightness = amounts.draw(self._tightness, random)
        top = min(low[1], (1 - tightness) * -_ABOVE / size + tightness * low[1])
        bottom = max(high[1], (1 - tightness) * _BELOW / size + tightness * high[1])
        missing = max(_LEAST - (bottom - top), 0.0)
        above = missing * random.uniform(0.3, 0.7)
        top, bottom = top - above, bottom + missing - above
        left, upper, right, lower = (
            amounts.draw(self._margin, random) * self.height for _ in range(4)
        )
        unit = (self.height - upper - lower) / (bottom - top)
        corner = np.array([left - low[0] * unit, upper - top * unit])
        placed = [
            dataclasses.replace(
                p, x=p.x * unit + corner[0], y=p.y * unit + corner[1], unit=unit
            )
            for p in ink.placed
        ]
        ink = dataclasses.replace(ink, placed=placed)
        picture_width = (high[0] - low[0]) * unit + left + right
        moved = ink.moved(lambda points: points * unit + corner)
        return moved, max(round(float(picture_width)), 1)


def in_a_row(words: Sequence[Word], width: float) -> list[Placed]:
    """Words as they were written in a line, in x-heights."""
    placed = []
    x = y = 0.0
    for number, word in enumerate(words):
        if number:
            x += width * (_GAP if word.gap is None else max(word.gap, 0.3))
            y += word.drift
        placed.append(Placed(word, x, y, 1.0))
        x += width * word.width
    return placed
