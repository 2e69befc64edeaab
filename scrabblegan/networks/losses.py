"""Losses of a generator against a discriminator and a recognizer, and their balance.

Shapes: B words.
"""

import gin
import tensorflow as tf

from scribe.training import distribution

# Stands for a derivative of zero, see `reusable`: a power of two, so that dividing by
# it is exact, too small to matter in a sum, and far from float32's smallest number.
_TINY = 2.0**-40


@gin.register(module="scrabblegan")
class HingeLoss:
    """Lim and Ye (2017), arXiv 1705.02894; used by SAGAN, BigGAN and ScrabbleGAN."""

    def real(self, scores):
        """Discriminator's loss [B] for real words."""
        return tf.nn.relu(1.0 - scores)

    def fake(self, scores):
        """Discriminator's loss [B] for generated words."""
        return tf.nn.relu(1.0 + scores)

    def generator(self, scores):
        """Generator's loss [B]."""
        return -scores


@gin.register(module="scrabblegan")
class NonSaturatingLoss:
    """Goodfellow et al. (2014), arXiv 1406.2661, section 3, with the score as logit."""

    def real(self, scores):
        """Discriminator's loss [B] for real words: -log D."""
        return tf.nn.softplus(-scores)

    def fake(self, scores):
        """Discriminator's loss [B] for generated words: -log(1 - D)."""
        return tf.nn.softplus(scores)

    def generator(self, scores):
        """Generator's loss [B]: -log D."""
        return tf.nn.softplus(-scores)


def derivative(loss, scores):
    """d loss / d score of each word [B]."""
    with tf.GradientTape() as tape:
        tape.watch(scores)
        losses = loss(scores)
    return tape.gradient(losses, scores)


def reusable(derivatives):
    """Derivatives [B] by which the discriminator's backward pass can be reused.

    The gradient of a word's loss by its pixels is its derivative by the score times the
    gradient of the score. So the pass that trains the discriminator gives that of the
    generator's loss as well, times the ratio of both derivatives, unless the former is
    zero, as the hinge's is for a fake that is well recognised.
    """
    return tf.where(tf.abs(derivatives) < _TINY, _TINY, derivatives)


def balanced(gradient_d, gradient_r, alpha: float, with_means: bool):
    """The recognizer's gradient, scaled to the discriminator's.

    Fogel et al. (2020), equation 3: alpha (std(g_D) / std(g_R) (g_R - mean g_R) + mean
    g_D). The authors' code leaves the means out.

    Args:
      gradient_d, gradient_r: of both losses by the generated images, of one shape.
      alpha: weight of the recognizer.
      with_means: whether the means are as in the paper.
    """
    (mean_d, std_d), (mean_r, std_r) = _mean_std(gradient_d), _mean_std(gradient_r)
    ratio = tf.math.divide_no_nan(std_d, std_r)
    if not with_means:
        return alpha * ratio * gradient_r
    return alpha * (ratio * (gradient_r - mean_r) + mean_d)


def g_loss_balanced(images, gradient_d, gradient_r, alpha: float, with_means: bool):
    """A number whose gradient by `images` is g_D plus the balanced g_R.

    Both gradients, and what balances them, count as constants.
    """
    gradient = gradient_d + balanced(gradient_d, gradient_r, alpha, with_means)
    return tf.reduce_sum(images * tf.stop_gradient(gradient))


def _mean_std(x):
    """Over all numbers, those of other devices included."""
    mean = distribution.mean(tf.reduce_mean(x))
    square = distribution.mean(tf.reduce_mean(tf.math.squared_difference(x, mean)))
    return mean, tf.sqrt(square)
