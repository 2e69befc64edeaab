"""What the loop asks of a trainer, and what all trainers share.

A trainer learns from batches (`train_step`), judges itself (`evaluate`), shows what it
makes (`pictures`) and writes down what is kept (`export`). Everything in it that is a
variable is in the checkpoint. `scribe.training.one_network` is the base of those with
one network, `scribe.training.two_players` of those whose networks play against each
other; what it takes to run on several devices is in `scribe.training.distribution`.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
import tensorflow as tf


@dataclasses.dataclass(eq=False, repr=False)
class Trainer(tf.Module):
    """The base of all trainers; the arguments of a subclass are its fields.

    Attributes:
      unit: what is counted to tell how fast a training is: a metric of `train_step`.
      MAY_CHANGE: arguments that may be bound to something else when a run resumes.
      step: how many updates were made.

    Args:
      dataset: with `train_batches`, `validation_batches` and `tensors`.
      seed: of all that is random in a step, which depends on (seed, step) alone: a
        resumed training draws what it would have drawn.
    """

    unit: ClassVar[str]
    MAY_CHANGE: ClassVar[Sequence[str]] = ()

    dataset: object
    seed: int

    def __post_init__(self):
        super().__init__(name="trainer")
        self.step = tf.Variable(0, dtype=tf.int64, name="step", trainable=False)

    def _seed_of_step(self) -> tf.Tensor:
        """int32 [2], for stateless random numbers."""
        return tf.stack([self.seed, tf.cast(self.step, tf.int32)])

    def describe(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the weights by name."""
        raise NotImplementedError

    def train_step(self, batch) -> dict[str, tf.Tensor]:
        """One update; a batch is as the dataset's signature.

        Returns:
          scalars by name, `unit` among them.
        """
        return self._update(batch)

    def _update(self, batch):
        raise NotImplementedError

    def evaluate(self, batches: Iterable) -> dict[str, float]:
        """Figures of held-out batches; the weights with the lowest "loss" are kept."""
        raise NotImplementedError

    def export(self, folder: Path, metrics: dict[str, float]) -> None:
        """Writes weights.npz and model.json.

        Args:
          folder: the run folder.
          metrics: validation results that model.json quotes.
        """
        raise NotImplementedError

    def _facts(self, metrics: dict[str, float], **more) -> dict:
        """What model.json says of the training."""
        return {"step": int(self.step.numpy()), **more, "validation": metrics}

    def pictures(self) -> dict[str, np.ndarray]:
        """What the networks make now, for TensorBoard: uint8 [H, W, 1 or 3] by name."""
        return {}


def shapes(named: Mapping) -> dict[str, tuple[int, ...]]:
    """Shapes of variables by name."""
    return {name: tuple(variable.shape) for name, variable in named.items()}


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
