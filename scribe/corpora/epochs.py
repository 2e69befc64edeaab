"""In which batches the lines of each epoch come."""

import math

import numpy as np


class Epochs:
    """Batches of lines of like length, in an order keyed by (seed, epoch).

    So the batch of any step can be found without having drawn those before it:
    resuming needs nothing but the step. Every epoch has the same number of batches.

    Attributes:
      repeats: float64 [lines], how often each comes on average; their sum is whole.
    """

    def __init__(
        self,
        lengths: np.ndarray,
        repeats: np.ndarray,
        batch_size: int,
        bucket_points: int,
        seed: int,
    ):
        """Draws nothing yet.

        Args:
          lengths: [lines] points of each line.
          repeats: [lines] how often each is to come.
          batch_size: lines per batch, or one less.
          bucket_points: lines are batched with lines of like length, in buckets of this
            many points.
          seed: of the order.
        """
        self.repeats = repeats * math.ceil(repeats.sum()) / repeats.sum()
        self._buckets = lengths // bucket_points
        self._batch_size = batch_size
        self._seed = seed

    def __len__(self) -> int:
        """Batches of an epoch."""
        return math.ceil(round(self.repeats.sum()) / self._batch_size)

    def batches(self, epoch: int) -> list[np.ndarray]:
        """Indices of the lines of each batch of an epoch."""
        random = np.random.default_rng([self._seed, epoch])
        shuffled = random.permutation(self._lines(epoch))
        order = np.argsort(self._buckets[shuffled], kind="stable")
        batches = np.array_split(shuffled[order], len(self))
        return [batches[i] for i in random.permutation(len(self))]

    def _lines(self, epoch: int) -> np.ndarray:
        """Indices of the lines of an epoch, those that come twice standing twice.

        The fractions of `repeats` are rounded by systematic sampling: the sum of all
        numbers up to each line is rounded with one offset, so that the total is exact.
        """
        lines = np.arange(len(self.repeats))
        if (self.repeats == 1.0).all():
            return lines
        offset = np.random.default_rng([self._seed, epoch, 2]).random()
        ends = np.floor(np.cumsum(self.repeats) + offset)
        ends[-1] = round(self.repeats.sum())
        return np.repeat(lines, np.diff(ends, prepend=0).astype(int))
