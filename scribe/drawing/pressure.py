"""Strokes that are wider where the pen was slow, as outlines to be filled.

Points are equally far apart in time, so that the distance between two of them is the
pen's speed. A slow pen leaves more ink, and one that goes down on the page presses
harder than one that comes up.
"""

import numpy as np

from scribe.strokes.curves import flatten

_WIDTHS = (0.55, 1.5)  # of the pen's width, at pressure 1
_BY_DIRECTION = 0.25  # share of what is not due to speed
_CORNER = np.cos(np.radians(50))  # sharper turns of an outline get a round joint
_ARC = np.linspace(-np.pi / 2, np.pi / 2, 5)


def page_strokes(page, look, tolerance: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """The strokes of a page as points [n, 2] and the stroke's width at each [n], in mm.

    Args:
      page: a layout.
      look: its pen's width and pressure.
      tolerance: how far the points may stray from the curves, mm.
    """
    speed = usual_speed(page.curves)
    strokes = []
    for curve in page.curves:
        factors = widths(curve, speed, look.pressure)
        points, factors = flat_stroke(curve, factors, tolerance)
        strokes.append((points, factors * look.pen_width_mm))
    return strokes


def widths(curve: np.ndarray, usual_speed: float, pressure: float) -> np.ndarray:
    """Width of a stroke at each of its points, as a factor of the pen's.

    Args:
      curve: [3m + 1, 2] control points, see scribe.strokes.curves.
      usual_speed: median distance between points on the page.
      pressure: 0 for even strokes to 1.

    Returns:
      [m + 1] factors.
    """
    points = curve[::3]
    if len(points) < 2:
        return np.array([1.0 + 0.2 * pressure])
    along = np.diff(points, axis=0)
    chords = np.hypot(*along.T)
    slow = (usual_speed - chords) / (usual_speed + chords)  # -1 fast, 1 resting
    down = along[:, 1] / np.maximum(chords, 1e-9)
    wanted = (1 - _BY_DIRECTION) * slow + _BY_DIRECTION * down
    at_points = np.concatenate(
        [wanted[:1], (wanted[1:] + wanted[:-1]) / 2, wanted[-1:]]
    )
    smooth = np.convolve(np.pad(at_points, 2, "edge"), np.full(5, 0.2), "valid")
    smooth[-1] -= 0.3  # the pen leaves the paper while it moves
    low, high = _WIDTHS
    factors = np.where(smooth < 0, 1 + smooth * (1 - low), 1 + smooth * (high - 1))
    return 1 + pressure * (np.clip(factors, low, high) - 1)


def usual_speed(curves: list[np.ndarray]) -> float:
    """Median distance between the points of all strokes."""
    chords = [np.hypot(*np.diff(curve[::3], axis=0).T) for curve in curves]
    chords = np.concatenate([*chords, []])
    return float(np.median(chords)) if len(chords) else 1.0


def flat_stroke(
    curve: np.ndarray, factors: np.ndarray, tolerance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Points [n, 2] along a curve close enough to join, and the factor at each [n]."""
    points = flatten(curve, tolerance)
    at = np.linspace(0, len(factors) - 1, len(points))
    return points, np.interp(at, np.arange(len(factors)), factors)


def outline(points: np.ndarray, diameters: np.ndarray) -> list[np.ndarray]:
    """Closed polygons whose union is a stroke with round ends.

    Sharp turns end one polygon and begin the next, so that no side folds over. All
    turn the same way round: to be filled by the nonzero rule.

    Args:
      points: [n, 2], no two successive ones equal.
      diameters: [n].
    """
    if len(points) == 1:
        angle = np.linspace(0, 2 * np.pi, 13)[:-1]
        return [points + diameters[0] / 2 * _direction(angle)]
    along = np.diff(points, axis=0)
    along = along / np.hypot(*along.T)[:, None]
    turns = (along[1:] * along[:-1]).sum(axis=1) < _CORNER
    corners = [0, *(np.flatnonzero(turns) + 1), len(points) - 1]
    return [
        _ribbon(points[i : j + 1], diameters[i : j + 1] / 2)
        for i, j in zip(corners[:-1], corners[1:], strict=True)
    ]


def _ribbon(points: np.ndarray, radii: np.ndarray) -> np.ndarray:
    along = np.diff(points, axis=0)
    along = along / np.hypot(*along.T)[:, None]
    tangent = np.concatenate([along[:1], along[1:] + along[:-1], along[-1:]])
    tangent = tangent / np.hypot(*tangent.T)[:, None]
    side = radii[:, None] * tangent[:, ::-1] * [1, -1]  # to the right when y points up
    front = np.arctan2(*tangent[-1][::-1])
    back = np.arctan2(*tangent[0][::-1]) + np.pi
    return np.concatenate(
        [
            (points + side)[:-1],
            points[-1] + radii[-1] * _direction(front + _ARC),
            (points - side)[-2:0:-1],
            points[0] + radii[0] * _direction(back + _ARC),
        ]
    )


def _direction(angle: np.ndarray) -> np.ndarray:
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)
