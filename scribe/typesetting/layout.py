"""Setting written words on pages: lines, baselines, gaps, margins.

Everything up to here has the x-height as its unit; from here on it is the millimetre.
"""

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np

from scribe.drawing.page import Page
from scribe.foundation.errors import InputError
from scribe.strokes.curves import bezier_curve
from scribe.typesetting.columns import Entry, Stop, positions
from scribe.typesetting.long_words import APART, put_together
from scribe.typesetting.manuscript import Manuscript, Paragraph
from scribe.typesetting.sheet import Sheet
from scribe.typesetting.words import Word
from scribe.typesetting.wrapping import wrap

ALIGNMENTS = ("left", "center", "justify")
DRIFTS = ("remove", "keep")
MAX_JITTER = 3.0
# A word's distance from the one before stays as written within these bounds, in the
# median distance of the page, which is at least so many x-heights.
_GAPS = (0.85, 1.35)
_LEAST_GAP = 0.95
# A justified line whose gaps would grow more stays as it is.
_WIDEST_GAP = 2.2
# A wide hand takes so many x-heights for a character.
_CHARACTER = 1.3
# What a drifting baseline may have moved by at the end of a line, in line heights.
_DRIFT = 0.25
# Irregularities at jitter 1: where lines begin (mm), how they climb (radians), how
# words stand (x-heights) and how gaps vary.
_LINE_START_MM = 0.7
_TILT = 0.003
_WORD_SHIFT = 0.035
_GAP_VARIES = 0.08


@dataclasses.dataclass(frozen=True, kw_only=True)
class Setting:
    """How words are set.

    Attributes:
      align: "left", "center" or "justify".
      jitter: how irregular lines and gaps are; 0 is a machine, 1 a person.
      drift: "remove" levels every word on its line; "keep" lets baselines wander as
        they were written.
    """

    align: str = "left"
    jitter: float = 1.0
    drift: str = "remove"

    def __post_init__(self):
        if self.align not in ALIGNMENTS:
            raise InputError(f"align={self.align!r}: use {', '.join(ALIGNMENTS)}")
        if self.drift not in DRIFTS:
            raise InputError(f"drift={self.drift!r}: use {', '.join(DRIFTS)}")
        if not 0 <= self.jitter <= MAX_JITTER:
            raise InputError(f"jitter={self.jitter}: must be from 0 to {MAX_JITTER:g}")


def set_pages(
    manuscript: Manuscript,
    words: Sequence[Sequence[Word]],
    sheet: Sheet,
    setting: Setting,
    seed: int = 0,
) -> list[Page]:
    """Puts the words of each paragraph on pages, strokes in writing order.

    Args:
      manuscript: for its blank lines, indents and page breaks.
      words: for each paragraph what was written of it.
      sheet: the paper.
      setting: how.
      seed: of the irregularities.
    """
    setter = _Setter(words, sheet, setting, seed)
    for block in _blocks(manuscript.paragraphs, words):
        setter.add_block(block)
    return setter.pages


def _blocks(paragraphs, words) -> Iterator[list[tuple[Paragraph, Sequence[Word]]]]:
    """Paragraphs that share columns, all others one by one."""
    block = []
    for paragraph, written in zip(paragraphs, words, strict=True):
        has_columns = bool(written) and any(paragraph.stops)
        if block and (paragraph.starts_page or not has_columns):
            yield block
            block = []
        block.append((paragraph, written))
        if not has_columns:
            yield block
            block = []
    if block:
        yield block


def characters_per_line(sheet: Sheet) -> int:
    """How many characters of a word fit into a line, about."""
    unit = sheet.x_height_mm
    return max(3, int(sheet.text_width_mm / (unit * _CHARACTER)))


def add_page_numbers(
    pages: Sequence[Page], numbers: Sequence[Sequence[Word]], sheet: Sheet
) -> None:
    """Puts a written number into the middle of each page's lower margin."""
    unit = sheet.x_height_mm
    for page, words in zip(pages, numbers, strict=True):
        x = (sheet.width_mm - sum(word.width for word in words) * unit) / 2
        y = sheet.height_mm - sheet.bottom_mm / 2 + unit
        for word in words:
            _draw(page, word, x, y, unit)
            x += word.width * unit


def _draw(page: Page, word: Word, x: float, y: float, unit: float) -> None:
    for stroke in word.strokes:
        page.curves.append(bezier_curve(stroke * unit + [x, y]))
        page.num_points.append(len(stroke))


