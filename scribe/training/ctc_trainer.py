"""What trainers of networks that read share, of strokes and of images alike."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from scribe.training import distribution
from scribe.training.one_network import AveragedTrainer


class ReadingTrainer(AveragedTrainer):
    """Learns from texts by CTC; a subclass says `_update(batch)` and `_row_sums(rows)`.

    Attributes:
      SUMS: names of what `_row_sums` returns of some rows of a batch, in its order.
    """

    SUMS: Sequence[str] = ()

    def __init__(
        self, dataset, network, optimizer, clip_norm, ema_decay, seed, signature
    ):
        """Builds network and optimizer, so that a checkpoint can be restored into them.

        Args:
          dataset: its alphabet becomes the network's.
          network: callable(alphabet_size=...) -> network.
          optimizer, clip_norm, ema_decay: see AveragedTrainer.
          seed: of what is random in a step.
          signature: tf.TensorSpec of each part of a batch.
        """
        super().__init__(
            network(alphabet_size=dataset.alphabet.size),
            optimizer,
            clip_norm,
            ema_decay,
        )
        self.dataset = dataset
        self.seed = seed
        self._update = distribution.replicated(self._update, [signature])
        self._judge = distribution.replicated(self._judge, [signature])

    def train_step(self, batch) -> dict[str, tf.Tensor]:
        """One update; a batch is as the dataset's signature."""
        return self._update(batch)

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

    def pictures(self) -> dict[str, np.ndarray]:
        """Nothing to draw."""
        return {}
