"""Whether a glyph looks like what it is said to be.

Characters of a corpus are wrong in places: cut at the wrong point, labelled as their
neighbour, a small letter written as its capital. What hardly anyone else writes so is
left out: a glyph stays if some of its nearest neighbours in other hands have its label.
Shapes are compared by the directions of the pen in the cells of a grid (the directional
histograms of Bai and Huo, ICDAR 2005, in a plain form). NumPy only.
"""

from collections.abc import Sequence

import numpy as np

from scribe.corpora.unipen_lines import Ink

GRID = 7
CELLS = GRID + 2
DIRECTIONS = 8
_POINTS = 80
# So many glyphs of each character of a hand stand for it when others are compared.
REFERENCES = 3
NEIGHBOURS = 12
MIN_EQUAL = 2
_CHUNK = 1024


def agreeing(inks: Sequence[Ink], hands: Sequence[int]) -> np.ndarray:
    """Which glyphs look like others of their label.

    Args:
      inks: N glyphs; `text` is the label.
      hands: number of the writer of each.

    Returns:
      bool [N]: at least MIN_EQUAL of the NEIGHBOURS nearest glyphs of other hands have
      the label; or, where less than that many other hands have it at all, True.
    """
    labels = np.array([ink.text for ink in inks])
    hands = np.asarray(hands)
    shapes = np.stack([shape(ink) for ink in inks])
    chosen = _references(labels, hands)
    kept = np.zeros(len(inks), bool)
    for begin in range(0, len(inks), _CHUNK):
        part = slice(begin, begin + _CHUNK)
        likeness = shapes[part] @ shapes[chosen].T
        likeness[hands[part, None] == hands[chosen]] = -1.0
        count = min(NEIGHBOURS, len(chosen))
        nearest = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
        equal = labels[chosen][nearest] == labels[part, None]
        equal &= np.take_along_axis(likeness, nearest, 1) > -1.0
        kept[part] = equal.sum(1) >= MIN_EQUAL
    pairs = {(label, hand) for label, hand in zip(labels, hands, strict=True)}
    known = {label: sum(pair[0] == label for pair in pairs) for label in set(labels)}
    return kept | np.array([known[label] <= NEIGHBOURS for label in labels])


def shape(ink: Ink) -> np.ndarray:
    """Where the pen went in which direction: float32 [CELLS * CELLS * DIRECTIONS].

    Independent of size and place, of length 1. A character's proportions stay: the
    longer side of its box fills GRID of its cells.
    """
    low, high = ink.box()
    side = max(float((high - low).max()), 1e-6)
    middle = 0.5 * (low + high)
    cells = np.zeros((CELLS, CELLS, DIRECTIONS), np.float32)
    length = sum(_length(stroke) for stroke in ink.strokes)
    for stroke in ink.strokes:
        own = _length(stroke)
        count = max(2, round(_POINTS * own / length) if length > 0.0 else 2)
        points = _evenly(stroke[:, :2], count)
        places = (0.5 * (points[1:] + points[:-1]) - middle) / side + 0.5
        x, y = (np.clip(places, 0.0, 1.0) * GRID + 0.5).T
        step = np.diff(points, axis=0)
        angle = np.arctan2(step[:, 1], step[:, 0]) / (2.0 * np.pi) % 1.0 * DIRECTIONS
        _splat(cells, x, y, angle)
    flat = np.sqrt(cells).ravel()
    return (flat / max(np.linalg.norm(flat), 1e-6)).astype(np.float32)


def _splat(cells, x, y, angle) -> None:
    """Adds points to the cells and directions between which they lie."""
    i, j, k = (np.floor(v).astype(int) for v in (y, x, angle))
    rest = (y - i, x - j, angle - k)
    for corner in np.ndindex(2, 2, 2):
        share = np.prod(
            [r if c else 1.0 - r for c, r in zip(corner, rest, strict=True)], axis=0
        )
        index = (i + corner[0], j + corner[1], (k + corner[2]) % DIRECTIONS)
        np.add.at(cells, index, share.astype(np.float32))


def _references(labels: np.ndarray, hands: np.ndarray) -> np.ndarray:
    """Indices of the first REFERENCES glyphs of each character of each hand."""
    counts: dict[tuple[str, int], int] = {}
    chosen = []
    for index, pair in enumerate(zip(labels.tolist(), hands.tolist(), strict=True)):
        counts[pair] = counts.get(pair, 0) + 1
        if counts[pair] <= REFERENCES:
            chosen.append(index)
    return np.array(chosen)


def _length(stroke: np.ndarray) -> float:
    return float(np.hypot(*np.diff(stroke[:, :2], axis=0).T).sum())


def _evenly(points: np.ndarray, count: int) -> np.ndarray:
    """[count, 2] points at equal distances along a path; a dot stays where it is."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    wanted = np.linspace(0.0, along[-1], count)
    return np.column_stack([np.interp(wanted, along, axis) for axis in points.T])
