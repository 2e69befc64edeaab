"""The steps that clean recorded strokes before a network sees them. NumPy only.

Every step takes strokes [P, 3] and returns strokes; which ones run, in which order and
how strongly is bound in gin/datasets/ and kept in a model's model.json.
"""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from scribe.foundation.errors import InputError
from scribe.strokes.arrays import (
    lengths_along,
    points_along,
    points_from_strokes,
    rescale,
    split_at_pen_lifts,
    strokes_from_paths,
    strokes_from_points,
)
from scribe.strokes.curves import bezier_curve, flatten
from scribe.strokes.measures import climb, median_offset, vertical_spread

# Of `resample_curve`: a pyramid over five points half a spacing apart.
_PYRAMID = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9.0
# A line of handwriting has some hundreds; more is a damaged file.
MAX_RESAMPLED_POINTS = 1_000_000


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
            strokes = CLEANING_STEPS[name](strokes, **arguments)
        except TypeError as error:
            raise InputError(f"{source}: arguments of {name}: {error}") from error
    return strokes


def deskew(strokes: np.ndarray) -> np.ndarray:
    """Levels a line: takes the slope of the least-squares line through its points out.

    A shear along y, so that upright letters stay upright. Lines written on a whiteboard
    climb and fall by a few degrees, which a model would copy as a drifting baseline.
    """
    slope = climb(strokes)
    if slope == 0.0:
        return strokes
    level = strokes.copy()
    falls = slope * strokes[:, 0].astype(np.float64)
    level[:, 1] -= falls.astype(strokes.dtype)
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
        paths.append(points_along(stroke, along, at))
    return strokes_from_paths(paths)


def resample_curve(strokes: np.ndarray, spacing: float) -> np.ndarray:
    """Puts points at equal distances along a smooth curve through each stroke.

    A spline joins the points, and a short average takes the steps of a tablet out: so
    the same ink comes out much the same whatever the rate of the points was.

    Args:
      strokes: [P, 3].
      spacing: distance between points along the path, in the unit of `strokes`; within
        each stroke it is stretched so that both ends are kept.

    Raises:
      InputError: the spacing is not positive, or so small that MAX_RESAMPLED_POINTS
        would not do.
    """
    if not spacing > 0:
        raise InputError(f"spacing={spacing}: must be more than 0")
    length = np.hypot(strokes[:, 0], strokes[:, 1]).sum(dtype=np.float64)
    if not length / spacing < MAX_RESAMPLED_POINTS:
        raise InputError(
            f"the way of the pen is {length:.3g} long, too long for points {spacing} "
            "apart"
        )
    paths = []
    for stroke in split_at_pen_lifts(strokes):
        curve = flatten(bezier_curve(stroke), 0.05 * spacing)
        paths.append(_evenly(_averaged(_evenly(curve, 0.5 * spacing)), spacing))
    return strokes_from_paths(paths)


def _averaged(path: np.ndarray) -> np.ndarray:
    """Each point of a path [n, 2] as the mean of those around it; the ends stay."""
    reach = len(_PYRAMID) // 2
    if len(path) <= 2 * reach:
        return path
    padded = np.pad(path, [(reach, reach), (0, 0)], mode="edge")
    means = [np.convolve(padded[:, k], _PYRAMID, "valid") for k in (0, 1)]
    averaged = np.stack(means, axis=1)
    averaged[[0, -1]] = path[[0, -1]]
    return averaged


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
    return points_along(path, along, at)


def divide_by_median_offset(strokes: np.ndarray) -> np.ndarray:
    """Per-line normalisation: the line's own median offset becomes the unit.

    Takes out how far the pen went between two points, which a single scale for the
    corpus leaves in. Speed and size go together in this: of two hands of one size, the
    faster one comes out smaller.
    """
    return rescale(strokes, 1.0 / median_offset(strokes))


def divide_by_spread(strokes: np.ndarray) -> np.ndarray:
    """Per-line normalisation by size: `vertical_spread` becomes the unit."""
    return rescale(strokes, 1.0 / vertical_spread(strokes))


# By the names that gin files and model.json use.
CLEANING_STEPS: dict[str, Callable[..., np.ndarray]] = {
    step.__name__: step
    for step in (
        deskew,
        clip_offsets,
        smooth,
        decimate,
        drop_rests,
        resample,
        resample_curve,
        resample_path,
        divide_by_median_offset,
        divide_by_spread,
    )
}
