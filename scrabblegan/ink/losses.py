"""What ink must keep of what the pen did, and how like real scans crops look.

Shapes: B crops of H x W pixels.
"""

import numpy as np
import tensorflow as tf

from scribe.models.ink_model import blur_kernel

_ALLOWED_FAINT = 0.03  # ink that may be anywhere
_COVERED, _LEAST_INK = 0.85, 0.30
_SLACK = 0.01
_QUANTILES = 65


def content_loss(ink, covered, tolerance: float):
    """How far ink has left the pen's way; a scalar.

    Three parts, all by hand: ink that is far from strokes, strokes without ink, and ink
    that is unevenly shared out along them.

    Args:
      ink: [B, H, W, 1], 0 to 1.
      covered: [B, H, W, 1] share of each pixel under a thin pen.
      tolerance: by which share the ink of a place, blurred, may differ from what the
        pen's way would have it to be: more for a quill than for a ballpoint.
    """
    near = tf.nn.max_pool2d(covered, 7, 1, "SAME")
    away = 1.0 - tf.nn.avg_pool2d(near, 3, 1, "SAME")
    astray = 20.0 * tf.reduce_mean(away * tf.nn.relu(ink - _ALLOWED_FAINT))
    core = tf.cast(covered > _COVERED, tf.float32)
    beside = tf.nn.max_pool2d(ink, 3, 1, "SAME")
    missing = tf.reduce_sum(core * tf.nn.relu(_LEAST_INK - beside))
    missing = 4.0 * missing / (tf.reduce_sum(core) + 1.0)
    total, way = (tf.reduce_sum(x, [1, 2, 3], keepdims=True) for x in (ink, covered))
    found, due = (_blurred(x) for x in (ink, total / (way + 1.0) * covered))
    uneven = tf.nn.relu(tf.abs(found - due) - tolerance * due - _SLACK)
    return astray + missing + 20.0 * tf.reduce_mean(uneven)


def _blurred(x):
    """At half the resolution."""
    y = tf.nn.avg_pool2d(x, 2, 2, "SAME")
    kernel = tf.constant(blur_kernel(1.5))
    for shape in ([-1, 1, 1, 1], [1, -1, 1, 1]):
        y = tf.nn.conv2d(y, tf.reshape(kernel, shape), 1, "SAME")
    return y


def look_distance(first: np.ndarray, second: np.ndarray) -> float:
    """How differently dark, sharp and grainy two sets of crops are; 0 for equal ones.

    The mean distance of the quantiles of darkness, of its slopes and of its bends,
    over all pixels near ink: no network that could be fooled.

    Args:
      first, second: float [N, H, W], 0 white to 1 black.
    """
    return float(
        sum(
            np.mean(np.abs(one - other))
            for one, other in zip(_looks(first), _looks(second), strict=True)
        )
    )


def _looks(crops: np.ndarray) -> list[np.ndarray]:
    levels = np.linspace(0, 1, _QUANTILES)
    slopes = (
        np.abs(np.diff(crops, axis=2))[:, :-1]
        + np.abs(np.diff(crops, axis=1))[:, :, :-1]
    )
    bends = np.abs(
        4 * crops[:, 1:-1, 1:-1]
        - crops[:, :-2, 1:-1] - crops[:, 2:, 1:-1]
        - crops[:, 1:-1, :-2] - crops[:, 1:-1, 2:]
    )  # fmt: skip
    # Most of a crop is paper: the upper quarter of each is where ink is.
    upper = 0.75 + 0.25 * levels
    return [np.quantile(x, upper) for x in (crops, slopes, bends)]
