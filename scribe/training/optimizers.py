"""Optimizers and learning-rate schedules that gin files may name."""

import math

import gin
import keras
import tensorflow as tf

from scribe.foundation.errors import InputError

# Whole optimizers would write arguments into the operative config that they refuse to
# read back (jit_compile), hence the allowlists.
gin.external_configurable(
    keras.optimizers.Adam,
    module="keras.optimizers",
    allowlist=["learning_rate", "beta_1", "beta_2", "epsilon"],
)
gin.external_configurable(
    keras.optimizers.RMSprop,
    module="keras.optimizers",
    allowlist=["learning_rate", "rho", "momentum", "epsilon", "centered"],
)
gin.external_configurable(
    keras.optimizers.schedules.ExponentialDecay,
    module="keras.optimizers.schedules",
    allowlist=["initial_learning_rate", "decay_steps", "decay_rate", "staircase"],
)


@gin.register(module="scribe")
class WarmupHoldDecay(keras.optimizers.schedules.LearningRateSchedule):
    """Linear warm-up, a constant peak, then exponential decay to the last step.

    The peak explores while the window finds its way; the decay at the end is worth
    more than the same steps at a constant rate.
    """

    def __init__(
        self,
        peak: float,
        final: float,
        warmup_steps: int,
        total_steps: int,
        hold_share: float,
    ):
        """`hold_share` is the share of `total_steps` before the decay starts."""
        self.peak = peak
        self.final = final
        self.warmup_steps = warmup_steps
        self.total_steps = total_steps
        self.hold_share = hold_share

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        warm = tf.minimum(1.0, (step + 1.0) / max(self.warmup_steps, 1))
        hold_steps = self.hold_share * self.total_steps
        decay_steps = max(self.total_steps - hold_steps, 1.0)
        progress = tf.clip_by_value((step - hold_steps) / decay_steps, 0.0, 1.0)
        return self.peak * warm * tf.pow(self.final / self.peak, progress)


@gin.register(module="scribe")
class ReduceOnPlateau(keras.optimizers.schedules.LearningRateSchedule, tf.Module):
    """Linear warm-up, then a rate that falls when the validation loss no longer does.

    Needs no length of training to be known. The optimizer and the trainer share one
    such object (a gin singleton); its variables are in the trainer's checkpoint, so
    that a resumed training goes on with the rate and the patience that it had.
    """

    def __init__(
        self,
        peak: float,
        final: float,
        warmup_steps: int,
        factor: float,
        patience: int,
        min_gain: float,
    ):
        """Starts at the peak.

        Args:
          peak, final: the first rate, and the one below which it does not fall.
          warmup_steps: of the linear warm-up.
          factor: by which the rate is multiplied on a plateau.
          patience: so many validations without a gain are a plateau.
          min_gain: a validation loss that is lower by less is no gain.
        """
        tf.Module.__init__(self, name="plateau")
        if not 0.0 < factor < 1.0 or patience < 1:
            raise InputError(
                f"ReduceOnPlateau.factor={factor}, patience={patience}: use a factor "
                "between 0 and 1 and a patience from 1 on"
            )
        self.warmup_steps = warmup_steps
        self.final = final
        self.factor = factor
        self.patience = patience
        self.min_gain = min_gain
        self.rate = tf.Variable(peak, dtype=tf.float32, trainable=False)
        self.best = tf.Variable(math.inf, dtype=tf.float32, trainable=False)
        self.waited = tf.Variable(0, dtype=tf.int64, trainable=False)

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        return self.rate * tf.minimum(1.0, (step + 1.0) / max(self.warmup_steps, 1))

    def saw(self, loss: float) -> None:
        """Takes note of a validation loss."""
        if loss < float(self.best) - self.min_gain:
            self.best.assign(loss)
            self.waited.assign(0)
            return
        self.waited.assign_add(1)
        if int(self.waited) >= self.patience:
            self.rate.assign(max(float(self.rate) * self.factor, self.final))
            self.waited.assign(0)
