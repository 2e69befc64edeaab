"""Letters cut out of written lines by the path of the window.

The window moves on to a letter a few points before the pen does. Where it moves, the
line is cut at a near point that parts the ink best: a pen lift, or where the ink of
both letters overlaps least. NumPy only.
"""

import dataclasses

import numpy as np

from scribe.strokes import arrays as pen
from scribe.writing import WrittenLine
from scribe.writing.measures import Measures, characters

# The pen comes to the next letter so many points before or after the window.
_POINTS_BEFORE, _POINTS_AFTER = 4, 12
# What a cut inside a stroke costs, in x-heights of overlap.
_COST_OF_NO_LIFT = 0.35
# And what each point costs by which it is away from where the pen usually is when the
# window moves: so many points behind it.
_COST_OF_POINT, _USUAL_LAG = 0.02, 3
# A mark is no longer or higher than this, in x-heights: the dot of an i, a t's bar.
_MARK_LENGTH, _MARK_HEIGHT = 2.0, 0.5
# Letters on whose later end a mark may still be set.
_LATE = 4
# Letters meet between these heights above the baseline, in x-heights: a loop that
# reaches over or under a neighbour takes no room. Tall letters need theirs.
_BAND = (-0.1, 1.1)
_TALL_BAND = (-0.1, 3.0)


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
    points = pen.points_from_strokes(line.strokes)
    height = measures.baseline(points[:, 0]) - points[:, 1]
    points = np.stack([points[:, 0], height], axis=1) / measures.x_height
    lifted = line.strokes[:, 2] > 0.5
    owner = _owners(line, points, lifted)
    owner = _with_late_marks(line.text, points, lifted, owner)
    rooms = {}
    for i, character in enumerate(line.text):
        own = points[owner == i]
        if character != " " and len(own):
            rooms[i] = _room(own, character)
    glyphs = []
    for i, (left, right) in rooms.items():
        gap = following = None
        if i + 1 in rooms:
            following, gap = line.text[i + 1], rooms[i + 1][0] - right
        strokes = _pieces(points - [left, 0.0], lifted, owner == i)
        width = right - left
        glyphs.append(Glyph(line.text[i], strokes, width, following, gap))
    return glyphs


def _owners(line: WrittenLine, points: np.ndarray, lifted: np.ndarray) -> np.ndarray:
    """int [P] the character that each point is part of, in order of writing."""
    focus = np.maximum.accumulate(characters(line))
    inked = [i for i, character in enumerate(line.text) if character != " "]
    cuts = [0]
    for before, after in zip(inked[:-1], inked[1:], strict=True):
        moved = int(np.searchsorted(focus, before, side="right"))
        arrived = int(np.searchsorted(focus, after, side="left"))
        first = max(cuts[-1] + 1, moved - _POINTS_BEFORE)
        last = min(len(points) - 1, arrived + _POINTS_AFTER)
        usual = arrived + _USUAL_LAG
        cuts.append(_best_cut(points, lifted, cuts[-1], first, last, usual))
    owner = np.empty(len(points), np.int64)
    for i, start, stop in zip(inked, cuts, [*cuts[1:], len(points)], strict=True):
        owner[start:stop] = i
    return owner


def _best_cut(points, lifted, start, first, last, usual) -> int:
    """The first point of the next letter: from `first` to `last`, all int.

    Args:
      points: [P, 2]; lifted: bool [P].
      start: where the letter itself begins.
      usual: where the next one should.
    """
    if first >= last:
        return min(first, len(points))
    x = points[:, 0]
    reach = min(len(points), last + _POINTS_AFTER)
    at = np.arange(first, last + 1)
    before = np.maximum.accumulate(x[start:last])[at - start - 1]
    after = np.minimum.accumulate(x[first:reach][::-1])[::-1][at - first]
    cost = np.clip(before - after, -0.3, None)
    cost += np.where(lifted[at - 1], 0.0, _COST_OF_NO_LIFT)
    cost += _COST_OF_POINT * np.abs(at - usual)
    return int(at[cost.argmin()])


def _with_late_marks(text: str, points, lifted, owner) -> np.ndarray:
    """Gives dots and bars that were set late back to the letters they stand over."""
    owner = owner.copy()
    stops = np.flatnonzero(lifted) + 1
    for start, stop in zip(np.concatenate([[0], stops[:-1]]), stops, strict=True):
        stroke = points[start:stop]
        width, height = np.ptp(stroke, axis=0)
        here = owner[start]
        others = owner == here
        others[start:stop] = False
        is_mark = width < _MARK_LENGTH and height < _MARK_HEIGHT
        if not is_mark or owner[stop - 1] != here or not others.any():
            continue
        middle = stroke[:, 0].mean()
        if middle >= points[others, 0].min() - 0.1:
            continue
        earlier = [i for i in np.unique(owner) if here - _LATE <= i < here]
        if earlier:
            centres = [np.mean(_room(points[owner == i], text[i])) for i in earlier]
            nearest = np.abs(np.array(centres) - middle).argmin()
            owner[start:stop] = earlier[nearest]
    return owner


def _room(points: np.ndarray, character: str) -> tuple[float, float]:
    """From where to where a letter keeps its neighbours away."""
    tall = character.isupper() or character.isdigit()
    low, high = _TALL_BAND if tall else _BAND
    inside = (points[:, 1] > low) & (points[:, 1] < high)
    x = points[inside, 0] if inside.sum() > 1 else points[:, 0]
    return float(x.min()), float(x.max())


def _pieces(points, lifted, own: np.ndarray) -> list[np.ndarray]:
    """The strokes of the points in `own`, split where the pen was up or they part."""
    index = np.flatnonzero(own)
    parted = (np.diff(index) > 1) | lifted[index[:-1]]
    return np.split(points[index], np.flatnonzero(parted) + 1)
