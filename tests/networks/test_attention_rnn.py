"""Graves' networks: padding, dropout, one step at a time, rejections."""

import numpy as np
import pytest
import tensorflow as tf
from refusals import refused
from training_samples import random_batch, tiny_network

pytestmark = pytest.mark.unit


def predict(network, batch, dropout_seed=None):
    """activations, phi and kappa; the last two None without text."""
    text = (batch["text"], batch["text_mask"]) if network.reads_text else ()
    return network.run(batch["strokes"], *text, dropout_seed=dropout_seed)


@pytest.mark.parametrize("form", ["fast", "portable"])
def test_padding_changes_no_prediction(form):
    network = tiny_network(recurrence=form)
    batch = random_batch()
    wider = {
        name: np.pad(x, [[0, 2], [0, 4], [0, 0]][: x.ndim]) for name, x in batch.items()
    }
    lines, steps, characters = *batch["stroke_mask"].shape, batch["text"].shape[1]
    activations, phi, kappa = predict(network, batch)
    padded_activations, padded_phi, padded_kappa = predict(network, wider)
    assert np.all(np.isfinite(padded_activations))
    same = {"rtol": 1e-5, "atol": 1e-6}
    np.testing.assert_allclose(padded_activations[:lines, :steps], activations, **same)
    np.testing.assert_allclose(padded_phi[:lines, :steps, :characters], phi, **same)
    np.testing.assert_allclose(padded_kappa[:lines, :steps], kappa, **same)


def test_a_prediction_never_sees_the_future():
    network = tiny_network()
    batch = random_batch()
    activations, _, _ = predict(network, batch)
    changed = batch | {"strokes": batch["strokes"].copy()}
    changed["strokes"][:, 5:] += 1.0
    different, _, _ = predict(network, changed)
    np.testing.assert_array_equal(different[:, :5], activations[:, :5])
    assert np.all(np.any(different[:, 5:] != activations[:, 5:], axis=-1))


def test_kappa_only_grows():
    _, _, kappa = predict(tiny_network(), random_batch())
    assert np.all(np.diff(kappa, axis=1) > 0.0)


@pytest.mark.parametrize("num_window_components", [0, 2])
def test_steps_with_open_states_equal_the_whole_line(num_window_components):
    network = tiny_network(num_layers=3, num_window_components=num_window_components)
    batch = random_batch()
    expected, expected_phi, _ = predict(network, batch)
    states = network.initial_states(len(batch["strokes"]))
    one_hot = tf.one_hot(batch["text"], network.alphabet_size)
    text = (one_hot, batch["text_mask"]) if network.reads_text else ()
    for t in range(batch["strokes"].shape[1]):
        activations, states, phi = network.step(batch["strokes"][:, t], states, *text)
        np.testing.assert_allclose(activations, expected[:, t], rtol=1e-4, atol=1e-5)
        if network.reads_text:
            np.testing.assert_allclose(phi, expected_phi[:, t], rtol=1e-4, atol=1e-5)


def test_dropout_needs_a_seed_and_repeats_with_it():
    network, batch = tiny_network(dropout=0.5), random_batch()
    plain, _, _ = predict(network, batch)
    for name, variable in tiny_network(dropout=0.0).named_weights().items():
        np.testing.assert_array_equal(network.named_weights()[name], variable)
    without, _, _ = predict(tiny_network(dropout=0.0), batch, tf.constant([1, 2]))
    np.testing.assert_array_equal(plain, without)
    first, _, _ = predict(network, batch, tf.constant([1, 2]))
    again, _, _ = predict(network, batch, tf.constant([1, 2]))
    other, _, _ = predict(network, batch, tf.constant([1, 3]))
    np.testing.assert_array_equal(first, again)
    assert np.any(first != plain)
    assert np.any(first != other)


def test_layers_and_steps_drop_different_units():
    network = tiny_network(dropout=0.5)
    ones = tf.ones([50, 1, 6])
    masks = [
        np.asarray(network._drop(ones, tf.constant([1, step]), layer)) > 0
        for step in range(3)
        for layer in range(3)
    ]
    for i, mask in enumerate(masks):
        assert 0.3 < np.mean(mask) < 0.7
        for other in masks[:i]:
            assert 0.3 < np.mean(mask == other) < 0.7


def test_dropout_keeps_the_mean_of_what_passes():
    network = tiny_network(dropout=0.3)
    dropped = network._drop(tf.ones([2000, 1, 6]), tf.constant([1, 1]), 0)
    assert float(tf.reduce_mean(dropped)) == pytest.approx(1.0, abs=0.03)


def test_the_weights_have_the_names_and_shapes_that_files_use():
    shapes = {
        name: tuple(v.shape)
        for name, v in tiny_network(num_window_components=3).named_weights().items()
    }
    assert shapes == {
        "lstm_1/kernel": (3 + 5, 24),
        "lstm_1/recurrent_kernel": (6, 24),
        "lstm_1/bias": (24,),
        "lstm_2/kernel": (3 + 6 + 5, 24),
        "lstm_2/recurrent_kernel": (6, 24),
        "lstm_2/bias": (24,),
        "window/kernel": (6, 9),
        "window/bias": (9,),
        "output/kernel": (12, 13),
        "output/bias": (13,),
    }
    without_text = tiny_network(num_window_components=0).named_weights()
    assert not any(name.startswith("window") for name in without_text)
    assert tuple(without_text["lstm_2/kernel"].shape) == (3 + 6, 24)


@pytest.mark.parametrize(
    ("wrong", "facts"),
    [
        ({"recurrence": "quick"}, ["recurrence='quick'", "auto", "fast", "portable"]),
        ({"products": "float16"}, ["products='float16'", "float32", "bfloat16"]),
        ({"dropout": 1.0}, ["dropout=1.0", "[0, 1)"]),
        ({"num_layers": 0}, ["num_layers=0", "whole number", 1]),
        ({"num_units": -1}, ["num_units=-1", "whole number", 1]),
        ({"num_mixtures": 0}, ["num_mixtures=0", "whole number", 1]),
        ({"num_units": "many"}, ["num_units='many'", "whole number", 1]),
        (
            {"num_window_components": -1},
            ["num_window_components=-1", "whole number", 0, "without text"],
        ),
    ],
)
def test_wrong_options_are_refused(wrong, facts):
    with refused(*facts):
        tiny_network(**wrong)


def test_automatic_recurrence_is_fast_without_a_gpu():
    assert tiny_network(recurrence="auto").recurrence == "fast"
