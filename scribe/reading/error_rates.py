"""How far readings are from the texts: characters, words, and what follows the text.

Needs the package jiwer (and RapidFuzz, which comes with it).
"""

import collections
import dataclasses
from collections.abc import Sequence

import numpy as np

from scribe.foundation import intervals


@dataclasses.dataclass(frozen=True, eq=False)
class ReadingErrors:
    """Errors of N readings.

    Insertions, deletions and substitutions of an alignment with the fewest, capitals
    and punctuation counted; words are what stands between spaces.

    Attributes:
      character_errors, characters: [N] errors of each reading, characters of its text.
      word_errors, words: [N].
      by_character: for each character of the texts how often it occurs and how often it
        was left out or read as another.
    """

    character_errors: np.ndarray
    characters: np.ndarray
    word_errors: np.ndarray
    words: np.ndarray
    by_character: dict[str, tuple[int, int]]

    def rates(self) -> dict:
        """Character and word error rate of all lines together, 95 % intervals."""
        found = {}
        for name, errors, wholes in (
            ("cer", self.character_errors, self.characters),
            ("wer", self.word_errors, self.words),
        ):
            found[name] = intervals.ratio_of_sums(errors, wholes)
            found[f"{name}_interval"] = intervals.bootstrap(
                intervals.ratio_of_sums, errors, wholes
            )
        return found


def count_errors(texts: Sequence[str], readings: Sequence[str]) -> ReadingErrors:
    """Compares each reading with its text; runs of spaces count as one."""
    import jiwer

    texts, readings = _single_spaced(texts), _single_spaced(readings)
    characters = jiwer.process_characters(texts, readings)
    words = jiwer.process_words(texts, readings)
    occurs: collections.Counter[str] = collections.Counter()
    missed: collections.Counter[str] = collections.Counter()
    for text, chunks in zip(texts, characters.alignments, strict=True):
        occurs.update(text)
        for chunk in chunks:
            if chunk.type in ("substitute", "delete"):
                missed.update(text[chunk.ref_start_idx : chunk.ref_end_idx])
    return ReadingErrors(
        character_errors=_errors_of_lines(characters.alignments),
        characters=np.array([len(text) for text in texts]),
        word_errors=_errors_of_lines(words.alignments),
        words=np.array([len(text.split()) for text in texts]),
        by_character={c: (occurs[c], missed[c]) for c in sorted(occurs)},
    )


def _single_spaced(texts: Sequence[str]) -> list[str]:
    return [" ".join(text.split()) for text in texts]


def _errors_of_lines(alignments) -> np.ndarray:
    return np.array(
        [
            sum(
                max(c.ref_end_idx - c.ref_start_idx, c.hyp_end_idx - c.hyp_start_idx)
                for c in chunks
                if c.type != "equal"
            )
            for chunks in alignments
        ]
    )


def surplus_characters(text: str, reading: str) -> int:
    """How many characters were read after the end of the text.

    Of all alignments with the fewest errors, the one that puts the most insertions
    behind the last character of the text counts.
    """
    from rapidfuzz.distance import Levenshtein

    text, reading = " ".join(text.split()), " ".join(reading.split())
    errors = Levenshtein.distance(text, reading)
    longest = 0
    while longest < len(reading):
        shorter = reading[: len(reading) - longest - 1]
        if Levenshtein.distance(text, shorter) + longest + 1 > errors:
            break
        longest += 1
    return longest


def compare_errors(written: ReadingErrors, real: ReadingErrors) -> dict:
    """Error rates of written lines beside those of real lines with the same texts.

    Returns:
      for "cer" and "wer": the difference written - real and the ratio written / real
      (None if nothing was misread), with 95 % intervals over texts.
    """
    found = {}
    for name, errors, real_errors, wholes in (
        ("cer", written.character_errors, real.character_errors, real.characters),
        ("wer", written.word_errors, real.word_errors, real.words),
    ):
        columns = (errors, real_errors, wholes)
        found[f"{name}_difference"] = _difference(*columns)
        found[f"{name}_difference_interval"] = intervals.bootstrap(
            _difference, *columns
        )
        if real_errors.sum() == 0:
            found[f"{name}_ratio"] = found[f"{name}_ratio_interval"] = None
            continue
        found[f"{name}_ratio"] = intervals.ratio_of_sums(errors, real_errors)
        found[f"{name}_ratio_interval"] = intervals.bootstrap(
            # A draw in which every real line was read rightly has no ratio.
            lambda a, b: a.sum() / max(b.sum(), 1),
            errors,
            real_errors,
        )
    return found


def _difference(errors, real_errors, wholes) -> float:
    return float((errors.sum() - real_errors.sum()) / wholes.sum())
