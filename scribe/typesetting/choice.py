"""Choosing the best of several ways in which each word was written.

A network that writes as people do also slips as people do, about once in ten words.
A page is written several times over; where the reader of strokes that ships with the
project finds a word hard to make out, another one takes its place.
"""

from collections.abc import Sequence

import numpy as np

from scribe.reading.ctc import best_path
from scribe.reading.reader import MEASURING, Reader
from scribe.typesetting.words import Word, cut_words
from scribe.writing import WrittenLine, best_of
from scribe.writing.attempts import UNFINISHED_NATS
from scribe.writing.measures import measure_lines

# Ways to write each piece, of which the best words are kept.
BEST_OF = 4


def choosing(best_of: int | None) -> tuple[Reader | None, int]:
    """The reader that chooses, and how many candidates it gets.

    Args:
      best_of: as a user asks for it; None for as many as are usual, which is one where
        no reader is installed.
    """
    if best_of == 1:
        return None, 1
    reader = shipped_reader()
    if best_of is None:
        return reader, BEST_OF if reader else 1
    return reader, best_of


def shipped_reader() -> Reader | None:
    """The reader that chooses, or the other one, or None if none is installed."""
    return best_of.shipped_chooser(MEASURING)


def best_words(
    samples: Sequence[Sequence[WrittenLine]], reader: Reader | None
) -> list[list[Word]]:
    """The words of each piece of text.

    Args:
      samples: for each piece the lines that were written of it, one or more.
      reader: judges words; without one the first line that is finished is taken.
    """
    lines = [line for several in samples for line in several]
    candidates = zip(
        map(cut_words, lines, measure_lines(lines)),
        _costs(lines, reader),
        strict=True,
    )
    return [_best([next(candidates) for _ in several]) for several in samples]


def _best(candidates: list[tuple[list[Word], np.ndarray]]) -> list[Word]:
    """Word by word, of the samples that came apart into all their words."""
    most = max(len(words) for words, _ in candidates)
    whole = [c for c in candidates if len(c[0]) == len(c[1])]
    if not whole:
        return next(words for words, _ in candidates if len(words) == most)
    costs = np.array([cost for _, cost in whole])  # [samples, words]
    return [whole[k][0][i] for i, k in enumerate(costs.argmin(axis=0))]


def _costs(lines: Sequence[WrittenLine], reader: Reader | None) -> list[np.ndarray]:
    """For each line the cost of each word of its text."""
    costs = [
        np.full(line.text.count(" ") + 1, 0.0 if line.finished else UNFINISHED_NATS)
        for line in lines
    ]
    if reader is not None:
        read = [line.read_as(reader.alphabet) for line in lines]
        readable = [
            i for i, line in enumerate(read) if not reader.alphabet.unknown(line.text)
        ]
        scores = reader.scores([read[i].strokes for i in readable])
        for i, logits in zip(readable, scores, strict=True):
            nats = character_nats(logits, reader.alphabet, read[i].text)
            np.add.at(costs[i], _words_of(lines[i], read[i]), nats)
    return costs


def _words_of(line: WrittenLine, read: WrittenLine) -> np.ndarray:
    """For each character that was read the number of its word in the line's text."""
    owners = np.arange(len(line.text))
    if read is not line:  # what was taken away falls to the first word
        owners = np.maximum(line.composed.owners, 0)
    word_of_letter = np.cumsum([c == " " for c in " " + line.text[:-1]]) - 1
    return word_of_letter[owners]


def character_nats(logits: np.ndarray, alphabet, text: str) -> np.ndarray:
    """How hard each character of a line is to read, in nats.

    Along the most probable path that spells the text (`ctc.best_path`), minus the log
    probability of the frames that fall to each character.

    Args:
      logits: [T, V] of the reader, id 0 the blank.
      alphabet: of the reader.
      text: of the line.

    Returns:
      [U]; infinite if the line has too few frames for its text.
    """
    nats = np.zeros(len(text))
    found = best_path(logits, alphabet.encode(text)[:-1])
    if found is None:
        return np.full(len(nats), np.inf)
    entries, log_p = found
    characters = np.maximum(entries - 1, 0) // 2  # a blank falls to the one before it
    np.subtract.at(nats, characters[::-1], log_p[::-1])
    return nats
