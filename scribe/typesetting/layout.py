"""Setting written words on pages: lines, baselines, gaps, margins.

Everything up to here has the x-height as its unit; from here on it is the millimetre.
"""

import dataclasses
import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from scribe.drawing.page import Page
from scribe.strokes.curves import bezier_curve
from scribe.typesetting import pen_marks
from scribe.typesetting.columns import Entry, Stop, positions
from scribe.typesetting.long_words import APART, put_together
from scribe.typesetting.manuscript import Manuscript, Paragraph
from scribe.typesetting.markup import TWICE_UNDERLINED, UNDERLINED
from scribe.typesetting.setting import Setting
from scribe.typesetting.sheet import Sheet
from scribe.typesetting.slips import STRUCK
from scribe.typesetting.words import Word
from scribe.typesetting.wrapping import wrap

_UNDERLINES = (UNDERLINED, TWICE_UNDERLINED)
# A word's distance from the one before stays as written within these bounds, in the
# median distance of the page, which is at least so many x-heights.
_GAPS = (0.85, 1.35)
_LEAST_GAP = 0.95
# A justified line whose gaps would grow more stays as it is.
_WIDEST_GAP = 2.2
# A wide hand takes so many x-heights for a character.
_CHARACTER = 1.3
# From a bullet's begin, or a number's, to the words of its item, in x-heights.
_BULLET_ROOM, _NUMBER_ROOM = 1.9, 3.2
# Headings so much larger than the text need the line above them.
_TALL_HEADING = 1.3
# What a drifting baseline may have moved by at the end of a line, in line heights.
_DRIFT = 0.25
# Irregularities at jitter 1: where lines begin (mm), how they climb (radians), how
# words stand (x-heights) and how gaps vary.
_LINE_START_MM = 0.7
_TILT = 0.003
_WORD_SHIFT = 0.035
_GAP_VARIES = 0.08


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


