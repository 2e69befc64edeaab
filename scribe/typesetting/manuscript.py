"""The text of a letter: paragraphs, words, and the pieces it is written in."""

import dataclasses
import math
from collections.abc import Iterator

from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError
from scribe.typesetting import long_words
from scribe.typesetting.columns import TAB_CHARACTERS, Stop, words_with_stops
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
      starts_page: whether a form feed stands before it.
      joints: how each word hangs on the one before it, see `long_words`.
      stops: what put each word where it is, None for a space.
    """

    words: tuple[str, ...]
    indent: int = 0
    starts_page: bool = False
    joints: tuple[str, ...] = ()
    stops: tuple[Stop | None, ...] = ()

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
        before, after = self.padding
        return [" ".join([before, *piece, after]) for piece in self.pieces]


def read_manuscript(
    text: str,
    alphabet: Alphabet,
    unknown: str = "refuse",
    reflow: bool = False,
    longest_word: int = PIECE_CHARACTERS,
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

    Raises:
      InputError: there is nothing to write or too much, or a character is unknown.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"the text has {len(text)} characters, more than {MAX_CHARACTERS}: write "
            "it in several parts"
        )
    lines = spelling.spell_lines(text.splitlines(), alphabet, unknown)
    substitutes = tuple(found for line in lines for found in line.substitutes)
    paragraphs = []
    for number, page in enumerate(text.split("\f")):
        lines = page.splitlines()
        for i, line in enumerate(_joined(lines) if reflow else lines):
            indent = _indent(line)
            line = " ".join(line.split()) if reflow else line
            found = list(_words(line, alphabet, unknown, longest_word))
            words, joints, stops = zip(*found, strict=True) if found else ((), (), ())
            paragraphs.append(
                Paragraph(words, indent, number > 0 and i == 0, joints, stops)
            )
    words = [word for paragraph in paragraphs for word in paragraph.words]
    if not words:
        raise InputError("the text has nothing in it that can be written")
    known = not alphabet.unknown("".join(_PADDING))
    padding = _PADDING if known else (words[0], words[-1])
    return Manuscript(tuple(paragraphs), padding, substitutes)


def _joined(lines: list[str]) -> Iterator[str]:
    """Lines with those put together that no blank line or indent parts."""
    paragraph = ""
    for line in lines:
        if paragraph and line.strip() and not _indent(line):
            paragraph += " " + line.strip()
            continue
        if paragraph:
            yield paragraph
        paragraph = line.rstrip()
        if not paragraph:
            yield ""
    if paragraph:
        yield paragraph


def _indent(line: str) -> int:
    expanded = line.expandtabs(TAB_CHARACTERS)
    return len(expanded) - len(expanded.lstrip()) if expanded.strip() else 0


def _words(
    line: str, alphabet: Alphabet, unknown: str, longest: int
) -> Iterator[tuple[str, str, Stop | None]]:
    """The words of a line, how each hangs on the one before it, and its stop."""
    for content, stop in words_with_stops(line):
        for word in spelling.spell(content, alphabet, unknown).text.split():
            for part, joint in long_words.parts(word, longest):
                yield part, joint, stop
                stop = None
