"""The text of a letter: paragraphs, words, and the pieces it is written in."""

import dataclasses
import math
from collections.abc import Iterator, Sequence

from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError
from scribe.typesetting import long_words
from scribe.typesetting.columns import TAB_CHARACTERS, Stop, words_with_stops
from scribe.typesetting.markup import Line, lines_of, paragraphs_of, words_of
from scribe.writing import spelling

MAX_CHARACTERS = 100_000
# As long as the lines that the network learnt from; where a piece ends has no effect on
# where a line of the page does.
PIECE_CHARACTERS = 40
_PADDING = ("and", "so")


@dataclasses.dataclass(frozen=True)
class Paragraph:
    """A line of the text file, which may take several lines of the page.

    Attributes:
      words: none for a blank line.
      indent: number of spaces before the first word.
      starts_page: whether it begins a page.
      joints: how each word hangs on the one before it, see `long_words`.
      stops: what put each word where it is, None for a space.
      marks: what is drawn at each word, see `pen_marks`; "" for nothing.
      align: where it stands, None for where all stand that say nothing.
      size: 1 for text, more for headings.
      bullet: whether a bullet stands before it.
      number: whether its first word is the number of a list.
    """

    words: tuple[str, ...]
    indent: int = 0
    starts_page: bool = False
    joints: tuple[str, ...] = ()
    stops: tuple[Stop | None, ...] = ()
    marks: tuple[str, ...] = ()
    align: str | None = None
    size: float = 1.0
    bullet: bool = False
    number: bool = False

    def pieces(self) -> list[tuple[str, ...]]:
        """The words in groups of about equal length, each fit to be written at once."""
        length = len(" ".join(self.words))
        target = length / max(1, math.ceil(length / PIECE_CHARACTERS))
        pieces, piece = [], []
        for word in self.words:
            longer = len(" ".join([*piece, word]))
            if piece and longer > target + len(word) / 2:
                pieces.append(tuple(piece))
                piece = []
            piece.append(word)
        return [*pieces, tuple(piece)] if piece else pieces


@dataclasses.dataclass(frozen=True)
class Manuscript:
    """A text that the model can write.

    Attributes:
      paragraphs: in order, blank lines included.
      padding: the words that are written before and after each piece.
      substitutes: what of the text that was given is not written as it stands.
    """

    paragraphs: tuple[Paragraph, ...]
    padding: tuple[str, str]
    substitutes: tuple[spelling.Substitute, ...] = ()

    @property
    def pieces(self) -> list[tuple[str, ...]]:
        """Groups of words to write at once, in order."""
        return [piece for paragraph in self.paragraphs for piece in paragraph.pieces()]

    @property
    def texts(self) -> list[str]:
        """The texts to write, one for each piece.

        A network's hand is least sure where it begins and where it ends: one more word
        is written before each piece and after it, and neither is used.
        """
        return [self.padded(piece) for piece in self.pieces]

    def padded(self, piece: Sequence[str]) -> str:
        """The text that words are written in."""
        before, after = self.padding
        return " ".join([before, *piece, after])


def read_manuscript(
    text: str,
    alphabet: Alphabet,
    unknown: str = "refuse",
    reflow: bool = False,
    longest_word: int = PIECE_CHARACTERS,
    markup: str = "plain",
) -> Manuscript:
    """Takes a text apart.

    Args:
      text: lines are paragraphs, blank lines stay, spaces at the start of a line indent
        it, tabs and wide spaces in it make columns, a form feed begins a new page.
      alphabet: what the model can write.
      unknown: what to do with what cannot be written: see scribe.writing.spelling.
      reflow: joins lines that no blank line parts, for texts broken at 72 columns;
        they have no columns.
      longest_word: longer words are written in parts.
      markup: which marks the text has, see `scribe.typesetting.markup`.

    Raises:
      InputError: there is nothing to write or too much, or a character is unknown.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"the text has {len(text)} characters, more than {MAX_CHARACTERS}: write "
            "it in several parts"
        )
    lines, shown = lines_of(text, markup)
    spelled = spelling.spell_lines(shown, alphabet, unknown)
    substitutes = tuple(found for line in spelled for found in line.substitutes)
    if markup == "markdown":
        lines = list(paragraphs_of(lines))
    elif reflow:
        lines = list(_joined(lines))
    one_by_one = reflow or markup == "markdown"
    paragraphs = [
        _paragraph(line, alphabet, unknown, longest_word, one_by_one) for line in lines
    ]
    words = [word for paragraph in paragraphs for word in paragraph.words]
    if not words:
        raise InputError("the text has nothing in it that can be written")
    known = not alphabet.unknown("".join(_PADDING))
    padding = _PADDING if known else (words[0], words[-1])
    return Manuscript(tuple(paragraphs), padding, substitutes)


def _joined(lines: Sequence[Line]) -> Iterator[Line]:
    """Lines with those put together that no blank line or indent parts."""
    current: Line | None = None
    for line in lines:
        goes_on = line.text.strip() and not _indent(line.text)
        if current and goes_on and line.align == current.align and not line.starts_page:
            current.text += " " + line.text.strip()
            continue
        if current:
            yield current
            current = None
        line.text = line.text.rstrip()
        if line.text and line.align is None:
            current = line
        else:
            yield line
    if current:
        yield current


def _paragraph(
    line: Line, alphabet: Alphabet, unknown: str, longest: int, one_by_one: bool
) -> Paragraph:
    """A line as words.

    Args:
      line: of the text.
      alphabet, unknown: as for `read_manuscript`.
      longest: characters of a part of a word.
      one_by_one: whether spaces and tabs make no columns.
    """
    indent = _indent(line.text) if line.indent is None else line.indent
    text = line.text if line.indent is None else line.text.strip()
    text = " ".join(text.split()) if one_by_one else text
    found = list(_words(text, alphabet, unknown, longest))
    words, joints, stops, marks = zip(*found, strict=True) if found else ((),) * 4
    return Paragraph(
        words=words,
        indent=indent,
        starts_page=line.starts_page,
        joints=joints,
        stops=stops,
        marks=marks,
        align=line.align,
        size=line.size,
        bullet=line.bullet,
        number=line.number,
    )


def _indent(line: str) -> int:
    expanded = line.expandtabs(TAB_CHARACTERS)
    return len(expanded) - len(expanded.lstrip()) if expanded.strip() else 0


def _words(
    line: str, alphabet: Alphabet, unknown: str, longest: int
) -> Iterator[tuple[str, str, Stop | None, str]]:
    """The words of a line, how each hangs on the one before it, its stop and mark."""
    contents, stops = [], []
    for content, stop in words_with_stops(line):
        contents.append(content)
        stops.append(stop)
    for (content, mark), stop in zip(words_of(contents), stops, strict=True):
        for word in spelling.spell(content, alphabet, unknown).text.split():
            for part, joint in long_words.parts(word, longest):
                yield part, joint, stop, mark
                stop = None
