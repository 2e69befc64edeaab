"""The generator of word images: characters and z -> pixels.

Fogel et al. (2020), "ScrabbleGAN: Semi-Supervised Varying Length Handwritten Text
Generation", arXiv 2003.10557, section 3.1, on the residual blocks of BigGAN (Brock et
al. 2019, arXiv 1809.11096, appendix B).

Shapes: B words of L characters each, V alphabet size, Z `latent_dim`, cut into K chunks
(one for the characters, one for each block), H x W places, C channels.
"""

from collections.abc import Sequence
from functools import partial

import gin
import keras
import tensorflow as tf

from scrabblegan.networks.convolutions import Convolution
from scrabblegan.networks.non_local import NonLocalBlock
from scribe.foundation.errors import InputError
from scribe.training import distribution

_PATCH = 4  # places a side of a character's patch
_UP = ((2, 2), (2, 2), (2, 1))  # how each block enlarges the patch to 32 x 16
_NORM_EPSILON = 1e-4


class SpatialEmbedding(keras.layers.Layer):
    """A bank of filters: each character's, times z, is its patch of the word.

    Patches lie side by side, and the convolutions above let neighbours overlap. With
    `has_mean` a constant 1 joins z: in the paper z and -z give opposite patches, so
    that all that styles have in common must be found by the layers above.
    """

    def __init__(self, alphabet_size: int, channels: int, has_mean: bool, name: str):
        super().__init__(name=name)
        self.alphabet_size = alphabet_size
        self.channels = channels
        self.has_mean = has_mean

    def build(self, text_shape, z_shape):
        """Creates the bank [V, Z / K, 4 * 4 * C], with a row more for the mean."""
        rows = z_shape[-1] + self.has_mean
        self.bank = self.add_weight(
            shape=(self.alphabet_size, rows, _PATCH * _PATCH * self.channels),
            initializer=keras.initializers.RandomNormal(stddev=z_shape[-1] ** -0.5),
            name="bank",
        )

    def call(self, text, z):
        """int32 [B, L] ids and [B, L, Z / K] -> [B, 4, 4 L, C]."""
        if self.has_mean:
            z = tf.pad(z, [[0, 0], [0, 0], [0, 1]], constant_values=1.0)
        filters = tf.gather(tf.convert_to_tensor(self.bank), text)
        patches = tf.matmul(z[:, :, None, :], filters)  # [B, L, 1, 4 * 4 * C]
        size = tf.shape(text)
        shape = [size[0], size[1], _PATCH, _PATCH, self.channels]
        rows = tf.transpose(tf.reshape(patches, shape), [0, 2, 1, 3, 4])
        return tf.reshape(rows, [size[0], _PATCH, _PATCH * size[1], self.channels])


class ConditionalBatchNorm(keras.layers.Layer):
    """Batch norm with gain 1 + W z and bias U z for each character of each word.

    Dumoulin et al. (2017), arXiv 1610.07629, equation 5, linear in z as in BigGAN.
    Without z, gain and bias are the same everywhere. Normalising and conditioning are
    one product and one sum for each pixel.
    """

    def __init__(self, momentum: float, name: str):
        super().__init__(name=name)
        self.momentum = momentum

    def build(self, x_shape, z_shape=None):
        """Creates W and U, or gain and bias, and the averages for inference."""
        channels = x_shape[-1]
        shape = (channels,) if z_shape is None else (z_shape[-1], channels)
        start = "zeros" if z_shape is None else "glorot_uniform"
        self.gain = self.add_weight(shape=shape, initializer=start, name="gain")
        self.bias = self.add_weight(shape=shape, initializer=start, name="bias")
        self.mean, self.variance = (
            self.add_weight(
                shape=(channels,), initializer=start, trainable=False, name=name
            )
            for name, start in (("mean", "zeros"), ("variance", "ones"))
        )

    def call(self, x, z=None, training=False):
        """[B, H, W, C] and [B, L, Z / K], W a multiple of L -> [B, H, W, C]."""
        if training:
            mean, variance = _moments(x)
            for average, value in ((self.mean, mean), (self.variance, variance)):
                average.assign_add((1.0 - self.momentum) * (value - average))
        else:
            mean, variance = (
                tf.convert_to_tensor(v) for v in (self.mean, self.variance)
            )
        if z is None:
            gain, bias = self.gain + 1.0, tf.convert_to_tensor(self.bias)
        else:
            gain, bias = 1.0 + tf.matmul(z, self.gain), tf.matmul(z, self.bias)
        scale = gain * tf.math.rsqrt(variance + _NORM_EPSILON)
        shift = bias - mean * scale
        if z is None:
            return x * scale + shift
        columns = tf.shape(x)[2] // tf.shape(z)[1]
        scale, shift = (
            tf.repeat(one, columns, axis=1)[:, None] for one in (scale, shift)
        )
        return x * scale + shift


def _moments(x):
    """Mean and variance [C] of the whole batch, that of other devices included."""
    mean = distribution.mean(tf.reduce_mean(x, [0, 1, 2]))
    variance = tf.reduce_mean(tf.math.squared_difference(x, mean), [0, 1, 2])
    return mean, distribution.mean(variance)


