"""The output distribution: a mixture of bivariate Gaussians and a pen that lifts.

Graves (2013), section 4.1, equations 15 to 26. What differs: the pen's probability is
the sigmoid of plus the logit (equation 18 has minus), log sigma has a floor and rho
stays inside +-0.995, so that no density can run to infinity on points that the tablet
rounded to the same value.

Shapes: B batch, T pen steps, M mixture components. Activations are
[..., 6 M + 1], in the order pi (M), mu_x (M), mu_y (M), log sigma_x (M),
log sigma_y (M), rho (M), pen logit (1). scribe.models.numpy_mixtures reads the same
order.
"""

import math
from typing import NamedTuple

import tensorflow as tf

from scribe.models.variant import GRAVES, Variant


class Mixture(NamedTuple):
    """Parameters of the density of one pen offset.

    Attributes:
      log_pi: [..., M] log weights, normalised.
      mu_x, mu_y: [..., M] means.
      log_sigma_x, log_sigma_y: [..., M] log standard deviations.
      rho: [..., M] correlations in (-1, 1).
      pen_logit: [...] logit of the probability that the stroke ends here.
    """

    log_pi: tf.Tensor
    mu_x: tf.Tensor
    mu_y: tf.Tensor
    log_sigma_x: tf.Tensor
    log_sigma_y: tf.Tensor
    rho: tf.Tensor
    pen_logit: tf.Tensor


def mixture_from_activations(
    activations: tf.Tensor, bias=0.0, variant: Variant = GRAVES
) -> Mixture:
    """The mixture that the network's last layer describes.

    Args:
      activations: [..., 6 M + 1] float32.
      bias: Graves' probability bias b >= 0 (equations 61 and 62): sigma shrinks by
        exp(-b) and pi_hat is multiplied by 1 + b. A number, or [...] one per mixture.
      variant: the network's; its bounds hold.
    """
    num_mixtures = activations.shape[-1] // 6
    pi_hat, mu_x, mu_y, log_sigma_x, log_sigma_y, rho_hat, pen_logit = tf.split(
        activations, [num_mixtures] * 6 + [1], axis=-1
    )
    bias = tf.convert_to_tensor(bias, activations.dtype)[..., None]
    return Mixture(
        log_pi=tf.nn.log_softmax(pi_hat * (1.0 + bias)),
        mu_x=mu_x,
        mu_y=mu_y,
        log_sigma_x=tf.maximum(log_sigma_x, variant.min_log_sigma) - bias,
        log_sigma_y=tf.maximum(log_sigma_y, variant.min_log_sigma) - bias,
        rho=variant.max_rho * tf.tanh(rho_hat),
        pen_logit=pen_logit[..., 0],
    )


def offset_log_density(mixture: Mixture, offsets: tf.Tensor) -> tf.Tensor:
    """log Pr(dx, dy), equations 23 to 25, in log space.

    Args:
      mixture: parameters [..., M].
      offsets: [..., 2].

    Returns:
      [...] nats.
    """
    x = (offsets[..., 0:1] - mixture.mu_x) * tf.exp(-mixture.log_sigma_x)
    y = (offsets[..., 1:2] - mixture.mu_y) * tf.exp(-mixture.log_sigma_y)
    one_minus_rho2 = 1.0 - tf.square(mixture.rho)
    z = tf.square(x) + tf.square(y) - 2.0 * mixture.rho * x * y
    log_normal = (
        -z / (2.0 * one_minus_rho2)
        - mixture.log_sigma_x
        - mixture.log_sigma_y
        - 0.5 * tf.math.log(one_minus_rho2)
        - math.log(2.0 * math.pi)
    )
    return tf.reduce_logsumexp(mixture.log_pi + log_normal, axis=-1)


def pen_log_probability(mixture: Mixture, end_of_stroke: tf.Tensor) -> tf.Tensor:
    """log Pr(end_of_stroke), the second line of equation 26, from the logit."""
    return -tf.nn.sigmoid_cross_entropy_with_logits(
        labels=end_of_stroke, logits=mixture.pen_logit
    )


def log_likelihood(
    activations: tf.Tensor, targets: tf.Tensor, variant: Variant = GRAVES
) -> tf.Tensor:
    """log Pr of the next points (equation 26).

    Args:
      activations: [B, T, 6 M + 1].
      targets: [B, T, 3] (dx, dy, end_of_stroke).
      variant: the network's; its bounds hold.

    Returns:
      [B, T] nats per point, not masked.
    """
    mixture = mixture_from_activations(activations, variant=variant)
    return offset_log_density(mixture, targets[..., :2]) + pen_log_probability(
        mixture, targets[..., 2]
    )


def mean_offset(activations: tf.Tensor) -> tf.Tensor:
    """The mean of the density of the next offset, [B, T, 2]."""
    mixture = mixture_from_activations(activations)
    pi = tf.exp(mixture.log_pi)
    mean_x = tf.reduce_sum(pi * mixture.mu_x, axis=-1)
    mean_y = tf.reduce_sum(pi * mixture.mu_y, axis=-1)
    return tf.stack([mean_x, mean_y], axis=-1)


def squared_error(activations: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
    """Squared distance of the offset from the mixture's mean, [B, T], not masked."""
    error = targets[..., :2] - mean_offset(activations)
    return tf.reduce_sum(tf.square(error), axis=-1)


def pen_accuracy(activations: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
    """1.0 where the more probable pen state is the true one, [B, T], not masked."""
    lifted = tf.cast(activations[..., -1] > 0.0, targets.dtype)
    return tf.cast(tf.equal(lifted, targets[..., 2]), targets.dtype)


def distribution(activations: tf.Tensor, bias=0.0):
    """The same density as a tensorflow_probability object.

    A joint of `offset` (a MixtureSameFamily over [dx, dy]) and `end_of_stroke`
    (Bernoulli): it samples, and its log_prob equals `log_likelihood` at bias 0. Slower
    than the closed form by a factor of 3 to 10, so training does not use it.
    """
    import tensorflow_probability as tfp

    tfd = tfp.distributions
    mixture = mixture_from_activations(activations, bias)
    sigma_x = tf.exp(mixture.log_sigma_x)
    sigma_y = tf.exp(mixture.log_sigma_y)
    scale = tf.stack(
        [
            tf.stack([sigma_x, tf.zeros_like(sigma_x)], axis=-1),
            tf.stack(
                [
                    mixture.rho * sigma_y,
                    tf.sqrt(1.0 - tf.square(mixture.rho)) * sigma_y,
                ],
                axis=-1,
            ),
        ],
        axis=-2,
    )  # [..., M, 2, 2] lower triangular
    return tfd.JointDistributionNamed(
        {
            "offset": tfd.MixtureSameFamily(
                tfd.Categorical(logits=mixture.log_pi),
                tfd.MultivariateNormalTriL(
                    tf.stack([mixture.mu_x, mixture.mu_y], axis=-1), scale_tril=scale
                ),
            ),
            "end_of_stroke": tfd.Bernoulli(
                logits=mixture.pen_logit, dtype=activations.dtype
            ),
        }
    )
