"""Whether a glyph looks like what it is said to be.

Characters of a corpus are wrong in places: cut at the wrong point, labelled as their
neighbour, a small letter written as its capital. What hardly anyone else writes so is
left out: a glyph stays if some of its nearest neighbours in other hands have its label.
Shapes are compared by the directions of the pen in the cells of a grid (the directional
histograms of Bai and Huo, ICDAR 2005, in a plain form). NumPy only.
"""

import collections
from collections.abc import Sequence

import numpy as np

from scribe.corpora.unipen_lines import Ink
from scribe.strokes.arrays import lengths_along, points_along

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
    pairs = set(zip(labels, hands, strict=True))
    known = collections.Counter(label for label, _ in pairs)
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
    paths = [stroke[:, :2] for stroke in ink.strokes]
    lengths = [lengths_along(path) for path in paths]
    length = max(sum(along[-1] for along in lengths), 1e-6)
    for path, along in zip(paths, lengths, strict=True):
        count = max(2, round(_POINTS * along[-1] / length))
        points = points_along(path, along, np.linspace(0.0, along[-1], count))
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
    counts = collections.Counter()
    chosen = []
    for index, pair in enumerate(zip(labels.tolist(), hands.tolist(), strict=True)):
        counts[pair] += 1
        if counts[pair] <= REFERENCES:
            chosen.append(index)
    return np.array(chosen)
