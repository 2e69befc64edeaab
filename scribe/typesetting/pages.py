"""Letters: a text on pages, in one hand and one size, as people write them.

    letter = write_pages(scribe.load(), text, Sheet(line_height_mm=8), seed=3)
    letter.save("letter.pdf")

The text is written in pieces, all in one batch and in one hand. These are cut into
words, those that are misread are written again and the best of each is kept, and the
words are set on lines by the widths that they turned out to have. So lines break where
they are full, whatever was estimated before, and no word is stretched to fit.

Whoever writes elsewhere (a server with a queue of its own) asks `manuscript_for` a
text, writes its `texts` and gives the lines to `compose`.
"""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from scribe.drawing.page import Look, Page
from scribe.foundation.errors import InputError
from scribe.reading.reader import Reader
from scribe.typesetting import layout, page_edges
from scribe.typesetting.choice import BEST_OF, best_words, write_words
from scribe.typesetting.files import save_pages
from scribe.typesetting.manuscript import Manuscript, read_manuscript
from scribe.typesetting.setting import Setting
from scribe.typesetting.sheet import Sheet
from scribe.typesetting.slips import with_slips
from scribe.typesetting.words import Word
from scribe.writing import Style, Writer, WrittenLine, limits
from scribe.writing.attempts import MAX_ATTEMPTS, Attempt
from scribe.writing.spelling import Substitute


@dataclasses.dataclass(frozen=True, eq=False)
class Letter:
    """What was written.

    Attributes:
      pages: in mm, strokes in writing order.
      unfinished: pieces of the text that left letters out every time.
      substitutes: what of the text that was given is not written as it stands.
    """

    pages: list[Page]
    unfinished: list[str]
    substitutes: tuple[Substitute, ...] = ()

    def save(self, path: str | Path, look: Look | None = None, plotter=None):
        """As `files.save_pages`."""
        return save_pages(self.pages, path, look, plotter)


def write_pages(
    writer: Writer,
    text: str,
    sheet: Sheet | None = None,
    setting: Setting | None = None,
    *,
    bias: float = 1.0,
    style: str | int | Style | None = None,
    seed: int = 0,
    unknown: str = "refuse",
    reflow: bool = False,
    markup: str = "plain",
    slips: float = 0.0,
    header: str | None = None,
    best_of: int = BEST_OF,
    reader: Reader | None = None,
    page_numbers: bool = False,
    progress: Callable[[int, float], None] | None = None,
) -> Letter:
    """Writes a text on as many pages as it takes.

    Args:
      writer: a network that reads text.
      text: see `read_manuscript`.
      sheet: the paper; None for A4.
      setting: how words are set.
      bias: as for `Writer.write`.
      style: a hand, as for `Writer.write`; None for one that the seed makes up.
      seed: the same seed gives the same pages, whichever engine writes.
      unknown, reflow, markup: see `read_manuscript`.
      slips: words in a hundred that are struck out and written again.
      header: written above each page, to the right; {page} and {pages} in it are the
        page's number and that of all pages.
      best_of: how often a word is written at most, as long as it is misread.
      reader: says what is misread, and chooses; None keeps the first that is finished.
      page_numbers: writes a number below each page.
      progress: called with the number of lines that are being written, and the share
        of their text that is.

    Raises:
      InputError: as `read_manuscript`, `Sheet` and `Writer.write`.
    """
    sheet, setting = sheet or Sheet(), setting or Setting()
    if not writer.model.reads_text:
        raise InputError(f"{writer.model.folder} is a model without text")
    if best_of < 1:
        raise InputError(f"best_of={best_of}: must be 1 or more")
    limits.check_seed(seed)
    page_edges.check_edges(sheet, header, page_numbers)
    if header is not None:
        writer.session.spelled(page_edges.headers(header, 1), unknown)
    parts = manuscript_for(
        writer,
        text,
        sheet,
        unknown=unknown,
        reflow=reflow,
        markup=markup,
        slips=slips,
        seed=seed,
    )
    if style is None:
        style = f"seed:{seed}"
    style = writer.style(style)

    def write(texts, keys, last: bool) -> list[WrittenLine]:
        return writer.write_attempts(
            writer.spelled(texts, "refuse"),
            [Attempt(seed, *key) for key in keys],
            bias=bias,
            style=style,
            max_attempts=MAX_ATTEMPTS if last else 1,
            progress=progress,
        )

    def edges(texts: list[str]) -> list[list[Word]]:
        pieces = [text.split(" ") for text in texts]
        padded = [parts.padded(piece) for piece in pieces]
        words = write_words(padded, write, reader, best_of).words()
        return [
            list(without_padding(found, len(piece)))
            for found, piece in zip(words, pieces, strict=True)
        ]

    choice = write_words(parts.texts, write, reader, best_of)
    pages = _set(parts, choice.words(), sheet, setting, seed)
    if page_numbers:
        numbers = edges([str(number) for number in range(1, len(pages) + 1)])
        page_edges.add_page_numbers(pages, numbers, sheet)
    substitutes = parts.substitutes
    if header is not None:
        texts = page_edges.headers(header, len(pages))
        spelled = writer.session.spelled(texts, unknown)
        page_edges.add_headers(pages, edges([line.text for line in spelled]), sheet)
        substitutes += spelled[0].substitutes
    unfinished = [" ".join(parts.pieces[i]) for i in choice.unfinished()]
    return Letter(pages, unfinished, substitutes)


def manuscript_for(
    writer: Writer,
    text: str,
    sheet: Sheet,
    *,
    unknown: str = "refuse",
    reflow: bool = False,
    markup: str = "plain",
    slips: float = 0.0,
    seed: int = 0,
) -> Manuscript:
    """The text as pieces that `writer` can write and words that fit on `sheet`.

    Args:
      writer, text, sheet: as for `write_pages`.
      unknown, reflow, markup, slips: as for `write_pages`.
      seed: of the slips.
    """
    manuscript = read_manuscript(
        text,
        writer.model.alphabet,
        unknown=unknown,
        reflow=reflow,
        markup=markup,
        longest_word=layout.characters_per_line(sheet),
    )
    return with_slips(manuscript, slips, seed)


def compose(
    parts: Manuscript,
    samples: Sequence[Sequence[WrittenLine]],
    sheet: Sheet,
    setting: Setting,
    seed: int = 0,
    reader: Reader | None = None,
) -> list[Page]:
    """Pages from written lines.

    Args:
      parts: what was to be written.
      samples: for each of `parts.texts` one line that spells it, or several.
      sheet, setting, seed, reader: as for `write_pages`.
    """
    return _set(parts, best_words(samples, reader), sheet, setting, seed)


def _set(parts: Manuscript, pieces, sheet: Sheet, setting: Setting, seed: int):
    """Pages of the words of all pieces, which still have those around them."""
    written = iter(pieces)
    words = [
        [
            word
            for piece in paragraph.pieces()
            for word in without_padding(next(written), len(piece))
        ]
        for paragraph in parts.paragraphs
    ]
    return layout.set_pages(parts, words, sheet, setting, seed)


def without_padding(words: Sequence[Word], count: int) -> Iterator[Word]:
    """The words of a piece, without what was written before and after it.

    Args:
      words: as `cut_words` has them: where a word has no ink of its own, it stands in
        the text of the one that follows or, at the line's end, precedes it.
      count: words of the piece.
    """
    at = -1
    for word in words:
        texts = word.text.split(" ")
        kept = texts[max(0, -at) : max(0, count - at)]
        at += len(texts)
        if kept:
            yield dataclasses.replace(word, text=" ".join(kept))
