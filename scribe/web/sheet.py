"""Written lines on a sheet of paper: for the visitor's screen, and for files.

Both show the same: lines on baselines at even distances, in millimetres, in one size
that the hand decides and no single line can upset.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from scribe.drawing.colours import mixed
from scribe.drawing.page import Page, ruled_lines
from scribe.drawing.svg_document import path_data
from scribe.foundation.errors import InputError
from scribe.strokes.arrays import split_at_pen_lifts
from scribe.strokes.cleaning import deskew
from scribe.strokes.curves import bezier_curve
from scribe.strokes.measures import written_height
from scribe.writing import Style, WrittenLine

LINE_SPACING = 1.5  # distance of baselines, in heights of a line
ASCENT = 0.65  # what of a line's height lies above its baseline
MARGIN_MM = 12.0
MAX_HEIGHT_MM = 2000.0
GRID_MM = 5.0
RULE_SHARE = 0.18  # of ink on the paper, in the colour of a rule
BELOW_MM = 0.6  # letters stand a little above their rule


@dataclasses.dataclass(frozen=True, eq=False)
class PlacedLine:
    """A line in millimetres: its ink begins at x = 0, its baseline is y = 0.

    Attributes:
      curves: for each stroke its control points (see scribe.strokes.curves).
      num_points: for each stroke the number of points the pen took for it.
      width_mm: of the ink.
    """

    curves: list[np.ndarray]
    num_points: list[int]
    width_mm: float

    def paths(self) -> list[str]:
        """The `d` of an SVG <path> for each stroke."""
        return [path_data(curve) for curve in self.curves]


def place(strokes: np.ndarray, mm_per_unit: float) -> PlacedLine:
    """Puts strokes [P, 3] in pen units onto the origin."""
    level = deskew(strokes)
    shift = np.array([0.0, -baseline(level)])
    drawn = [(points + shift) * mm_per_unit for points in split_at_pen_lifts(level)]
    curves = [bezier_curve(points) for points in drawn]
    ink = np.concatenate(curves)
    left, right = ink[:, 0].min(), ink[:, 0].max()
    return PlacedLine(
        curves=[curve - [left, 0.0] for curve in curves],
        num_points=[len(points) for points in drawn],
        width_mm=float(right - left),
    )


def place_line(line: WrittenLine, hand: Style | None, height_mm: float) -> PlacedLine:
    """A line in the size of its hand; without a hand, in its own."""
    of = line.strokes if hand is None else hand.strokes
    return place(line.strokes, height_mm / written_height(of))


def baseline(strokes: np.ndarray) -> float:
    """The y that most letters stand on, in the unit of the strokes.

    Letters turn upwards on the baseline, and fewer of them below it (g, p, y) or above
    it (the bows of b, o, w): the median of these turns.
    """
    turns = []
    for points in split_at_pen_lifts(strokes):
        y = points[:, 1]
        lower = np.diff(y, prepend=-np.inf) > 0
        turns.append(y[lower & (np.diff(y, append=-np.inf) <= 0)])
    return float(np.median(np.concatenate(turns)))


def sheet(
    lines: Sequence[PlacedLine | None],
    height_mm: float,
    paper_mm: tuple[float, float] = (0.0, 0.0),
    rule: str = "none",
) -> Page:
    """Lines below each other; None leaves one blank.

    Args:
      lines: at least one.
      height_mm: of a line, as they were placed with.
      paper_mm: width and length of the paper, which grow where the lines need more.
      rule: "none", "lines" or "grid".

    Raises:
      InputError: the sheet would be too long.
    """
    pitch = LINE_SPACING * height_mm
    height = 2 * MARGIN_MM + height_mm + (len(lines) - 1) * pitch
    height = max(height, paper_mm[1])
    if height > MAX_HEIGHT_MM:
        raise InputError(
            f"{len(lines)} lines of {height_mm:g} mm take {height:.0f} mm of paper "
            f"(at most {MAX_HEIGHT_MM:.0f}): make height_mm smaller or send fewer"
        )
    curves, num_points, right = [], [], 0.0
    for i, line in enumerate(lines):
        if line is not None:
            at = [MARGIN_MM, MARGIN_MM + ASCENT * height_mm + i * pitch]
            curves.extend(curve + at for curve in line.curves)
            num_points.extend(line.num_points)
            right = max(right, line.width_mm)
    width = max(paper_mm[0], right + 2 * MARGIN_MM)
    rules = _rules(width, height, pitch, MARGIN_MM + ASCENT * height_mm, rule)
    return Page(width, height, curves, num_points, rules=rules)


def pages(
    lines: Sequence[PlacedLine | None],
    height_mm: float,
    paper_mm: tuple[float, float],
    rule: str,
    page_length_mm: float,
) -> list[Page]:
    """As `sheet`, continued on further pages where one would be longer than a page."""
    pitch = LINE_SPACING * height_mm
    room = page_length_mm - 2 * MARGIN_MM - height_mm
    per_page = 1 + max(0, int(room / pitch + 1e-9))
    if len(lines) <= per_page:
        return [sheet(lines, height_mm, paper_mm, rule)]
    widest = max((line.width_mm for line in lines if line is not None), default=0.0)
    paper_mm = (max(paper_mm[0], widest + 2 * MARGIN_MM), page_length_mm)
    return [
        sheet(lines[start : start + per_page], height_mm, paper_mm, rule)
        for start in range(0, len(lines), per_page)
    ]


def _rules(
    width: float, height: float, pitch: float, first: float, rule: str
) -> list[np.ndarray]:
    """`rule` is "none", "lines" or "grid"; `first` is the first baseline."""
    across, down = [], []
    if rule == "lines":
        across = np.arange(first + BELOW_MM, height - MARGIN_MM / 2, pitch)
    elif rule == "grid":
        across = np.arange(GRID_MM, height, GRID_MM)
        down = np.arange(GRID_MM, width, GRID_MM)
    return ruled_lines(width, height, across, down)


def rule_ink(ink: str, paper: str | None) -> str:
    """A colour for rules that suits both."""
    share = mixed(ink, paper, RULE_SHARE)
    return "#{:02x}{:02x}{:02x}".format(*(round(value) for value in share))
