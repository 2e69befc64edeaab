"""Fused scaling against the convolution and the repetition or average apart."""

import numpy as np
import pytest
import tensorflow as tf
from refusals import refused

from scrabblegan.networks import convolutions
from scrabblegan.networks.convolutions import Convolution

pytestmark = pytest.mark.unit


def normal(*shape):
    return tf.constant(np.random.default_rng(0).standard_normal(shape), tf.float32)


@pytest.mark.parametrize("factors", [(1, 2), (2, 1), (2, 2)])
@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("channels", [5, 130])
def test_a_fused_enlargement_is_repetition_then_convolution(factors, size, channels):
    x, kernel = normal(2, 3, 5, 3), normal(size, size, 3, channels)
    repeated = np.repeat(np.repeat(x, factors[0], 1), factors[1], 2)
    expected = tf.nn.conv2d(repeated, kernel, 1, "SAME")
    found = convolutions.convolve_repeated(x, kernel, factors)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("channels", [5, 130])
def test_a_fused_reduction_is_convolution_then_average(size, channels):
    x, kernel = normal(2, 4, 6, 3), normal(size, size, 3, channels)
    whole = tf.nn.conv2d(x, kernel, 1, "SAME").numpy()
    expected = whole.reshape(2, 2, 2, 3, 2, channels).mean(axis=(2, 4))
    found = convolutions.convolve_and_average(x, kernel)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_bfloat16_products_are_near_those_of_float32():
    x = normal(2, 4, 6, 8)
    exact, rough = (Convolution(8, 3, p, "c") for p in ("float32", "bfloat16"))
    expected = exact(x)
    rough(x)
    rough.kernel.assign(exact.kernel)
    found = rough(x)
    assert found.dtype == tf.float32
    assert 0 < np.abs(found - expected).max() < 0.05 * np.abs(expected).max()


def test_another_type_of_products_is_refused():
    with refused("products='float16'", "float32", "bfloat16"):
        Convolution(8, 3, "float16", "c")
