"""Convolutions that double or halve an image on their way, at less than half the work.

A 3x3 convolution of an image whose pixels were repeated adds up kernel weights that
meet the same pixel: it is a transposed 4x4 convolution of the small image, with 4
instead of 9 products for each result. A convolution whose result is averaged over 2x2
pixels is likewise a 4x4 convolution of stride 2. Karras et al. (2018), arXiv
1710.10196, call it fused scaling; results are the same but for rounding.

Shapes: B images, H x W pixels, C channels in, D channels out.
"""

import keras
import tensorflow as tf

from scribe.foundation.errors import InputError

PRODUCTS = ("float32", "bfloat16")
# Where kernels are large, the libraries' plain 3x3 convolutions are faster than their
# strided and transposed ones (measured on a CPU, see docs/understand/SCRABBLEGAN.md).
_MAX_FUSED_CHANNELS = 128


class Convolution(keras.layers.Layer):
    """A convolution with zeros around the image ("same"), of stride 1.

    `products` is the type of what is multiplied; weights, sums over channels that leave
    the layer, and all else stay float32.
    """

    def __init__(
        self,
        channels: int,
        size: int,
        products: str,
        name: str,
        up: tuple[int, int] = (1, 1),
        down: int = 1,
        use_bias: bool = True,
    ):
        """Names what the layer does; `build` makes its weights.

        Args:
          channels: D.
          size: pixels a side of the kernel, 1 or 3.
          products: "float32" or "bfloat16".
          name: of the layer.
          up: how often rows and columns are repeated before the convolution.
          down: pixels a side of the squares that are averaged after it, 1 or 2.
          use_bias: whether a number is added to each channel.
        """
        super().__init__(name=name)
        if products not in PRODUCTS:
            raise InputError(f"products={products!r}: use {' or '.join(PRODUCTS)}")
        self.channels = channels
        self.size = size
        self.products = products
        self.up = up
        self.down = down
        self.use_bias = use_bias

    def build(self, input_shape):
        """Creates kernel [size, size, C, D] and bias [D]."""
        shape = (self.size, self.size, input_shape[-1], self.channels)
        self.kernel = self.add_weight(
            shape=shape, initializer="glorot_uniform", name="kernel"
        )
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(self.channels,), initializer="zeros", name="bias"
            )

    def effective_kernel(self):
        """What images are convolved with."""
        return tf.convert_to_tensor(self.kernel)

    def call(self, x):
        """[B, H, W, C] -> [B, up H / down, up W / down, D]."""
        dtype = tf.as_dtype(self.products)
        x, kernel = tf.cast(x, dtype), tf.cast(self.effective_kernel(), dtype)
        if self.up != (1, 1):
            y = convolve_repeated(x, kernel, self.up)
        elif self.down != 1:
            y = convolve_and_average(x, kernel)
        else:
            y = tf.nn.conv2d(x, kernel, 1, "SAME")
        y = tf.cast(y, tf.float32)
        return y + self.bias if self.use_bias else y


def convolve_repeated(x, kernel, factors: tuple[int, int]):
    """conv2d(repeat(x, factors), kernel): [B, H, W, C] -> [B, fH, gW, D].

    Args:
      x: [B, H, W, C].
      kernel: [1, 1, C, D] or [3, 3, C, D].
      factors: f and g, each 1 or 2.
    """
    if kernel.shape[0] == 1:
        return repeat(tf.nn.conv2d(x, kernel, 1, "SAME"), factors)
    if max(kernel.shape[2:]) > _MAX_FUSED_CHANNELS:
        return tf.nn.conv2d(repeat(x, factors), kernel, 1, "SAME")
    for axis, factor in enumerate(factors):
        if factor == 2:
            kernel = _spread(kernel, axis)
    # A transposed convolution turns its kernel round.
    kernel = tf.transpose(kernel[::-1, ::-1], [0, 1, 3, 2])
    size = tf.shape(x)
    height, width = factors[0] * size[1], factors[1] * size[2]
    shape = [size[0], height, width, kernel.shape[2]]
    return tf.nn.conv2d_transpose(x, kernel, shape, list(factors), "SAME")


def convolve_and_average(x, kernel):
    """average_2x2(conv2d(x, kernel)): [B, H, W, C] -> [B, H / 2, W / 2, D].

    Args:
      x: [B, H, W, C] with even H and W.
      kernel: [1, 1, C, D] or [3, 3, C, D].
    """
    if kernel.shape[0] == 1:
        return tf.nn.conv2d(tf.nn.avg_pool2d(x, 2, 2, "VALID"), kernel, 1, "SAME")
    if max(kernel.shape[2:]) > _MAX_FUSED_CHANNELS:
        return tf.nn.avg_pool2d(tf.nn.conv2d(x, kernel, 1, "SAME"), 2, 2, "VALID")
    return tf.nn.conv2d(x, _spread(_spread(kernel, 0), 1) / 4, 2, "SAME")


def _spread(kernel, axis: int):
    """Adds the kernel to itself, moved by one pixel along `axis`: 3 -> 4 pixels."""
    before, after = [[0, 0]] * 4, [[0, 0]] * 4
    before[axis], after[axis] = [1, 0], [0, 1]
    return tf.pad(kernel, before) + tf.pad(kernel, after)


def repeat(x, factors: tuple[int, int]):
    """Each pixel as a block of `factors`: [B, H, W, C] -> [B, fH, gW, C]."""
    size = tf.shape(x)
    height, width, channels = size[1], size[2], x.shape[3]
    f, g = factors
    blocks = tf.tile(
        tf.reshape(x, [-1, height, 1, width, 1, channels]), [1, 1, f, 1, g, 1]
    )
    return tf.reshape(blocks, [-1, f * height, g * width, channels])
