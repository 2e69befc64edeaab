"""Trains the classifier of digits, by which generators are judged."""

from pathlib import Path

import gin
import numpy as np
import tensorflow as tf

from scrabblegan.digits.dataset import DigitDataset, signature
from scrabblegan.digits.judge import Judge
from scrabblegan.digits.networks import DigitClassifier
from scrabblegan.images import to_network
from scribe.training import distribution
from scribe.training.one_network import move_averages

_SHIFT_PIXELS = 2


@gin.register(module="scrabblegan")
class DigitClassifierTrainer(tf.Module):
    """Minimises the cross entropy of randomly shifted digits, in nats per image.

    The exported weights are a moving average of those that are trained.
    """

    unit = "images"

    def __init__(
        self,
        dataset: DigitDataset,
        classifier: DigitClassifier,
        optimizer,
        ema_decay: float,
        seed: int,
    ):
        """Builds the optimizer, so that a checkpoint can be restored.

        Args:
          dataset: of images, one batch per step.
          classifier: the network.
          optimizer: a Keras optimizer.
          ema_decay: of the averaged weights.
          seed: of shifts and dropout.
        """
        super().__init__(name="trainer")
        distribution.check_rows(dataset.batch_size, "DigitDataset.batch_size")
        self.dataset = dataset
        self.classifier = classifier
        self.optimizer = optimizer
        self.ema_decay = ema_decay
        self.seed = seed
        self.step = tf.Variable(0, dtype=tf.int64, name="step", trainable=False)
        self.variables_to_train = list(classifier.named_weights().values())
        optimizer.build(self.variables_to_train)
        self.weights = [v.value for v in self.variables_to_train]
        self.averages = [tf.Variable(weight) for weight in self.weights]
        self._update = distribution.replicated(
            self._update, [signature(1, dataset.batch_size)]
        )

    def describe(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the weights by name."""
        named = self.classifier.named_weights()
        return {name: tuple(variable.shape) for name, variable in named.items()}

    def train_step(self, batch) -> dict[str, tf.Tensor]:
        """One update; `batch` is as `dataset.signature` with one batch."""
        return self._update(batch)

    def _update(self, batch):
        seed = tf.stack([self.seed, tf.cast(self.step, tf.int32)])
        shift_seed, dropout_seed = tf.unstack(tf.random.split(seed, 2))
        images = shifted(to_network(batch["image"][0]), shift_seed)
        images, digits = distribution.own((images, batch["digit"][0]))
        with tf.GradientTape() as tape:
            _, logits = self.classifier(images, dropout_seed)
            nats = tf.nn.sparse_softmax_cross_entropy_with_logits(digits, logits)
            loss = tf.reduce_mean(nats)
        gradients = distribution.mean(tape.gradient(loss, self.weights))
        rate = tf.convert_to_tensor(self.optimizer.learning_rate)
        distribution.apply_gradients(self.optimizer, gradients, self.variables_to_train)
        self.step.assign_add(1)
        move_averages(self.averages, self.weights, self.ema_decay, self.step)
        right = tf.equal(tf.argmax(logits, 1, tf.int32), digits)
        accuracy = tf.reduce_mean(tf.cast(right, tf.float32))
        return distribution.mean({"loss": loss, "accuracy": accuracy}) | {
            "learning_rate": rate,
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
        names = self.classifier.named_weights()
        weights = {n: v.numpy() for n, v in zip(names, self.averages, strict=True)}
        return Judge(Path(), self.classifier.sizes, weights)

    def export(self, folder: Path, metrics: dict[str, float]) -> None:
        """Writes weights.npz and model.json.

        Args:
          folder: the run folder.
          metrics: validation results that model.json quotes.
        """
        facts = {
            "step": int(self.step.numpy()),
            "corpus": self.dataset.corpus.name,
            "validation": metrics,
        }
        self._judge().save(folder, facts)

    def pictures(self) -> dict[str, np.ndarray]:
        """Nothing to draw."""
        return {}


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
