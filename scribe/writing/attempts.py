"""When a line is written again, with which random numbers, and which line is best.

A network that samples leaves a letter out or writes another now and then. There are two
remedies. A line that did not come to its end is written again, MAX_ATTEMPTS times at
most, each time with other random numbers. And a line that a reader misreads is written
in other ways, of which the reader chooses: one that gives the text a high probability
saw all its letters, in order. Whoever writes, `scribe.sample`, a page or the server,
goes by the verdicts of this module. NumPy only.
"""

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from scribe.foundation.errors import InputError
from scribe.models.engine import random_numbers
from scribe.writing.line import WrittenLine

MAX_ATTEMPTS = 4
# What parts the random numbers of marks from those of the network.
_MARKS = 1


@dataclasses.dataclass(frozen=True)
class Attempt:
    """One attempt at a line. Its random numbers depend on what it holds alone.

    Attributes:
      seed: of the request.
      text, sample: which text of the request, and which of the ways to write it.
      number: 1, 2, ...
    """

    seed: int
    text: int
    sample: int = 0
    number: int = 1

    def noise(self, num_steps: int) -> np.ndarray:
        """float32 [num_steps, 4], see scribe.models.engine.random_numbers."""
        return random_numbers(
            self.seed, self.text, self.sample, num_steps, attempt=self.number - 1
        )

    def generator(self) -> np.random.Generator:
        """Of chance beside the network's: how marks are set on the line."""
        key = (self.text, self.sample, self.number - 1, _MARKS)
        seeds = np.random.SeedSequence(self.seed, spawn_key=key)
        return np.random.Generator(np.random.Philox(seeds))

    def after(
        self, line: WrittenLine, max_attempts: int = MAX_ATTEMPTS
    ) -> "Attempt | None":
        """The next attempt at a line that this one wrote; None if it is to be kept."""
        if line.finished or self.number >= max_attempts:
            return None
        return dataclasses.replace(self, number=self.number + 1)


class Verdict(NamedTuple):
    """On one of the ways in which something was written, a line or a word.

    Attributes:
      finished: whether its line came to its end.
      right: whether the reader reads what it should say; True without a reader.
      nats: how little it looks like its text to the reader; 0 without one.
    """

    finished: bool
    right: bool = True
    nats: float = 0.0


def verdicts(lines: Sequence[WrittenLine], chooser) -> list[Verdict]:
    """On lines of one text, or of several; nats are per character.

    Args:
      lines: as written.
      chooser: a scribe.reading.reader.Reader, or None.
    """
    if chooser is None:
        return [Verdict(line.finished) for line in lines]
    read = [line.read_as(chooser.alphabet) for line in lines]
    try:
        # All at once: a reader reads in batches.
        nats, right = chooser.check([n.strokes for n in read], [n.text for n in read])
    except InputError:  # what no reader can read, such as a lone dot
        if len(lines) > 1:
            return [verdict for line in lines for verdict in verdicts([line], chooser)]
        return [Verdict(lines[0].finished, False, np.inf)]
    return [
        Verdict(line.finished, bool(is_right), float(n))
        for line, is_right, n in zip(lines, right, nats, strict=True)
    ]


def is_settled(found: Sequence[Verdict], num_candidates: int) -> bool:
    """Whether no further candidate is needed: one is right, or there were enough."""
    return len(found) >= num_candidates or any(v.finished and v.right for v in found)


def num_next(num_written: int, num_candidates: int) -> int:
    """How many candidates follow those that are written, if these do not settle it.

    What was misread twice is hardly ever read at the third try: all that are left are
    written together, which takes less time than one after the other.
    """
    return num_candidates - num_written if num_written >= 2 else 1


def best(found: Sequence[Verdict]) -> int:
    """Which one is kept, the first of equal ones.

    One of a line that came to its end is preferred to others; then counts the
    probability that the reader gives the text.
    """
    ranks = [(not verdict.finished, verdict.nats) for verdict in found]
    return min(range(len(ranks)), key=ranks.__getitem__)
