"""What tells one hand from another, in numbers: slant, height, width and speed.

Measured on one line of writing, without looking at its letters. NumPy only.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from scribe.foundation.errors import InputError
from scribe.strokes.arrays import points_from_strokes
from scribe.strokes.cleaning import deskew, resample
from scribe.strokes.measures import written_height

# Of the height: fine enough to follow a letter, coarse enough to pass over the steps of
# a tablet and to see the same curve at any point rate.
_SPACING = 0.05
# Steeper than 45 degrees to the slant found so far: a letter's stem.
_STEEP = 1.0
_ROUNDS = 8
# The deviation of a normal distribution, times this, is its interquartile range.
_QUARTILES_IN_DEVIATIONS = 1.349


@dataclasses.dataclass(frozen=True)
class HandMeasures:
    """One line of writing, without what it says.

    Attributes:
      slant: how far stems lean to the right, in x per unit of height: 0 is upright, 0.3
        leans by 17 degrees. Adding a shear with `arrays.slant` adds it here.
      height: from ascenders to descenders (measures.written_height), in the
        unit of the strokes.
      width: of a character with the space beside it, in heights.
      speed: length of the drawn path in heights per point, or per second where the
        rate was given.
    """

    slant: float
    height: float
    width: float
    speed: float


NAMES = tuple(field.name for field in dataclasses.fields(HandMeasures))


def measure_hand(
    strokes: np.ndarray, text: str, points_per_second: float = 1.0
) -> HandMeasures:
    """Measures one line.

    Args:
      strokes: [P, 3] (dx, dy, end_of_stroke), y down, any unit. A climbing line is
        levelled first.
      text: what it spells; only its length counts.
      points_per_second: rate of the points; with 1.0 the speed is per point.

    Raises:
      InputError: there is no text, or no stroke of more than one point.
    """
    if not text:
        raise InputError("a hand cannot be measured without the text of its strokes")
    level = deskew(np.asarray(strokes, np.float64))
    height = written_height(level)
    drawn = _drawn_offsets(level)
    if not drawn.any():
        raise InputError("a hand cannot be measured by dots alone")
    points = points_from_strokes(level)
    return HandMeasures(
        slant=slant_of(level),
        height=height,
        width=float(np.ptp(points[:, 0])) / len(text) / height,
        speed=float(np.hypot(*drawn.T).mean()) / height * points_per_second,
    )


def slant_of(strokes: np.ndarray) -> float:
    """How far the downstrokes lean, in x per unit of height, right is positive.

    The line is led along at even spacing, and its pieces that go down and are steep
    after the slant found so far is taken out decide on the next, better one: the ratio
    of the ways that they go in x and in y. Upstrokes are left out, because in joined
    writing they lead to the next letter. 0.0 if nothing goes down.
    """
    even = resample(np.asarray(strokes, np.float64), _spacing(strokes))
    dx, dy = _drawn_offsets(even).T
    dx, dy = dx[dy > 0], dy[dy > 0]
    lean = 0.0
    for _ in range(_ROUNDS):
        stem = np.abs(dx + lean * dy) < _STEEP * dy
        if not stem.any():
            break
        lean = -float(dx[stem].sum() / dy[stem].sum())
    return lean


def _spacing(strokes: np.ndarray) -> float:
    return _SPACING * written_height(strokes)


def _drawn_offsets(strokes: np.ndarray) -> np.ndarray:
    """[N, 2] offsets that left ink: those that begin no stroke."""
    return strokes[1:, :2][strokes[:-1, 2] < 0.5]


def spread(measures: Sequence[HandMeasures]) -> dict[str, float]:
    """How much hands differ: a deviation for each measure.

    The interquartile range in deviations of a normal distribution, which a single line
    that went wrong leaves alone. Height, width and speed are ratios in nature, so that
    theirs is the deviation of the logarithm: 0.2 is about 20 %.

    Raises:
      InputError: there are fewer than two lines.
    """
    if len(measures) < 2:
        raise InputError(f"the spread of {len(measures)} lines is not defined")
    values = in_columns(measures)
    return {name: deviation(values[:, i]) for i, name in enumerate(NAMES)}


def in_columns(measures: Sequence[HandMeasures]) -> np.ndarray:
    """[N, 4] the measures in the order of NAMES, logarithms of all but the slant."""
    values = np.array([dataclasses.astuple(m) for m in measures])
    logarithmic = np.array(NAMES) != "slant"
    values[:, logarithmic] = np.log(values[:, logarithmic])
    return values


def deviation(values: np.ndarray) -> float:
    """The interquartile range of [N] numbers in deviations of a normal distribution."""
    low, high = np.quantile(values, (0.25, 0.75))
    return float(high - low) / _QUARTILES_IN_DEVIATIONS
