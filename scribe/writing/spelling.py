"""How a text is spelled with what a network knows: its letters, marks, drawn signs.

A network writes the characters of its alphabet. A letter with an accent that it lacks
is its base letter with marks set upon it; Unicode's decompositions say which. What has
no base, like ß or €, is drawn (scribe.strokes.pen_shapes). What is none of this cannot
be written: it is refused with all its places, replaced by a look-alike or left out, and
whoever asked is told which.
"""

import dataclasses
import unicodedata
from collections.abc import Iterable, Sequence

from scribe.foundation.alphabet import Alphabet, look_alike, same_to_a_pen
from scribe.foundation.errors import InputError
from scribe.strokes.pen_shapes import CHARACTERS, MARKS

UNKNOWN = ("refuse", "replace", "skip")

# Letters that Unicode does not take apart: a base letter and what is put through it, or
# beside it. The names are of scribe.writing.mark_placing.
STRUCK = {
    "ł": ("l", "l bar"), "Ł": ("L", "L bar"), "đ": ("d", "ascender bar"),
    "Đ": ("D", "stem bar"), "Ð": ("D", "stem bar"), "ħ": ("h", "ascender bar"),
    "Ħ": ("H", "wide bar"), "ŧ": ("t", "low bar"), "Ŧ": ("T", "middle bar"),
    "ø": ("o", "slash"), "Ø": ("O", "slash"), "ı": ("i", "dotless"),
    "ȷ": ("j", "dotless"), "ŀ": ("l", "middle dot"), "Ŀ": ("L", "middle dot"),
    "¢": ("c", "upright slash"), "ŉ": ("'n", ""), "−": ("-", ""), "ʼ": ("'", ""),
    "μ": ("µ", ""),
}  # fmt: skip
# What the cedilla of Unicode's names is on paper: a comma, with g a turned one above.
_COMMA, _TURNED_COMMA, _CEDILLA, _CARON = "\u0326", "\u0312", "\u0327", "\u030c"
PLACED = {
    **{(letter, _CEDILLA): _COMMA for letter in "klnrdtGKLNRDT"},
    ("g", _CEDILLA): _TURNED_COMMA,
    **{(letter, _CARON): "'" for letter in "dltL"},
}
_DOTTED = "ij"
_ABOVE = 230  # the canonical combining class of what stands over a letter


@dataclasses.dataclass(frozen=True)
class Letter:
    """What a character is made of.

    Attributes:
      base: what the network writes of it, "" for nothing.
      drawn: the character of pen_shapes.CHARACTERS that follows, "" for none.
      marks: what is set upon it then, in order.
    """

    base: str
    drawn: str = ""
    marks: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Substitute:
    """A character that was not written as it stands.

    Attributes:
      character: of the text that was given.
      written: in its place; "" if it was left out.
      line, column: where it stood, from 1.
    """

    character: str
    written: str
    line: int
    column: int


