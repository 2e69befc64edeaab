"""The sheet of paper: its size, its margins, and where its lines are."""

import dataclasses
import math
import re

import numpy as np

from scribe.drawing.page import ruled_lines
from scribe.foundation.errors import InputError

ENVELOPES_MM = {
    "dl": (220.0, 110.0),
    "c6": (162.0, 114.0),
    "c5": (229.0, 162.0),
    "com10": (241.3, 104.8),
}
PAPERS_MM = {
    "a4": (210.0, 297.0),
    "letter": (215.9, 279.4),
    "a5": (148.0, 210.0),
    **ENVELOPES_MM,
}
# Where an address stands: so far from the envelope's edges (Universal Postal Union,
# standard S42), and from so much of its width on.
_ADDRESS_TOP_MM, _ADDRESS_EDGE_MM = 40.0, 15.0
_ADDRESS_LEFT = 0.45
_MARGIN_MM = 20.0
_LARGEST_MM = 5000.0
# Of a line's height where nothing else is said: from ascenders to descenders. That of
# an x is a third of it.
_SIZE = 0.78
X_HEIGHTS = 3.0
# Lines whose writing is so much larger than their height run into each other.
_LARGEST_SIZE = 1.5
_NARROWEST_LINE = 3.0  # in line heights: a short word
RULES = ("none", "lines", "grid")
# Of a line's height: the room above its baseline, and from there down to the rule,
# since nobody writes quite on it.
ASCENT = 0.7
_RULE_DROP = 0.02


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sheet:
    """Paper to write on.

    Attributes:
      width_mm, height_mm: the paper.
      top_mm, right_mm, bottom_mm, left_mm: margins, which no ink crosses.
      line_height_mm: from one baseline to the next.
      size_mm: of the writing, from its ascenders to its descenders; None for what suits
        the lines.
      rule: "none", "lines" under the writing, or a "grid" of half a line's height.
    """

    width_mm: float = 210.0
    height_mm: float = 297.0
    top_mm: float = 20.0
    right_mm: float = 20.0
    bottom_mm: float = 20.0
    left_mm: float = 20.0
    line_height_mm: float = 9.0
    size_mm: float | None = None
    rule: str = "none"

    def __post_init__(self):
        if self.rule not in RULES:
            raise InputError(f"rule={self.rule!r}: use {', '.join(RULES)}")
        for name in ("width_mm", "height_mm", "line_height_mm"):
            self._check(name, least="more than 0")
        for name in ("top_mm", "right_mm", "bottom_mm", "left_mm"):
            self._check(name, least="0 or more")
        if self.size_mm is not None:
            self._check("size_mm", least="more than 0")
            most = _LARGEST_SIZE * self.line_height_mm
            if self.size_mm > most:
                raise InputError(
                    f"size_mm={self.size_mm:g} is too large for lines "
                    f"{self.line_height_mm:g} mm high: at most {most:g}"
                )
        width, height = self.text_width_mm, self.text_height_mm
        line = self.line_height_mm
        if width < _NARROWEST_LINE * line or height < 1.5 * line:
            raise InputError(
                f"a sheet of {self.width_mm:g} x {self.height_mm:g} mm leaves "
                f"{max(width, 0):.4g} x {max(height, 0):.4g} mm between its margins, "
                f"too little for lines {line:g} mm high: choose smaller margins, lower "
                "lines or a larger paper"
            )

    def _check(self, name: str, least: str) -> None:
        value = getattr(self, name)
        try:
            fine = math.isfinite(value) and 0 <= value <= _LARGEST_MM
            fine = fine and (value > 0 or least == "0 or more")
        except TypeError:
            fine = False
        if not fine:
            raise InputError(
                f"{name}={value!r}: must be a number, {least}, at most {_LARGEST_MM:g}"
            )

    @property
    def x_height_mm(self) -> float:
        """How tall an x is written: the unit of words on the page."""
        size = self.size_mm
        return (_SIZE * self.line_height_mm if size is None else size) / X_HEIGHTS

    @property
    def text_width_mm(self) -> float:
        return self.width_mm - self.left_mm - self.right_mm

    @property
    def text_height_mm(self) -> float:
        return self.height_mm - self.top_mm - self.bottom_mm

    @property
    def num_lines(self) -> int:
        """Lines that a page takes."""
        return int(self.text_height_mm / self.line_height_mm + 1e-9)

    def baseline_mm(self, line: int) -> float:
        """How far down the page the baseline of line 0, 1, ... is."""
        return self.top_mm + (line + ASCENT) * self.line_height_mm

    def rules(self) -> list[np.ndarray]:
        """The lines that are printed on the paper, [2, 2] from point to point, mm."""
        if self.rule == "none":
            return []
        first = self.baseline_mm(0) + _RULE_DROP * self.line_height_mm
        if self.rule == "lines":
            levels = first + self.line_height_mm * np.arange(self.num_lines)
            return ruled_lines(self.width_mm, self.height_mm, levels)
        step = self.line_height_mm / 2
        levels = np.arange(first % step, self.height_mm, step)
        columns = np.arange(self.left_mm % step, self.width_mm, step)
        return ruled_lines(self.width_mm, self.height_mm, levels, columns)


def paper_size(paper: str) -> tuple[float, float]:
    """Width and height in mm of a name in PAPERS_MM or e.g. "120x80mm"."""
    name = _paper_name(paper)
    if name in PAPERS_MM:
        return PAPERS_MM[name]
    size = re.fullmatch(r"(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)mm", name)
    if not size:
        raise InputError(
            f"the paper {paper!r} is not known: use {', '.join(PAPERS_MM)} or a size "
            "such as 120x80mm"
        )
    width, height = float(size[1]), float(size[2])
    if not (0 < width <= _LARGEST_MM and 0 < height <= _LARGEST_MM):
        raise InputError(
            f"the paper {paper!r} has no such sides: both must be more than 0 and at "
            f"most {_LARGEST_MM:g} mm"
        )
    return width, height


def is_envelope(paper: str) -> bool:
    """Whether what is written on such a paper is an address."""
    return _paper_name(paper) in ENVELOPES_MM


def _paper_name(paper: str) -> str:
    return str(paper).strip().lower()


def margins(text: str | None, paper: str = "a4") -> dict[str, float]:
    """Margins as fields of Sheet, from one number or four.

    Args:
      text: "20", or "20,15,20,25" for top, right, bottom and left, in mm; None for the
        usual ones, which on an envelope leave the place of the address.
      paper: as for `paper_size`.
    """
    if text is None and is_envelope(paper):
        width, _ = paper_size(paper)
        text = f"{_ADDRESS_TOP_MM},{_ADDRESS_EDGE_MM},{_ADDRESS_EDGE_MM},"
        text += f"{_ADDRESS_LEFT * width}"
    parts = str(_MARGIN_MM if text is None else text).split(",")
    try:
        values = [float(part) for part in parts]
    except ValueError:
        values = []
    if len(values) not in (1, 4):
        raise InputError(
            f"margins of {text!r} are not known: give one number of mm, or four for "
            "top,right,bottom,left"
        )
    names = ("top_mm", "right_mm", "bottom_mm", "left_mm")
    return dict(zip(names, values * (4 // len(values)), strict=True))
