"""What is written: texts from files, words of a language, strings, random characters.

A source gives words, one or several at a time; `line_of` strings them together to a
line. What a writer cannot write is drawn anew and counted.
"""

import collections
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import gin
import numpy as np

from scribe.corpora.tokens import Tokens
from scribe.factory.amounts import check_shares
from scribe.foundation import files, installing
from scribe.foundation.errors import InputError

# A source that gives nothing writable so many times in a row has nothing writable.
_MAX_DRAWS = 1000


class Texts(Protocol):
    """A source of texts."""

    def draw(self, random: np.random.Generator) -> list[str]:
        """Some words that belong together, one or more."""


@gin.register(module="scribe")
class TextFiles:
    """Running text of UTF-8 files, from anywhere in them."""

    def __init__(self, paths: Sequence[str], words_at_once: int):
        """
        Args:
          paths: of files.
          words_at_once: that are taken in a row from one place.

        Raises:
          InputError: a file cannot be read, or there are no words in them.
        """
        if isinstance(paths, str):
            paths = [paths]
        if words_at_once < 1:
            raise InputError(f"words_at_once={words_at_once}: must be 1 or more")
        self._words: list[str] = []
        for path in map(Path, paths):
            self._words += files.decoded(path.read_bytes(), path).split()
        if not self._words:
            raise InputError(f"there are no words in {', '.join(map(str, paths))}")
        self._at_once = min(words_at_once, len(self._words))

    def draw(self, random: np.random.Generator) -> list[str]:
        start = random.integers(len(self._words) - self._at_once + 1)
        return self._words[start : start + self._at_once]


@gin.register(module="scribe")
class Lexicon:
    """The most frequent words of a language, by the package wordfreq (Speer 2022).

    It knows all words in small letters; capitals are drawn.
    """

    def __init__(
        self,
        language: str,
        size: int,
        exponent: float,
        capitalised: float,
        in_capitals: float,
        punctuation: float,
    ):
        """
        Args:
          language: "en", "de", "fr", ... as wordfreq calls it.
          size: number of words.
          exponent: of the frequency to which a word is drawn in proportion; 1 draws as
            running text does, 0 each word as often as the others.
          capitalised: share of words with a capital at the beginning.
          in_capitals: share of words in capitals only.
          punctuation: share of words that a mark follows.

        Raises:
          InputError: wordfreq lacks the language, or a number is out of its range.
        """
        for name, share in (
            ("capitalised", capitalised),
            ("in_capitals", in_capitals),
            ("punctuation", punctuation),
        ):
            if not 0.0 <= share <= 1.0:
                raise InputError(f"{name}={share}: must be a share from 0 to 1")
        if size < 1 or exponent < 0:
            raise InputError(
                f"size={size}, exponent={exponent}: use 1 or more words and an "
                "exponent of 0 or more"
            )
        words = _most_frequent(language, size)
        self._words = [word for word, _ in words]
        weights = np.array([frequency for _, frequency in words]) ** exponent
        self._cumulative = np.cumsum(weights / weights.sum())
        self._shares = capitalised, in_capitals, punctuation

    def draw(self, random: np.random.Generator) -> list[str]:
        which, case, mark, kind = random.random(4)
        index = np.searchsorted(self._cumulative, which, side="right")
        word = self._words[min(index, len(self._words) - 1)]
        capitalised, in_capitals, punctuation = self._shares
        if case < in_capitals:
            word = word.upper()
        elif case < in_capitals + capitalised:
            word = word[0].upper() + word[1:]
        if mark < punctuation:
            before, after = _MARKS[int(kind * len(_MARKS))]
            word = before + word + after
        return [word]


# As often as they are here; those of Brown's corpus are about 9 commas and 9 full stops
# to 1 of the others.
_MARKS = (
    *[("", ",")] * 8,
    *[("", ".")] * 8,
    *(("", ";"), ("", ":"), ("", "?"), ("", "!"), ("(", ")"), ('"', '"'), ("'", "'")),
)


