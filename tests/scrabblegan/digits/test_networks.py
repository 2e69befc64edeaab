"""Generators and critics of digits: shapes, sizes, and what they depend on."""

import math

import numpy as np
import pytest
import tensorflow as tf
from digit_samples import tiny_networks

from scrabblegan.digits import networks
from scribe.foundation import gin_config

pytestmark = pytest.mark.unit

KINDS = [("dense", 0), ("conv", 0), ("conv", 10)]
SEED = (3, 4)


def inputs(count=6):
    random = np.random.default_rng(0)
    z = tf.constant(random.normal(size=(count, 5)), tf.float32)
    return z, tf.constant(np.arange(count) % 10, tf.int32)


def real_images(count=6):
    random = np.random.default_rng(1)
    return tf.constant(random.uniform(-1, 1, (count, 28, 28, 1)), tf.float32)


@pytest.mark.parametrize(("kind", "num_classes"), KINDS)
def test_images_are_28_by_28_within_the_range_of_tanh(kind, num_classes):
    generator, critic = tiny_networks(num_classes, kind)
    z, digits = inputs()
    images = generator(z, digits)
    assert images.shape == (6, 28, 28, 1)
    assert np.abs(images).max() <= 1.0
    assert critic(images, digits).shape == (6,)


@pytest.mark.parametrize(("kind", "num_classes"), KINDS)
def test_a_score_is_any_number_and_of_its_own_image_alone(kind, num_classes):
    """No sigmoid, and no batch norm: the penalty looks at one image at a time."""
    _, critic = tiny_networks(num_classes, kind)
    images, (_, digits) = real_images(), inputs()
    scores = critic(images, digits)
    for i in range(6):
        alone = critic(images[i : i + 1], digits[i : i + 1])
        np.testing.assert_allclose(alone[0], scores[i], rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(
        [v.name for v in critic.weights if "moving" in v.name], []
    )
    large = critic(1000.0 * images, digits)
    assert np.abs(large).max() > 1.0


@pytest.mark.parametrize(("kind", "num_classes"), KINDS)
def test_after_training_an_image_does_not_depend_on_its_batch(kind, num_classes):
    generator, _ = tiny_networks(num_classes, kind)
    z, digits = inputs()
    whole = generator(z, digits)
    part = generator(z[2:4], digits[2:4])
    np.testing.assert_allclose(whole[2:4], part, rtol=1e-4, atol=1e-5)


def test_the_asked_digit_changes_a_conditional_image_and_no_other():
    z, digits = inputs()
    other = (digits + 1) % 10
    for num_classes in (0, 10):
        generator, critic = tiny_networks(num_classes)
        critic(real_images(), digits)
        changed = not np.allclose(generator(z, digits), generator(z, other))
        assert changed == bool(num_classes)
        scores = critic(real_images(), digits), critic(real_images(), other)
        assert (not np.allclose(*scores)) == bool(num_classes)


def test_the_score_of_a_projecting_critic_is_linear_in_the_embedding():
    """Miyato and Koyama (2018), equation 3: a product with the features is added."""
    _, critic = tiny_networks(10)
    images, (_, digits) = real_images(), inputs()
    whole = critic(images, digits).numpy()
    stored = critic.embedding.get_weights()[0]
    critic.embedding.set_weights([np.zeros_like(stored)])
    plain = critic(images, digits).numpy()
    critic.embedding.set_weights([2.0 * stored])
    np.testing.assert_allclose(
        critic(images, digits), plain + 2.0 * (whole - plain), rtol=1e-3, atol=1e-4
    )


def test_the_critic_s_two_outputs_come_from_one_pass():
    _, critic = tiny_networks(10)
    images, (_, digits) = real_images(), inputs()
    scores, logits = critic.judge(images, digits)
    np.testing.assert_array_equal(scores, critic(images, digits))
    assert logits.shape == (6, 10)
    for kind in ("conv", "dense"):
        _, plain = tiny_networks(0, kind)
        scores, logits = plain.judge(images, digits)
        np.testing.assert_array_equal(scores, plain(images))
        assert logits is None


def test_dropout_and_batch_statistics_belong_to_training_alone():
    generator, critic = tiny_networks(kind="dense")
    z, _ = inputs()
    images = real_images()
    assert not np.allclose(generator(z, seed=SEED), generator(z))
    assert not np.allclose(critic(images, seed=SEED), critic(images))
    np.testing.assert_array_equal(critic(images, seed=SEED), critic(images, seed=SEED))
    np.testing.assert_array_equal(critic(images), critic(images))


def test_conditional_batch_norm_scales_what_it_normalised_by_the_digit():
    layer = networks.ConditionalBatchNorm(10, name="norm")
    random = np.random.default_rng(0)
    x = tf.constant(random.normal(2.0, 5.0, (8, 4, 4, 3)), tf.float32)
    digits = tf.constant([1, 2] * 4)
    gain, bias = random.normal(size=(2, 10, 3)).astype(np.float32)
    layer(x, digits, training=False)
    layer.gain.assign(gain)
    layer.bias.assign(bias)
    found = layer(x, digits, training=True).numpy()
    mean, variance = x.numpy().mean((0, 1, 2)), x.numpy().var((0, 1, 2))
    for b in range(8):
        plain = (x[b].numpy() - mean) / np.sqrt(variance + 1e-3)
        expected = plain * gain[digits[b]] + bias[digits[b]]
        np.testing.assert_allclose(found[b], expected, rtol=1e-3, atol=1e-4)


def test_weights_have_names_of_their_own():
    for kind, num_classes in KINDS:
        for network in tiny_networks(num_classes, kind):
            network.build_all()
            named = network.named_weights()
            assert len(named) == len(network.weights)
            assert {id(v) for v in named.values()} == {id(v) for v in network.weights}


PARAMETERS = {
    # generator: 100 > 512 > 1024 > 784, each batch norm four numbers a unit
    "digits_recipe": (
        101 * 512 + 513 * 1024 + 1025 * 784 + 4 * (512 + 1024),
        785 * 256 + 257 * 128 + 129,
    ),
}


@pytest.mark.parametrize("experiment", PARAMETERS)
def test_the_networks_of_the_recipe_have_its_sizes(experiment, clean_gin):
    gin_config.parse([experiment], [])
    bindings = clean_gin.get_bindings("DigitTrainer")
    sizes = []
    for name in ("generator", "critic"):
        network = bindings[name]
        network.build_all()
        shapes = [v.shape for v in network.named_weights().values()]
        sizes.append(sum(math.prod(shape) for shape in shapes))
    assert tuple(sizes) == PARAMETERS[experiment]
