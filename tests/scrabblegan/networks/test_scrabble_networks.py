"""Generator and discriminator of word images, and spectral norm."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from refusals import refused

from scrabblegan.networks.discriminator import make_discriminator
from scrabblegan.networks.generator import SpatialEmbedding, make_generator
from scrabblegan.networks.spectral_norm import SpectralConvolution

pytestmark = pytest.mark.unit

WIDTH = 16


def tiny_generator(**changes):
    options = {
        "latent_dim": 8,
        "channels": (6, 6, 6, 4),
        "mean_patches": False,
        "attention_after": None,
        "norm_momentum": 0.9,
        "products": "float32",
        "alphabet_size": 5,
    }
    return make_generator(**(options | changes))


def tiny_discriminator(**changes):
    options = {
        "channels": (4, 6, 6, 8),
        "attention_after": 2,
        "with_text": True,
        "products": "float32",
        "alphabet_size": 5,
    }
    return make_discriminator(**(options | changes))


def normal(*shape, seed=0):
    random = np.random.default_rng(seed)
    return random.standard_normal(shape).astype(np.float32)


@pytest.fixture(scope="module")
def generator():
    return tiny_generator(attention_after=2)


@pytest.fixture(scope="module")
def discriminator():
    return tiny_discriminator()


@pytest.mark.slow
@pytest.mark.parametrize("length", range(1, 21))
def test_words_of_any_length_are_drawn_and_judged(generator, discriminator, length):
    text = np.resize([1, 2, 3, 4], [2, length])
    images = generator(text, normal(2, 8))
    assert images.shape == (2, 32, WIDTH * length, 1)
    assert np.abs(images).max() <= 1.0
    assert discriminator(images, text).shape == (2,)


@pytest.mark.slow
def test_a_character_alters_its_neighbourhood_only():
    """In inference mode and without attention, whose gate starts at zero."""
    generator = tiny_generator(attention_after=3)
    text = np.array([[1, 2, 3, 4, 1, 2, 3]])
    other = text.copy()
    other[0, 3] = 1
    z = normal(1, 8)
    difference = np.abs(generator(text, z) - generator(other, z)).max(axis=(0, 1, 3))
    touched = np.flatnonzero(difference > 1e-6)
    reach = WIDTH  # pixels into either neighbour, at most
    assert touched[0] >= 3 * WIDTH - reach and touched[-1] < 4 * WIDTH + reach
    assert touched[0] < 3 * WIDTH and touched[-1] >= 4 * WIDTH  # they overlap


@pytest.mark.slow
def test_an_open_gate_lets_a_character_alter_the_whole_word():
    generator = tiny_generator(attention_after=1)
    generator.attention.gate.assign(5.0)
    z = normal(1, 8)
    one, other = (generator(np.array([[1, 2, 3, 4, c]]), z).numpy() for c in (1, 2))
    assert np.abs(one - other)[:, :, :WIDTH].max() > 1e-6


def test_a_patch_is_z_times_the_filter_of_its_character():
    layer = SpatialEmbedding(alphabet_size=4, channels=3, has_mean=True, name="e")
    text, z = np.array([[2, 3]]), normal(1, 2, 5)
    rows = layer(text, z).numpy()
    bank = layer.bank.numpy()
    assert bank.shape == (4, 6, 4 * 4 * 3)
    for place in range(2):
        with_one = np.append(z[0, place], 1.0)
        expected = (with_one @ bank[text[0, place]]).reshape(4, 4, 3)
        found = rows[0, :, 4 * place : 4 * place + 4]
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_one_style_for_all_characters_is_the_style_of_the_word(generator):
    text, z = np.array([[1, 2, 3]]), normal(1, 8)
    whole = generator(text, z)
    apart = generator(text, np.repeat(z[:, None], 3, axis=1))
    np.testing.assert_allclose(whole, apart, atol=1e-6)


@pytest.mark.slow
def test_training_normalises_by_the_batch_and_moves_the_averages():
    generator = tiny_generator()
    norm = generator.blocks[0].norms[0]
    x = 3.0 + 2.0 * normal(8, 4, 8, 6)
    z = np.zeros([8, 2, 2], np.float32)
    y = norm(x, z, training=True).numpy()
    np.testing.assert_allclose(y.mean(axis=(0, 1, 2)), 0.0, atol=1e-4)
    np.testing.assert_allclose(y.std(axis=(0, 1, 2)), 1.0, atol=1e-3)
    np.testing.assert_allclose(norm.mean, 0.1 * x.mean(axis=(0, 1, 2)), rtol=1e-3)
    expected = 0.9 + 0.1 * x.var(axis=(0, 1, 2))
    np.testing.assert_allclose(norm.variance, expected, rtol=1e-3)


@pytest.mark.slow
def test_padding_has_no_influence_on_a_score():
    discriminator = tiny_discriminator()
    discriminator.attention.gate.assign(1.0)
    word = normal(1, 32, 3 * WIDTH, 1)
    padded = np.concatenate([word, normal(1, 32, 3 * WIDTH, 1, seed=1)], axis=2)
    alone = discriminator(word, np.array([[1, 2, 3]]))
    text = np.array([[1, 2, 3, 0, 0, 0]])
    among = discriminator(padded, text, tf.constant([3 * WIDTH]))
    np.testing.assert_allclose(alone, among, rtol=1e-4, atol=1e-6)


def test_the_raw_image_is_not_rectified(discriminator):
    """Else ink, which is negative, would be invisible."""
    dark, darker = (np.full([1, 32, 32, 1], v, np.float32) for v in (-0.4, -0.9))
    scores = [discriminator(image, np.array([[1, 2]])) for image in (dark, darker)]
    assert abs(float(scores[0][0] - scores[1][0])) > 1e-5


@pytest.mark.slow
def test_a_score_tells_whether_each_column_goes_with_its_character():
    """It is one more term, and without the text there is none."""
    knows, blind = (tiny_discriminator(with_text=known) for known in (True, False))
    own = knows.named_weights()
    for name, weight in blind.named_weights().items():
        weight.assign(own[name])
    image, text = normal(2, 32, 2 * WIDTH, 1), np.array([[1, 2], [4, 4]])
    for one in (text, text[:, ::-1]):
        difference = knows(image, one) - blind(image, one)
        assert np.abs(difference).min() > 1e-6
    swapped = knows(image, text) - knows(image, text[:, ::-1])
    assert abs(float(swapped[0])) > 1e-6
    assert float(swapped[1]) == pytest.approx(0.0, abs=1e-6)
    np.testing.assert_array_equal(blind(image, text), blind(image, text[:, ::-1]))


def largest_singular_value(layer):
    kernel = layer.effective_kernel().numpy()
    return np.linalg.svd(kernel.reshape(-1, kernel.shape[-1]), compute_uv=False)[0]


@pytest.mark.slow
def test_spectral_norm_stays_near_one_while_weights_change():
    keras.utils.set_random_seed(0)
    discriminator = tiny_discriminator()
    weights = [v.value for v in discriminator.trainable_variables]
    layers = discriminator.normalised_layers()
    text = np.array([[1, 2], [3, 4], [2, 2], [4, 1]])
    assert len(layers) == 4 * 3 + 4 + 2
    for step in range(20):
        discriminator.iterate_norms()
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(discriminator(normal(4, 32, 32, 1, seed=step), text))
        gradients = tape.gradient(loss, weights)
        for weight, gradient in zip(weights, gradients, strict=True):
            weight.assign_sub(5e-4 * tf.sign(gradient))
    for layer in layers:
        assert largest_singular_value(layer) == pytest.approx(1.0, abs=0.1)


def test_the_gradient_flows_through_the_norm():
    """Miyato et al. (2018), equation 12: scaling a kernel changes nothing."""
    layer = SpectralConvolution(4, 3, "float32", "c")
    x = normal(2, 4, 4, 3)
    layer(x)
    for _ in range(50):
        layer.iterate()
    kernel = layer.kernel.value
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.sin(layer(x)))
    gradient = tape.gradient(loss, kernel)
    along = float(tf.reduce_sum(gradient * kernel))
    assert abs(along) < 1e-3 * float(tf.norm(gradient) * tf.norm(kernel))
    before = layer(x)
    kernel.assign(3.0 * kernel)
    np.testing.assert_allclose(layer(x), before, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({"channels": (4, 4)}, ["channels=", "four"]),
        ({"latent_dim": 10}, ["latent_dim=10", 4]),
        ({"attention_after": 4}, ["attention_after=4"]),
        ({"products": "int8"}, ["products='int8'"]),
    ],
)
def test_impossible_sizes_are_refused(changes, facts):
    with refused(*facts):
        tiny_generator(**changes)
