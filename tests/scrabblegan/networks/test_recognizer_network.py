"""The recognizer's network and its loss: frames, padding, sizes."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from recognizer_samples import random_recognizer, tiny_network
from refusals import refused

from scrabblegan.networks.recognizer_network import make_recognizer, text_nats

pytestmark = pytest.mark.unit


def nats_of_all_paths(logits, label):
    """Minus the log of the summed probability of all paths that collapse to `label`."""
    log_p = tf.nn.log_softmax(logits).numpy()
    total = 0.0
    for path in itertools.product(range(log_p.shape[1]), repeat=len(log_p)):
        merged = [symbol for symbol, _ in itertools.groupby(path) if symbol]
        if merged == list(label):
            total += np.exp(sum(log_p[t, s] for t, s in enumerate(path)))
    return -np.log(total)


def test_the_loss_sums_all_paths_over_each_word_s_own_frames():
    random = np.random.default_rng(0)
    logits = random.normal(0.0, 1.0, [3, 5, 3]).astype(np.float32)
    lengths = np.array([5, 4, 3])
    text = np.array([[1, 2, 2], [1, 1, 2], [2, 1, 1]])  # what is beyond does not count
    text_length = np.array([3, 2, 1])
    nats = text_nats(tf.constant(logits), lengths, text, text_length)
    expected = [
        nats_of_all_paths(logits[b, : lengths[b]], text[b, : text_length[b]])
        for b in range(3)
    ]
    np.testing.assert_allclose(nats, expected, rtol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("num_recurrent_layers", [0, 2])
def test_padding_has_no_influence_on_scores_and_features(num_recurrent_layers):
    layers = {"num_recurrent_layers": num_recurrent_layers}
    network = random_recognizer("", **layers).keras_network()
    random = np.random.default_rng(1)
    words = [random.uniform(-1, 1, [32, w, 1]).astype(np.float32) for w in (48, 16, 32)]
    batch = random.uniform(-1, 1, [3, 32, 64, 1]).astype(np.float32)  # not even paper
    for row, word in zip(batch, words, strict=True):
        row[:, : word.shape[1]] = word
    widths = np.array([48, 16, 32])
    logits, lengths = network(batch, widths)
    frames, _ = network.frames(batch, widths)
    np.testing.assert_array_equal(lengths, widths // 4)
    for b, word in enumerate(words):
        alone, (length,) = network(word[None], widths[b : b + 1])
        np.testing.assert_allclose(logits[b, :length], alone[0], rtol=1e-4, atol=1e-5)
        assert not frames[b, length:].numpy().any()


def test_a_frame_of_a_convolutional_recognizer_sees_its_neighbourhood_only():
    network = random_recognizer("", num_recurrent_layers=0).keras_network()
    words = np.ones([2, 32, 128, 1], np.float32)
    words[1, 10:20, 64:68] = -1.0
    blank, inked = network(words, np.array([128, 128]))[0]
    changed = np.flatnonzero(np.abs(blank - inked).max(axis=1) > 1e-6)
    # One for the first stage's kernel, two for the second's two, two for the context.
    assert 11 <= changed.min() and changed.max() <= 21 and 16 in changed


@pytest.mark.slow
def test_half_precision_products_change_scores_by_a_percent():
    images = np.random.default_rng(2).uniform(-1, 1, [4, 32, 64, 1]).astype(np.float32)
    widths = np.full([4], 64)
    exact, rounded = (
        tiny_network(9, products=products)(images, widths)[0].numpy()
        for products in ("float32", "bfloat16")
    )
    assert not np.array_equal(exact, rounded)
    assert np.abs(exact - rounded).max() < 0.02 * np.abs(exact).max()


@pytest.mark.slow
def test_batch_norm_moves_in_training_only_and_dropout_follows_its_seed():
    network = tiny_network(9, dropout=0.5)
    images = np.random.default_rng(3).uniform(-1, 1, [4, 32, 64, 1]).astype(np.float32)
    widths = np.full([4], 64)
    named = network.named_weights()
    (name,) = [n for n in named if n.startswith("block_1_1") and "moving_mean" in n]
    before = named[name].numpy()
    network(images, widths)
    network(images, widths, seed=[1, 2], training=False)
    np.testing.assert_array_equal(named[name].numpy(), before)
    first, again, other = (network(images, widths, seed=[1, n])[0] for n in (2, 2, 3))
    assert not np.array_equal(named[name].numpy(), before)
    np.testing.assert_allclose(first, again)
    assert not np.allclose(first, other)


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({"pools": ((2, 2),)}, ["pools=[[2, 2]]", "pool", "stage"]),
        ({"stages": ((4,), ())}, ["stages=[[4], []]", "convolution"]),
        ({"pools": ((4, 2), (8, 1))}, [16]),
        ({"pools": ((2, 2), (8, 4))}, [4]),
        ({"dropout": 1.0}, ["dropout=1.0"]),
        ({"products": "float8"}, ["products='float8'"]),
    ],
)
def test_networks_that_cannot_read_are_refused(changes, facts):
    with refused(*facts):
        tiny_network(9, **changes)


@pytest.mark.slow
def test_the_lstms_see_the_whole_word():
    network = random_recognizer("", num_recurrent_layers=1).keras_network()
    words = np.ones([2, 32, 128, 1], np.float32)
    words[1, 10:20, 64:68] = -1.0
    blank, inked = network(words, np.array([128, 128]))[0]
    assert (np.abs(blank - inked).max(axis=1) > 1e-7).all()


def test_the_factory_makes_all_variables():
    network = tiny_network(9)
    assert isinstance(network, type(make_recognizer(**_options(network))))
    names = network.named_weights()
    assert len(names) == len(network.weights) and "output/kernel" in names


def _options(network):
    return network.sizes() | {"dropout": 0.0, "products": "float32"}
