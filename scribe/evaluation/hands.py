"""The writers of a corpus, parted into what is learnt from and what is measured by.

A page of each writer gives a style, the texts of another page are written again in that
style, and what is on the others tells what his hand is.
"""

import contextlib
import dataclasses
import functools
from collections.abc import Sequence

import numpy as np

from scribe.corpora.prepared import Line
from scribe.foundation.errors import InputError
from scribe.models.stroke_model import StrokeModel
from scribe.strokes.arrays import character_width, set_beside, split_at_pen_lifts
from scribe.writing import Style, styles_from_strokes

# Characters of a line that serves as a style or is written again.
CHARACTERS = (15, 60)
POINTS_PER_CHARACTER = (8, 60)
MIN_PAGES = 3
# A writer whose corpus knows no pages has this many, if he wrote enough.
MIN_LINES_OF_PAGE = 6
STYLE_LINES = 3
MOST_LINES = 8
# Between joined lines, in mean widths of a character.
_GAP = 0.9


@dataclasses.dataclass(frozen=True, eq=False)
class Hand:
    """The lines of one writer, parted by pages.

    Attributes:
      name: of the writer.
      page: lines that his hand is learnt from.
      targets: lines of another page, whose texts are written in his hand.
      known: lines of further pages, which stand for him.
    """

    name: str
    page: Sequence[Line]
    targets: Sequence[Line]
    known: Sequence[Line]


def by_writer(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """The lines of each known writer; those of unknown ones are passed over.

    Raises:
      InputError: no writer is known.
    """
    found: dict[str, list[Line]] = {}
    for line in lines:
        if line.writer:
            found.setdefault(line.writer, []).append(line)
    if not found:
        raise InputError(
            "the corpus does not know who wrote its lines: prepare it again, or take "
            "one that names its writers"
        )
    return found


def hands_of(lines: Sequence[Line], num_texts: int) -> list[Hand]:
    """The writers of a corpus who wrote enough, in the order of their names.

    Args:
      lines: of a prepared corpus; those of unknown writers are passed over.
      num_texts: most lines of each that are written again.

    Raises:
      InputError: there are fewer than two.
    """
    writers = by_writer(lines)
    found = [_hand(name, writers[name], num_texts) for name in sorted(writers)]
    hands = [hand for hand in found if hand is not None]
    if len(hands) < 2:
        raise InputError(
            f"{len(hands)} of {len(writers)} writers of the corpus have {MIN_PAGES} "
            "pages with lines of fit length: two or more are needed"
        )
    return hands


def _hand(name: str, lines: Sequence[Line], num_texts: int) -> Hand | None:
    """None if a writer wrote too little to be measured."""
    pages: dict[str, list[Line]] = {}
    for line in lines:
        pages.setdefault(line.form, []).append(line)
    if len(pages) == 1 and len(lines) >= MIN_PAGES * MIN_LINES_OF_PAGE:
        ordered = sorted(lines, key=lambda line: line.name)
        parts = np.array_split(np.arange(len(ordered)), MIN_PAGES)
        pages = {str(i): [ordered[j] for j in part] for i, part in enumerate(parts)}
    if len(pages) < MIN_PAGES:
        return None
    page, second, *rest = sorted(pages.values(), key=len, reverse=True)
    usual = [line for line in second if is_usual(line)]
    if not usual or len([line for line in page if is_usual(line)]) < STYLE_LINES:
        return None
    places = np.linspace(0, len(usual) - 1, min(num_texts, len(usual))).round()
    targets = [usual[int(place)] for place in places]
    return Hand(name, page, targets, [line for part in rest for line in part])


def is_usual(line: Line, characters: tuple[int, int] = CHARACTERS) -> bool:
    """Whether a line has a fit length and about as many points as a pen leaves."""
    fewest, most = characters
    low, high = POINTS_PER_CHARACTER
    density = len(line.strokes) / len(line.text)
    return fewest <= len(line.text) <= most and low <= density <= high


def style_of(hand: Hand, num_lines: int, model: StrokeModel, rate: float) -> Style:
    """The first lines of a hand's page as a style, as if drawn by somebody.

    Args:
      hand: of somebody.
      num_lines: of his page; more than one are joined.
      model: that is to write.
      rate: points per second of the corpus's tablet.

    Raises:
      InputError: too few of them can be one.
    """
    made = page_of(hand, model, rate, num_lines)
    if len(made) < num_lines:
        raise InputError(
            f"{len(made)} lines of the page of {hand.name} can be a style, not "
            f"{num_lines}"
        )
    return functools.reduce(joined, made)


def page_of(
    hand: Hand, model: StrokeModel, rate: float, most: int = MOST_LINES
) -> list[Style]:
    """The first lines of a hand's page that can be styles, as if drawn by somebody.

    Args:
      hand, model, rate: as for `style_of`.
      most: of them.
    """
    made: list[Style] = []
    for line in hand.page:
        if is_usual(line) and len(made) < most:
            with contextlib.suppress(InputError):  # another line will do
                made.append(_drawn(line, model, rate))
    return made


def _drawn(line: Line, model: StrokeModel, rate: float) -> Style:
    """A line as a style of somebody who drew it with times."""
    text = model.alphabet.adapt(line.text, "replace")
    return styles_from_strokes.to_style(drawn_with_times(line, rate), text, model)


def drawn_with_times(line: Line, rate: float) -> list[np.ndarray]:
    """The strokes of a recorded line, each [n, 3] x, y and milliseconds.

    Args:
      line: as the corpus has it.
      rate: points per second of the tablet.
    """
    drawn, start = [], 0
    for stroke in split_at_pen_lifts(line.strokes):
        times = 1000.0 / rate * np.arange(start, start + len(stroke))
        drawn.append(np.column_stack([stroke, times]))
        start += len(stroke)
    return drawn


def joined(first: Style, second: Style) -> Style:
    """Two lines as one, the second behind the first on one height."""
    gap = _GAP * character_width(first.strokes, first.text)
    strokes = set_beside(first.strokes, second.strokes, gap)
    return Style(f"{first.text} {second.text}", strokes)
