"""Writing the words again that a reader misreads, and choosing the best of each.

A network that writes as people do also slips as people do, about once in ten words.
Every piece of a text is written once. Where the reader of strokes that ships with the
project misreads a word, that word is written again between its neighbours, and of its
candidates the one is kept that the reader finds easiest to make out.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from scribe.reading.ctc import best_path, collapse
from scribe.reading.reader import MEASURING, Reader
from scribe.typesetting.words import Word, cut_words
from scribe.writing import WrittenLine, best_of
from scribe.writing.attempts import Verdict, best, is_settled, num_next
from scribe.writing.measures import measure_lines

# Ways to write each word at most, of which the best is kept.
BEST_OF = 4
# Lines whose size short lines of the same hand lean on.
_LINES_OF_HAND = 12


class Run(NamedTuple):
    """Words of a piece that are written in one line: from `first` to before `end`."""

    piece: int
    first: int
    end: int


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
    choice = Choice([several[0].text for several in samples], reader)
    lines = [line for several in samples for line in several]
    runs = [choice.piece(i) for i, several in enumerate(samples) for _ in several]
    choice.add(runs, lines)
    return choice.words()


def write_words(
    texts: Sequence[str],
    write: Callable[
        [Sequence[str], Sequence[tuple[int, int]], bool], list[WrittenLine]
    ],
    reader: Reader | None,
    num_candidates: int,
) -> "Choice":
    """Writes pieces of text, and again what of them is misread.

    Args:
      texts: of the pieces.
      write: given texts, for each a number and a candidate's number that no other line
        has, and whether these are the last, writes a line of each.
      reader: as for `best_words`.
      num_candidates: ways to write each word at most.
    """
    choice = Choice(texts, reader)
    runs = [choice.piece(i) for i in range(len(texts))]
    numbers = list(range(len(texts)))
    done = 0
    while runs and done < num_candidates:
        more = num_next(done, num_candidates)
        of = [run for run in runs for _ in range(more)]
        keys = [(number, done + i) for number in numbers for i in range(more)]
        done += more
        lines = write([choice.text(run) for run in of], keys, done == num_candidates)
        choice.add(of, lines)
        runs = list(choice.misread(num_candidates))
        numbers = [len(texts) + choice.place(run) for run in runs]
    return choice


class Choice:
    """The ways in which the words of some pieces were written so far.

    Words stand between single spaces.
    """

    def __init__(self, texts: Sequence[str], reader: Reader | None):
        self._reader = reader
        self._words = [text.split(" ") for text in texts]
        self._starts = np.cumsum([0, *map(len, self._words)])
        # For each word of each piece its candidates, and the verdicts on them.
        self._verdicts = [[[] for _ in words] for words in self._words]
        self._written = [[[] for _ in words] for words in self._words]
        # Of each piece the line that came apart into most words, one that came to its
        # end if there is any.
        self._coarse: list[tuple[bool, list[Word]]] = [(False, []) for _ in texts]
        self._hand: list[WrittenLine] = []  # lines that show how large it is

    def piece(self, i: int) -> Run:
        """All of a piece."""
        return Run(i, 0, len(self._words[i]))

    def text(self, run: Run) -> str:
        """What it says."""
        return " ".join(self._words[run.piece][run.first : run.end])

    def place(self, run: Run) -> int:
        """The number of its first word among the words of all pieces."""
        return int(self._starts[run.piece]) + run.first

    def add(self, runs: Sequence[Run], lines: Sequence[WrittenLine]) -> None:
        """Takes in lines that were written of runs."""
        measures = measure_lines([*self._hand, *lines])[len(self._hand) :]
        self._hand = self._hand or list(lines[:_LINES_OF_HAND])
        judged = _verdicts(lines, self._reader)
        for run, line, measure, found in zip(
            runs, lines, measures, judged, strict=True
        ):
            words = cut_words(line, measure)
            whole_piece = run == self.piece(run.piece)
            if whole_piece:
                self._coarse[run.piece] = max(
                    self._coarse[run.piece],
                    (line.finished, words),
                    key=lambda found: (found[0], len(found[1])),
                )
            if len(words) != run.end - run.first:
                continue
            # The first and the last word of a line are not its best: neighbours.
            margin = 0 if whole_piece else 1
            for i in range(run.first + margin, run.end - margin):
                self._written[run.piece][i].append(words[i - run.first])
                self._verdicts[run.piece][i].append(found[i - run.first])

    def misread(self, num_candidates: int) -> Iterator[Run]:
        """What is to be written again: words with a neighbour on either side.

        What was written before and after a piece may be misread, since neither is used.
        """
        for i, verdicts in enumerate(self._verdicts):
            last = len(verdicts) - 1
            again = [
                0 < k < last and not is_settled(found, num_candidates)
                for k, found in enumerate(verdicts)
            ]
            for k in range(1, last):
                if again[k] and not again[k - 1]:
                    end = next(j for j in range(k, last + 1) if not again[j])
                    yield Run(i, k - 1, end + 1)

    def words(self) -> list[list[Word]]:
        """Of each piece the words, each its best candidate."""
        return [
            [
                candidates[best(found)]
                for candidates, found in zip(written, verdicts, strict=True)
            ]
            if all(written)
            else coarse
            for written, verdicts, (_, coarse) in zip(
                self._written, self._verdicts, self._coarse, strict=True
            )
        ]

    def unfinished(self) -> list[int]:
        """The pieces of which a word was in no line that came to its end."""
        return [
            i
            for i, (verdicts, coarse) in enumerate(
                zip(self._verdicts, self._coarse, strict=True)
            )
            if not coarse[0]
            and not all(any(v.finished for v in found) for found in verdicts)
        ]


def _verdicts(
    lines: Sequence[WrittenLine], reader: Reader | None
) -> list[list[Verdict]]:
    """For each line the verdict on each word of its text."""
    found = [[Verdict(line.finished) for _ in line.text.split(" ")] for line in lines]
    if reader is None:
        return found
    read = [line.read_as(reader.alphabet) for line in lines]
    # A lone dot has nothing to be read.
    known = [
        i
        for i, line in enumerate(read)
        if not reader.alphabet.unknown(line.text) and len(line.strokes) > 1
    ]
    scores = reader.scores([read[i].strokes for i in known])
    for i, logits in zip(known, scores, strict=True):
        words = _words_of(lines[i], read[i])
        nats, right = judge_words(logits, reader.alphabet, read[i].text, words)
        # A word of which nothing is read, a drawn sign, is as it was drawn.
        for k, (n, r) in enumerate(zip(nats, right, strict=True)):
            found[i][k] = Verdict(lines[i].finished, bool(r), float(n))
    return found


def _words_of(line: WrittenLine, read: WrittenLine) -> np.ndarray:
    """For each character that was read the number of its word in the line's text."""
    owners = np.arange(len(line.text))
    if read is not line:  # what was taken away falls to the first word
        owners = np.maximum(line.composed.owners, 0)
    word_of_letter = np.cumsum([c == " " for c in " " + line.text[:-1]]) - 1
    return word_of_letter[owners]


