"""How large a written line is and where it stands, from its letters.

The window tells which character each point of a line belongs to. From the feet of the
letters that stand on the line comes the baseline, from the tops of those without
ascenders the x-height: the measures that typography has of a typeface.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from scribe.strokes import arrays as pen
from scribe.writing.line import WrittenLine

STANDING = frozenset("abcdehiklmnorstuvwxzABCDEFGHIKLMNOPRSTUVWXYZ0123456789")
SMALL = frozenset("aceimnorsuvwxz") - {"i"}  # the dot of an i is no top
# Where the window moves on too early or too late, a neighbour's tail counts as a foot;
# feet so far from the baseline, in x-heights, are left out.
_STRAY = 0.45
# The baseline is allowed to bend over so many x-heights, some two words.
_BEND = 8.0
# The x-height in standard deviations of y, for lines without small letters.
_SHARE_OF_DEVIATION = 1.6
# The x-height of all lines counts for so many small letters of each.
_USUAL_COUNTS = 5


@dataclasses.dataclass(frozen=True, eq=False)
class Measures:
    """Where a line of writing stands, in pen units, y down.

    Attributes:
      x_height: from the baseline to the top of small letters.
      num_small: number of letters that it was taken from.
      feet: [n, 2] the lowest points of letters that stand on the baseline.
      slope, intercept: the straight line through the feet.
    """

    x_height: float
    num_small: int
    feet: np.ndarray
    slope: float
    intercept: float

    def straight(self, x: np.ndarray) -> np.ndarray:
        """y of the straight baseline at each x."""
        return self.intercept + self.slope * np.asarray(x)

    def baseline(self, x: np.ndarray) -> np.ndarray:
        """y of the baseline at each x, which follows the feet in slow bends."""
        x = np.atleast_1d(np.asarray(x, np.float64))
        if not len(self.feet):
            return self.straight(x)
        away = self.feet[:, 1] - self.straight(self.feet[:, 0])
        distance = (x[:, None] - self.feet[:, 0]) / (_BEND * self.x_height / 2)
        weight = np.exp(-0.5 * distance**2)
        # One foot's worth of doubt keeps it straight where there are few.
        bend = (weight * away).sum(axis=1) / (weight.sum(axis=1) + 1.0)
        return self.straight(x) + bend

    def points(self, strokes: np.ndarray) -> np.ndarray:
        """[P, 2] of strokes [P, 3], in x-heights: x, and the height on the baseline."""
        points = pen.points_from_strokes(strokes)
        height = self.baseline(points[:, 0]) - points[:, 1]
        return np.stack([points[:, 0], height], axis=1) / self.x_height


def characters(line: WrittenLine) -> np.ndarray:
    """The character that each point belongs to: int [P], never the terminator."""
    return line.phi[:, : len(line.text)].argmax(axis=1)


def measure_line(line: WrittenLine) -> Measures:
    """The measures of a line; of one without letters they are guessed from its ink."""
    points = pen.points_from_strokes(line.strokes)
    belongs, text = characters(line), line.text
    if line.composed is not None:  # marks have neither feet nor tops
        source, text = line.composed.source, line.plain.text
        points = points[source >= 0]
        belongs = characters(line.plain)[source[source >= 0]]
        if not len(points):  # all of it is drawn
            return measure_line(line.plain)
    feet, tops = [], []
    for i, character in enumerate(text):
        own = points[belongs == i]
        if len(own) < 3:
            continue
        if character in STANDING:
            feet.append(own[own[:, 1].argmax()])
        if character in SMALL:
            tops.append(own[own[:, 1].argmin()])
    feet = np.array(feet).reshape(-1, 2)
    tops = np.array(tops).reshape(-1, 2)
    guess = _SHARE_OF_DEVIATION * float(points[:, 1].std()) or 1.0
    if len(feet) < 2:
        middle = float(np.median(feet[:, 1])) if len(feet) else points[:, 1].max()
        return Measures(guess, 0, feet, 0.0, float(middle))
    slope, intercept = _robust_line(feet, guess)
    heights = intercept + slope * tops[:, 0] - tops[:, 1]
    heights = heights[heights > 0.2 * guess]
    x_height = float(np.median(heights)) if len(heights) else guess
    away = feet[:, 1] - (intercept + slope * feet[:, 0])
    feet = feet[np.abs(away) < _STRAY * x_height]
    return Measures(x_height, len(heights), feet, slope, intercept)


def measure_lines(lines: Sequence[WrittenLine]) -> list[Measures]:
    """The measures of lines in one hand: a short line leans on the x-height of all."""
    found = [measure_line(line) for line in lines]
    counted = [m for m in found if m.num_small] or found
    usual = float(np.median([m.x_height for m in counted]))
    return [
        dataclasses.replace(
            m,
            x_height=(m.num_small * m.x_height + _USUAL_COUNTS * usual)
            / (m.num_small + _USUAL_COUNTS),
        )
        for m in found
    ]


def _robust_line(feet: np.ndarray, height: float) -> tuple[float, float]:
    """Slope and intercept by least squares, reweighted so that stray feet count little.

    Cauchy's weights 1 / (1 + (r / c)^2), c a fifth of the writing's height.
    """
    weight = np.ones(len(feet))
    slope, intercept = 0.0, float(np.median(feet[:, 1]))
    spread = np.ptp(feet[:, 0])
    for _ in range(10):
        x, y = feet.T
        mean_x, mean_y = np.average(x, weights=weight), np.average(y, weights=weight)
        if spread > 3 * height:  # too short a word has no slope of its own
            covariance = np.average((x - mean_x) * (y - mean_y), weights=weight)
            slope = covariance / np.average((x - mean_x) ** 2, weights=weight)
        intercept = mean_y - slope * mean_x
        residual = (y - intercept - slope * x) / (0.2 * height)
        weight = 1.0 / (1.0 + residual**2)
    return float(slope), float(intercept)
