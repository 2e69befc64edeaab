"""The output distribution against loops, TensorFlow Probability and its limits."""

import math

import numpy as np
import pytest
import tensorflow as tf

from scribe.networks import mixtures

pytestmark = pytest.mark.unit

NUM_MIXTURES = 3


def random_case(shape=(2, 4), seed=0, scale=1.0):
    random = np.random.default_rng(seed)
    size = 6 * NUM_MIXTURES + 1
    activations = scale * random.normal(size=(*shape, size)).astype(np.float32)
    targets = random.normal(size=(*shape, 3)).astype(np.float32)
    targets[..., 2] = random.random(shape) < 0.3
    return activations, targets


def parameters(activations):
    """Graves' equations 18 to 22 for one activation vector, with our bounds."""
    m = NUM_MIXTURES
    pi_hat, mu_x, mu_y, log_x, log_y, rho_hat = np.split(
        np.float64(activations[: 6 * m]), 6
    )
    pi = [math.exp(p) / sum(math.exp(q) for q in pi_hat) for p in pi_hat]
    sigma_x = [math.exp(max(s, -5.0)) for s in log_x]
    sigma_y = [math.exp(max(s, -5.0)) for s in log_y]
    rho = [0.995 * math.tanh(r) for r in rho_hat]
    pen = 1.0 / (1.0 + math.exp(-float(activations[-1])))
    return pi, mu_x, mu_y, sigma_x, sigma_y, rho, pen


def likelihood_by_loops(activations, target):
    """Equations 23 to 26, as printed."""
    pi, mu_x, mu_y, sigma_x, sigma_y, rho, pen = parameters(activations)
    dx, dy, end = (float(v) for v in target)
    density = 0.0
    for j in range(NUM_MIXTURES):
        x, y = (dx - mu_x[j]) / sigma_x[j], (dy - mu_y[j]) / sigma_y[j]
        z = x**2 + y**2 - 2.0 * rho[j] * x * y
        normal = math.exp(-z / (2.0 * (1.0 - rho[j] ** 2)))
        normal /= 2.0 * math.pi * sigma_x[j] * sigma_y[j] * math.sqrt(1.0 - rho[j] ** 2)
        density += pi[j] * normal
    return math.log(density) + math.log(pen if end == 1.0 else 1.0 - pen)


def test_log_likelihood_equals_graves_equations_in_loops():
    activations, targets = random_case()
    expected = [
        [likelihood_by_loops(a, t) for a, t in zip(row, targets[b], strict=True)]
        for b, row in enumerate(activations)
    ]
    result = mixtures.log_likelihood(activations, targets)
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-5)


def test_squared_error_is_the_distance_from_the_mean_of_the_mixture():
    activations, targets = random_case(seed=1)
    for b, t in np.ndindex(2, 4):
        pi, mu_x, mu_y, *_ = parameters(activations[b, t])
        mean = np.dot(pi, mu_x), np.dot(pi, mu_y)
        expected = (targets[b, t, 0] - mean[0]) ** 2 + (targets[b, t, 1] - mean[1]) ** 2
        result = mixtures.squared_error(activations, targets)[b, t]
        np.testing.assert_allclose(result, expected, rtol=1e-5)


