"""How a pen moves along a path: where it is after equal times. NumPy only.

A path is the ink of one stroke, [n, 2] absolute points; its seconds [n] say when the
pen was there, from 0 on.
"""

from collections.abc import Sequence

import numpy as np

from scribe.strokes.arrays import lengths_along, points_along
from scribe.strokes.curves import bezier_curve, flatten, moved

# Of the drawing's height: curves are flattened so well, and the law looks so closely.
_TOLERANCE = 0.002
_STEP = 0.02
# Added to the curvature, in 1 over the height: speed is not endless where a path is
# straight. With it, a regression on 150 training lines of IAM-OnDB finds the exponent
# 0.357 (and 40 % of the variance of the speed's logarithm), close to the law's third.
_LEAST_CURVATURE = 1.0


def smooth_path(
    points: np.ndarray, seconds: np.ndarray | None, height: float
) -> tuple[np.ndarray, np.ndarray | None]:
    """A stroke's points joined by a curve, as points so close that lines join them.

    Args:
      points: [n, 2].
      seconds: [n] not falling, or None.
      height: of the drawing.

    Returns:
      points [n', 2] and seconds [n'] from 0 on, or None.
    """
    kept = moved(points)
    curve = bezier_curve(points)
    path = flatten(curve, _TOLERANCE * height)
    if seconds is None:
        return path, None
    seconds = seconds[kept] - seconds[0]
    at = np.linspace(0.0, len(seconds) - 1, len(path))
    return path, np.interp(at, np.arange(len(seconds)), seconds)


def seconds_by_law(path: np.ndarray, height: float) -> np.ndarray:
    """When a hand would be at each point of a path, in seconds of any length.

    The two-thirds power law: the pen's speed falls with the cube root of the curvature
    (Lacquaniti, Terzuolo and Viviani 1983, "The law relating the kinematic and figural
    aspects of drawing movements"), here with a least curvature.

    Args:
      path: [n, 2].
      height: of the drawing, the unit of the law's constants.

    Returns:
      [n] seconds from 0 on.
    """
    along = lengths_along(path)
    if along[-1] == 0.0:
        return np.zeros(len(path))
    num_steps = int(np.ceil(along[-1] / (_STEP * height)))
    at = np.linspace(0.0, along[-1], num_steps + 1)
    even = points_along(path, along, at)
    pace = np.ones(num_steps)
    if num_steps > 2:
        direction = np.diff(_smoothed(even), axis=0)
        angle = np.unwrap(np.arctan2(direction[:, 1], direction[:, 0]))
        curvature = np.abs(np.gradient(angle)) / _STEP
        pace = np.cbrt(curvature + _LEAST_CURVATURE)
    spent = np.concatenate([[0.0], np.cumsum(pace)]) * at[1] / height
    return np.interp(along, at, spent)


def at_equal_times(
    paths: Sequence[np.ndarray], seconds: Sequence[np.ndarray], num_points: float
) -> tuple[np.ndarray, np.ndarray]:
    """About `num_points` points on all paths, at equal times along each.

    Every stroke keeps both of its ends; a dot is one point.

    Returns:
      points [P, 2] and end_of_stroke [P].
    """
    total = sum(t[-1] for t in seconds)
    points, ends = [], []
    for path, t in zip(paths, seconds, strict=True):
        steps = round(num_points * t[-1] / total) if total else 0
        steps = max(steps, 1 if len(path) > 1 else 0)
        at = np.linspace(0.0, t[-1], steps + 1)
        points.append(points_along(path, t, at))
        ends.append(np.eye(1, steps + 1, steps)[0])
    return np.concatenate(points), np.concatenate(ends)


def _smoothed(points: np.ndarray) -> np.ndarray:
    """The mean of each point and its neighbours, the ends repeated."""
    padded = np.pad(points, [(1, 1), (0, 0)], mode="edge")
    return (padded[:-2] + padded[1:-1] + padded[2:]) / 3.0
