"""The base of trainers of one network: the update and the moving averages."""

import contextlib
import dataclasses
from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf

from scribe.training import distribution
from scribe.training.trainer import Trainer, move_averages, shapes


@dataclasses.dataclass(eq=False, repr=False)
class OneNetworkTrainer(Trainer):
    """Clips, updates, and keeps an exponential moving average of the weights.

    The averages are what validation judges and export writes. Batch norm's own averages
    are among them, though no gradient moves them.

    Attributes:
      network: has `named_weights()`.
      averages: in the order of `named_weights()`; empty without any.

    Args:
      optimizer: of Keras.
      clip_norm: bound of the gradient's global norm; None for none.
      ema_decay: of the averaged weights; 0 for none.
    """

    optimizer: keras.optimizers.Optimizer
    clip_norm: float | None
    ema_decay: float

    def _train(self, network) -> None:
        """Takes the network, and builds what a checkpoint is restored into."""
        self.network = network
        self._variables = self._trained_variables()
        self._weights = [variable.value for variable in self._variables]
        self.optimizer.build(self._variables)
        named = network.named_weights().values()
        self._values = [variable.value for variable in named]
        averaged = self._values if self.ema_decay else []
        self.averages = [tf.Variable(value, trainable=False) for value in averaged]

    def _trained_variables(self) -> list[keras.Variable]:
        """Those that gradients move."""
        named = self.network.named_weights().values()
        return [variable for variable in named if variable.trainable]

    def describe(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the trained weights by name."""
        named = self.network.named_weights()
        return shapes({n: v for n, v in named.items() if v.trainable})

    def _learn(self, gradients) -> dict[str, tf.Tensor]:
        """One update by gradients that are the same on all replicas.

        Returns:
          scalars to log.
        """
        norm = tf.linalg.global_norm(gradients)
        if self.clip_norm is not None:
            gradients, _ = tf.clip_by_global_norm(gradients, self.clip_norm, norm)
        learning_rate = tf.convert_to_tensor(self.optimizer.learning_rate)
        distribution.apply_gradients(self.optimizer, gradients, self._variables)
        self.step.assign_add(1)
        if self.averages:
            move_averages(self.averages, self._values, self.ema_decay, self.step)
        return {"gradient_norm": norm, "learning_rate": learning_rate}

    @contextlib.contextmanager
    def _averaged(self) -> Iterator[None]:
        """Puts the averages, if any, in the place of the weights for a while."""
        current = [value.numpy() for value in self._values]
        self._assign(self.averages or current)
        try:
            yield
        finally:
            self._assign(current)

    def _assign(self, values) -> None:
        for own, value in zip(self._values, values, strict=True):
            own.assign(value)

    def load(self, weights: dict[str, np.ndarray]) -> None:
        """Takes over trained weights, named as the network's `named_weights`."""
        self._assign([weights[name] for name in self.network.named_weights()])
        self.start_averages()

    def start_averages(self) -> None:
        """Makes the averages, if any, what the weights are now."""
        for average, value in zip(self.averages, self._values, strict=False):
            average.assign(value)

    def averaged_weights(self) -> dict[str, np.ndarray]:
        """The averages, or the weights without any, by the names of the weights."""
        names = self.network.named_weights()
        values = self.averages or self._values
        return {n: v.numpy() for n, v in zip(names, values, strict=True)}
