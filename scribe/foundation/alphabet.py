"""Characters and their ids."""

import contextlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from scribe.foundation.errors import InputError

TERMINATOR_ID = 0

# What resembles a character more than what Unicode or a transliteration makes of it.
_LOOK_ALIKES = {
    "‘": "'", "’": "'", "‚": ",", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "–": "-", "—": "-", "−": "-", "…": "...", "ø": "o", "Ø": "O", "°": "o",
    "→": "->", "←": "<-",
    "\t": " ", "\n": " ", "\u00a0": " ", "\u2044": "/",
    "[": "(", "]": ")", "{": "(", "}": ")",
}  # fmt: skip


# Quotation marks that a pen writes alike; Unicode's tables do not join these.
_QUOTES = {**dict.fromkeys("‘’‛", "'"), **dict.fromkeys("“”‟", '"')}
# Decompositions that are another way to encode a character, not another character:
# full and half width, spaces that do not break, ligatures, the ellipsis.
_SAME = ("<wide>", "<narrow>", "<noBreak>", "<compat>")


def same_to_a_pen(character: str) -> str | None:
    """What a typographic character is on paper; None if it is nothing but itself.

    By Unicode's categories and decompositions: spaces of all widths, dashes, curly
    quotation marks, ellipses, ligatures, full-width forms; what has no ink, like a soft
    hyphen, is "".
    """
    if character in _QUOTES:
        return _QUOTES[character]
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    if category == "Zs":
        return " "
    if category == "Pd":
        return "-"
    if unicodedata.decomposition(character).startswith(_SAME):
        plain = unicodedata.normalize("NFKC", character)
        if not any(c.isspace() or unicodedata.combining(c) for c in plain):
            return plain
    return None


def look_alike(character: str, is_known: Callable[[str], bool]) -> str:
    """What may stand for a character: its parts, or its sound in Latin letters.

    The first that `is_known` in all its characters: a look-alike, what Unicode makes of
    it without its marks (é -> e), and what it is in ASCII (Ω -> O), if the package
    anyascii is installed; "" if none is.
    """
    for found in _candidates(character):
        if found and all(map(is_known, found)):
            return found
    return ""


def _candidates(character: str) -> Iterator[str]:
    if character in _LOOK_ALIKES:
        yield _LOOK_ALIKES[character]
    apart = unicodedata.normalize("NFKD", character)
    parts = [_LOOK_ALIKES.get(c, c) for c in apart if not unicodedata.combining(c)]
    yield "".join(parts)
    # Pictures have names in ASCII, which no hand would write for them.
    if unicodedata.category(character) != "So":
        # A table of a megabyte, seldom needed; the smallest installation lacks it.
        with contextlib.suppress(ImportError):
            from anyascii import anyascii

            yield anyascii(character)


class Alphabet:
    """The characters that a model can write, in the order of their ids.

    Id 0 is the terminator: one extra slot after the last character, over which the
    window comes to rest when a line is finished. `characters[i]` has the id i + 1.
    """

    def __init__(self, characters: str):
        if not isinstance(characters, str):
            raise InputError(f"the alphabet {str(characters)[:80]!r} is no text")
        if len(set(characters)) != len(characters):
            raise InputError(f"the alphabet {characters!r} has a character twice")
        if not characters:
            raise InputError("the alphabet is empty")
        self.characters = characters
        self._ids = {character: i + 1 for i, character in enumerate(characters)}

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Alphabet":
        """The alphabet of all characters that occur in `texts`, sorted."""
        return cls("".join(sorted(set().union(*texts))))

    @property
    def size(self) -> int:
        """Number of ids: the characters and the terminator."""
        return len(self.characters) + 1

    def __contains__(self, character: str) -> bool:
        return character in self._ids

    def __eq__(self, other) -> bool:
        return isinstance(other, Alphabet) and self.characters == other.characters

    def __hash__(self) -> int:
        return hash(self.characters)

    def __repr__(self) -> str:
        return f"Alphabet({self.characters!r})"

    def unknown(self, text: str) -> list[tuple[int, str]]:
        """Positions (from 0) and characters of `text` that have no id."""
        return [(i, c) for i, c in enumerate(text) if c not in self._ids]

    def normalised(self, text: str) -> str:
        """`text` with what it lacks in characters that a pen writes alike.

        A word processor's quotation marks, dashes and spaces become plain ones
        (`same_to_a_pen`), letters with their marks apart one character. A character
        that the alphabet has stays as it is.
        """
        if not self.unknown(text):
            return text
        found = []
        for character in unicodedata.normalize("NFC", text):
            same = None if character in self._ids else same_to_a_pen(character)
            if same is None or any(part not in self._ids for part in same):
                same = character
            found.append(same)
        return "".join(found)

    def encode(self, text: str) -> np.ndarray:
        """Ids of the characters of `text` and the terminator.

        Returns:
          int32 [U + 1], the last one 0.

        Raises:
          InputError: a character has no id; the message names it and its position.
        """
        unknown = self.unknown(text)
        if unknown:
            named = ", ".join(f"{c!r} (character {i + 1})" for i, c in unknown)
            raise InputError(
                f"the model cannot write {named} of {text!r}; it knows "
                f"{self.characters!r}"
            )
        return np.array([self._ids[c] for c in text] + [TERMINATOR_ID], np.int32)

    def decode(self, ids: Iterable[int]) -> str:
        """The text of `ids`, up to the first terminator."""
        characters = []
        for i in ids:
            if i == TERMINATOR_ID:
                break
            characters.append(self.characters[i - 1])
        return "".join(characters)

    def adapt(self, text: str, unknown: str) -> str:
        """`text` normalised, in characters of the alphabet alone.

        Args:
          text: any text.
          unknown: "skip" drops what has no id, "replace" puts a look-alike (é -> e)
            where the alphabet has one and drops the rest.
        """
        if unknown not in ("skip", "replace"):
            raise InputError(f"unknown={unknown!r}: use skip or replace")
        adapted = []
        for character in self.normalised(text):
            if character in self._ids:
                adapted.append(character)
            elif unknown == "replace":
                adapted.append(look_alike(character, self._ids.__contains__))
        return "".join(adapted)
