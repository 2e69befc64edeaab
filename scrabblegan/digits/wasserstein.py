"""Losses of the Wasserstein GAN with gradient penalty, as functions of tensors.

Arjovsky, Chintala and Bottou (2017), arXiv 1701.07875; Gulrajani, Ahmed, Arjovsky,
Dumoulin and Courville (2017), arXiv 1704.00028, equation 3.

Shapes: B images, H x W pixels.
"""

import tensorflow as tf

from scribe.training import distribution

# Inside the root, so that its gradient is finite where the critic is flat.
_SQUARED_NORM_FLOOR = 1e-12


def critic_loss(real_scores, fake_scores):
    """Minus the estimated distance: mean of D(fake) - mean of D(real)."""
    return tf.reduce_mean(fake_scores) - tf.reduce_mean(real_scores)


def generator_loss(fake_scores):
    """Minus the mean of D(fake)."""
    return -tf.reduce_mean(fake_scores)


def interpolate(real, fake, seed):
    """Points on the lines between pairs of real and fake images.

    Gulrajani et al., algorithm 1: one weight per pair, uniform in [0, 1).

    Args:
      real, fake: [B, H, W, 1].
      seed: int32 [2], for stateless random numbers.

    Returns:
      [B, H, W, 1].
    """
    shape = [tf.shape(real)[0], 1, 1, 1]
    weight = distribution.draw(tf.random.stateless_uniform, shape, seed)
    return weight * real + (1.0 - weight) * fake


def gradient_norms(critic, images):
    """Euclidean norms of the critic's gradient by its images.

    Args:
      critic: callable [B, H, W, 1] -> scores [B].
      images: [B, H, W, 1] where to look.

    Returns:
      [B], score per unit of the images' Euclidean distance.
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(images)
        scores = critic(images)
    gradient = tape.gradient(scores, images)
    squared = tf.reduce_sum(tf.square(gradient), axis=[1, 2, 3])
    return tf.sqrt(squared + _SQUARED_NORM_FLOOR)


def gradient_penalty(norms):
    """Mean of (norm - 1)^2: two-sided, as in the paper."""
    return tf.reduce_mean(tf.square(norms - 1.0))


def noise_std(start: float, step, last_step: int):
    """Deviation of the instance noise: falls linearly to 0 at `last_step`.

    Sonderby et al. (2016), arXiv 1610.04490, section 3.1: noise of equal strength on
    real and fake images, annealed to nothing, lets their distributions overlap early.

    Args:
      start: at step 0, in units of the images.
      step: scalar tensor or number.
      last_step: the first step without noise; 0 for none at all.
    """
    progress = tf.cast(step, tf.float32) / max(last_step, 1)
    return start * tf.maximum(1.0 - progress, 0.0) * float(last_step > 0)


def add_noise(images, std, seed):
    """Images plus Gaussian noise of deviation `std`."""
    shape = tf.shape(images)
    return images + std * distribution.draw(tf.random.stateless_normal, shape, seed)


def epoch_rate(
    base: float, decay: float, every_epochs: int, step, steps_per_epoch: int
):
    """Learning rate that is multiplied by `decay` after each `every_epochs` epochs.

    Returns:
      base * decay^floor(epoch / every_epochs), a float32 scalar.
    """
    epoch = tf.cast(step, tf.int64) // steps_per_epoch
    return base * tf.pow(decay, tf.cast(epoch // every_epochs, tf.float32))
