"""Pen strokes as arrays, and the steps that clean them. NumPy only.

`points` are absolute pen positions [P, 2] as x, y. `strokes` (stroke-3) are [P, 3] rows
(dx, dy, end_of_stroke): the offset from the previous point and 1.0 on the last point
of each stroke. The first row is always (0, 0, end_of_stroke), so that points and
strokes have the same length and convert into each other without loss but for the
position of the first point. y grows downwards, as tablets record it.

Every cleaning step takes strokes and returns strokes; which ones run, in which order
and how strongly is bound in gin/datasets/.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from scribe.foundation.errors import InputError

# A line of handwriting has some hundreds; more is a damaged file.
MAX_RESAMPLED_POINTS = 1_000_000

CLEANING_STEPS = (
    "deskew",
    "clip_offsets",
    "smooth",
    "decimate",
    "drop_rests",
    "resample",
    "resample_path",
    "divide_by_median_offset",
    "divide_by_spread",
)


def clean(
    strokes: np.ndarray, steps: Iterable[Mapping], source: str = "model.json"
) -> np.ndarray:
    """Applies cleaning steps in order, as `StrokeDataset.cleaning` names them.

    Args:
      strokes: [P, 3].
      steps: {"step": name, argument: value, ...} each.
      source: where the steps were read, for the message.

    Raises:
      InputError: a step is unknown or has other arguments.
    """
    for step in steps:
        arguments = dict(step)
        name = arguments.pop("step", None)
        if name not in CLEANING_STEPS:
            raise InputError(f"{source} names a step {name!r}")
        try:
            strokes = globals()[name](strokes, **arguments)
        except TypeError as error:
            raise InputError(f"{source}: arguments of {name}: {error}") from error
    return strokes


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


def lengths_along(path: np.ndarray) -> np.ndarray:
    """[n] length of a path [n, 2] up to each of its points."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])


