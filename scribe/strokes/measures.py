"""How large a line of writing is, how far its pen goes, how much it climbs. NumPy only.

Each measure looks at one line of strokes [P, 3] (scribe.strokes.arrays), in the unit of
its offsets.
"""

import numpy as np

from scribe.strokes.arrays import points_from_strokes, split_at_pen_lifts

# The standard deviation of y is a steadier measure of how large somebody writes than
# any pair of percentiles, above all for single words. From the tips of ascenders to
# those of descenders (1% and 99% of the ink) a line is this many deviations tall:
# median over the lines of IAM-OnDB.
_HEIGHT_IN_DEVIATIONS = 4.9
# Fewer points say nothing about a hand.
MIN_POINTS = 10
# Steeper than 27 degrees is a letter, not a line of text.
_STEEPEST = 0.5


def median_offset(strokes: np.ndarray) -> float:
    """Median length of the offsets drawn with the pen down: the hand's own unit.

    Pen-up moves and repeated points are left out. 1.0 for strokes without any.
    """
    drawn = np.concatenate([[False], strokes[:-1, 2] < 0.5])
    lengths = np.hypot(strokes[drawn, 0], strokes[drawn, 1])
    lengths = lengths[lengths > 0]
    return float(np.median(lengths)) if len(lengths) else 1.0


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


def climb(strokes: np.ndarray) -> float:
    """Slope of the least-squares line through the points, positive if a line falls.

    0.0 for what has no width, and for what is so steep that it is no line of text.
    """
    points = points_from_strokes(strokes)
    x = points[:, 0] - points[:, 0].mean()
    spread = np.dot(x, x)
    if spread == 0.0:
        return 0.0
    slope = np.dot(x, points[:, 1]) / spread
    return 0.0 if abs(slope) > _STEEPEST else float(slope)


def written_height(strokes: np.ndarray) -> float:
    """How tall a line of writing is from ascenders to descenders.

    The line is levelled first, so that one that climbs does not count as tall. What has
    no height of its own, like a dash, counts as 0.15 of its longest stroke; a lone dot
    as 1.
    """
    offsets = np.asarray(strokes, np.float64)
    level = np.cumsum(offsets[:, 1] - climb(offsets) * offsets[:, 0])
    longest = max(float(np.ptp(s[:, 0])) for s in split_at_pen_lifts(strokes))
    height = max(_HEIGHT_IN_DEVIATIONS * float(level.std()), 0.15 * longest)
    return height or 1.0
