"""Which letter of a written line each point of its ink is part of.

The window moves on to a letter a few points before the pen does. Where it moves, the
line is cut at a near point that parts the ink best: a pen lift, or where the ink of
both letters overlaps least. All cuts of a line are chosen together. NumPy only.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from scribe.writing.line import WrittenLine
from scribe.writing.measures import characters, measure_line

# The pen comes to the next letter so many points before or after the window.
_POINTS_BEFORE, _POINTS_AFTER = 4, 12
# What a cut inside a stroke costs, in x-heights of overlap.
_COST_OF_NO_LIFT = 0.35
# And what a letter without ink costs.
_EMPTY = 2.0
# As wide as any gap inside a word, and between two.
_GAP, _WORD_GAP = 0.3, 1.5
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


def owners(line: WrittenLine, points: np.ndarray) -> np.ndarray:
    """The character that each point of a line is part of, late dots and bars as well.

    Args:
      line: written with text.
      points: [P, 2] as `Measures.points` has them.

    Returns:
      int [P].
    """
    if line.composed is None:
        lifted = line.strokes[:, 2] > 0.5
        owner = _in_order(line, points, lifted)
        return _with_late_marks(line.text, points, lifted, owner)
    source, plain = line.composed.source, line.plain
    written = owners(plain, measure_line(plain).points(plain.strokes))
    found = characters(line)
    found[source >= 0] = np.array(line.composed.owners)[written[source[source >= 0]]]
    return found


def _in_order(line: WrittenLine, points: np.ndarray, lifted: np.ndarray) -> np.ndarray:
    """int [P] the character that each point is part of, in order of writing."""
    focus = np.maximum.accumulate(characters(line))
    inked = [i for i, character in enumerate(line.text) if character != " "]
    overlap, no_lift = _overlaps(points[:, 0]), np.append(True, ~lifted)
    choices = []
    for before, after in zip(inked[:-1], inked[1:], strict=True):
        moved = int(np.searchsorted(focus, before, side="right"))
        arrived = int(np.searchsorted(focus, after, side="left"))
        first = min(max(1, moved - _POINTS_BEFORE), len(points))
        last = max(min(len(points) - 1, arrived + _POINTS_AFTER), first)
        at = np.arange(first, last + 1)
        gap = _GAP if after == before + 1 else _WORD_GAP
        cost = np.maximum(overlap[at], -gap) + _COST_OF_NO_LIFT * no_lift[at]
        choices.append((at, cost + _COST_OF_POINT * np.abs(at - arrived - _USUAL_LAG)))
    cuts = [0, *_best_cuts(choices), len(points)]
    return np.repeat(inked, np.diff(cuts))


def _overlaps(x: np.ndarray) -> np.ndarray:
    """[P + 1] how far the ink before a cut reaches over that after it, to the right."""
    reach = _POINTS_AFTER
    before = np.concatenate([np.full(reach, -np.inf), x])
    after = np.concatenate([x, np.full(reach, np.inf)])
    found = sliding_window_view(before, reach).max(axis=1) - sliding_window_view(
        after, reach
    ).min(axis=1)
    found[-1] = 0.0
    return found


def _best_cuts(choices) -> list[int]:
    """The cuts of the least cost together, each behind the one before it.

    Args:
      choices: for each cut where it may be, successive int [n], and the costs [n].
    """
    # By cut: the least cost of all cuts up to it, and the choice before it.
    sums: list[np.ndarray] = []
    steps: list[np.ndarray] = []
    for k, (at, cost) in enumerate(choices):
        if k == 0:
            sums.append(cost)
            continue
        before = choices[k - 1][0]
        ways = np.where(
            before < at[:, None], 0.0, np.where(before == at[:, None], _EMPTY, np.inf)
        )
        ways = ways + sums[-1]
        steps.append(ways.argmin(axis=1))
        sums.append(cost + ways.min(axis=1))
    if not sums:
        return []
    chosen = [int(sums[-1].argmin())]
    for step in reversed(steps):
        chosen.append(int(step[chosen[-1]]))
    chosen.reverse()
    return [int(at[i]) for i, (at, _) in zip(chosen, choices, strict=True)]


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
            centres = [np.mean(room(points[owner == i], text[i])) for i in earlier]
            nearest = np.abs(np.array(centres) - middle).argmin()
            owner[start:stop] = earlier[nearest]
    return owner


def room(points: np.ndarray, character: str) -> tuple[float, float]:
    """From where to where a letter keeps its neighbours away."""
    tall = character.isupper() or character.isdigit()
    low, high = _TALL_BAND if tall else _BAND
    inside = (points[:, 1] > low) & (points[:, 1] < high)
    x = points[inside, 0] if inside.sum() > 1 else points[:, 0]
    return float(x.min()), float(x.max())
