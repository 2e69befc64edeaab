"""Where the lines of writing stand on the page, in millimetres.

All formats draw the one `Page` that `lay_out` makes: curves in writing order, x to the
right, y downwards, the origin in the upper left corner.
"""

import dataclasses
import math
import re
from collections.abc import Sequence

import numpy as np

from scribe.drawing.colours import rgb
from scribe.foundation.errors import InputError
from scribe.strokes.arrays import split_at_pen_lifts
from scribe.strokes.curves import bezier_curve
from scribe.strokes.measures import written_height

_CAPTION_GAP_MM = 1.5
_LONGEST_SIDE_MM = 5000.0  # what a PDF page may measure


@dataclasses.dataclass(frozen=True, kw_only=True)
class Look:
    """How a drawing looks.

    Attributes:
      height_mm: from the ascenders to the descenders of a typical line. Where there are
        several lines, all have one scale and this is the median line.
      mm_per_unit: scale that overrides `height_mm`; drawings in several files keep the
        same size with it.
      pen_width_mm: a fine liner's; an ordinary x-height is a third of `height_mm`.
      pressure: 0 draws strokes of one width, which a plotter can follow; up to 1 they
        are wider where the pen was slow. Animations have none.
      margin_mm: free space around the ink.
      line_spacing: distance between lines, in `height_mm`; lines that would run into
        each other are set further apart.
      ink: "#rrggbb", "#rgb" or a name.
      rule_ink: colour of ruled lines.
      rule_width_mm: their width.
      paper: colour of the ground, or None for a transparent one. An SVG for a plotter
        should have none, else some programs draw its outline.
      caption_mm: size of the captions' type.
      dpi: pixels per inch; None means 200 for PNG and `raster`, 144 for GIF.
      seconds: how long an animation takes; None means by the number of points,
        between 2 and 8.
      fps: pictures per second of a GIF, at most 50.
      hold_seconds: how long a GIF shows the finished writing before it starts again.
    """

    height_mm: float = 10.0
    mm_per_unit: float | None = None
    pen_width_mm: float = 0.3
    pressure: float = 0.0
    margin_mm: float = 5.0
    line_spacing: float = 1.3
    ink: str = "#16182b"
    rule_ink: str = "#c3cfe0"
    rule_width_mm: float = 0.15
    paper: str | None = "white"
    caption_mm: float = 2.6
    dpi: float | None = None
    seconds: float | None = None
    fps: float = 20.0
    hold_seconds: float = 2.5

    def __post_init__(self):
        rgb(self.ink)
        rgb(self.rule_ink)
        if self.paper is not None:
            rgb(self.paper)
        for name in ("margin_mm", "line_spacing", "hold_seconds", "pressure"):
            self._check(name, zero_is_fine=True)
        for name in ("height_mm", "pen_width_mm", "rule_width_mm", "caption_mm", "fps"):
            self._check(name)
        if self.pressure > 1:
            raise InputError(f"pressure={self.pressure}: must be from 0 to 1")
        for name in ("mm_per_unit", "dpi", "seconds"):
            if getattr(self, name) is not None:
                self._check(name)
        if self.fps > 50:
            raise InputError(
                f"fps={self.fps}: a GIF shows at most 50 pictures a second"
            )

    def _check(self, name: str, zero_is_fine: bool = False) -> None:
        value = getattr(self, name)
        try:
            fine = math.isfinite(value) and (value > 0 or zero_is_fine and value == 0)
        except TypeError:
            fine = False
        if not fine:
            needed = "0 or more" if zero_is_fine else "more than 0"
            raise InputError(f"{name}={value!r}: must be a number, {needed}")


@dataclasses.dataclass(frozen=True)
class Caption:
    """A text whose baseline starts at (x, y), in mm."""

    text: str
    x: float
    y: float


@dataclasses.dataclass(frozen=True)
class Page:
    """A finished layout.

    Attributes:
      width: mm.
      height: mm.
      curves: for each stroke in writing order its control points (see `curves`), in mm.
      num_points: for each stroke the number of points the pen took for it.
      captions: texts above the lines.
      rules: ruled lines under the writing, [2, 2] from point to point.
    """

    width: float
    height: float
    curves: list[np.ndarray]
    num_points: list[int]
    captions: list[Caption] = dataclasses.field(default_factory=list)
    rules: list[np.ndarray] = dataclasses.field(default_factory=list)


