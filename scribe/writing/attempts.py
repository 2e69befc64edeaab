"""When a line is written again, with which random numbers, and which line is best.

A network that samples leaves a letter out or writes another now and then. There are two
remedies. A line that did not come to its end is written again, MAX_ATTEMPTS times at
most, each time with other random numbers. And a line may be written in several ways, of
which a reader chooses: one that gives the text a high probability saw all its letters,
in order. NumPy only.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from scribe.models.engine import random_numbers
from scribe.writing.line import WrittenLine

MAX_ATTEMPTS = 4
# What parts the random numbers of marks from those of the network.
_MARKS = 1
# What a word costs if its line left letters out. Words of several lines are compared
# one by one, so that one of such a line is taken only if the others are hardly legible.
UNFINISHED_NATS = 100.0


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


def max_attempts_of_words(num_samples: int) -> int:
    """Attempts at each sample of a text of which the best words are to be kept.

    With several samples at hand, hardly a word needs another attempt.
    """
    return MAX_ATTEMPTS if num_samples == 1 else 1


def ranks(lines: Sequence[WrittenLine], chooser) -> list[tuple[bool, float]]:
    """What the best of several lines has the least of.

    Lines that came to their end are preferred to others; then counts the probability
    per character that the reader gives the text, or without one the order of the lines.

    Args:
      lines: of one text, or of several.
      chooser: a scribe.reading.reader.Reader, or None.

    Raises:
      InputError: `chooser` cannot read a line, such as a lone dot.
    """
    if chooser is None:
        return [(not line.finished, 0.0) for line in lines]
    # All at once: a reader reads in batches.
    read = [line.read_as(chooser.alphabet) for line in lines]
    nats = chooser.nats([line.strokes for line in read], [line.text for line in read])
    return [(not line.finished, n) for line, n in zip(lines, nats, strict=True)]


def best(
    lines: Sequence[WrittenLine], ranked: Sequence[tuple[bool, float]]
) -> WrittenLine:
    """The line of the lowest rank, the first of equal ones."""
    return lines[min(range(len(lines)), key=ranked.__getitem__)]