def test_pen_accuracy_counts_the_more_probable_state():
    activations = np.zeros([1, 3, 7], np.float32)
    activations[0, :, -1] = [2.0, -2.0, 2.0]
    targets = np.zeros([1, 3, 3], np.float32)
    targets[0, :, 2] = [1.0, 0.0, 0.0]
    result = mixtures.pen_accuracy(activations, targets)
    np.testing.assert_array_equal(result, [[1.0, 1.0, 0.0]])


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_log_likelihood_equals_log_prob_of_the_tfp_object(seed):
    activations, targets = random_case(seed=seed)
    joint = mixtures.distribution(tf.constant(activations))
    expected = joint.log_prob(offset=targets[..., :2], end_of_stroke=targets[..., 2])
    result = mixtures.log_likelihood(activations, targets)
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("bias", [0.5, 2.0])
def test_bias_shrinks_sigma_and_sharpens_pi_exactly(bias):
    activations, _ = random_case()
    plain = mixtures.mixture_from_activations(activations)
    sharp = mixtures.mixture_from_activations(activations, bias)
    for name in ("log_sigma_x", "log_sigma_y"):
        shrunk = np.exp(getattr(plain, name)) * math.exp(-bias)
        np.testing.assert_allclose(np.exp(getattr(sharp, name)), shrunk, rtol=1e-6)
    pi_hat = activations[..., :NUM_MIXTURES]
    np.testing.assert_allclose(
        np.exp(sharp.log_pi), tf.nn.softmax(pi_hat * (1.0 + bias)), rtol=1e-5
    )
    for name in ("mu_x", "mu_y", "rho", "pen_logit"):
        np.testing.assert_array_equal(getattr(sharp, name), getattr(plain, name))


def test_each_line_of_a_batch_may_have_its_own_bias():
    activations, _ = random_case(shape=(2,))
    both = mixtures.mixture_from_activations(activations, [0.0, 1.5])
    for b, bias in enumerate([0.0, 1.5]):
        alone = mixtures.mixture_from_activations(activations[b], bias)
        np.testing.assert_allclose(both.log_sigma_x[b], alone.log_sigma_x, rtol=1e-6)
        np.testing.assert_allclose(both.log_pi[b], alone.log_pi, rtol=1e-5, atol=1e-6)


def test_samples_of_the_tfp_object_have_the_moments_of_the_mixture():
    activations, _ = random_case(shape=(), seed=3)
    pi, mu_x, mu_y, sigma_x, sigma_y, rho, pen = parameters(activations)
    mean, second = np.zeros(2), np.zeros([2, 2])
    for j in range(NUM_MIXTURES):
        mu = np.array([mu_x[j], mu_y[j]])
        cross = rho[j] * sigma_x[j] * sigma_y[j]
        mean += pi[j] * mu
        second += pi[j] * (
            np.array([[sigma_x[j] ** 2, cross], [cross, sigma_y[j] ** 2]])
            + np.outer(mu, mu)
        )
    covariance = second - np.outer(mean, mean)
    joint = mixtures.distribution(tf.constant(activations))
    samples = joint.sample(40_000, seed=(1, 2))
    scale = math.sqrt(np.trace(covariance))
    offsets = np.asarray(samples["offset"], np.float64)
    np.testing.assert_allclose(offsets.mean(0), mean, atol=0.03 * scale)
    np.testing.assert_allclose(np.cov(offsets.T), covariance, atol=0.05 * scale**2)
    assert abs(float(tf.reduce_mean(samples["end_of_stroke"])) - pen) < 0.01


@pytest.mark.parametrize("scale", [30.0, 1e4])
def test_loss_and_gradient_stay_finite_for_extreme_activations(scale):
    activations, targets = random_case(shape=(5, 40), seed=4, scale=scale)
    activations = tf.constant(activations)
    with tf.GradientTape() as tape:
        tape.watch(activations)
        loss = tf.reduce_mean(mixtures.log_likelihood(activations, targets))
    assert np.isfinite(loss)
    assert np.all(np.isfinite(tape.gradient(loss, activations)))


def test_repeated_points_cannot_raise_the_likelihood_without_end():
    # All components on the point itself, ever narrower, correlated ever more.
    activations = np.zeros([1, 1, 6 * NUM_MIXTURES + 1], np.float32)
    activations[..., 3 * NUM_MIXTURES : 6 * NUM_MIXTURES] = -1e3
    targets = tf.zeros([1, 1, 3])
    activations = tf.constant(activations)
    with tf.GradientTape() as tape:
        tape.watch(activations)
        best = mixtures.log_likelihood(activations, targets)
    highest = 10.0 - math.log(2.0 * math.pi) - 0.5 * math.log(1.0 - 0.995**2)
    np.testing.assert_allclose(best, [[highest + math.log(0.5)]], rtol=1e-5)
    assert np.all(np.isfinite(tape.gradient(best, activations)))