def ruled_lines(
    width: float, height: float, levels: Sequence[float], columns: Sequence[float] = ()
) -> list[np.ndarray]:
    """Lines from edge to edge, as `Page.rules` has them.

    Args:
      width, height: of the page, mm.
      levels: where lines go across, mm from the upper edge.
      columns: where lines go down, mm from the left edge.
    """
    across = [np.array([[0.0, y], [width, y]]) for y in levels]
    return across + [np.array([[x, 0.0], [x, height]]) for x in columns]


def lay_out(strokes, look: Look, captions: Sequence[str | None] | None = None) -> Page:
    """Sets lines of strokes below each other, their left ends flush.

    Args:
      strokes: [P, 3] or a list of such lines.
      look: scale, margin and spacing are used here.
      captions: None, or a text or None for each line.

    Raises:
      InputError: nothing to draw, wrong shapes, values that are not finite.
    """
    lines = _lines(strokes)
    if isinstance(captions, str):
        captions = [captions]
    if captions is None:
        captions = [None] * len(lines)
    if len(captions) != len(lines):
        raise InputError(f"{len(captions)} captions do not fit {len(lines)} lines")
    scale = look.mm_per_unit
    if scale is None:
        scale = look.height_mm / float(np.median([written_height(s) for s in lines]))

    curves, num_points, placed = [], [], []
    right = 0.0
    bottom = middle = None  # of the line above
    for line, text in zip(lines, captions, strict=True):
        drawn = [points * scale for points in split_at_pen_lifts(line)]
        shapes = [bezier_curve(points) for points in drawn]
        hull = np.concatenate(shapes)
        low, high = hull.min(axis=0), hull.max(axis=0)
        centre = float(np.concatenate(drawn)[:, 1].mean())
        top = low[1] - centre
        if text:
            top = min(top, -0.55 * look.height_mm)  # captions stand in even rows
        headroom = look.caption_mm + _CAPTION_GAP_MM if text else 0.0
        if middle is None:
            middle = headroom - top
        else:
            middle = max(
                middle + look.line_spacing * look.height_mm + headroom,
                bottom + look.pen_width_mm + _CAPTION_GAP_MM + headroom - top,
            )
        if text:
            placed.append(Caption(_one_line(text), 0.0, middle + top - _CAPTION_GAP_MM))
            right = max(right, 0.6 * look.caption_mm * len(text))  # a wide typeface
        shift = np.array([-low[0], middle - centre])
        curves.extend(shape + shift for shape in shapes)
        num_points.extend(len(points) for points in drawn)
        bottom = middle + high[1] - centre
        right = max(right, high[0] - low[0])

    border = look.margin_mm + look.pen_width_mm / 2
    width, height = float(right + 2 * border), float(bottom + 2 * border)
    if not max(width, height) <= _LONGEST_SIDE_MM:
        raise InputError(
            f"the drawing would measure {width:.4g} x {height:.4g} mm, more than "
            f"{_LONGEST_SIDE_MM:.0f}: make height_mm or mm_per_unit smaller, or look "
            "for a jump in the strokes"
        )
    return Page(
        width=width,
        height=height,
        curves=[curve + border for curve in curves],
        num_points=num_points,
        captions=[Caption(c.text, c.x + border, c.y + border) for c in placed],
    )


def _lines(strokes) -> list[np.ndarray]:
    """The lines to draw, each checked."""
    if not len(strokes):
        raise InputError("there are no strokes to draw")
    if np.ndim(strokes[0]) < 2:
        return [checked_line(strokes)]
    if len(strokes) == 1:
        return [checked_line(strokes[0])]
    return [checked_line(s, f"line {n}: ") for n, s in enumerate(strokes, start=1)]


def checked_line(strokes, which: str = "") -> np.ndarray:
    """float64 [P, 3] with P >= 1, all finite; `which` begins the sentence if not."""
    try:
        line = np.asarray(strokes, np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{which}strokes must be numbers [P, 3]: {error}") from error
    if line.size == 0:
        raise InputError(f"{which}there are no strokes to draw")
    if line.ndim != 2 or line.shape[1] != 3:
        raise InputError(
            f"{which}strokes must be [P, 3] (dx, dy, end_of_stroke), not "
            f"{list(line.shape)}"
        )
    if not np.isfinite(line).all():
        row = int(np.flatnonzero(~np.isfinite(line).all(axis=1))[0])
        raise InputError(
            f"{which}strokes must be finite, but row {row} is {line[row].tolist()}"
        )
    if np.abs(line[:, :2]).sum() > 1e12:
        raise InputError(f"{which}strokes of more than 1e12 units cannot be drawn")
    return line


def _one_line(text: str) -> str:
    """`text` without line breaks and without what XML cannot hold."""
    text = " ".join(str(text).split())
    return re.sub("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "\ufffd", text)
