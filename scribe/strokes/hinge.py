"""The hinge histogram: how the ink of a hand bends. NumPy only.

Bulacu and Schomaker (2007), "Text-independent writer identification and verification
using textural and allographic features", section 3.1.2: two legs of equal length stand
on each place of the ink's edge, and the two angles to which they point are counted
together. What a hand writes hardly matters to it, its slant, roundness and joints do.

What differs: the legs follow the path of the pen instead of the edge of scanned ink,
and the line is brought to one height first, so that size and speed leave no trace.
"""

import numpy as np

from scribe.foundation.errors import InputError
from scribe.strokes.arrays import split_at_pen_lifts
from scribe.strokes.cleaning import deskew, divide_by_spread, resample_curve

# In vertical spreads, half a small letter's height: fine enough for the bend of an "e".
SPACING = 0.15
LEG_POINTS = 3
# The paper counts angles to 1/12 of half a turn.
NUM_ANGLES = 24


def hinge_histogram(strokes: np.ndarray) -> np.ndarray:
    """The share of each pair of leg angles in a line.

    Args:
      strokes: [P, 3] (dx, dy, end_of_stroke), y down, in any unit and at any rate.

    Returns:
      float64 [300], NUM_ANGLES (NUM_ANGLES + 1) / 2 pairs whose sum is 1.

    Raises:
      InputError: no stroke is as long as two legs.
    """
    cleaned = divide_by_spread(deskew(np.asarray(strokes, np.float64)))
    even = resample_curve(cleaned, SPACING)
    counts = sum(map(hinge_counts, split_at_pen_lifts(even)))
    if not counts.any():
        raise InputError("a hand cannot be measured by strokes as short as dots")
    return counts[np.triu_indices(NUM_ANGLES)] / counts.sum()


def hinge_counts(path: np.ndarray) -> np.ndarray:
    """How often each pair of angles occurs along one stroke.

    Args:
      path: [n, 2] points at equal distances, y down.

    Returns:
      float64 [NUM_ANGLES, NUM_ANGLES], the smaller angle first: nothing stands below
      the diagonal. Angle 0 begins at x and the next ones turn upwards from there.
    """
    counts = np.zeros([NUM_ANGLES, NUM_ANGLES])
    middle = path[LEG_POINTS:-LEG_POINTS]
    if len(middle):
        legs = [path[: len(middle)] - middle, path[2 * LEG_POINTS :] - middle]
        angles = np.sort([_angle(leg) for leg in legs], axis=0)
        np.add.at(counts, (angles[0], angles[1]), 1.0)
    return counts


def _angle(leg: np.ndarray) -> np.ndarray:
    """[n, 2] -> int [n] from 0 to NUM_ANGLES - 1."""
    turn = np.arctan2(-leg[:, 1], leg[:, 0]) / (2.0 * np.pi)
    return np.floor(turn % 1.0 * NUM_ANGLES).astype(int) % NUM_ANGLES
