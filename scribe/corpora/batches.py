"""Lines of different lengths in rectangular arrays."""

from collections.abc import Sequence

import numpy as np


def batch_signature():
    """tf.TensorSpec of what every batch has; batch, points and characters vary."""
    import tensorflow as tf

    return {
        "strokes": tf.TensorSpec([None, None, 3], tf.float32),
        "stroke_mask": tf.TensorSpec([None, None], tf.float32),
        "text": tf.TensorSpec([None, None], tf.int32),
        "text_mask": tf.TensorSpec([None, None], tf.float32),
    }


def pad_batch(
    strokes: Sequence[np.ndarray], texts: Sequence[np.ndarray]
) -> dict[str, np.ndarray]:
    """Puts lines of different lengths into rectangular arrays.

    Args:
      strokes: B arrays [P_b, 3].
      texts: B arrays [U_b] of ids.

    Returns:
      strokes [B, P, 3], stroke_mask [B, P], text [B, U], text_mask [B, U]; the masks
      are 1.0 where there is something.
    """
    max_points = max(len(s) for s in strokes)
    max_characters = max(len(t) for t in texts)
    batch = {
        "strokes": np.zeros([len(strokes), max_points, 3], np.float32),
        "stroke_mask": np.zeros([len(strokes), max_points], np.float32),
        "text": np.zeros([len(texts), max_characters], np.int32),
        "text_mask": np.zeros([len(texts), max_characters], np.float32),
    }
    for b, (points, ids) in enumerate(zip(strokes, texts, strict=True)):
        batch["strokes"][b, : len(points)] = points
        batch["stroke_mask"][b, : len(points)] = 1.0
        batch["text"][b, : len(ids)] = ids
        batch["text_mask"][b, : len(ids)] = 1.0
    return batch
