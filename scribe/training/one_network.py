"""Moving averages of weights, and what trainers of one network share."""

import contextlib
from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from scribe.training import distribution


def move_averages(averages, values, decay: float, age) -> None:
    """Moves averages to values; early steps forget faster, so that no start lingers.

    Args:
      averages: variables.
      values: what they follow, in the same order.
      decay: share that an average keeps in the long run.
      age: scalar, updates so far, this one included.
    """
    age = tf.cast(age, tf.float32)
    decay = tf.minimum(decay, (1.0 + age) / (10.0 + age))
    for average, value in zip(averages, values, strict=True):
        average.assign(decay * average + (1.0 - decay) * value)


class AveragedTrainer(tf.Module):
    """Clips, updates, and keeps an exponential moving average of the weights.

    The averages are what validation judges and export writes. Batch norm's own averages
    are among them, though no gradient moves them.

    Attributes:
      network: has `named_weights()`.
      step: how many updates were made.
      averages: in the order of `named_weights()`.
    """

    def __init__(self, network, optimizer, clip_norm: float, ema_decay: float):
        """Builds the optimizer, so that a checkpoint can be restored into it.

        Args:
          network: built.
          optimizer: a Keras optimizer.
          clip_norm: bound of the gradient's global norm.
          ema_decay: of the averaged weights.
        """
        super().__init__(name="trainer")
        self.network = network
        self.optimizer = optimizer
        self.clip_norm = clip_norm
        self.ema_decay = ema_decay
        self.step = tf.Variable(0, dtype=tf.int64, name="step", trainable=False)
        named = list(network.named_weights().values())
        self._variables = [variable for variable in named if variable.trainable]
        self._weights = [variable.value for variable in self._variables]
        optimizer.build(self._variables)
        self._values = [variable.value for variable in named]
        self.averages = [tf.Variable(w, trainable=False) for w in self._values]

    def start_averages(self) -> None:
        """Makes the averages what the weights are now."""
        for average, value in zip(self.averages, self._values, strict=True):
            average.assign(value)

    def describe(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the trained weights by name."""
        named = self.network.named_weights()
        return {n: tuple(v.shape) for n, v in named.items() if v.trainable}

    def _learn(self, gradients) -> dict[str, tf.Tensor]:
        """One update by gradients that are the same on all replicas.

        Returns:
          scalars to log.
        """
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip_norm)
        learning_rate = tf.convert_to_tensor(self.optimizer.learning_rate)
        distribution.apply_gradients(self.optimizer, gradients, self._variables)
        self.step.assign_add(1)
        move_averages(self.averages, self._values, self.ema_decay, self.step)
        return {"gradient_norm": norm, "learning_rate": learning_rate}

    @contextlib.contextmanager
    def _averaged(self) -> Iterator[None]:
        """Puts the averages in the place of the weights for a while."""
        current = [value.numpy() for value in self._values]
        self._assign(self.averages)
        try:
            yield
        finally:
            self._assign(current)

    def _assign(self, values) -> None:
        for own, value in zip(self._values, values, strict=True):
            own.assign(value)

    def averaged_weights(self) -> dict[str, np.ndarray]:
        """The averages by the names of the weights."""
        names = self.network.named_weights()
        return {n: v.numpy() for n, v in zip(names, self.averages, strict=True)}
