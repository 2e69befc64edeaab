"""Which lines of a corpus a network can learn from."""

import dataclasses

import numpy as np

from scribe.corpora.prepared import Line
from scribe.foundation.alphabet import Alphabet
from scribe.strokes.measures import median_offset


@dataclasses.dataclass(frozen=True)
class LineBounds:
    """What a line must be like, after it was cleaned.

    Attributes:
      alphabet: of the network.
      max_points: longer lines would set the memory that a batch needs.
      points_per_character: fewest and most; beyond these the text is not the line's.
      max_offset: in median offsets; a longer one is a sensor's glitch, not a pen.
    """

    alphabet: Alphabet
    max_points: int
    points_per_character: tuple[float, float]
    max_offset: float

    def reason_to_drop(self, line: Line) -> str | None:
        """Why a line is to be left out; None if it is not."""
        points = len(line.strokes)
        low, high = self.points_per_character
        if not line.text:
            return "no text"
        if self.alphabet.unknown(line.text):
            return "characters that the alphabet lacks"
        if points < 2:
            return "fewer than 2 points"
        if points > self.max_points:
            return f"more than {self.max_points} points"
        if not low <= points / len(line.text) <= high:
            return f"not {low:g} to {high:g} points per character"
        longest = np.hypot(line.strokes[:, 0], line.strokes[:, 1]).max()
        if longest > self.max_offset * median_offset(line.strokes):
            return f"an offset over {self.max_offset:g} times the median"
        return None
