"""Layers whose weights are divided by their largest singular value.

Miyato et al. (2018), arXiv 1802.05957, algorithm 1: one step of the power iteration for
each training step. The gradient flows through the division, as in equation 12.
"""

import keras
import tensorflow as tf

from scrabblegan.networks.convolutions import Convolution


class _SpectralNorm:
    """For a layer with a `kernel` whose last axis is what comes out."""

    def add_direction(self):
        """Creates u [D], the iteration's estimate of a singular vector."""
        self.direction = self.add_weight(
            shape=(self.kernel.shape[-1],), initializer="random_normal",
            trainable=False, name="direction",
        )  # fmt: skip

    def iterate(self) -> None:
        """One step of the power iteration: call it once before each training step."""
        matrix = self._matrix()
        _, u = _step(matrix, tf.convert_to_tensor(self.direction))
        self.direction.assign(u)

    def effective_kernel(self):
        """The kernel divided by its largest singular value."""
        matrix = self._matrix()
        v, u = _step(tf.stop_gradient(matrix), tf.convert_to_tensor(self.direction))
        v, u = tf.stop_gradient(v), tf.stop_gradient(u)
        sigma = tf.tensordot(v, tf.linalg.matvec(matrix, u), 1)
        return tf.convert_to_tensor(self.kernel) / sigma

    def _matrix(self):
        kernel = tf.convert_to_tensor(self.kernel)
        return tf.reshape(kernel, [-1, kernel.shape[-1]])


def _step(matrix, u):
    """[M, D], [D] -> unit vectors v [M] and u [D]."""
    v = tf.math.l2_normalize(tf.linalg.matvec(matrix, u), epsilon=1e-12)
    u = tf.math.l2_normalize(tf.linalg.matvec(matrix, v, transpose_a=True), None, 1e-12)
    return v, u


class SpectralConvolution(_SpectralNorm, Convolution):
    """A Convolution with spectral norm; fused scaling comes after the division."""

    def build(self, input_shape):
        """Creates kernel, bias and u."""
        super().build(input_shape)
        self.add_direction()


class SpectralDense(_SpectralNorm, keras.layers.Layer):
    """A dense layer with spectral norm."""

    def __init__(self, units: int, name: str):
        super().__init__(name=name)
        self.units = units

    def build(self, input_shape):
        """Creates kernel [C, units], bias and u."""
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="glorot_uniform",
            name="kernel",
        )  # fmt: skip
        self.bias = self.add_weight(
            shape=(self.units,), initializer="zeros", name="bias"
        )
        self.add_direction()

    def call(self, x):
        """[..., C] -> [..., units]."""
        return tf.matmul(x, self.effective_kernel()) + self.bias
