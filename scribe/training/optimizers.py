"""Optimizers and learning-rate schedules that gin files may name."""

import gin
import keras
import tensorflow as tf

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
