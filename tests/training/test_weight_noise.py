"""Adaptive weight noise against its formulas."""

import numpy as np
import pytest
import tensorflow as tf
from refusals import refused

from scribe.training.weight_noise import AdaptiveWeightNoise

pytestmark = pytest.mark.unit

POINTS = 100


def noise_on(*values, **changes):
    """Weights with these values, and noise built for them."""
    options = {"initial_std": 0.1, "learning_rate": 0.01, "momentum": 0.5}
    weights = [tf.Variable(tf.constant(v, tf.float32)) for v in values]
    noise = AdaptiveWeightNoise(**(options | changes))
    noise.build(weights, POINTS)
    return weights, noise


def test_the_means_come_back_exactly():
    values = np.random.default_rng(0).normal(size=(4, 5)).astype(np.float32)
    weights, noise = noise_on(values, values[0])
    noise.disturb(weights, tf.constant([1, 2]))
    assert np.all(weights[0].numpy() != values)
    noise.settle(weights, [tf.ones_like(w) for w in weights])
    np.testing.assert_array_equal(weights[0], values)
    np.testing.assert_array_equal(weights[1], values[0])


def test_the_noise_has_the_learned_deviation_and_differs_by_tensor_and_step():
    weights, noise = noise_on(np.zeros(5000), np.zeros(5000))
    noise.log_sigma[1].assign(tf.fill([5000], tf.math.log(0.4)))
    draws = []
    for step in range(2):
        noise.disturb(weights, tf.constant([1, step]))
        draws += [w.numpy() for w in weights]
        noise.settle(weights, [tf.zeros_like(w) for w in weights])
        if step == 0:
            assert np.std(draws[0]) == pytest.approx(0.1, rel=0.05)
            assert np.std(draws[1]) == pytest.approx(0.4, rel=0.05)
    correlations = np.corrcoef(draws) - np.eye(4)
    assert np.abs(correlations).max() < 0.06


@pytest.mark.slow
def test_divergence_equals_that_of_tensorflow_probability():
    import tensorflow_probability as tfp

    random = np.random.default_rng(1)
    values = [random.normal(size=(3, 2)), random.normal(size=4)]
    weights, noise = noise_on(*values)
    noise.disturb(weights, tf.constant([1, 1]))
    for log_sigma in noise.log_sigma:
        log_sigma.assign(random.normal(-2.0, 0.5, log_sigma.shape))
    means = np.concatenate([v.ravel() for v in values]).astype(np.float32)
    sigmas = np.concatenate([np.exp(s).ravel() for s in noise.log_sigma])
    prior_std = np.sqrt(np.mean(sigmas**2 + (means - means.mean()) ** 2))
    divergences = tfp.distributions.kl_divergence(
        tfp.distributions.Normal(means, sigmas),
        tfp.distributions.Normal(np.float32(means.mean()), np.float32(prior_std)),
    )
    expected = float(tf.reduce_sum(divergences))
    assert float(noise.divergence()) == pytest.approx(expected, rel=1e-5)
    assert float(noise.nats_per_point()) == pytest.approx(expected / POINTS, rel=1e-5)


def test_the_gradients_of_the_divergence_are_those_of_autodiff():
    random = np.random.default_rng(2)
    weights, noise = noise_on(random.normal(size=6), momentum=0.0, learning_rate=1.0)
    noise.disturb(weights, tf.constant([1, 1]))
    start = noise.log_sigma[0].numpy()
    with tf.GradientTape() as tape:
        tape.watch([noise.mean[0], noise.log_sigma[0]])
        divergence = noise.nats_per_point()
    by_mean, by_log_sigma = tape.gradient(
        divergence, [noise.mean[0], noise.log_sigma[0]]
    )
    (settled,) = noise.settle(weights, [tf.zeros(6)])
    # The best prior is at a minimum, so that its own change adds nothing.
    np.testing.assert_allclose(settled, by_mean, rtol=1e-4)
    moved = noise.log_sigma[0].numpy() - start
    largest = np.abs(by_log_sigma).max()
    np.testing.assert_allclose(moved, -by_log_sigma / largest, rtol=1e-3)


def test_deviations_shrink_for_weights_that_matter_and_grow_for_others():
    means = np.array([1.0, -1.0, 1.0, -1.0])
    weights, noise = noise_on(means, momentum=0.9)
    importance = tf.constant([50.0, 50.0, 0.0, 0.0])
    for step in range(200):
        noise.disturb(weights, tf.constant([3, step]))
        # loss = importance / 2 * (w - mean)^2
        noise.settle(weights, [importance * (weights[0] - means)])
    deviations = np.exp(noise.log_sigma[0].numpy())
    assert np.all(deviations[:2] < 0.05)
    assert np.all(deviations[2:] > 0.2)


def test_a_deviation_that_is_not_positive_is_refused():
    with refused("initial_std=0.0", "more than 0"):
        AdaptiveWeightNoise(0.0, 0.01, 0.9)
