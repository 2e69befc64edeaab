"""The trainer of the embedding of hands."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import gin
import numpy as np
import tensorflow as tf

from scribe.models import StrokeModel, save_model
from scribe.reading import hand_embedding
from scribe.training import distribution
from scribe.training.one_network import OneNetworkTrainer

_NEVER = -1e9


@gin.register(module="scribe")
@dataclasses.dataclass(eq=False, repr=False)
class EmbeddingTrainer(OneNetworkTrainer):
    """Minimises the supervised contrastive loss (Khosla et al. 2020, equation 2).

    Each line of a batch is to find the other lines of its writer among all others. On
    several devices each takes the whole batch, since every row is held against all.

    Args:
      network: callable() -> network.
      temperature: by which cosines are divided.
    """

    unit = "lines"

    network: dataclasses.InitVar[Callable]
    temperature: float

    def __post_init__(self, network):
        super().__post_init__()
        self._train(network())
        signature = self.dataset.signature()
        self._update = distribution.replicated(self._update, [signature])
        self._judge = distribution.replicated(self._judge, [signature])

    def _update(self, batch):
        with tf.GradientTape() as tape:
            embedded = self.network(batch["features"], batch["mask"])
            loss = contrastive_loss(embedded, batch["writer"], self.temperature)
        learnt = self._learn(tape.gradient(loss, self._weights))
        lines = tf.cast(tf.size(batch["writer"]), tf.float32)
        return {"loss": loss, **learnt, "lines": lines}

    def _judge(self, batch):
        embedded = self.network(batch["features"], batch["mask"])
        loss = contrastive_loss(embedded, batch["writer"], self.temperature)
        nearest = nearest_share(embedded, batch["writer"])
        return {"loss": loss, "nearest": nearest}

    def evaluate(self, batches) -> dict[str, float]:
        """Loss, and the share of lines whose nearest other line is their writer's."""
        with self._averaged():
            found = [self._judge(batch) for batch in batches]
        return {
            name: float(np.mean([float(values[name]) for values in found]))
            for name in ("loss", "nearest")
        }

    def embedding(self) -> hand_embedding.HandEmbedding:
        """The network as it is now, with the averaged weights."""
        model = StrokeModel(
            folder=Path(),
            kind=hand_embedding.KIND,
            sizes=self.network.sizes(),
            alphabet=self.dataset.alphabet,
            offset_scale=np.ones(2),
            cleaning=self.dataset.cleaning(),
            weights=self.averaged_weights(),
        )
        return hand_embedding.HandEmbedding(model)

    def export(self, folder: Path, metrics: dict[str, float]) -> None:
        """Writes the embedding."""
        save_model(self.embedding().model, folder, self._facts(metrics))


def contrastive_loss(embedded, writer, temperature: float):
    """Khosla et al. (2020), equation 2, averaged over the lines.

    Args:
      embedded: [B, D] of length 1.
      writer: int [B]; each has two lines or more.
      temperature: by which cosines are divided.
    """
    itself = tf.eye(tf.size(writer))
    similar = tf.matmul(embedded, embedded, transpose_b=True) / temperature
    others = tf.nn.log_softmax(similar + _NEVER * itself)
    own = tf.cast(writer[:, None] == writer[None], tf.float32) - itself
    found = tf.reduce_sum(own * others, axis=1) / tf.reduce_sum(own, axis=1)
    return -tf.reduce_mean(found)


def nearest_share(embedded, writer):
    """Share of the lines [B, D] whose nearest other line has the same writer [B]."""
    similar = tf.matmul(embedded, embedded, transpose_b=True)
    nearest = tf.argmax(similar + _NEVER * tf.eye(tf.size(writer)), axis=1)
    return tf.reduce_mean(tf.cast(tf.gather(writer, nearest) == writer, tf.float32))