class _Setter:
    """Where the pen is, and the pages so far."""

    def __init__(self, words, sheet: Sheet, setting: Setting, seed: int):
        self.pages: list[Page] = []
        self._sheet, self._setting, self._seed = sheet, setting, seed
        self._unit = sheet.x_height_mm  # mm per x-height
        gaps = [w.gap for written in words for w in written if w.gap is not None]
        usual = float(np.median(gaps)) if gaps else 1.0
        self._gap = max(usual, _LEAST_GAP) * self._unit
        self._room = sheet.text_width_mm - _LINE_START_MM * setting.jitter
        ends = [word.width * self._unit for written in words for word in written]
        letters = [len(word.text) for written in words for word in written]
        self._character = (sum(ends) + len(ends) * self._gap) / (
            sum(letters) + len(letters)
        )
        self._num_lines = 0
        self._end_page()

    def _end_page(self) -> None:
        """The next line begins a page."""
        self._line = self._sheet.num_lines

    def add_block(self, block: Sequence[tuple[Paragraph, Sequence[Word]]]) -> None:
        """Sets paragraphs that share columns, or a single one."""
        lines = [self._units(paragraph, written) for paragraph, written in block]
        indents = [self._indent(paragraph) for paragraph, _ in block]
        columns = self._columns(lines, indents)
        for (paragraph, _), line, indent in zip(block, lines, indents, strict=True):
            if paragraph.starts_page:
                self._end_page()
            if not line:
                # A blank line at the head of a page would only shift it.
                if self._line + 1 < self._sheet.num_lines:
                    self._next_line()
            elif columns is not None and any(stop for _, stop in line):
                self._set_columns(line, indent, columns)
            else:
                self._set_paragraph([word for word, _ in line], indent)

    def _units(
        self, paragraph: Paragraph, written: Sequence[Word]
    ) -> list[tuple[Word, Stop | None]]:
        """What is set of a paragraph, words or parts of them, and their stops."""
        room = (self._room - self._indent(paragraph)) / self._unit
        joints, stops, at = [], [], 0
        for word in written:
            joints.append(paragraph.joints[at])
            stops.append(paragraph.stops[at])
            at += word.text.count(" ") + 1
        units = []
        words = put_together(written, joints, room)
        heads = [s for s, joint in zip(stops, joints, strict=True) if joint == APART]
        for parts, stop in zip(words, heads, strict=True):
            parts = [_fitting(part, room) for part in parts]
            units += zip(parts, [stop] + [None] * (len(parts) - 1), strict=True)
        return units

    def _indent(self, paragraph: Paragraph) -> float:
        return min(paragraph.indent * self._gap, 0.6 * self._room)

    def _columns(self, lines, indents) -> dict[Stop, float] | None:
        """mm; None where there are none, or too many for the width of the page."""
        entries = [
            [Entry(stop, word.width * self._unit, self._gap) for word, stop in line]
            for line in lines
        ]
        if not any(entry.stop for line in entries for entry in line):
            return None
        starts = [
            indent - line[0][0].left * self._unit
            for indent, line in zip(indents, lines, strict=True)
        ]
        return positions(entries, starts, self._character, self._room)

    def _set_columns(self, line, indent: float, columns: dict[Stop, float]) -> None:
        words = [word for word, _ in line]
        x, gaps = indent - words[0].left * self._unit, []
        for i, (word, stop) in enumerate(line):
            if i:
                start = x + self._gap if stop is None else columns[stop]
                gaps.append(start - x)
                x = start
            x += word.width * self._unit
        self._set_line(words, gaps, indent, is_last=True, align="left")

    def _set_paragraph(self, written: list[Word], indent: float) -> None:
        unit = self._unit
        gaps = self._gaps(written)
        lines = wrap(
            [word.width * unit for word in written],
            gaps,
            self._room,
            indent,
            [(-word.left * unit, (word.right - word.width) * unit) for word in written],
        )
        for start, end in lines:
            self._set_line(
                written[start:end],
                gaps[start + 1 : end],
                indent if start == 0 else 0.0,
                is_last=end == len(written),
                align=self._setting.align,
            )

    def _gaps(self, written: Sequence[Word]) -> list[float]:
        low, high = (bound * self._gap for bound in _GAPS)
        random = self._random(0)
        gaps = []
        for word in written:
            varied = 1 + _GAP_VARIES * self._setting.jitter * random.normal()
            natural = self._gap * varied if word.gap is None else word.gap * self._unit
            gaps.append(float(np.clip(natural, low, high)))
        return gaps

    def _set_line(
        self, written, gaps: list[float], indent: float, is_last: bool, align: str
    ) -> None:
        """Sets words with the gaps between them."""
        setting, unit = self._setting, self._unit
        self._next_line()
        random = self._random(1)
        shaky = setting.jitter
        first, last = written[0], written[-1]
        ink = sum(word.width for word in written) - first.left + last.right - last.width
        free = self._room - indent - ink * unit - sum(gaps)
        left = self._sheet.left_mm + indent + shaky * random.uniform(0, _LINE_START_MM)
        if align == "center":
            left += free / 2
        elif align == "justify" and gaps and not is_last:
            wider = 1 + free / sum(gaps)
            if wider <= _WIDEST_GAP:
                gaps = [gap * wider for gap in gaps]
        tilt = shaky * _TILT * random.normal()
        x, drift = left - first.left * unit, 0.0
        for word, gap in zip(written, [0.0, *gaps], strict=True):
            x += gap
            y = self._sheet.baseline_mm(self._line) + tilt * (x - left)
            y += shaky * _WORD_SHIFT * unit * random.normal()
            if gap and setting.drift == "keep":
                limit = _DRIFT * self._sheet.line_height_mm
                drift = float(np.clip(drift + word.drift * unit, -limit, limit))
            _draw(self.pages[-1], word, x, y + drift, unit)
            x += word.width * unit

    def _next_line(self) -> None:
        self._num_lines += 1
        self._line += 1
        if self._line >= self._sheet.num_lines:
            sheet = self._sheet
            page = Page(sheet.width_mm, sheet.height_mm, [], [], rules=sheet.rules())
            self.pages.append(page)
            self._line = 0

    def _random(self, purpose: int) -> np.random.Generator:
        key = np.random.SeedSequence(self._seed, spawn_key=(purpose, self._num_lines))
        return np.random.Generator(np.random.Philox(key))


def _fitting(word: Word, room: float) -> Word:
    """The word, written smaller if it is wider than a line; lengths in x-heights."""
    shrunk = room / (word.right - word.left)
    if shrunk >= 1:
        return word
    return dataclasses.replace(
        word,
        strokes=[stroke * shrunk for stroke in word.strokes],
        width=word.width * shrunk,
        left=word.left * shrunk,
        right=word.right * shrunk,
    )
