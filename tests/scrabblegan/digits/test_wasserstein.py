"""The losses of WGAN-GP against closed forms, and the schedules by their values."""

import numpy as np
import pytest
import tensorflow as tf

from scrabblegan.digits import wasserstein

pytestmark = pytest.mark.unit


def images(count=4, seed=0):
    random = np.random.default_rng(seed)
    return tf.constant(random.normal(size=(count, 28, 28, 1)), tf.float32)


@pytest.mark.parametrize("length", [0.5, 1.0, 3.0])
def test_the_penalty_of_a_linear_critic_is_that_of_its_weights(length):
    """D(x) = w x has gradient w everywhere: the penalty is (|w| - 1)^2."""
    weights = np.random.default_rng(1).normal(size=(784, 1))
    weights = tf.constant(weights / np.linalg.norm(weights) * length, tf.float32)

    def critic(x):
        return (tf.reshape(x, [-1, 784]) @ weights)[:, 0]

    norms = wasserstein.gradient_norms(critic, images())
    np.testing.assert_allclose(norms, [length] * 4, rtol=1e-5)
    penalty = wasserstein.gradient_penalty(norms)
    assert float(penalty) == pytest.approx((length - 1) ** 2, abs=1e-5)


def test_the_norms_of_a_square_critic_belong_to_each_image_apart():
    """D(x) = |x|^2 / 2 has gradient x."""
    x = images()
    norms = wasserstein.gradient_norms(
        lambda x: tf.reduce_sum(x**2, axis=[1, 2, 3]) / 2.0, x
    )
    np.testing.assert_allclose(norms, [np.linalg.norm(one) for one in x], rtol=1e-5)


def test_the_gradient_of_the_penalty_is_finite_where_the_critic_is_flat():
    weights = tf.Variable(tf.zeros([784, 1]))
    with tf.GradientTape() as tape:
        norms = wasserstein.gradient_norms(
            lambda x: (tf.reshape(x, [-1, 784]) @ weights)[:, 0], images()
        )
        penalty = wasserstein.gradient_penalty(norms)
    assert float(penalty) == pytest.approx(1.0, abs=1e-5)
    gradient = tape.gradient(penalty, weights)
    assert np.isfinite(gradient).all()


def test_the_gradient_of_the_penalty_by_the_weights_is_that_of_the_closed_form():
    """d/dw (|w| - 1)^2 = 2 (|w| - 1) w / |w|."""
    start = np.random.default_rng(2).normal(size=(784, 1)).astype(np.float32)
    weights = tf.Variable(start)
    with tf.GradientTape() as tape:
        norms = wasserstein.gradient_norms(
            lambda x: (tf.reshape(x, [-1, 784]) @ weights)[:, 0], images()
        )
        penalty = wasserstein.gradient_penalty(norms)
    length = np.linalg.norm(start)
    expected = 2 * (length - 1) * start / length
    np.testing.assert_allclose(
        tape.gradient(penalty, weights), expected, rtol=1e-4, atol=1e-5
    )


def test_interpolations_lie_on_the_line_between_each_pair_at_uniform_places():
    real, fake = tf.zeros([2000, 2, 2, 1]), tf.ones([2000, 2, 2, 1])
    between = wasserstein.interpolate(real, fake, [1, 2]).numpy()
    places = between[:, 0, 0, 0]
    np.testing.assert_array_equal(between, np.broadcast_to(
        places[:, None, None, None], between.shape
    ))  # fmt: skip
    assert 0.0 <= places.min() and places.max() <= 1.0
    # A normal distribution, as some programs draw from, would fail here.
    counts, _ = np.histogram(places, bins=10, range=(0.0, 1.0))
    assert counts.min() > 150 and counts.max() < 250


def test_the_losses_are_differences_of_means():
    real, fake = tf.constant([1.0, 3.0]), tf.constant([0.0, 0.5])
    assert float(wasserstein.critic_loss(real, fake)) == pytest.approx(0.25 - 2.0)
    assert float(wasserstein.generator_loss(fake)) == pytest.approx(-0.25)


@pytest.mark.parametrize(
    ("step", "last_step", "std"),
    [(0, 10, 0.2), (5, 10, 0.1), (9, 10, 0.02), (10, 10, 0.0), (99, 10, 0.0)],
)
def test_the_noise_falls_linearly_to_zero_and_stays_there(step, last_step, std):
    found = wasserstein.noise_std(0.2, tf.constant(step, tf.int64), last_step)
    assert float(found) == pytest.approx(std, abs=1e-7)


def test_without_a_last_step_there_is_no_noise_at_all():
    assert float(wasserstein.noise_std(0.2, tf.constant(0, tf.int64), 0)) == 0.0


def test_noise_has_the_deviation_that_was_asked_for():
    noisy = wasserstein.add_noise(tf.zeros([50, 28, 28, 1]), 0.3, [1, 2]).numpy()
    assert noisy.std() == pytest.approx(0.3, rel=0.02)
    assert noisy.mean() == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize(
    ("step", "rate"),
    [(0, 0.8), (49, 0.8), (50, 0.4), (99, 0.4), (100, 0.2), (250, 0.025)],
)
def test_rates_are_halved_every_five_epochs(step, rate):
    """With ten steps an epoch."""
    found = wasserstein.epoch_rate(0.8, 0.5, 5, tf.constant(step, tf.int64), 10)
    assert float(found) == pytest.approx(rate)
