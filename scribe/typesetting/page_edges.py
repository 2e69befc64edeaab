"""What is written in the margins of each page: its number below, a header above."""

from collections.abc import Sequence

import numpy as np

from scribe.drawing.page import Page
from scribe.foundation.errors import InputError
from scribe.typesetting.layout import draw_word
from scribe.typesetting.sheet import Sheet
from scribe.typesetting.words import Word

# Shorter than this, a margin has no room for a line; in line heights.
_LEAST_MARGIN = 1.2
# Distances between words, in x-heights.
_GAPS = (0.95, 1.35)
PAGE, PAGES = "{page}", "{pages}"


def check_edges(sheet: Sheet, header: str | None, page_numbers: bool) -> None:
    """Refuses what the margins of a sheet have no room for."""
    needed = _LEAST_MARGIN * sheet.line_height_mm
    for asked, what, where, margin in (
        (header is not None, "a header needs", "an upper", sheet.top_mm),
        (page_numbers, "page numbers need", "a lower", sheet.bottom_mm),
    ):
        if asked and margin < needed:
            raise InputError(
                f"{what} {where} margin of {needed:g} mm or more, not {margin:g}"
            )
    if header is not None and not header.strip():
        raise InputError("the header is empty: leave it out")


def headers(header: str, num_pages: int) -> list[str]:
    """The header of each page, with its number in the place of {page}."""
    return [
        header.replace(PAGE, str(number)).replace(PAGES, str(num_pages))
        for number in range(1, num_pages + 1)
    ]


def add_page_numbers(
    pages: Sequence[Page], numbers: Sequence[Sequence[Word]], sheet: Sheet
) -> None:
    """Puts a written number into the middle of each page's lower margin."""
    unit = sheet.x_height_mm
    for page, words in zip(pages, numbers, strict=True):
        x = (sheet.width_mm - _width(words) * unit) / 2
        y = sheet.height_mm - sheet.bottom_mm / 2 + unit
        _set(page, words, x, y, unit)


def add_headers(
    pages: Sequence[Page], written: Sequence[Sequence[Word]], sheet: Sheet
) -> None:
    """Puts a written line into each page's upper margin, to the right.

    A line that is too long for the page is written smaller.
    """
    for page, words in zip(pages, written, strict=True):
        unit = min(sheet.x_height_mm, sheet.text_width_mm / _width(words))
        x = sheet.width_mm - sheet.right_mm - _width(words) * unit
        y = sheet.top_mm / 2 + unit / 2
        _set(page, words, x, y, unit)


def _gap(word: Word) -> float:
    return float(np.clip(1.0 if word.gap is None else word.gap, *_GAPS))


def _width(words: Sequence[Word]) -> float:
    """What a line takes, from the first ink to the last, in x-heights."""
    width = sum(word.width for word in words) + sum(map(_gap, words[1:]))
    return width - words[0].left + words[-1].right - words[-1].width


def _set(page: Page, words: Sequence[Word], x: float, y: float, unit: float) -> None:
    x -= words[0].left * unit
    for i, word in enumerate(words):
        x += _gap(word) * unit if i else 0.0
        draw_word(page, word, x, y, unit)
        x += word.width * unit
