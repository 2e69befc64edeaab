"""Words to generate: from a text file, by length."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError

_FOLDER = Path(__file__).resolve().parent


def shipped_lexicons() -> list[str]:
    """Names of the lists of words that come with the package."""
    return sorted(
        path.stem.removeprefix("lexicon_") for path in _FOLDER.glob("lexicon_*.txt")
    )


def read_lexicon(source: str | Path, alphabet: Alphabet) -> list[str]:
    """The words of a text that the alphabet can spell, each once.

    Marks that the alphabet lacks are cut off at a word's ends; words with anything else
    that it lacks are left out, and so are lines that begin with #.

    Args:
      source: name of a list that comes with the package, or a text file.
      alphabet: of the network.

    Raises:
      InputError: there is no such file, it is no text, or no word is left.
    """
    path = Path(source)
    if str(source) in shipped_lexicons():
        path = _FOLDER / f"lexicon_{source}.txt"
    elif not path.is_file():
        raise InputError(
            f"there is no list of words at {source}; those that come with the package "
            f"are {', '.join(shipped_lexicons())}"
        )
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no text in UTF-8: {error}") from error
    found = words_of((line for line in lines if not line.startswith("#")), alphabet)
    if not found:
        raise InputError(f"{path} has no word in the letters {alphabet.characters!r}")
    return found


def words_of(lines: Iterable[str], alphabet: Alphabet) -> list[str]:
    """The words of `lines` that the alphabet can spell, in order, each once."""
    found = {}
    for line in lines:
        for word in line.split():
            kept = [i for i, c in enumerate(word) if c in alphabet or c.isalnum()]
            word = word[kept[0] : kept[-1] + 1] if kept else ""
            if word and not alphabet.unknown(word):
                found[word] = None
    return list(found)


class Lexicon:
    """Words by length, to be drawn as often capitalised as those of a corpus are."""

    def __init__(self, words: Iterable[str], capitals: float, alphabet: Alphabet):
        """
        Args:
          words: that the alphabet can spell.
          capitals: how often, from 0 to 1, a word in small letters gets a capital.
          alphabet: words whose capital it lacks stay as they are.
        """
        self.capitals = capitals
        self._by_length: dict[int, list[str]] = {}
        for word in words:
            self._by_length.setdefault(len(word), []).append(word)
        self._alphabet = alphabet

    @property
    def lengths(self) -> set[int]:
        return set(self._by_length)

    def draw(self, random: np.random.Generator, length: int, count: int) -> list[str]:
        """`count` words of `length` characters, with replacement."""
        words = self._by_length[length]
        chosen = [words[i] for i in random.integers(len(words), size=count)]
        rises = random.random(count) < self.capitals
        return [
            self._capitalised(word) if rise else word
            for word, rise in zip(chosen, rises, strict=True)
        ]

    def nonsense(self, random: np.random.Generator, length: int) -> str:
        """Random characters, capitals only in the first place where there are others.

        In common words some letters hardly occur, and others can be guessed.
        """
        characters = self._alphabet.characters
        later = [c for c in characters if not c.isupper()] or characters
        first = characters[random.integers(len(characters))]
        rest = (later[i] for i in random.integers(len(later), size=length - 1))
        return first + "".join(rest)

    def _capitalised(self, word: str) -> str:
        capital = word[0].upper()  # of ß that is two letters
        return capital + word[1:] if capital in self._alphabet else word
