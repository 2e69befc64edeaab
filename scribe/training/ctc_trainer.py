"""What trainers of networks that read share, of strokes and of images alike."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import ClassVar

import tensorflow as tf

from scribe.training import distribution
from scribe.training.one_network import OneNetworkTrainer


@dataclasses.dataclass(eq=False, repr=False)
class ReadingTrainer(OneNetworkTrainer):
    """Learns from texts by CTC; a subclass has `_update(batch)` and `_row_sums(rows)`.

    Attributes:
      SUMS: names of what `_row_sums` returns of some rows of a batch, in its order.

    Args:
      network: callable(alphabet_size=...) -> network; the dataset's alphabet becomes
        the network's.
    """

    SUMS: ClassVar[Sequence[str]]

    network: dataclasses.InitVar[Callable]

    def __post_init__(self, network):
        super().__post_init__()
        self._train(network(alphabet_size=self.dataset.alphabet.size))
        signature = self._signature()
        self._update = distribution.replicated(self._update, [signature])
        self._judge = distribution.replicated(self._judge, [signature])

    def _signature(self) -> dict[str, tf.TensorSpec]:
        """Of a batch."""
        raise NotImplementedError

    def _row_sums(self, rows) -> list[tf.Tensor]:
        """The sums that SUMS names, as float32, over some rows of a batch."""
        raise NotImplementedError

    def _judge(self, batch):
        """Sums over a batch, by the names in SUMS."""
        rows = distribution.own(batch)
        # The last batch may have fewer rows than there are replicas, and the decoder
        # refuses to decode none.
        sums = tf.cond(
            tf.size(rows["text"]) > 0,
            lambda: self._row_sums(rows),
            lambda: [tf.constant(0.0)] * len(self.SUMS),
        )
        return dict(zip(self.SUMS, distribution.total(sums), strict=True))

    def _totals(self, batches) -> dict[str, float]:
        """Sums over all batches, with the averaged weights."""
        totals = dict.fromkeys(self.SUMS, 0.0)
        with self._averaged():
            for batch in batches:
                for name, value in self._judge(batch).items():
                    totals[name] += float(value)
        return totals
