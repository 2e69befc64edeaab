"""The generator of ink: a small U-Net from what the pen did to how much ink is where.

Ronneberger et al. (2015), arXiv 1505.04597, with two levels below the first; modulated
by figures of the pen and random numbers as Perez et al. (2018), arXiv 1709.07871. What
it draws is pulled towards what the pen covered from the first step on, and goes through
a halo as a scanner's optics have it, whose strength is learnt: real ink has a rim.

scribe.models.ink_model is the same network in NumPy.

Shapes: B crops of H x W pixels, multiples of 4; S conditions.
"""

from collections.abc import Sequence

import gin
import keras
import tensorflow as tf

from scrabblegan.networks.convolutions import PRODUCTS, Convolution
from scribe.foundation.errors import InputError
from scribe.models import ink_model

# Most of the light goes where it belongs.
_FIRST_HALO = (2.0, 0.3, -1.0)


class Modulation(keras.layers.Layer):
    """Each channel times a gain and plus a bias, which the conditions decide."""

    def __init__(self, channels: int, name: str):
        super().__init__(name=name)
        self.channels = channels

    def build(self, x_shape, pen_shape):
        """Creates kernel [S, 2 C] and bias [2 C]."""
        self.kernel = self.add_weight(
            shape=(pen_shape[-1], 2 * self.channels),
            initializer=keras.initializers.RandomNormal(stddev=0.1),
            name="kernel",
        )
        self.bias = self.add_weight(
            shape=(2 * self.channels,), initializer="zeros", name="bias"
        )

    def call(self, x, pen):
        """[B, H, W, C], [B, S] -> [B, H, W, C]."""
        both = tf.matmul(pen, self.kernel) + self.bias
        gain, bias = tf.split(both[:, None, None], 2, axis=-1)
        return x * (1.0 + gain) + bias


class Grain(keras.layers.Layer):
    """Adds noise [B, H, W, 1] to each channel, as strongly as it has learnt."""

    def build(self, x_shape, noise_shape):
        """Creates gain [C]."""
        self.gain = self.add_weight(
            shape=(x_shape[-1],), initializer="zeros", name="gain"
        )

    def call(self, x, noise):
        """[B, H, W, C], [B, H, W, 1] -> [B, H, W, C]."""
        return x + noise * self.gain


class Halo(keras.layers.Layer):
    """A mixture of the ink and blurs of it: the optics' point spread."""

    def build(self, ink_shape):
        """Creates the logits of the mixture."""
        self.logits = self.add_weight(
            shape=(1 + len(ink_model.BLURS),),
            initializer=lambda shape, dtype: tf.constant(_FIRST_HALO, dtype),
            name="logits",
        )

    def call(self, ink):
        """[B, H, W, 1] -> the same."""
        shares = tf.unstack(tf.nn.softmax(self.logits))
        seen = shares[0] * ink
        for share, deviation in zip(shares[1:], ink_model.BLURS, strict=True):
            kernel = tf.constant(ink_model.blur_kernel(deviation))
            blurred = ink
            for shape in ([-1, 1, 1, 1], [1, -1, 1, 1]):
                taps = tf.reshape(kernel, shape)
                blurred = tf.nn.conv2d(blurred, taps, 1, "SAME")
            seen += share * blurred
        return seen


class InkNetwork(keras.Model):
    """Maps of a pen, conditions and noise -> ink."""

    def __init__(self, channels: Sequence[int], products: str):
        """Makes the layers; `build_all` their weights.

        Args:
          channels: of the three levels, the finest first.
          products: "float32" or "bfloat16" operands of convolutions.
        """
        super().__init__(name="ink")
        if len(channels) != 3 or min(channels) < 1:
            raise InputError(f"channels={list(channels)}: must be three numbers")
        if products not in PRODUCTS:
            raise InputError(f"products={products!r}: use {' or '.join(PRODUCTS)}")
        self.channels = [int(n) for n in channels]
        a, b, c = self.channels
        make = {
            "first": (a, {}),
            "down_1": (b, {"down": 2}), "level_1": (b, {}),
            "down_2": (c, {"down": 2}), "level_2": (c, {}), "level_2_more": (c, {}),
            "up_1": (b, {"up": (2, 2)}), "merge_1": (b, {}),
            "up_2": (a, {"up": (2, 2)}), "merge_2": (a, {}),
            "output": (1, {}),
        }  # fmt: skip
        self.convolutions = {
            name: Convolution(width, 3, products, name=name, **options)
            for name, (width, options) in make.items()
        }
        self.modulations = {
            name: Modulation(make[name][0], f"{name}_film")
            for name in ink_model.MODULATED
        }
        self.grains = {name: Grain(name=f"{name}_noise") for name in ink_model.NOISY}
        self.halo = Halo(name="halo")
        self.latent_dim = ink_model.NUM_NOISE

    def named_weights(self) -> dict[str, keras.Variable]:
        """All variables as "layer/variable"."""
        return {v.path.partition("/")[2]: v for v in self.weights}

    def sizes(self) -> dict:
        """What model.json says of it."""
        return {"channels": self.channels}

    def build_all(self) -> None:
        """Creates every variable."""
        self(
            tf.zeros([1, 8, 8, 3]),
            tf.zeros([1, ink_model.CONDITIONS]),
            tf.zeros([1, 8, 8, 1]),
        )

    def call(self, maps, pen, noise):
        """Ink [B, H, W, 1], 0 to 1.

        Args:
          maps: [B, H, W, 3] as scribe.models.pen_maps, 0 to 1.
          pen: [B, S] conditions.
          noise: [B, H, W, 1] standard normal.
        """
        first = self._step(tf.concat([maps, noise], -1), "first")
        half = self._step(self._step(first, "down_1"), "level_1", pen)
        low = self._step(self._step(half, "down_2"), "level_2", pen)
        low += self._step(low, "level_2_more", pen)
        y = tf.concat([self._step(low, "up_1"), half], -1)
        y = self._step(y, "merge_1", pen, noise[:, ::2, ::2])
        y = tf.concat([self._step(y, "up_2"), first], -1)
        y = self._step(y, "merge_2", pen, noise)
        out = self.convolutions["output"](y)
        level = 4.0 * out + ink_model.DRAWN * maps[..., :1] + ink_model.OUTSIDE
        ink = ink_model.GAIN * tf.sigmoid(level) - ink_model.SHIFT
        # Clipped, but with the gradient of what is not: ink can come back.
        ink += tf.stop_gradient(tf.clip_by_value(ink, 0.0, 1.0) - ink)
        return self.halo(ink)

    def _step(self, x, name: str, pen=None, noise=None):
        y = self.convolutions[name](x)
        if pen is not None:
            y = self.modulations[name](y, pen)
        if noise is not None:
            y = self.grains[name](y, noise)
        return tf.nn.leaky_relu(y, ink_model.SLOPE)


@gin.register(module="scrabblegan")
def make_ink_network(channels: Sequence[int], products: str) -> InkNetwork:
    """An InkNetwork with all its variables."""
    network = InkNetwork(channels, products)
    network.build_all()
    return network
