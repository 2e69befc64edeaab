"""Adaptive weight noise: the regulariser of Graves' best results."""

import gin
import tensorflow as tf

from scribe.foundation.errors import InputError


@gin.register(module="scribe")
class AdaptiveWeightNoise(tf.Module):
    """Gaussian noise on the weights whose variances are learned.

    Graves (2011), "Practical variational inference for neural networks", section 4, as
    used by Graves (2013): each weight has a posterior N(mu, sigma^2); the loss is the
    expected log loss plus the KL divergence (in nats, once per training set) from a
    prior N(m, s^2) whose m and s^2 are the best for the current posterior (equations 17
    and 18 there). What differs: sigma is kept as its logarithm and its gradient is that
    of the drawn weights mu + sigma eps instead of the squared gradient.
    """

    def __init__(self, initial_std: float, learning_rate: float, momentum: float):
        """Settings.

        Args:
          initial_std: of every weight's posterior; 0.075 in Graves (2013).
          learning_rate, momentum: of gradient descent on the log deviations, whose
            gradients are taken relative to the largest of their tensor.
        """
        super().__init__(name="adaptive_weight_noise")
        if not initial_std > 0.0:
            raise InputError(f"initial_std={initial_std}: must be more than 0")
        self.initial_std = initial_std
        self.learning_rate = learning_rate
        self.momentum = momentum

    def build(self, weights: list[tf.Variable], points_per_epoch: int) -> None:
        """Creates the deviations; `points_per_epoch` spreads the KL over the points."""
        self.points_per_epoch = float(points_per_epoch)
        start = tf.math.log(self.initial_std)
        self.log_sigma = [
            tf.Variable(tf.fill(w.shape, start), trainable=False) for w in weights
        ]
        self.velocity = [
            tf.Variable(tf.zeros_like(w), trainable=False) for w in weights
        ]
        self.mean = [tf.Variable(tf.zeros_like(w), trainable=False) for w in weights]

    def disturb(self, weights: list[tf.Variable], seed: tf.Tensor) -> None:
        """Puts aside the means and draws the weights of this step.

        Args:
          weights: the network's variables, which hold the means.
          seed: int32 [2] of this step.
        """
        keys = tf.unstack(tf.random.split(seed, len(weights)))
        for weight, mean, log_sigma, key in zip(
            weights, self.mean, self.log_sigma, keys, strict=True
        ):
            mean.assign(weight)
            noise = tf.random.stateless_normal(weight.shape, key)
            weight.assign_add(tf.exp(log_sigma) * noise)

    def settle(self, weights: list[tf.Variable], gradients) -> list[tf.Tensor]:
        """Puts the means back, moves the deviations, and adds the KL's gradient.

        Args:
          weights: the variables, still disturbed.
          gradients: of the loss in nats per point, at the disturbed weights.

        Returns:
          gradients for the means.
        """
        drawn = [tf.convert_to_tensor(weight) for weight in weights]
        for weight, mean in zip(weights, self.mean, strict=True):
            weight.assign(mean)
        prior_mean, prior_variance = self._prior()
        settled = []
        for w, mean, log_sigma, velocity, gradient in zip(
            drawn, self.mean, self.log_sigma, self.velocity, gradients, strict=True
        ):
            variance = tf.exp(2.0 * log_sigma)
            towards_prior = (mean - prior_mean) / prior_variance
            settled.append(gradient + towards_prior / self.points_per_epoch)
            # d KL / d log sigma = sigma^2 / s^2 - 1; d loss / d log sigma = g (w - mu).
            slope = gradient * (w - mean)
            slope += (variance / prior_variance - 1.0) / self.points_per_epoch
            slope /= tf.reduce_max(tf.abs(slope)) + 1e-12
            velocity.assign(self.momentum * velocity - self.learning_rate * slope)
            log_sigma.assign_add(velocity)
        return settled

    def _prior(self) -> tuple[tf.Tensor, tf.Tensor]:
        """Mean and variance of the best Gaussian prior over all weights."""
        count = float(sum(mean.shape.num_elements() for mean in self.mean))
        prior_mean = tf.add_n([tf.reduce_sum(m) for m in self.mean]) / count
        spread = [
            tf.reduce_sum(tf.exp(2.0 * s) + tf.square(m - prior_mean))
            for m, s in zip(self.mean, self.log_sigma, strict=True)
        ]
        return prior_mean, tf.add_n(spread) / count

    def nats_per_point(self) -> tf.Tensor:
        """The divergence as it adds to a loss in nats per point."""
        return self.divergence() / self.points_per_epoch

    def divergence(self) -> tf.Tensor:
        """KL(posterior || prior) of all weights, in nats."""
        prior_mean, prior_variance = self._prior()
        terms = [
            tf.reduce_sum(
                0.5 * tf.math.log(prior_variance)
                - s
                + (tf.exp(2.0 * s) + tf.square(m - prior_mean)) / (2.0 * prior_variance)
                - 0.5
            )
            for m, s in zip(self.mean, self.log_sigma, strict=True)
        ]
        return tf.add_n(terms)