class ResNetBlockUp(keras.layers.Layer):
    """Two convolutions, each after conditional batch norm, beside a 1x1 shortcut."""

    def __init__(
        self,
        channels: int,
        up: tuple[int, int],
        momentum: float,
        products: str,
        name: str,
    ):
        super().__init__(name=name)
        self.norms = [ConditionalBatchNorm(momentum, f"norm_{i}") for i in (1, 2)]
        make = partial(Convolution, channels, products=products)
        self.first = make(3, name="convolution_1", up=up, use_bias=False)
        self.second = make(3, name="convolution_2")
        self.shortcut = make(1, name="shortcut", up=up, use_bias=False)

    def call(self, x, z, training):
        """[B, H, W, C], [B, L, Z / K] -> [B, up H, up W, channels]."""
        y = self.first(tf.nn.relu(self.norms[0](x, z, training=training)))
        y = self.second(tf.nn.relu(self.norms[1](y, z, training=training)))
        return y + self.shortcut(x)


class Generator(keras.Model):
    """Writes words of any length, 32 x 16 pixels a character, ink -1 on paper +1.

    z may differ from character to character, which changes the style along a word.
    """

    def __init__(
        self,
        latent_dim: int,
        channels: Sequence[int],
        mean_patches: bool,
        attention_after: int | None,
        norm_momentum: float,
        products: str,
        alphabet_size: int,
    ):
        """Makes the layers; `build_all` their weights.

        Args:
          latent_dim: Z, a multiple of 4.
          channels: of the patches and of the three blocks' results.
          mean_patches: whether a character's patch has a part that is the same in all
            styles; False as in the paper.
          attention_after: the block (1, 2, 3) that the attention follows, or None.
          norm_momentum: of batch norm's averages: what they keep at each step.
          products: "float32" or "bfloat16" operands of convolutions.
          alphabet_size: V, with the unused id 0.
        """
        super().__init__(name="generator")
        if len(channels) != len(_UP) + 1:
            raise InputError(f"channels={list(channels)}: must be four numbers")
        if latent_dim < 4 or latent_dim % 4:
            raise InputError(f"latent_dim={latent_dim}: must be a multiple of 4")
        if attention_after not in (None, 1, 2, 3):
            raise InputError(f"attention_after={attention_after}: use 1, 2, 3 or None")
        self._sizes = {
            "latent_dim": latent_dim,
            "channels": list(channels),
            "mean_patches": mean_patches,
            "attention_after": attention_after,
            "alphabet_size": alphabet_size,
        }
        self.embedding = SpatialEmbedding(
            alphabet_size, channels[0], mean_patches, "embedding"
        )
        self.blocks = [
            ResNetBlockUp(width, up, norm_momentum, products, f"block_{i}")
            for i, (width, up) in enumerate(zip(channels[1:], _UP, strict=True), 1)
        ]
        self.attention_after = attention_after
        if attention_after is not None:
            self.attention = NonLocalBlock(
                partial(Convolution, products=products), "attention"
            )
        self.norm = ConditionalBatchNorm(norm_momentum, "norm")
        self.output_layer = Convolution(1, 3, products, "output")

    @property
    def latent_dim(self) -> int:
        return self._sizes["latent_dim"]

    def sizes(self) -> dict:
        """The arguments that make a network of the same shapes."""
        return dict(self._sizes)

    def named_weights(self) -> dict[str, keras.Variable]:
        """All variables, batch-norm averages included, as "layer/variable"."""
        return {v.path.partition("/")[2]: v for v in self.weights}

    def character_axes(self) -> dict[str, int]:
        """Which axis of which weight goes by the ids of characters."""
        return {"embedding/bank": 0}

    def build_all(self) -> None:
        """Creates every variable."""
        self(tf.ones([1, 1], tf.int32), tf.zeros([1, self.latent_dim]))

    def call(self, text, z, training=False):
        """Draws words of one length.

        Args:
          text: int32 [B, L] ids of characters, from 1.
          z: [B, Z] styles, or [B, L, Z] styles of each character.
          training: whether batch norm takes the batch's own statistics.

        Returns:
          [B, 32, 16 L, 1].
        """
        if z.shape.rank == 2:
            z = tf.repeat(z[:, None], tf.shape(text)[1], axis=1)
        first, *chunks = tf.split(z, len(_UP) + 1, axis=-1)
        x = self.embedding(text, first)
        for i, (block, chunk) in enumerate(zip(self.blocks, chunks, strict=True), 1):
            x = block(x, chunk, training=training)
            if i == self.attention_after:
                x = self.attention(x)
        x = tf.nn.relu(self.norm(x, training=training))
        return tf.tanh(self.output_layer(x))


@gin.register(module="scrabblegan")
def make_generator(
    latent_dim: int,
    channels: Sequence[int],
    mean_patches: bool,
    attention_after: int | None,
    norm_momentum: float,
    products: str,
    alphabet_size: int,
) -> Generator:
    """A Generator with all its variables."""
    generator = Generator(
        latent_dim,
        channels,
        mean_patches,
        attention_after,
        norm_momentum,
        products,
        alphabet_size,
    )
    generator.build_all()
    return generator