def judge_words(
    logits: np.ndarray, alphabet, text: str, words: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """How hard each word of a line is to read, and whether it is read as it should be.

    Along the most probable path that spells the text (`ctc.best_path`) each character
    gets some frames, and with it its word. A word's nats are minus the log probability
    of that path in its frames; and it is read right if the most probable symbols of its
    frames spell it.

    Args:
      logits: [T, V] of the reader, id 0 the blank.
      alphabet: of the reader.
      text: of the line.
      words: int [U] the number of the word that each character belongs to.

    Returns:
      nats float [words], infinite if the line has too few frames for its text; right
      bool [words].
    """
    count = int(words.max()) + 1
    found = best_path(logits, alphabet.encode(text)[:-1])
    if found is None:
        return np.full(count, np.inf), np.zeros(count, bool)
    entries, log_p = found
    # A blank falls to the character before it.
    owners = words[np.maximum(entries - 1, 0) // 2]
    nats = np.zeros(count)
    np.subtract.at(nats, owners, log_p)
    symbols = logits.argmax(axis=-1)
    right = [
        alphabet.decode(collapse(symbols[owners == word])).strip()
        == "".join(c for c, own in zip(text, words, strict=True) if own == word).strip()
        for word in range(count)
    ]
    return nats, np.array(right)
