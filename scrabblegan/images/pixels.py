"""The form of images: paper is bright and ink is dark, 255 and 0 or +1 and -1.

A word has 32 rows, and 16 columns for each of its characters (Fogel et al. 2020,
section 4.1).
"""

import numpy as np

PAPER = 255
HEIGHT_PIXELS = 32  # of a word
PIXELS_PER_CHARACTER = 16  # by which all lengths of words are measured


def to_network(pixels):
    """uint8 -> float32 in [-1, 1]; NumPy arrays and tensors."""
    if isinstance(pixels, np.ndarray):
        return pixels.astype(np.float32) / 127.5 - 1.0
    import tensorflow as tf

    return tf.cast(pixels, tf.float32) / 127.5 - 1.0


def to_pixels(images: np.ndarray) -> np.ndarray:
    """float32 in [-1, 1] -> uint8."""
    return np.rint((np.asarray(images) + 1.0) * 127.5).clip(0, 255).astype(np.uint8)
