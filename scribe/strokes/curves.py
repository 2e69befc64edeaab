"""From the points of a stroke to a smooth curve: cubic Bezier pieces.

A curve is an array of control points [3m + 1, 2]: piece i goes from row 3i to row
3i + 3 and is pulled by the two rows between. A dot is a single row.
"""

import numpy as np


def bezier_curve(points: np.ndarray) -> np.ndarray:
    """The centripetal Catmull-Rom spline through the points of one stroke.

    Yuksel, Schaefer and Keyser (2011), "Parameterization and applications of
    Catmull-Rom curves": with knots at the square roots of the chords no piece has a
    cusp or a loop of its own, however unequal the chords are, so that the pen's sharp
    turns stay sharp. A stroke ends with zero curvature. Repeated points count once.

    Args:
      points: [n, 2] one or more points.

    Returns:
      float64 [3m + 1, 2] control points, m <= n - 1 pieces.
    """
    points = np.asarray(points, np.float64)
    points = points[moved(points)]
    pieces = len(points) - 1
    if pieces == 0:
        return points
    chords = points[1:] - points[:-1]  # [m, 2]
    knots = np.sqrt(np.hypot(chords[:, 0], chords[:, 1]))[:, None]  # [m, 1]
    velocity = chords / knots
    tangent = (
        velocity[:-1]
        + velocity[1:]
        - (chords[:-1] + chords[1:]) / (knots[:-1] + knots[1:])
    )  # [m - 1, 2] at the inner points
    curve = np.empty([3 * pieces + 1, 2])
    curve[::3] = points
    curve[4::3] = points[1:-1] + tangent * knots[1:] / 3
    curve[2:-3:3] = points[1:-1] - tangent * knots[:-1] / 3
    if pieces == 1:
        curve[1:3] = points[:1] + chords / 3 * [[1], [2]]
    else:
        curve[1] = (curve[0] + curve[2]) / 2
        curve[-2] = (curve[-1] + curve[-3]) / 2
    return curve


def moved(points: np.ndarray) -> np.ndarray:
    """bool [n], False for points that repeat the one before."""
    return np.concatenate([[True], np.any(points[1:] != points[:-1], axis=1)])


def flatten(curve: np.ndarray, tolerance: float) -> np.ndarray:
    """Points along a curve, close enough together to join them by straight lines.

    Args:
      curve: [3m + 1, 2] control points.
      tolerance: largest distance between the lines and the curve, in its own unit.

    Returns:
      [m * k + 1, 2], k points on each piece, the last one being its end.
    """
    if len(curve) == 1:
        return curve
    pieces = np.stack(
        [curve[i : len(curve) - 3 + i : 3] for i in range(3)] + [curve[3::3]]
    )
    bend = np.abs(pieces[:-2] - 2 * pieces[1:-1] + pieces[2:]).max()
    # A chord over 1/k of a piece strays by at most |B''| / 8k^2, and |B''| <= 6 bend
    # on either axis.
    k = int(np.clip(np.ceil(np.sqrt(6 * np.sqrt(2) * bend / (8 * tolerance))), 1, 64))
    t = (np.arange(1, k + 1) / k)[None, :, None]
    start, out, back, end = pieces[:, :, None, :]
    along = (
        (1 - t) ** 3 * start
        + 3 * (1 - t) ** 2 * t * out
        + 3 * (1 - t) * t**2 * back
        + t**3 * end
    )  # [m, k, 2]
    return np.concatenate([curve[:1], along.reshape(-1, 2)])
