"""The base of trainers whose networks play against each other (Goodfellow et al. 2014).

A generator makes images of random numbers z, another network tells them from real ones;
there may be more players. The loss of such a game says little: `evaluate` gives none,
and the newest weights are exported.
"""

import dataclasses
from collections.abc import Sequence

import keras
import tensorflow as tf

from scribe.training import distribution
from scribe.training.trainer import Trainer, move_averages, shapes


@dataclasses.dataclass(eq=False, repr=False)
class TwoPlayerTrainer(Trainer):
    """Each player has an optimizer; the generator has a moving average.

    The average is what `evaluate` judges and `export` writes. A subclass has the
    attribute `generator` and says who plays.

    Attributes:
      weights: of all players, for the checkpoint.

    Args:
      generator_optimizer: of Keras, as those of the other players.
      ema_decay: of the averaged generator; 0 for none.
    """

    generator_optimizer: keras.optimizers.Optimizer
    ema_decay: float

    def _players(self) -> Sequence[tuple[str, keras.Model, keras.optimizers.Optimizer]]:
        """Name, network and optimizer of each."""
        raise NotImplementedError

    def _build_optimizers(self) -> None:
        """So that a checkpoint can be restored into them."""
        for _, network, optimizer in self._players():
            optimizer.build(network.trainable_variables)

    def _keep(self, *networks) -> None:
        """Puts the weights where the checkpoint finds them: not in lists of layers."""
        self.weights = [value for network in networks for value in values(network)]

    def describe(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the weights by name."""
        return shapes(
            {
                f"{player}/{name}": variable
                for player, network, _ in self._players()
                for name, variable in network.named_weights().items()
            }
        )

    def _z(self, num_rows, seed):
        """Random numbers [num_rows, Z] for this replica's rows of a batch."""
        shape = [num_rows, self.generator.latent_dim]
        return distribution.draw(tf.random.stateless_normal, shape, seed)

    def _learn(self, network, optimizer, gradients, clip_norm=None) -> None:
        """One update of a player by this replica's gradients of a mean loss."""
        # Those of embeddings are sparse, with a row for each use of a character or
        # digit; Keras' Adam would square these one by one instead of their sum.
        gradients = distribution.mean([tf.convert_to_tensor(g) for g in gradients])
        if clip_norm is not None:
            gradients, _ = tf.clip_by_global_norm(gradients, clip_norm)
        distribution.apply_gradients(optimizer, gradients, network.trainable_variables)

    def _begin_average(self) -> None:
        """Sets the weights of `averaged` to those of the generator."""
        for average, own in zip(
            values(self.averaged), values(self.generator), strict=True
        ):
            average.assign(own)

    def _average_generator(self, averages, age) -> None:
        """Moves the averages, in the order of `values`; `age` counts the updates."""
        move_averages(averages, values(self.generator), self.ema_decay, age)


def values(network) -> list[tf.Variable]:
    """All weights of a network, in the order of `named_weights()`."""
    return [variable.value for variable in network.named_weights().values()]


def trained(network) -> list[tf.Variable]:
    """The weights that gradients move, in the order of `trainable_variables`."""
    return [variable.value for variable in network.trainable_variables]
