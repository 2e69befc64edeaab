"""Attention between all places of an image.

Zhang et al. (2019), SAGAN, arXiv 1805.08318, section 3, in the form of BigGAN (Brock et
al. 2019): keys and values are pooled over 2x2 places.
"""

import keras
import tensorflow as tf


class NonLocalBlock(keras.layers.Layer):
    """x + gate * attention(x); the gate starts at zero.

    Shapes: B images, H x W places, C channels, N = H W queries, M = N / 4 keys.
    """

    def __init__(self, make_convolution, name: str):
        """`make_convolution` is callable(channels=, size=, name=, use_bias=)."""
        super().__init__(name=name)
        self.make_convolution = make_convolution

    def build(self, x_shape):
        """Creates the four projections and the gate."""
        channels = x_shape[-1]
        widths = {"query": channels // 8, "key": channels // 8, "value": channels // 2}
        widths = {name: max(width, 1) for name, width in widths.items()}
        for name, width in (*widths.items(), ("output", channels)):
            layer = self.make_convolution(
                channels=width, size=1, name=name, use_bias=False
            )
            setattr(self, f"{name}_layer", layer)
        self.gate = self.add_weight(shape=(), initializer="zeros", name="gate")

    def call(self, x, valid=None):
        """[B, H, W, C] with even H and W, and [B, W] 1.0 where there is image, or None.

        Returns:
          [B, H, W, C].
        """
        query = _flat(self.query_layer(x))  # [B, N, C / 8]
        key = _flat(tf.nn.max_pool2d(self.key_layer(x), 2, 2, "VALID"))
        value = _flat(tf.nn.max_pool2d(self.value_layer(x), 2, 2, "VALID"))
        scores = tf.matmul(query, key, transpose_b=True)  # [B, N, M]
        if valid is not None:
            rows = x.shape[1] // 2
            keys = tf.tile(valid[:, ::2], [1, rows])  # [B, M], row after row
            scores -= 1e9 * (1.0 - keys[:, None, :])
        attended = tf.matmul(tf.nn.softmax(scores), value)  # [B, N, C / 2]
        shape = tf.concat([tf.shape(x)[:-1], [attended.shape[-1]]], 0)
        return x + self.gate * self.output_layer(tf.reshape(attended, shape))


def _flat(x):
    """[B, H, W, C] -> [B, H W, C]."""
    return tf.reshape(x, [tf.shape(x)[0], -1, x.shape[-1]])
