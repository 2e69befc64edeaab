"""Ink as pixels: the share of each pixel that the pen covered.

The curves are those of scribe.strokes.curves and the widths those of
scribe.drawing.pressure, worked out for all strokes of a picture at once: drawing takes
a third of the time that way.
"""

import dataclasses

import gin
import numpy as np

from scribe.factory import amounts
from scribe.factory.amounts import Amount
from scribe.factory.ink import Ink
from scribe.foundation.errors import InputError

# Pieces into which the way from one point to the next is cut.
_PIECES = 3
_WIDTHS = (0.55, 1.5)
_BY_DIRECTION = 0.25
_FRACTION_BITS = 3
# Pixels are drawn so many times as large, less on large pictures.
_FINEST = 4
_MOST_PIXELS = 12_000_000


@dataclasses.dataclass(frozen=True)
class Pen:
    """What a picture is drawn with.

    Attributes:
      width: in x-heights, at usual speed.
      pressure: 0 for a line of one width, 1 for one that follows the pen's speed.
      speed: factor on the pen's speed.
    """

    width: float
    pressure: float
    speed: float = 1.0


@gin.register(module="scribe")
class Pens:
    """Draws pens."""

    def __init__(self, width: Amount, pressure: Amount):
        """
        Args:
          width: of the line, in x-heights.
          pressure: from 0 to 1.
        """
        amounts.check_within("Pens.width", width, 0.01, 1.0)
        amounts.check_within("Pens.pressure", pressure, 0.0, 1.0)
        self._width, self._pressure = width, pressure

    def draw(self, random: np.random.Generator, speed: float) -> Pen:
        """A pen for a hand of this speed."""
        return Pen(
            amounts.draw(self._width, random),
            amounts.draw(self._pressure, random),
            speed,
        )


def coverage(ink: Ink, pen: Pen, height: int, width: int) -> np.ndarray:
    """uint8 [height, width], 255 where all of a pixel is under ink."""
    import cv2

    unit = float(np.median([each.unit for each in ink.placed]))
    if height < 1 or width < 1 or height * width > _MOST_PIXELS * 4:
        raise InputError(f"a picture of {width} x {height} pixels cannot be drawn")
    factor = next(
        f for f in range(_FINEST, 0, -1) if f == 1 or height * width * f * f
        <= _MOST_PIXELS
    )  # fmt: skip
    path, breaks = curves(ink.points, ink.ends)
    diameter = pen_widths(ink, pen) * pen.width * unit * factor
    along = np.repeat(diameter, _PIECES)[: len(path)]
    # cv2's lines are about a pixel wider than asked for.
    thickness = np.maximum(np.rint(along - 0.7), 1).astype(int)
    fixed = np.rint((path * factor - 0.5) * 2**_FRACTION_BITS).astype(np.int32)
    pieces = np.stack([fixed[:-1], fixed[1:]], axis=1)
    drawn = ~breaks[:-1]
    large = np.zeros([height * factor, width * factor], np.uint8)
    for each in np.unique(thickness[:-1][drawn]):
        chosen = drawn & (thickness[:-1] == each)
        cv2.polylines(
            large, pieces[chosen], False, 255, int(each), cv2.LINE_8, _FRACTION_BITS
        )
    for dot in np.flatnonzero(_dots(ink.ends)):
        at = fixed[dot * _PIECES].tolist()
        radius = max(round(0.6 * diameter[dot] * 2**_FRACTION_BITS), 1)
        cv2.circle(large, at, radius, 255, -1, cv2.LINE_8, _FRACTION_BITS)
    if factor == 1:
        return large
    return cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)


def _dots(ends: np.ndarray) -> np.ndarray:
    """bool [P], strokes of a single point."""
    return ends & np.concatenate([[True], ends[:-1]])


def curves(points: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The centripetal Catmull-Rom splines of all strokes (scribe.strokes.curves).

    Args:
      points: [P, 2].
      ends: bool [P], the last point of each stroke.

    Returns:
      path [(P - 1) n + 1, 2], with n pieces from each point to the next, and breaks,
      bool of the same length: no ink leads from that point to the next.
    """
    chords = np.diff(points, axis=0)  # [P - 1, 2]
    lifted = ends[:-1]
    chords[lifted] = 0.0
    knots = np.maximum(np.sqrt(np.hypot(*chords.T)), 1e-3)[:, None]
    velocity = chords / knots
    tangent = np.zeros_like(points)  # by the knot
    both = ~(lifted[:-1] | lifted[1:])[:, None]
    inner = (
        velocity[:-1]
        + velocity[1:]
        - (chords[:-1] + chords[1:]) / (knots[:-1] + knots[1:])
    )
    one_sided = velocity[:-1] + velocity[1:]  # one of the two is zero
    tangent[1:-1] = np.where(both, inner, one_sided)
    if len(chords):
        tangent[0], tangent[-1] = velocity[0], velocity[-1]
    t = (np.arange(_PIECES) / _PIECES)[None, :, None]
    start, out, back, change = (
        array[:, None]
        for array in (points[:-1], tangent[:-1] * knots, tangent[1:] * knots, chords)
    )
    # Hermite's form of the cubic through both ends with both tangents.
    cubic = out + back - 2 * change
    path = start + t * (out + t * (3 * change - 2 * out - back + t * cubic))
    path = np.concatenate([path.reshape(-1, 2), points[-1:]])
    breaks = np.append(np.repeat(lifted, _PIECES), True)
    return path, breaks


def pen_widths(ink: Ink, pen: Pen) -> np.ndarray:
    """[P] width of the line at each point, as a factor of the pen's.

    As scribe.drawing.pressure.widths, of all strokes at once.
    """
    if pen.pressure == 0.0 or len(ink.points) < 2:
        return np.ones(len(ink.points))
    chords = np.diff(ink.points, axis=0)
    length = np.hypot(*chords.T)
    down = np.append(~ink.ends[:-1], False)  # a piece of ink begins here
    drawn = length[down[:-1]]
    usual = float(np.median(drawn)) if len(drawn) else 1.0
    fast = length * pen.speed
    slow = (usual - fast) / np.maximum(usual + fast, 1e-9)
    downwards = chords[:, 1] / np.maximum(length, 1e-9)
    wanted = (1 - _BY_DIRECTION) * slow + _BY_DIRECTION * downwards
    wanted = np.append(np.where(down[:-1], wanted, 0.0), 0.0)
    counts = down.astype(float)
    before = np.append(0.0, wanted[:-1]), np.append(0.0, counts[:-1])
    total, number = wanted + before[0], counts + before[1]
    # The mean of five points.
    at_points = np.pad(total / np.maximum(number, 1), 2)
    counted = np.pad(np.ones(len(total)), 2)
    window = np.ones(5)
    smooth = np.convolve(at_points, window, "valid")
    smooth /= np.convolve(counted, window, "valid")
    smooth[ink.ends] -= 0.3
    low, high = _WIDTHS
    factors = np.where(smooth < 0, 1 + smooth * (1 - low), 1 + smooth * (high - 1))
    return 1 + pen.pressure * (np.clip(factors, low, high) - 1)
