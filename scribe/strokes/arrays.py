"""Pen strokes as arrays: the forms that they take, and how each becomes another.

`points` are absolute pen positions [P, 2] as x, y. `strokes` (stroke-3) are [P, 3] rows
(dx, dy, end_of_stroke): the offset from the previous point and 1.0 on the last point
of each stroke. The first row is always (0, 0, end_of_stroke), so that points and
strokes have the same length and convert into each other without loss but for the
position of the first point. y grows downwards, as tablets record it. NumPy only.
"""

from collections.abc import Sequence

import numpy as np

from scribe.foundation.errors import InputError


def strokes_from_points(points: np.ndarray, end_of_stroke: np.ndarray) -> np.ndarray:
    """Offsets between successive points.

    Args:
      points: [P, 2] absolute positions, any unit.
      end_of_stroke: [P] 1 on the last point of each stroke, else 0.

    Returns:
      float32 [P, 3] strokes, the first offset (0, 0).
    """
    points = np.asarray(points, np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) == 0:
        raise InputError(f"points must be [P, 2] with P >= 1, not {points.shape}")
    offsets = np.diff(points, axis=0, prepend=points[:1])
    end = np.asarray(end_of_stroke, np.float64)[:, None]
    return np.concatenate([offsets, end], axis=1).astype(np.float32)


def points_from_strokes(strokes: np.ndarray) -> np.ndarray:
    """float64 [P, 2] absolute positions, the first point at its offset from (0, 0)."""
    return np.cumsum(np.asarray(strokes, np.float64)[:, :2], axis=0)


def strokes_from_paths(paths: Sequence[np.ndarray]) -> np.ndarray:
    """As `strokes_from_points`, from the drawn strokes one by one: each [n, 2]."""
    ends = [np.eye(1, len(path), len(path) - 1)[0] for path in paths]
    return strokes_from_points(np.concatenate(paths), np.concatenate(ends))


def set_beside(first: np.ndarray, second: np.ndarray, gap: float) -> np.ndarray:
    """Two lines as one: the second right of the first, their middles at one height.

    Args:
      first, second: [P, 3] and [Q, 3].
      gap: between their ink.

    Returns:
      [P + Q, 3]; the pen is lifted between them.
    """
    before, after = points_from_strokes(first), points_from_strokes(second)
    move = [
        before[:, 0].max() + gap - after[:, 0].min(),
        np.median(before[:, 1]) - np.median(after[:, 1]),
    ]
    strokes = np.concatenate([first, second])
    strokes[len(first), :2] = after[0] + move - before[-1]
    strokes[len(first) - 1, 2] = 1.0
    return strokes


def character_width(strokes: np.ndarray, text: str) -> float:
    """Mean width of a character of a line that spells `text`."""
    return float(np.ptp(points_from_strokes(strokes)[:, 0])) / len(text)


def split_at_pen_lifts(strokes: np.ndarray) -> list[np.ndarray]:
    """The drawn strokes one by one: list of [n, 2] absolute points, none empty."""
    points = points_from_strokes(strokes)
    ends = np.flatnonzero(np.asarray(strokes)[:-1, 2] > 0.5) + 1
    return np.split(points, ends)


def lengths_along(path: np.ndarray) -> np.ndarray:
    """[n] length of a path [n, 2] up to each of its points."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])


def points_along(path: np.ndarray, along: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Points of `path` [n, 2], whose own lie at `along` [n], at `at` [m]: [m, 2]."""
    return np.stack([np.interp(at, along, path[:, k]) for k in (0, 1)], axis=1)


def stroke5_from_stroke3(strokes: np.ndarray, length: int) -> np.ndarray:
    """(dx, dy, pen down, pen up, end of drawing), padded (Ha & Eck 2017, section 3.1).

    Args:
      strokes: [P, 3].
      length: number of rows to return, at least P.

    Returns:
      float32 [length, 5]; rows from P on are (0, 0, 0, 0, 1).
    """
    if len(strokes) > length:
        raise InputError(f"{len(strokes)} points do not fit into {length} rows")
    result = np.zeros([length, 5], np.float32)
    result[: len(strokes), :2] = strokes[:, :2]
    result[: len(strokes), 2] = 1.0 - strokes[:, 2]
    result[: len(strokes), 3] = strokes[:, 2]
    result[len(strokes) :, 4] = 1.0
    return result


def stroke3_from_stroke5(strokes: np.ndarray) -> np.ndarray:
    """Rows before the end of the drawing as float32 [P, 3]."""
    over = np.flatnonzero(strokes[:, 4] > 0.5)
    stop = over[0] if len(over) else len(strokes)
    return np.ascontiguousarray(strokes[:stop, [0, 1, 3]], np.float32)


def rescale(strokes: np.ndarray, scale: float | np.ndarray) -> np.ndarray:
    """Offsets times `scale` (a number, or one for x and one for y)."""
    scaled = strokes.copy()
    scaled[:, :2] *= np.asarray(scale, strokes.dtype)
    return scaled


def slant(strokes: np.ndarray, shear: float) -> np.ndarray:
    """Leans the writing: x grows by `shear` per unit of height (y points down)."""
    slanted = strokes.copy()
    slanted[:, 0] -= np.asarray(shear * strokes[:, 1], strokes.dtype)
    return slanted
