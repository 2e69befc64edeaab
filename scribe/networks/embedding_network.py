"""The network that tells hands apart: convolutions along the path of the pen."""

import gin
import keras
import tensorflow as tf

from scribe.foundation.errors import InputError
from scribe.models.sizes import HAND_FEATURE_DIM
from scribe.networks.layers import fan_in_normal
from scribe.reading.hand_embedding import NORM_EPSILON


@gin.register(module="scribe")
class EmbeddingNetwork(keras.Model):
    """A line becomes a point on a sphere, near those of the same writer.

    Convolutions along the path, each followed by layer normalisation (Ba et al. 2016)
    and a rectifier; mean and deviation of the last channels over the whole line, as
    speaker embeddings pool them (Snyder et al. 2018, "X-vectors", section 3); a linear
    layer, and length 1.

    Shapes: B batch, T points, F features, C channels, D `embedding_dim`.
    """

    def __init__(
        self,
        channels: tuple[int, ...],
        widths: tuple[int, ...],
        strides: tuple[int, ...],
        embedding_dim: int,
    ):
        """Creates all weights.

        Args:
          channels: C of each layer.
          widths: frames under each layer's kernel, odd numbers.
          strides: frames of what lies below for each frame of a layer.
          embedding_dim: D.
        """
        super().__init__(name="hand_embedding")
        if not len(channels) == len(widths) == len(strides) > 0:
            raise InputError(
                f"channels={channels!r}, widths={widths!r}, strides={strides!r}: must "
                "have one number for each layer"
            )
        for number in (*channels, *widths, *strides, embedding_dim):
            if not isinstance(number, int) or number < 1:
                raise InputError(f"{number!r}: must be a whole number from 1")
        if not all(width % 2 for width in widths):
            raise InputError(f"widths={widths!r}: must be odd")
        self.channels = tuple(channels)
        self.widths = tuple(widths)
        self.strides = tuple(strides)
        self.embedding_dim = embedding_dim
        self.kernels, self.gains, self.biases = [], [], []
        inputs = HAND_FEATURE_DIM
        layers = zip(channels, widths, strict=True)
        for i, (outputs, width) in enumerate(layers, start=1):
            self.kernels.append(
                self.add_weight(
                    shape=(width, inputs, outputs),
                    initializer=fan_in_normal(width * inputs),
                    name=f"convolution_{i}_kernel",
                )
            )
            for values, name in ((self.gains, "ones"), (self.biases, "zeros")):
                values.append(
                    self.add_weight(
                        shape=(outputs,), initializer=name, name=f"norm_{i}_{name}"
                    )
                )
            inputs = outputs
        self.head = keras.layers.Dense(
            embedding_dim, kernel_initializer=fan_in_normal(2 * inputs), name="output"
        )
        self.head.build((None, 2 * inputs))
        self.built = True

    def sizes(self) -> dict:
        """What model.json says of the shape of the network."""
        return {
            "channels": list(self.channels),
            "widths": list(self.widths),
            "strides": list(self.strides),
            "embedding_dim": self.embedding_dim,
        }

    def named_weights(self) -> dict[str, keras.Variable]:
        """The weights by the names that weights.npz uses."""
        named = {}
        layers = zip(self.kernels, self.gains, self.biases, strict=True)
        for i, (kernel, gain, bias) in enumerate(layers, start=1):
            named[f"convolution_{i}/kernel"] = kernel
            named[f"norm_{i}/gain"] = gain
            named[f"norm_{i}/bias"] = bias
        named["output/kernel"] = self.head.kernel
        named["output/bias"] = self.head.bias
        return named

    def call(self, features, mask):
        """Embeds lines.

        Args:
          features: [B, T, F] of `scribe.reading.hand_embedding.features`.
          mask: [B, T], 1.0 where there is a point.

        Returns:
          float32 [B, D] of length 1.
        """
        x, mask = features, mask[:, :, None]
        layers = zip(self.kernels, self.gains, self.biases, self.strides, strict=True)
        for kernel, gain, bias, stride in layers:
            reach = kernel.shape[0] // 2
            x = tf.pad(x * mask, [[0, 0], [reach, reach], [0, 0]])
            x = tf.nn.conv1d(x, kernel.value, stride, "VALID")
            mean, variance = tf.nn.moments(x, axes=-1, keepdims=True)
            x = (x - mean) * tf.math.rsqrt(variance + NORM_EPSILON)
            x = tf.nn.relu(x * gain + bias)
            mask = mask[:, ::stride]
        count = tf.reduce_sum(mask, axis=1)
        mean = tf.reduce_sum(x * mask, axis=1) / count  # [B, C]
        variance = tf.reduce_sum(mask * (x - mean[:, None]) ** 2, axis=1) / count
        pooled = tf.concat([mean, tf.sqrt(variance + NORM_EPSILON)], axis=-1)
        return tf.math.l2_normalize(self.head(pooled), axis=-1)
