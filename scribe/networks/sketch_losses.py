"""What SketchRNN minimises: free functions of tensors, in nats.

Ha & Eck (2017), section 3.2, equations 9 to 12. Shapes as in
scribe.networks.sketch_rnn. Activations are [..., 6 M + 3]: the mixture in the order of
scribe.networks.mixtures, then the logits of the three pen states down, up and end.
"""

import tensorflow as tf

from scribe.models.sizes import PEN_STATES
from scribe.networks import mixtures


def stroke5(strokes, mask):
    """A padded batch as rows of a decoder's input, and the rows it has to predict.

    Row 0 of the inputs is the start (0, 0, 1, 0, 0) unless the first point is a dot;
    the target of the last point is the end (0, 0, 0, 0, 1).

    Args:
      strokes: [B, T, 3] (dx, dy, end_of_stroke).
      mask: [B, T] 1.0 on points.

    Returns:
      inputs [B, T, 5] and targets [B, T, 5].
    """
    up = mask * strokes[:, :, 2]
    rows = tf.concat(
        [
            strokes[:, :, :2] * mask[:, :, None],
            tf.stack([mask - up, up, 1.0 - mask], axis=-1),
        ],
        axis=-1,
    )
    end = tf.broadcast_to([0.0, 0.0, 0.0, 0.0, 1.0], tf.shape(rows[:, :1]))
    return rows, tf.concat([rows[:, 1:], end], axis=1)


def reconstruction_nats(activations, targets, mask):
    """Minus the log likelihood of the rows (equation 9).

    The end of a drawing has no offset to predict. Steps after it count nothing, whereas
    the paper goes on predicting the end up to the longest drawing's length.

    Args:
      activations: [B, T, 6 M + 3].
      targets: [B, T, 5].
      mask: [B, T] 1.0 where the input is a point, so that each target is a point or
        the end.

    Returns:
      [B] nats of offsets and [B] nats of pen states.
    """
    # The first pen logit stands where scribe.networks.mixtures has its only one; unused
    # here.
    mixture = mixtures.mixture_from_activations(activations[..., : 1 - PEN_STATES])
    offset = -mixtures.offset_log_density(mixture, targets[..., :2])
    pen = tf.nn.softmax_cross_entropy_with_logits(
        labels=targets[..., 2:], logits=activations[..., -PEN_STATES:]
    )
    is_point = 1.0 - targets[..., 4]
    return (
        tf.reduce_sum(mask * is_point * offset, axis=1),
        tf.reduce_sum(mask * pen, axis=1),
    )


def pens_right(activations, targets, mask):
    """[B] number of pen states whose probability is the highest of the three."""
    chosen = tf.argmax(activations[..., -PEN_STATES:], axis=-1)
    right = tf.equal(chosen, tf.argmax(targets[..., 2:], axis=-1))
    return tf.reduce_sum(mask * tf.cast(right, mask.dtype), axis=1)


def kl_nats(mu, log_variance):
    """KL(N(mu, sigma^2) || N(0, 1)) of each dimension (equation 10).

    Args:
      mu, log_variance: [B, N].

    Returns:
      [B, N].
    """
    return 0.5 * (tf.square(mu) + tf.exp(log_variance) - 1.0 - log_variance)


def annealed(weight: float, start: float, rate: float, step):
    """The weight of the KL at a step: w (1 - (1 - start) rate^step) (section 3.4)."""
    step = tf.cast(step, tf.float32)
    return weight * (1.0 - (1.0 - start) * tf.pow(rate, step))
