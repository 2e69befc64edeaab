"""Trains the classifier of digits, by which generators are judged."""

import dataclasses
from pathlib import Path

import gin
import numpy as np
import tensorflow as tf

from scrabblegan.digits.dataset import signature
from scrabblegan.digits.judge import Judge
from scrabblegan.digits.networks import DigitClassifier
from scrabblegan.images import to_network
from scribe.training import distribution
from scribe.training.one_network import OneNetworkTrainer

_SHIFT_PIXELS = 2


@gin.register(module="scrabblegan")
@dataclasses.dataclass(eq=False, repr=False)
class DigitClassifierTrainer(OneNetworkTrainer):
    """Minimises the cross entropy of randomly shifted digits, in nats per image.

    Args:
      dataset: of images, one batch per step.
      classifier: the network.
    """

    unit = "images"

    classifier: dataclasses.InitVar[DigitClassifier]
    clip_norm: None = dataclasses.field(default=None, init=False)

    def __post_init__(self, classifier):
        super().__post_init__()
        data = self.dataset
        distribution.check_rows(data.batch_size, "DigitDataset.batch_size")
        self._train(classifier)
        self.weights = self._values  # what checkpoints call them
        step_signature = signature(1, data.batch_size)
        self._update = distribution.replicated(self._update, [step_signature])

    def _update(self, batch):
        seeds = tf.random.split(self._seed_of_step(), 2)
        shift_seed, dropout_seed = tf.unstack(seeds)
        images = shifted(to_network(batch["image"][0]), shift_seed)
        images, digits = distribution.own((images, batch["digit"][0]))
        with tf.GradientTape() as tape:
            _, logits = self.network(images, dropout_seed)
            nats = tf.nn.sparse_softmax_cross_entropy_with_logits(digits, logits)
            loss = tf.reduce_mean(nats)
        learnt = self._learn(distribution.mean(tape.gradient(loss, self._weights)))
        right = tf.equal(tf.argmax(logits, 1, tf.int32), digits)
        accuracy = tf.reduce_mean(tf.cast(right, tf.float32))
        return distribution.mean({"loss": loss, "accuracy": accuracy}) | {
            "learning_rate": learnt["learning_rate"],
            "images": tf.cast(tf.size(batch["digit"]), tf.float32),
        }

    def evaluate(self, batches) -> dict[str, float]:
        """Loss and accuracy on held-out images, with the averaged weights."""
        judge = self._judge()
        nats = right = count = 0
        for batch in batches:
            digits = batch["digit"][0].numpy()
            _, shares = judge.judge(batch["image"][0, ..., 0].numpy())
            own = shares[np.arange(len(digits)), digits]
            nats -= float(np.log(np.maximum(own, 1e-30)).sum())
            right += int((shares.argmax(axis=1) == digits).sum())
            count += len(digits)
        return {"loss": nats / count, "accuracy": right / count}

    def _judge(self) -> Judge:
        return Judge(Path(), self.network.sizes, self.averaged_weights())

    def export(self, folder: Path, metrics: dict[str, float]) -> None:
        """Writes the classifier."""
        facts = self._facts(metrics, corpus=self.dataset.corpus.name)
        self._judge().save(folder, facts)


def shifted(images, seed):
    """Each image moved by up to 2 pixels either way, paper moving in: [B, H, W, 1]."""
    rows, columns = images.shape[1], images.shape[2]
    edge = _SHIFT_PIXELS
    padded = tf.pad(images, [[0, 0], [edge] * 2, [edge] * 2, [0, 0]], constant_values=1)
    start = tf.random.stateless_uniform(
        [2, tf.shape(images)[0], 1], seed, 0, 2 * edge + 1, tf.int32
    )
    moved = tf.gather(padded, start[0] + tf.range(rows), axis=1, batch_dims=1)
    moved = tf.transpose(moved, [0, 2, 1, 3])
    moved = tf.gather(moved, start[1] + tf.range(columns), axis=1, batch_dims=1)
    return tf.transpose(moved, [0, 2, 1, 3])
