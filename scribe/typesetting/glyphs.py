"""Letters cut out of written lines. NumPy only."""

import dataclasses

import numpy as np

from scribe.writing import WrittenLine
from scribe.writing.letter_ink import owners, room
from scribe.writing.measures import Measures


@dataclasses.dataclass(frozen=True, eq=False)
class Glyph:
    """One letter as it was written: what a font shows of a character.

    Lengths are in x-heights of its line; the origin is on the baseline, where the room
    of the letter begins; y grows upwards.

    Attributes:
      character: which.
      strokes: for each stroke [n, 2] points.
      width: room between its neighbours.
      following: the next character of the word; None at its end.
      gap: distance to that; None at the word's end.
    """

    character: str
    strokes: list[np.ndarray]
    width: float
    following: str | None
    gap: float | None


def cut_glyphs(line: WrittenLine, measures: Measures) -> list[Glyph]:
    """The letters of a line, without those that have no ink of their own.

    Args:
      line: written with text.
      measures: of the line (scribe.writing.measures).
    """
    points = measures.points(line.strokes)
    lifted = line.strokes[:, 2] > 0.5
    owner = owners(line, points)
    rooms = {}
    for i, character in enumerate(line.text):
        own = points[owner == i]
        if character != " " and len(own):
            rooms[i] = room(own, character)
    glyphs = []
    for i, (left, right) in rooms.items():
        gap = following = None
        if i + 1 in rooms:
            following, gap = line.text[i + 1], rooms[i + 1][0] - right
        strokes = _pieces(points - [left, 0.0], lifted, owner == i)
        width = right - left
        glyphs.append(Glyph(line.text[i], strokes, width, following, gap))
    return glyphs


def _pieces(points, lifted, own: np.ndarray) -> list[np.ndarray]:
    """The strokes of the points in `own`, split where the pen was up or they part."""
    index = np.flatnonzero(own)
    parted = (np.diff(index) > 1) | lifted[index[:-1]]
    return np.split(points[index], np.flatnonzero(parted) + 1)
