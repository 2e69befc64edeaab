"""Pieces that a pen drew at once, and lines that no pen drew. NumPy only.

Programs whose pen has a width that changes (signature_pad, Xournal++, the exports of
reMarkable) write one path for each piece of a stroke. Programs with ruled paper write
the rules as paths beside those of the pen.
"""

from collections.abc import Sequence

import numpy as np

# Two ends are one point if they are not further apart than this share of the drawing's
# larger side: what rounding to two or three decimals moves.
_MEETING = 1e-4
# A rule spans this share of the ink beside it, and is so many times as long as a stroke
# of the pen: the bar of a t, straight as a plotter draws it, is not.
_SPAN = 0.8
_LENGTH_IN_STROKES = 5.0
# A path is straight if it strays by less than this share of its length.
_STRAIGHT = 1e-4


def joined(paths: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Pieces that begin where the one before ended become one stroke.

    Args:
      paths: [P, 2] of each piece, in the order of drawing.

    Returns:
      strokes [P', 2], the points where pieces meet once.
    """
    if not paths:
        return []
    limit = _MEETING * np.ptp(np.concatenate(paths), axis=0).max()
    strokes: list[list[np.ndarray]] = []
    for path in paths:
        if strokes and np.hypot(*(path[0] - strokes[-1][-1][-1])) <= limit:
            strokes[-1].append(path[1:] if len(path) > 1 else path)
        else:
            strokes.append([path])
    return [np.concatenate(parts) for parts in strokes]


def without_rules(
    paths: Sequence[np.ndarray], paper: tuple[float, float] | None = None
) -> list[np.ndarray]:
    """Leaves out the lines of ruled and squared paper.

    Args:
      paths: [P, 2] of each stroke.
      paper: its width and height; None if they are not known.

    Returns:
      those that are not exactly level or upright lines that span the ink beside them
      and are far longer than its strokes, or that span the paper.
    """
    rules = [_axis(path) for path in paths]
    ink = [path for path, axis in zip(paths, rules, strict=True) if axis is None]
    if not ink:
        return list(paths)
    points = np.concatenate(ink)
    low, high = points.min(axis=0), points.max(axis=0)
    usual = float(np.median([np.ptp(path, axis=0).max() for path in ink]))

    def is_rule(path: np.ndarray, axis: int | None) -> bool:
        if axis is None:
            return False
        start, end = path[:, axis].min(), path[:, axis].max()
        if paper is not None and end - start >= 0.95 * paper[axis]:
            return True
        shared = min(end, high[axis]) - max(start, low[axis])
        long = end - start >= _LENGTH_IN_STROKES * usual
        return bool(long and shared >= _SPAN * (high[axis] - low[axis]))

    return [p for p, axis in zip(paths, rules, strict=True) if not is_rule(p, axis)]


def _axis(path: np.ndarray) -> int | None:
    """0 for a line that is exactly level, 1 for an upright one, None for any other."""
    size = np.ptp(path, axis=0)
    axis = int(size.argmax())
    return axis if size[axis] > 0 and size[1 - axis] <= _STRAIGHT * size[axis] else None
