"""Two ways of training compared: the same words, written by models of the same seeds.

Whether a difference is more than chance has two answers. Other words would have given
another difference: a bootstrap over the words says how different. And so would other
seeds: Student's interval over the seeds' own differences says how different, with few
degrees of freedom, and rightly so. A difference counts that is beyond both.
"""

import dataclasses

import numpy as np

from scribe.foundation import intervals
from scribe.foundation.errors import InputError
from scribe.reading import error_rates

# Student's t: 97.5 % of the distribution with 1, 2, ... degrees of freedom lie below.
_STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
MAX_SEEDS = len(_STUDENT) + 1


@dataclasses.dataclass(frozen=True, eq=False)
class Readings:
    """Errors of one judge reading what the models of one kind wrote.

    Shapes: S seeds, N words.

    Attributes:
      edits: [S, N] characters left out, added or read as others.
      wrong: bool [S, N] whether the word was read as another.
      characters: [N] of each word.
    """

    edits: np.ndarray
    wrong: np.ndarray
    characters: np.ndarray

    def word_error_rates(self) -> np.ndarray:
        """[S]"""
        return self.wrong.mean(axis=1)

    def character_error_rates(self) -> np.ndarray:
        """[S]"""
        return self.edits.sum(axis=1) / self.characters.sum()


def count_errors(texts: list[str], readings: list[list[str]]) -> Readings:
    """Compares what was read with what was to be written.

    Args:
      texts: N words.
      readings: for each of S seeds N words.
    """
    counted = [error_rates.count_errors(texts, row) for row in readings]
    edits = np.stack([errors.character_errors for errors in counted])
    return Readings(edits, edits > 0, counted[0].characters)


@dataclasses.dataclass(frozen=True)
class Difference:
    """How much higher the error rate of B is than that of A.

    Attributes:
      mean: over seeds and words; below 0 if B is read better.
      over_words: 95 % interval if other words had been written.
      over_seeds: 95 % interval if other seeds had been trained.
    """

    mean: float
    over_words: tuple[float, float]
    over_seeds: tuple[float, float]

    @property
    def is_significant(self) -> bool:
        """Whether neither interval holds 0."""
        return all(
            low > 0.0 or high < 0.0 for low, high in (self.over_words, self.over_seeds)
        )

    def verdict(self) -> str:
        """Which model is read better, in words."""
        if not self.is_significant:
            return "no significant difference"
        return "B is read better" if self.mean < 0.0 else "A is read better"


def word_errors(a: Readings, b: Readings) -> Difference:
    """Difference of the word error rates, B's less A's."""
    return _difference(a.wrong, b.wrong, np.ones(len(a.characters)))


def character_errors(a: Readings, b: Readings) -> Difference:
    """Difference of the character error rates, B's less A's."""
    return _difference(a.edits, b.edits, a.characters)


def _difference(a: np.ndarray, b: np.ndarray, sizes: np.ndarray) -> Difference:
    """Of errors [S, N] of words that count by their sizes [N]."""
    num_seeds, num_words = a.shape
    if a.shape != b.shape or not 2 <= num_seeds <= MAX_SEEDS or num_words < 2:
        raise InputError(
            f"{a.shape} readings of A and {b.shape} of B: the same seeds and words are "
            f"needed, from 2 to {MAX_SEEDS} seeds and 2 words or more"
        )
    more = b.astype(np.float64) - a
    by_seed = more.sum(axis=1) / sizes.sum()
    reach = _STUDENT[num_seeds - 2] * by_seed.std(ddof=1) / np.sqrt(num_seeds)
    mean = float(by_seed.mean())
    over_words = intervals.bootstrap(intervals.ratio_of_sums, more.mean(axis=0), sizes)
    return Difference(mean, over_words, (float(mean - reach), float(mean + reach)))
