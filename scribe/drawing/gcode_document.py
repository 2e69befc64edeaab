"""G-code: what a pen plotter does to draw a page, written and read back.

Positions are absolute and in millimetres; `G0` moves the lifted pen, `G1` draws. How
the pen is moved, and where the paper lies, stands in a `Plotter`.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from scribe.drawing.page import Page
from scribe.drawing.plotter import LayeredSvg, Plotter
from scribe.foundation.errors import InputError
from scribe.strokes.curves import flatten, moved

_DECIMALS = 3  # a thousandth of a millimetre, less than any plotter's step
_PAGE = re.compile(r"; page \d+ of \d+, ([\d.]+) x ([\d.]+) mm\b")
_MM_PER_INCH = 25.4


def gcode_document(pages: Sequence[Page], plotter: Plotter) -> str:
    """A program that draws the pages one after the other, strokes in writing order.

    Args:
      pages: layouts; their paper lies where `plotter` says.
      plotter: the machine.

    Raises:
      InputError: the pen would leave the machine's bed.
    """
    check_plotter(plotter)
    minutes = plotting_seconds(pages, plotter) / 60
    lines = [
        f"; written by scribe, takes about {minutes:.2g} minutes",
        "G21",
        "G90",
        *plotter.start_commands,
        *plotter.pen_up_commands,
    ]
    for number, page in enumerate(pages, start=1):
        if number > 1:
            lines.extend(plotter.page_commands)
        size = f"{page.width:.7g} x {page.height:.7g} mm"
        lines.append(f"; page {number} of {len(pages)}, {size}")
        for stroke in machine_strokes(page, plotter):
            lines.extend(_stroke(stroke, plotter))
    lines.extend(plotter.end_commands)
    return "\n".join(lines) + "\n"


def check_plotter(plotter: Plotter | LayeredSvg) -> None:
    """Refuses a plotter that does not take G-code."""
    if not isinstance(plotter, Plotter):
        raise InputError("this plotter takes .svg files, not .gcode")


def _stroke(points: np.ndarray, plotter: Plotter) -> Iterator[str]:
    first, *others = (f"X{x:.7g} Y{y:.7g}" for x, y in points.tolist())
    yield f"G0 {first}"
    yield from plotter.pen_down_commands
    for i, position in enumerate(others):
        # GRBL keeps the feed, but lowering the pen may have set another.
        feed = f" F{plotter.draw_feed_mm_per_minute:.7g}" if i == 0 else ""
        yield f"G1 {position}{feed}"
    yield from plotter.pen_up_commands


def machine_strokes(page: Page, plotter: Plotter) -> list[np.ndarray]:
    """The strokes of a page where the machine draws them.

    Returns:
      For each stroke [n, 2] corners of a polyline, mm from the machine's origin; one
      row is a dot.

    Raises:
      InputError: a stroke leaves the bed.
    """
    strokes = []
    for curve in page.curves:
        points = flatten(curve, plotter.tolerance_mm).copy()
        if plotter.y_up:
            points[:, 1] = page.height - points[:, 1]
        points = np.round(points + _paper(plotter), _DECIMALS)
        strokes.append(points[moved(points)])
    _check_bounds(strokes, plotter)
    return strokes


def _paper(plotter: Plotter) -> np.ndarray:
    return np.array([plotter.paper_x_mm, plotter.paper_y_mm])


def _check_bounds(strokes: list[np.ndarray], plotter: Plotter) -> None:
    if not strokes:
        return
    corners = np.concatenate(strokes)
    for axis, name, length in (
        (0, "x", plotter.bed_width_mm),
        (1, "y", plotter.bed_height_mm),
    ):
        low, high = corners[:, axis].min(), corners[:, axis].max()
        if low < 0 or high > length:
            raise InputError(
                f"the pen would move from {low:.1f} to {high:.1f} mm in {name}, but "
                f"the plotter's bed goes from 0 to {length:g}: choose a smaller paper "
                "or another plotter, or bind its bed_width_mm and bed_height_mm"
            )


def plotting_seconds(pages: Sequence[Page], plotter: Plotter) -> float:
    """About how long the pages take: lengths over feeds, and the lifts of the pen.

    A machine that has to slow down at corners takes longer.
    """
    seconds = 0.0
    for page in pages:
        at = np.zeros(2)
        for stroke in machine_strokes(page, plotter):
            drawn = np.hypot(*np.diff(stroke, axis=0).T).sum()
            seconds += 60 * drawn / plotter.draw_feed_mm_per_minute
            travelled = np.hypot(*(stroke[0] - at))
            seconds += 60 * travelled / plotter.travel_feed_mm_per_minute
            seconds += 2 * plotter.pen_seconds
            at = stroke[-1]
    return float(seconds)


def read_gcode(text: str, plotter: Plotter) -> list[Page]:
    """What the machine draws when it runs a program that `gcode_document` wrote.

    Follows the moves and the pen, in whichever units and modes the program switches to.

    Args:
      text: the program.
      plotter: the machine that it was written for, for its pen commands.

    Returns:
      The pages, y down again; their curves consist of straight pieces.

    Raises:
      InputError: there is no page in it, or it draws arcs.
    """
    pages: list[tuple[float, float, list]] = []
    machine = _Machine(plotter)
    for line in text.splitlines():
        if size := _PAGE.match(line):
            machine.strokes = []
            pages.append((float(size[1]), float(size[2]), machine.strokes))
        machine.run(line)
    if not pages:
        raise InputError("this G-code has no pages: it was not written by scribe")
    return [_page(*page, plotter) for page in pages]


def _page(width: float, height: float, strokes: list, plotter: Plotter) -> Page:
    curves = []
    for stroke in strokes:
        points = np.array(stroke) - _paper(plotter)
        if plotter.y_up:
            points[:, 1] = height - points[:, 1]
        curves.append(_straight(points))
    counts = [len(stroke) for stroke in strokes]
    return Page(width, height, curves, counts, [])


def _straight(points: np.ndarray) -> np.ndarray:
    """Control points [3n - 2, 2] of the straight pieces between points [n, 2]."""
    along = np.arange(3 * len(points) - 2) / 3
    corner = np.arange(len(points))
    return np.stack([np.interp(along, corner, axis) for axis in points.T], axis=1)


class _Machine:
    """Runs lines of G-code and notes what the pen draws."""

    def __init__(self, plotter: Plotter):
        self.strokes: list[list[tuple[float, float]]] = []
        self._up = [_normal(line) for line in plotter.pen_up_commands]
        self._down = [_normal(line) for line in plotter.pen_down_commands]
        self._recent: list[str] = []
        self._pen_is_down = False
        self._at = [0.0, 0.0]
        self._unit = 1.0
        self._relative = False

    def run(self, line: str) -> None:
        command = _normal(line)
        if not command:
            return
        words = re.findall(r"([A-Z])(-?\d*\.?\d+)", command)
        for letter, number in words:
            if letter == "G":
                self._switch(float(number))
        axes = {letter: float(number) for letter, number in words if letter in "XY"}
        if axes:
            self._move(axes)
        self._lift_or_lower(command)

    def _switch(self, code: float) -> None:
        if code in (2, 3):
            raise InputError("this G-code draws arcs, which are not read here")
        if code in (20, 21):
            self._unit = _MM_PER_INCH if code == 20 else 1.0
        elif code in (90, 91):
            self._relative = code == 91

    def _move(self, axes: dict[str, float]) -> None:
        for i, letter in enumerate("XY"):
            if letter in axes:
                start = self._at[i] if self._relative else 0.0
                self._at[i] = start + axes[letter] * self._unit
        if self._pen_is_down:
            self.strokes[-1].append(tuple(self._at))

    def _lift_or_lower(self, command: str) -> None:
        longest = max(len(self._up), len(self._down))
        self._recent = [*self._recent, command][-longest:]
        if self._recent[-len(self._down) :] == self._down and not self._pen_is_down:
            self._pen_is_down = True
            self.strokes.append([tuple(self._at)])
        elif self._recent[-len(self._up) :] == self._up:
            self._pen_is_down = False


def _normal(line: str) -> str:
    """A line without comments and spaces, in capitals."""
    return re.sub(r"\(.*?\)|;.*|\s", "", line).upper()
