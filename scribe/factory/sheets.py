"""Paragraphs and pages: words of one hand, set on lines until the sheet is full."""

import dataclasses
from collections.abc import Sequence

import gin
import numpy as np

from scribe.factory import amounts
from scribe.factory.amounts import Amount
from scribe.factory.ink import Ink, Placed, ink_of
from scribe.foundation.errors import InputError
from scribe.typesetting.words import Word

# Of a line's height.
_X_HEIGHT, _ASCENT, _DESCENT = 0.27, 0.72, 0.45
# A wide hand takes so many x-heights for a character, with its share of the spaces.
_CHARACTER = 1.25
# Between words, in x-heights; and before one that was written at the head of a line.
_GAPS = (0.95, 1.9)
_GAP = 1.2


@gin.register(module="scribe")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Sheets:
    """Draws sheets and sets words on them.

    Attributes:
      width: of the picture, pixels.
      line_height: from baseline to baseline, pixels.
      margin: on each side, as a share of the width.
      lines: that are written, 1 or more.
      paragraph_lines: after so many lines, about, a paragraph begins.
      indent: of its first line, in line heights.
      fixed_height: pixels of all pictures; None for as high as the lines need.
      jitter: deviation of the words' heights and the lines' beginnings, x-heights.
    """

    width: Amount
    line_height: Amount
    margin: Amount
    lines: Amount
    paragraph_lines: Amount
    indent: Amount
    fixed_height: int | None
    jitter: Amount

    def __post_init__(self):
        bounds = {
            "width": (64, 8000), "line_height": (8, 1000), "margin": (0.0, 0.4),
            "lines": (1, 200), "paragraph_lines": (1, 200), "indent": (0.0, 5.0),
            "jitter": (0.0, 1.0),
        }  # fmt: skip
        for name, (low, high) in bounds.items():
            amounts.check_within(f"Sheets.{name}", getattr(self, name), low, high)
        if self.fixed_height is not None and not 32 <= self.fixed_height <= 8000:
            raise InputError(
                f"Sheets.fixed_height={self.fixed_height}: must be from 32 to 8000"
            )

    def draw(self, random: np.random.Generator, size: float) -> "Sheet":
        """A sheet for a hand of this size."""
        width = round(amounts.draw(self.width, random))
        line_height = amounts.draw(self.line_height, random)
        lines = max(round(amounts.draw(self.lines, random)), 1)
        margin = amounts.draw(self.margin, random) * width
        if self.fixed_height is not None:
            room = self.fixed_height - 2 * margin
            lines = max(min(lines, int(room / line_height)), 1)
        return Sheet(
            width=width,
            height=self.fixed_height,
            margin=margin,
            line_height=line_height,
            lines=lines,
            paragraph_lines=amounts.draw(self.paragraph_lines, random),
            indent=amounts.draw(self.indent, random) * line_height,
            jitter=amounts.draw(self.jitter, random),
            unit=_X_HEIGHT * line_height * min(size, 1.25),
        )


@dataclasses.dataclass(frozen=True)
class Sheet:
    """A sheet; lengths in pixels, `unit` per x-height, as Sheets has them."""

    width: int
    height: int | None
    margin: float
    line_height: float
    lines: int
    paragraph_lines: float
    indent: float
    jitter: float
    unit: float

    @property
    def num_characters(self) -> int:
        """How many it takes, about."""
        room = (self.width - 2 * self.margin) / (self.unit * _CHARACTER)
        return max(round(self.lines * room), 1)

    def set(
        self,
        words: Sequence[Word],
        random: np.random.Generator,
        slant: float,
        width: float,
    ) -> tuple[Ink, int]:
        """Sets words from the upper left on, as many as fit.

        Args:
          words: in reading order.
          random: of the irregularities.
          slant, width: of the hand.

        Returns:
          the ink, and the height of the picture.
        """
        placed: list[Placed] = []
        right = self.width - self.margin
        line = paragraph = 0
        x, is_first = self.margin + self.indent, True
        ends_after = self._paragraph_end(0, random)
        for word in words:
            room = width * word.width * self.unit
            gap = _GAP if word.gap is None else float(np.clip(word.gap, *_GAPS))
            if not is_first:
                x += width * gap * self.unit
            if not is_first and x + room > right:
                line += 1
                x = self.margin + abs(random.normal()) * self.jitter * self.unit
                if line > ends_after:
                    paragraph += 1
                    x += self.indent
                    ends_after = self._paragraph_end(line, random)
            if line == self.lines:
                break
            unit = self.unit * min(1.0, (right - x) / max(room, 1e-9))
            y = self.margin + (line * 1.0 + _ASCENT) * self.line_height
            y += random.normal() * self.jitter * self.unit * 0.5
            placed.append(Placed(word, x, y, unit, line, paragraph))
            x += width * word.width * unit
            is_first = False
        height = self.height
        if height is None:
            bottom = self.margin + (placed[-1].line + _ASCENT) * self.line_height
            height = round(bottom + _DESCENT * self.line_height + self.margin)
        return ink_of(placed, slant, width), height

    def _paragraph_end(self, line: int, random: np.random.Generator) -> int:
        return line + int(round(self.paragraph_lines * random.uniform(0.6, 1.4))) - 1


def fitted(ink: Ink, width: int, height: int) -> Ink:
    """The ink, made smaller if a part of it would be beyond the picture."""
    low, high = ink.points.min(axis=0) - 2.0, ink.points.max(axis=0) + 2.0
    size = np.array([width, height], float)
    if (low >= 0).all() and (high <= size).all():
        return ink
    scale = float(min(1.0, (size / (high - low)).min()))
    corner = np.clip((low + high) / 2 - scale * (high - low) / 2, 0.0, None)
    corner = np.minimum(corner, size - scale * (high - low))
    placed = [dataclasses.replace(p, unit=p.unit * scale) for p in ink.placed]
    ink = dataclasses.replace(ink, placed=placed)
    return ink.moved(lambda points: (points - low) * scale + corner)