@dataclasses.dataclass(frozen=True)
class Spelling:
    """One line of text as it will be written.

    Attributes:
      text: in characters that can be written, with single spaces.
      base: what the network writes of it, which is never empty.
      owners: for each character of `base` the number of its letter in `text`; -1 for
        one that is written so that there is something, and taken away.
      letters: (number in `text`, Letter) of what is more than its base.
      substitutes: what was not written as it stands.
    """

    text: str
    base: str
    owners: tuple[int, ...]
    letters: tuple[tuple[int, Letter], ...] = ()
    substitutes: tuple[Substitute, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the network writes all of it."""
        return self.base == self.text


def letter_of(character: str, alphabet: Alphabet) -> Letter | None:
    """What a character is made of; None if it cannot be written."""
    if character in alphabet:
        return Letter(character)
    if character in STRUCK:
        base, mark = STRUCK[character]
        if base in CHARACTERS and base not in alphabet:
            return Letter("", base)
        known = not alphabet.unknown(base)
        return Letter(base, "", (mark,) if mark else ()) if known else None
    if character in CHARACTERS:
        return Letter("", character)
    apart = unicodedata.normalize("NFD", character)
    if len(apart) < 2 or any(mark not in MARKS for mark in apart[1:]):
        return None
    letter = letter_of(apart[0], alphabet)
    for mark in apart[1:]:
        letter = letter and with_mark(letter, apart[0], mark)
    return letter


def with_mark(letter: Letter, character: str, mark: str) -> Letter:
    """`letter`, which spells `character`, with one more combining mark of MARKS."""
    marks = letter.marks
    if character in _DOTTED and unicodedata.combining(mark) == _ABOVE:
        if mark == "\u0307" and not marks:
            return letter  # it has its dot
        marks = marks if "dotless" in marks else ("dotless", *marks)
    mark = PLACED.get((character, mark), mark)
    return dataclasses.replace(letter, marks=(*marks, mark))


def writable(alphabet: Alphabet) -> str:
    """All characters that are known to be writable, those of the alphabet first.

    Beyond these any letter can be written whose parts can.
    """
    latin = [chr(code) for code in (*range(0xA1, 0x250), *range(0x1E00, 0x1F00))]
    others = [*latin, *STRUCK, *CHARACTERS]
    found = [c for c in others if c not in alphabet and letter_of(c, alphabet)]
    return alphabet.characters + "".join(dict.fromkeys(found))


def places(
    lines: Sequence[str], alphabet: Alphabet
) -> dict[str, list[tuple[int, int]]]:
    """Where the characters stand that cannot be written.

    Returns:
      (line, column) from 1 of every place, by character in the order of the first.
    """
    found: dict[str, list[tuple[int, int]]] = {}
    for line, content in enumerate(lines, start=1):
        for character, letters, column in _taken_apart(content, alphabet):
            if letters is None:
                found.setdefault(character, []).append((line, column))
    return found


def refuse_unknown(lines: Sequence[str], alphabet: Alphabet) -> None:
    """Raises InputError, with every place of all characters that cannot be written."""
    found = places(lines, alphabet)
    if not found:
        return
    named = [
        f"{c!r} at {', '.join(f'{line}:{column}' for line, column in where)}"
        for c, where in found.items()
    ]
    raise InputError(
        f"the model cannot write {'; '.join(named)} (line:column): take "
        "unknown=replace for look-alikes, or unknown=skip"
    )


def named(substitutes: Iterable[Substitute]) -> list[str]:
    """A sentence for each character that was not written as it stands."""
    found: dict[tuple[str, str], list[str]] = {}
    for s in substitutes:
        found.setdefault((s.character, s.written), []).append(f"{s.line}:{s.column}")
    return [
        f"{character!r} at {', '.join(places)} (line:column) was "
        + (f"replaced by {written!r}" if written else "left out")
        for (character, written), places in found.items()
    ]


def spell_lines(
    texts: Sequence[str], alphabet: Alphabet, unknown: str = "refuse"
) -> list[Spelling]:
    """As `spell`, of several lines; a refusal names the places in all of them."""
    check_unknown(unknown)
    if unknown == "refuse":
        refuse_unknown(texts, alphabet)
    return [spell(text, alphabet, unknown, i) for i, text in enumerate(texts, start=1)]


def spell(
    text: str, alphabet: Alphabet, unknown: str = "refuse", line: int = 1
) -> Spelling:
    """Spells one line of text.

    Args:
      text: any; white space of all kinds parts words.
      alphabet: of the network.
      unknown: what to do with what cannot be written: "refuse", "replace" (by a
        look-alike, or nothing where there is none) or "skip".
      line: its number, for the places.

    Raises:
      InputError: `unknown` is another word, or the text is refused.
    """
    check_unknown(unknown)
    if unknown == "refuse":
        refuse_unknown([text], alphabet)
    letters: list[tuple[str, Letter]] = []
    substitutes = []
    for character, found, column in _taken_apart(text, alphabet):
        if found is None:
            written = ""
            if unknown == "replace":
                written = look_alike(character, lambda c: bool(letter_of(c, alphabet)))
            substitutes.append(Substitute(character, written, line, column))
            found = [(c, letter_of(c, alphabet)) for c in written]
        if found and found[0][0] == " " and (not letters or letters[-1][0] == " "):
            continue
        letters += found
    if letters and letters[-1][0] == " ":
        letters.pop()
    return _spelled(letters, tuple(substitutes), alphabet)


def plain_text(text: str, alphabet: Alphabet) -> str:
    """`text` as the network may read it: base letters for those that have marks.

    What would be drawn has a look-alike here (ß is ss) or nothing, and what can not be
    written stays. So a style may spell more than the network knows.
    """
    plain = []
    for character, letters, _ in _taken_apart(text, alphabet):
        if letters is None:
            plain.append(character)
            continue
        for name, letter in letters:
            plain.append(letter.base)
            if letter.drawn:
                plain.append(look_alike(name, alphabet.__contains__))
    return " ".join("".join(plain).split())


def check_unknown(unknown: str) -> None:
    """Refuses another word than those of UNKNOWN."""
    if unknown not in UNKNOWN:
        raise InputError(f"unknown={unknown!r}: use {', '.join(UNKNOWN)}")


def _taken_apart(text: str, alphabet: Alphabet):
    """Each character as (character, its letters or None, column from 1).

    A mark that Unicode has no letter for is a letter of no base: (mark, Letter("")).
    """
    before = ""
    for column, character in enumerate(unicodedata.normalize("NFC", text), start=1):
        if character.isspace():
            letter = letter_of(" ", alphabet)
            yield character, letter and [(" ", letter)], column
        elif character in MARKS and unicodedata.combining(character) and before:
            yield character, [(character, Letter("", "", (character,)))], column
            continue
        else:
            yield character, _letters(character, alphabet), column
        before = character if character.isalpha() else ""


def _letters(character: str, alphabet: Alphabet) -> list[tuple[str, Letter]] | None:
    letter = letter_of(character, alphabet)
    if letter is not None:
        return [(character, letter)]
    plain = same_to_a_pen(character)
    if plain is None:
        return None
    found = [(c, letter_of(c, alphabet)) for c in plain]
    return None if any(letter is None for _, letter in found) else found


def _spelled(
    letters: Iterable[tuple[str, Letter]], substitutes, alphabet: Alphabet
) -> Spelling:
    """The Spelling of letters in order."""
    text, base, owners = "", "", []
    composed: dict[int, Letter] = {}
    for number, (character, letter) in enumerate(letters):
        if unicodedata.combining(character) and number:
            at = number - 1
            while unicodedata.combining(text[at]):
                at -= 1
            before = composed.get(at, Letter(text[at]))
            composed[at] = with_mark(before, text[at], character)
        elif letter != Letter(character):
            composed[number] = letter
        text += character
        if letter.base == " " and (not base or base[-1] == " "):
            continue  # beside what is drawn
        base += letter.base
        owners += [number] * len(letter.base)
    if base.endswith(" "):
        base = base[:-1]
        owners.pop()
    if text and not base:
        base = next((c for c in "noa" if c in alphabet), alphabet.characters[-1])
        owners = [-1]
    found = tuple(sorted(composed.items()))
    return Spelling(text, base, tuple(owners), found, substitutes)