def _points_at(path: np.ndarray, along: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Points of `path` [n, 2], whose own lie at `along` [n], at `at` [m]: [m, 2]."""
    return np.stack([np.interp(at, along, path[:, k]) for k in (0, 1)], axis=1)


def split_at_pen_lifts(strokes: np.ndarray) -> list[np.ndarray]:
    """The drawn strokes one by one: list of [n, 2] absolute points, none empty."""
    points = points_from_strokes(strokes)
    ends = np.flatnonzero(np.asarray(strokes)[:-1, 2] > 0.5) + 1
    return np.split(points, ends)


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


def median_offset(strokes: np.ndarray) -> float:
    """Median length of the offsets drawn with the pen down: the hand's own unit.

    Pen-up moves and repeated points are left out. 1.0 for strokes without any.
    """
    drawn = np.concatenate([[False], strokes[:-1, 2] < 0.5])
    lengths = np.hypot(strokes[drawn, 0], strokes[drawn, 1])
    lengths = lengths[lengths > 0]
    return float(np.median(lengths)) if len(lengths) else 1.0


def divide_by_median_offset(strokes: np.ndarray) -> np.ndarray:
    """Per-line normalisation: the line's own median offset becomes the unit.

    Takes out how far the pen went between two points, which a single scale for the
    corpus leaves in. Speed and size go together in this: of two hands of one size, the
    faster one comes out smaller.
    """
    return rescale(strokes, 1.0 / median_offset(strokes))


def deskew(strokes: np.ndarray) -> np.ndarray:
    """Levels a line: takes the slope of the least-squares line through its points out.

    A shear along y, so that upright letters stay upright. Lines written on a whiteboard
    climb and fall by a few degrees, which a model would copy as a drifting baseline.
    """
    points = points_from_strokes(strokes)
    x = points[:, 0] - points[:, 0].mean()
    spread = np.dot(x, x)
    if spread == 0.0:
        return strokes
    slope = np.dot(x, points[:, 1]) / spread
    if abs(slope) > 0.5:  # steeper than 27 degrees is a letter, not a line of text
        return strokes
    level = strokes.copy()
    level[:, 1] -= (slope * strokes[:, 0]).astype(strokes.dtype)
    return level


def clip_offsets(strokes: np.ndarray, limit: float) -> np.ndarray:
    """Clips each offset to +-`limit` on either axis (in the unit of `strokes`)."""
    clipped = strokes.copy()
    np.clip(clipped[:, :2], -limit, limit, out=clipped[:, :2])
    return clipped


def smooth(strokes: np.ndarray, weight: float) -> np.ndarray:
    """Moves each inner point of a stroke towards the mean of its neighbours.

    Args:
      strokes: [P, 3].
      weight: 0 leaves the point, 1 puts it at the mean of the two beside it. Whiteboard
        sensors quantise positions; a light smoothing takes out the staircase.
    """
    points = points_from_strokes(strokes)
    ends = strokes[:, 2] > 0.5
    inner = np.zeros(len(points), bool)
    inner[1:-1] = ~ends[1:-1] & ~ends[:-2]
    where = np.flatnonzero(inner)
    middle = 0.5 * (points[where - 1] + points[where + 1])
    smoothed = points.copy()
    smoothed[where] += weight * (middle - points[where])
    return strokes_from_points(smoothed, strokes[:, 2])


def decimate(strokes: np.ndarray, keep_every: int) -> np.ndarray:
    """Keeps every n-th point of each stroke, and each stroke's first and last point.

    Halving the point rate halves the steps between the letters that the network has to
    bridge; a spline through the kept points draws the same curve.
    """
    if keep_every < 1:
        raise InputError(f"keep_every={keep_every}: must be 1 or more")
    if keep_every == 1:
        return strokes
    ends = strokes[:, 2] > 0.5
    starts = np.concatenate([[True], ends[:-1]])
    index = np.arange(len(strokes))
    index_in_stroke = index - np.maximum.accumulate(np.where(starts, index, 0))
    keep = (index_in_stroke % keep_every == 0) | ends
    keep[-1] = True
    return strokes_from_points(points_from_strokes(strokes)[keep], strokes[keep, 2])


def drop_rests(strokes: np.ndarray, share: float) -> np.ndarray:
    """Leaves out the points of a pen that rests on the paper.

    A pen that stands still is recorded as a run of tiny offsets. A network that has
    learnt them prolongs them when it writes with a bias, until the line is given up.

    Args:
      strokes: [P, 3].
      share: a point nearer to the last one kept of its stroke than this share of
        `median_offset` is left out; each stroke keeps both of its ends.
    """
    if not 0.0 <= share < 1.0:
        raise InputError(f"share={share}: must be 0 or more and less than 1")
    limit = share * median_offset(strokes)
    points = points_from_strokes(strokes)
    ends = strokes[:, 2] > 0.5
    starts = np.concatenate([[True], ends[:-1]])
    keep = np.ones(len(strokes), bool)
    short = np.hypot(strokes[:, 0], strokes[:, 1]) < limit
    last = -1
    for i in np.flatnonzero(short & ~starts):
        last = i - 1 if keep[i - 1] else last
        if np.hypot(*(points[i] - points[last])) >= limit:
            continue
        keep[i] = ends[i]
        if ends[i] and not starts[last]:
            keep[last] = False
    return strokes_from_points(points[keep], strokes[keep, 2])


def resample(strokes: np.ndarray, spacing: float) -> np.ndarray:
    """Puts points at equal distances along each stroke (linear interpolation).

    Args:
      strokes: [P, 3].
      spacing: distance between points along the path, in the unit of `strokes`; each
        stroke keeps both of its ends, so the last distance may be shorter.
    """
    if not spacing > 0:
        raise InputError(f"spacing={spacing}: must be more than 0")
    paths = []
    for stroke in split_at_pen_lifts(strokes):
        along = lengths_along(stroke)
        at = np.append(np.arange(0.0, along[-1], spacing), along[-1])
        paths.append(_points_at(stroke, along, at))
    return strokes_from_paths(paths)


def resample_path(
    strokes: np.ndarray, spacing: float, lift_spacing: float
) -> np.ndarray:
    """Points at equal distances along the whole way of the pen, in the air as well.

    What is left is the shape of the way, not its timing: for a reader of strokes that
    come from anywhere.

    Args:
      strokes: [P, 3].
      spacing: distance between points on paper, in the unit of `strokes`; within each
        stroke it is stretched so that both ends are kept.
      lift_spacing: the same for the straight way from a stroke to the next.

    Returns:
      strokes; points in the air have end_of_stroke 1 each, so that nothing is drawn to
      or from them.

    Raises:
      InputError: a spacing is not positive, or so small that MAX_RESAMPLED_POINTS would
        not do.
    """
    if not (spacing > 0 and lift_spacing > 0):
        raise InputError(
            f"spacing={spacing}, lift_spacing={lift_spacing}: must be more than 0"
        )
    points, ends = [], []
    previous = None
    length = np.hypot(strokes[:, 0], strokes[:, 1]).sum(dtype=np.float64)
    if not length / min(spacing, lift_spacing) < MAX_RESAMPLED_POINTS:
        raise InputError(
            f"the way of the pen is {length:.3g} long, too long for points {spacing} "
            "apart"
        )
    for stroke in split_at_pen_lifts(strokes):
        if previous is not None:
            air = _evenly(np.stack([previous, stroke[0]]), lift_spacing)[1:-1]
            points.append(air)
            ends.append(np.ones(len(air)))
        drawn = _evenly(stroke, spacing)
        points.append(drawn)
        ends.append(np.eye(1, len(drawn), len(drawn) - 1)[0])
        previous = stroke[-1]
    return strokes_from_points(np.concatenate(points), np.concatenate(ends))


def _evenly(path: np.ndarray, spacing: float) -> np.ndarray:
    """Points about `spacing` apart along `path` [n, 2], with both its ends; [m, 2]."""
    along = lengths_along(path)
    if along[-1] == 0.0:
        return path[:1]
    at = np.linspace(0.0, along[-1], 1 + max(1, round(along[-1] / spacing)))
    return _points_at(path, along, at)


def vertical_spread(strokes: np.ndarray) -> float:
    """Standard deviation of y along the ink, about half the height of a small letter.

    Each piece of ink counts by its length, so that neither the pen's speed nor a long
    rest matters. 1.0 for strokes that have no height.
    """
    points = points_from_strokes(strokes)
    lengths = np.hypot(*np.diff(points, axis=0).T)
    lengths = np.where(strokes[:-1, 2] > 0.5, 0.0, lengths)
    if lengths.sum() == 0.0:
        return 1.0
    middle, rise = 0.5 * (points[1:, 1] + points[:-1, 1]), np.diff(points[:, 1])
    middle = middle - np.average(middle, weights=lengths)
    # Along a straight piece y is uniform: its variance is rise^2 / 12.
    spread = np.sqrt(np.average(middle**2 + rise**2 / 12.0, weights=lengths))
    return float(spread) if spread > 0.0 else 1.0


def divide_by_spread(strokes: np.ndarray) -> np.ndarray:
    """Per-line normalisation by size: `vertical_spread` becomes the unit."""
    return rescale(strokes, 1.0 / vertical_spread(strokes))


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