def draw_word(page: Page, word: Word, x: float, y: float, unit: float) -> None:
    """Draws a word whose origin is at (x, y) mm; `unit` is its x-height in mm."""
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
        self._was_blank = False
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
                if paragraph.size > 1:
                    self._make_room_for_heading(paragraph.size)
                self._set_paragraph([word for word, _ in line], paragraph)
            self._was_blank = not line

    def _make_room_for_heading(self, size: float) -> None:
        """A heading never ends a page, and a tall one does not reach into a line."""
        left = self._sheet.num_lines - 1 - self._line
        needed = 2 + (size > _TALL_HEADING and not self._was_blank)
        if left < needed <= self._sheet.num_lines:
            self._end_page()
            needed = 3
        if size > _TALL_HEADING and needed == 3 and self._sheet.num_lines > 2:
            self._next_line()

    def _units(
        self, paragraph: Paragraph, written: Sequence[Word]
    ) -> list[tuple[Word, Stop | None]]:
        """What is set of a paragraph, words or parts of them, and their stops."""
        room = (self._room - self._indent(paragraph)) / self._unit
        room -= _marker_room(paragraph)
        joints, stops, marked, at = [], [], [], 0
        for word in written:
            joints.append(paragraph.joints[at])
            stops.append(paragraph.stops[at])
            word = _scaled(word, paragraph.size)
            marked.append(dataclasses.replace(word, mark=paragraph.marks[at]))
            at += word.text.count(" ") + 1
        units = []
        words = put_together(marked, joints, room)
        heads = [s for s, joint in zip(stops, joints, strict=True) if joint == APART]
        for parts, stop in zip(words, heads, strict=True):
            parts = [_fitting(part, room) for part in parts]
            units += zip(parts, [stop] + [None] * (len(parts) - 1), strict=True)
        return units

    def _indent(self, paragraph: Paragraph) -> float:
        indent = paragraph.indent * self._gap
        is_text = not (paragraph.bullet or paragraph.number or paragraph.align)
        if is_text and paragraph.size == 1 and not paragraph.indent:
            indent = self._setting.indent_mm
        return min(indent, 0.6 * self._room)

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

    def _set_paragraph(self, written: list[Word], paragraph: Paragraph) -> None:
        unit, indent = self._unit, self._indent(paragraph)
        gaps = [gap * paragraph.size for gap in self._gaps(written, paragraph.size)]
        rest, marker = 0.0, _marker_room(paragraph) * unit
        if marker:
            rest = indent + marker
            if paragraph.bullet:
                written, gaps = [self._bullet(), *written], [0.0, *gaps]
            if len(written) > 1:
                gaps[1] = max(marker - written[0].width * unit, 0.7 * gaps[1])
        lines = wrap(
            [word.width * unit for word in written],
            gaps,
            self._room - rest,
            indent - rest,
            [(-word.left * unit, (word.right - word.width) * unit) for word in written],
            [word.text for word in written],
        )
        align = paragraph.align or self._setting.align
        if align == "justify" and paragraph.size > 1:
            align = "left"
        for start, end in lines:
            self._set_line(
                written[start:end],
                gaps[start + 1 : end],
                indent if start == 0 else rest,
                is_last=end == len(written),
                align=align,
            )

    def _bullet(self) -> Word:
        stroke = pen_marks.bullet(self._hand_of_marks())
        width = float(stroke[-1, 0])
        return Word(
            text="-",
            strokes=[stroke],
            characters=[np.zeros(len(stroke), int)],
            width=width,
            left=0.0,
            right=width,
            gap=None,
            drift=0.0,
        )

    def _hand_of_marks(self) -> np.random.Generator | None:
        """The chance in marks; None for a machine's."""
        return self._random(2) if self._setting.jitter else None

    def _gaps(self, written: Sequence[Word], size: float) -> list[float]:
        """Distances before words of a size, in mm of the text's size."""
        low, high = (bound * self._gap for bound in _GAPS)
        random = self._random(0)
        gaps = []
        for word in written:
            varied = 1 + _GAP_VARIES * self._setting.jitter * random.normal()
            natural = self._gap * varied
            if word.gap is not None:
                natural = word.gap / size * self._unit
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
        elif align == "right":
            left += free
        elif align == "justify" and gaps and not is_last:
            wider = 1 + free / sum(gaps)
            if wider <= _WIDEST_GAP:
                gaps = [gap * wider for gap in gaps]
        tilt = shaky * _TILT * random.normal()
        x, drift = left - first.left * unit, 0.0
        placed = []
        for word, gap in zip(written, [0.0, *gaps], strict=True):
            x += gap
            y = self._sheet.baseline_mm(self._line) + tilt * (x - left)
            y += shaky * _WORD_SHIFT * unit * random.normal()
            if gap and setting.drift == "keep":
                limit = _DRIFT * self._sheet.line_height_mm
                drift = float(np.clip(drift + word.drift * unit, -limit, limit))
            draw_word(self.pages[-1], word, x, y + drift, unit)
            placed.append((word, x, y + drift))
            if word.mark == STRUCK:
                self._draw_marks(pen_marks.strike, placed[-1:])
            x += word.width * unit
        for mark, run in itertools.groupby(placed, key=lambda place: place[0].mark):
            if mark in _UNDERLINES:
                number = _UNDERLINES.index(mark) + 1
                self._draw_marks(pen_marks.underlines, list(run), number)

    def _draw_marks(self, lines, run: list[tuple[Word, float, float]], *how) -> None:
        """Draws what `pen_marks` has for words that stand side by side."""
        (first, x, y), (last, end, _) = run[0], run[-1]
        right = (end - x) / self._unit + last.right
        sheet = self._sheet
        for stroke in lines(first.left, right, *how, self._hand_of_marks()):
            points = stroke * self._unit + [x, y]
            low, high = sheet.left_mm, sheet.width_mm - sheet.right_mm
            points[:, 0] = points[:, 0].clip(low, high)
            self.pages[-1].curves.append(bezier_curve(points))
            self.pages[-1].num_points.append(len(points))

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


def _marker_room(paragraph: Paragraph) -> float:
    """What the bullet or number of an item takes, with its gap, in x-heights."""
    if paragraph.bullet:
        return _BULLET_ROOM
    return _NUMBER_ROOM if paragraph.number else 0.0


def _fitting(word: Word, room: float) -> Word:
    """The word, written smaller if it is wider than a line; lengths in x-heights."""
    return _scaled(word, min(room / (word.right - word.left), 1.0))


def _scaled(word: Word, factor: float) -> Word:
    if factor == 1:
        return word
    return dataclasses.replace(
        word,
        strokes=[stroke * factor for stroke in word.strokes],
        width=word.width * factor,
        left=word.left * factor,
        right=word.right * factor,
        gap=None if word.gap is None else word.gap * factor,
    )