def _most_frequent(language: str, size: int) -> list[tuple[str, float]]:
    """Words and their frequencies, the most frequent first."""
    try:
        import wordfreq
    except ImportError as error:
        raise InputError(installing.sentence("wordfreq")) from error
    try:
        words = wordfreq.top_n_list(language, size)
    except LookupError as error:
        known = ", ".join(sorted(wordfreq.available_languages()))
        raise InputError(f"language={language!r}: wordfreq has {known}") from error
    return [(word, wordfreq.word_frequency(word, language)) for word in words]


@gin.register(module="scribe")
class Strings:
    """Dates, amounts, addresses, numbers, references: scribe.corpora.tokens."""

    def __init__(self, kinds: Sequence[str] | None):
        """
        Args:
          kinds: of `tokens.KINDS`; None for all, by their shares.

        Raises:
          InputError: a kind is unknown.
        """
        from scribe.corpora.tokens import KINDS

        for kind in kinds or ():
            if kind not in KINDS:
                raise InputError(f"kinds={kind!r}: use some of {', '.join(KINDS)}")
        self._kinds = list(kinds or ()) or [None]

    def draw(self, random: np.random.Generator) -> list[str]:
        kind = self._kinds[random.integers(len(self._kinds))]
        return Tokens(random).draw(kind).split()


@gin.register(module="scribe")
class RandomCharacters:
    """Words of characters that are drawn one by one."""

    def __init__(
        self,
        groups: Sequence[str],
        shares: Sequence[float],
        lengths: tuple[int, int],
    ):
        """
        Args:
          groups: characters, such as 'abc' or '0123456789'.
          shares: of each group.
          lengths: of the shortest and the longest word.

        Raises:
          InputError: there is no group for each share, or lengths are no range.
        """
        if len(groups) != len(shares) or not all(groups):
            raise InputError(
                f"{len(groups)} groups and {len(shares)} shares: use as many of both, "
                "with a character in each group"
            )
        if not 1 <= lengths[0] <= lengths[1]:
            raise InputError(f"lengths={tuple(lengths)}: use (shortest, longest)")
        self._groups, self._lengths = list(groups), lengths
        self._shares = check_shares("shares", shares)

    def draw(self, random: np.random.Generator) -> list[str]:
        count = random.integers(self._lengths[0], self._lengths[1] + 1)
        chosen = random.choice(len(self._groups), count, p=self._shares)
        letters = [self._groups[group] for group in chosen]
        return ["".join(g[random.integers(len(g))] for g in letters)]


@gin.register(module="scribe")
class Mixture:
    """Several sources, each with its share of the draws."""

    def __init__(self, sources: Sequence[Texts], shares: Sequence[float]):
        """
        Args:
          sources: of texts.
          shares: of each.
        """
        if len(sources) != len(shares):
            raise InputError(
                f"{len(sources)} sources and {len(shares)} shares: use as many of both"
            )
        self._sources = list(sources)
        self._shares = check_shares("Mixture.shares", shares)

    def draw(self, random: np.random.Generator) -> list[str]:
        number = random.choice(len(self._sources), p=self._shares)
        return self._sources[number].draw(random)


def words_of(
    texts: Texts,
    num_characters: int,
    can_write: Callable[[str], bool],
    random: np.random.Generator,
    left_out: collections.Counter,
) -> list[str]:
    """Words for at least so many characters, spaces counted; one word or more.

    Args:
      texts: their source.
      num_characters: that they have together, unless a word is longer.
      can_write: whether the writer knows all characters of a word.
      random: of the draws.
      left_out: counts the words that it cannot write.

    Raises:
      InputError: the source seems to have nothing that can be written.
    """
    words: list[str] = []
    length = -1
    for _ in range(_MAX_DRAWS + num_characters):
        for word in texts.draw(random):
            if not can_write(word):
                left_out["words with characters that the writer lacks"] += 1
                continue
            if words and length + 1 + len(word) > num_characters:
                return words
            words.append(word)
            length += 1 + len(word)
        if length >= num_characters:
            return words
    if words:
        return words
    raise InputError(
        f"of {_MAX_DRAWS} draws of texts the writer can write none: choose others, or "
        "a model with more characters"
    )
