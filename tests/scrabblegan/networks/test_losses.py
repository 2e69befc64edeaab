"""Losses against their formulas, the balance of gradients, and their reuse."""

import numpy as np
import pytest
import tensorflow as tf

from scrabblegan.networks import losses

pytestmark = pytest.mark.unit

SCORES = np.array([-3.0, -1.0, -0.2, 0.5, 1.0, 4.0], np.float32)


def test_the_hinge_follows_its_formula():
    loss = losses.HingeLoss()
    for i, score in enumerate(SCORES):
        assert float(loss.real(SCORES)[i]) == pytest.approx(max(0.0, 1.0 - score))
        assert float(loss.fake(SCORES)[i]) == pytest.approx(max(0.0, 1.0 + score))
        assert float(loss.generator(SCORES)[i]) == pytest.approx(-score)


def test_the_non_saturating_loss_follows_its_formula():
    loss = losses.NonSaturatingLoss()
    for i, score in enumerate(SCORES):
        is_real = 1.0 / (1.0 + np.exp(-score))
        expected = -np.log(is_real), -np.log(1.0 - is_real), -np.log(is_real)
        found = loss.real(SCORES)[i], loss.fake(SCORES)[i], loss.generator(SCORES)[i]
        np.testing.assert_allclose(found, expected, rtol=1e-4)


@pytest.mark.parametrize("with_means", [False, True])
def test_the_recognizer_s_gradient_gets_the_deviation_of_the_discriminator_s(
    with_means,
):
    """Fogel et al. (2020), equation 3, as plain loops."""
    random = np.random.default_rng(0)
    gradient_d = 0.3 + 2.0 * random.standard_normal([2, 3, 4, 1])
    gradient_r = -5.0 + 0.01 * random.standard_normal([2, 3, 4, 1])
    found = losses.balanced(
        tf.constant(gradient_d), tf.constant(gradient_r), 1.5, with_means
    ).numpy()
    for place in np.ndindex(gradient_r.shape):
        ratio = gradient_d.std() / gradient_r.std()
        if with_means:
            expected = ratio * (gradient_r[place] - gradient_r.mean())
            expected += gradient_d.mean()
        else:
            expected = ratio * gradient_r[place]
        assert found[place] == pytest.approx(1.5 * expected, rel=1e-5)


def test_the_balanced_loss_has_the_sum_of_both_as_its_gradient():
    images = tf.constant(np.random.default_rng(1).standard_normal([2, 4, 4, 1]))
    gradient_d, gradient_r = tf.sin(images), tf.cos(images)
    with tf.GradientTape() as tape:
        tape.watch(images)
        loss = losses.g_loss_balanced(images, tf.sin(images), tf.cos(images), 2, True)
    expected = gradient_d + losses.balanced(gradient_d, gradient_r, 2, True)
    np.testing.assert_allclose(tape.gradient(loss, images), expected, rtol=1e-6)


def test_a_recognizer_that_is_content_adds_nothing():
    nothing = losses.balanced(tf.ones([2, 2]), tf.zeros([2, 2]), 1.0, False)
    np.testing.assert_array_equal(nothing, np.zeros([2, 2]))


@pytest.mark.parametrize("loss", [losses.HingeLoss(), losses.NonSaturatingLoss()])
def test_one_backward_pass_gives_the_gradients_of_both_players(loss):
    """Also of fakes that the hinge no longer punishes, whose derivative is zero."""
    x = tf.constant(SCORES)
    weight = tf.constant(1.3)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, weight])
        scores = weight * x
        of_discriminator = tf.reduce_sum(loss.fake(scores))
        of_generator = tf.reduce_sum(loss.generator(scores))
    outer = losses.reusable(losses.derivative(loss.fake, scores))
    weight_gradient, image_gradient = tape.gradient(scores, [weight, x], outer)
    image_gradient *= losses.derivative(loss.generator, scores) / outer
    expected = tape.gradient(of_discriminator, weight)
    np.testing.assert_allclose(weight_gradient, expected, rtol=1e-6)
    expected = tape.gradient(of_generator, x)
    np.testing.assert_allclose(image_gradient, expected, rtol=1e-6)
