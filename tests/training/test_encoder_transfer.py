"""Encoder-decoders that start with what Graves' network has learnt."""

import logging

import keras
import numpy as np
import pytest
from refusals import refused
from training_samples import first_batches, tiny_dataset, tiny_trainer

from scribe.models import load_model
from scribe.models.variant import Variant
from scribe.networks.encoder_decoder import EncoderDecoder

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("without_tracing")]


@pytest.fixture(scope="module")
def dataset(tiny_corpus):
    return tiny_dataset(tiny_corpus)


@pytest.fixture(scope="module")
def graves(dataset, tmp_path_factory):
    """A trained network, and the folder where it is."""
    folder = tmp_path_factory.mktemp("graves")
    trained = tiny_trainer(dataset, {"num_layers": 2})
    for batch in first_batches(dataset, 2):
        trained.train_step(batch)
    trained.export(folder, {})
    return trained, str(folder)


def encoder_decoder(dataset, initial_model=None, **changes):
    """A trainer of an encoder-decoder whose decoder is of the size of `graves`."""
    sizes = {
        "num_layers": 2,
        "num_units": 6,
        "num_mixtures": 2,
        "embedding_dim": 8,
        "encoder_units": 9,
        "attention": "gaussian",
        "num_window_components": 2,
        "attention_units": 4,
        "location_filters": 3,
        "location_width": 3,
        "dropout": 0.0,
        "recurrence": "fast",
        "products": "float32",
    } | changes

    def network(alphabet_size):
        keras.utils.set_random_seed(3)
        return EncoderDecoder(alphabet_size=alphabet_size, **sizes)

    return tiny_trainer(dataset, model=network, initial_model=initial_model)


def test_an_encoder_decoder_starts_by_writing_as_graves_network(dataset, graves):
    trained, folder = graves
    batches = first_batches(dataset, 3)
    expected = trained.evaluate(batches)
    fresh = encoder_decoder(dataset).evaluate(batches)
    assert fresh["loss"] != pytest.approx(expected["loss"], abs=0.05)
    found = encoder_decoder(dataset, folder).evaluate(batches)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-3), name


def test_equal_layers_have_equal_weights(dataset, graves):
    trained, folder = graves
    learnt = trained.stroke_model().weights
    found = encoder_decoder(dataset, folder).stroke_model().weights
    width = dataset.alphabet.size
    for name in learnt:
        if name in ("lstm_1/kernel", "lstm_2/kernel"):
            own = len(learnt[name]) - width
            np.testing.assert_array_equal(found[name][:own], learnt[name][:own])
            passed = found[name][own : own + width]
            ratio = passed / learnt[name][own:]
            np.testing.assert_allclose(ratio, ratio[0, 0], rtol=1e-5)
            assert not found[name][own + width :].any()
        else:
            np.testing.assert_array_equal(found[name], learnt[name], err_msg=name)


def test_all_of_the_encoder_learns_from_the_second_step_on(dataset, graves):
    started = encoder_decoder(dataset, graves[1])
    before = started.stroke_model().weights
    batches = first_batches(dataset, 2)
    for batch in batches:
        started.train_step(batch)
    after = started.stroke_model().weights
    for name in before:
        changed = before[name] != after[name]
        assert changed.any(axis=0).all(), name


@pytest.mark.parametrize("attention", ["content", "location"])
def test_another_attention_keeps_its_own_weights_and_says_so(
    dataset, graves, attention, caplog
):
    fresh = encoder_decoder(dataset, attention=attention).stroke_model().weights
    with caplog.at_level(logging.INFO):
        found = encoder_decoder(dataset, graves[1], attention=attention)
    found = found.stroke_model().weights
    own = [name for name in found if name.startswith("attention/")]
    for name in own:
        np.testing.assert_array_equal(found[name], fresh[name])
        assert name in caplog.text
    assert "without use: window/kernel, window/bias" in caplog.text
    learnt = graves[0].stroke_model().weights
    np.testing.assert_array_equal(found["output/kernel"], learnt["output/kernel"])


def test_a_trained_encoder_decoder_goes_on_with_another_attention(
    dataset, graves, tmp_path
):
    trained = encoder_decoder(dataset, graves[1])
    trained.train_step(first_batches(dataset, 1)[0])
    trained.export(tmp_path, {})
    learnt = load_model(tmp_path).weights
    goes_on = encoder_decoder(dataset, str(tmp_path), attention="content")
    for name, value in goes_on.stroke_model().weights.items():
        if not name.startswith("attention/"):
            np.testing.assert_array_equal(value, learnt[name], err_msg=name)
    with refused(tmp_path, "'encoder_units': 9", "'encoder_units': 10"):
        encoder_decoder(dataset, str(tmp_path), encoder_units=10)


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({"num_units": 7}, ["'num_units': 6", "'num_units': 7"]),
        ({"num_window_components": 3}, ["'num_window_components': 3"]),
        ({"num_mixtures": 3}, ["'num_mixtures': 3"]),
        ({"encoder_units": 4}, ["5 characters", "EncoderDecoder.encoder_units"]),
        ({"embedding_dim": 4}, ["5 characters", "embedding_dim"]),
    ],
)
def test_an_encoder_decoder_that_does_not_fit_is_refused(
    dataset, graves, changes, facts
):
    with refused(*facts):
        encoder_decoder(dataset, graves[1], **changes)


@pytest.mark.parametrize(
    "network",
    [{"num_window_components": 0}, {"variant": Variant(window_feedback=False)}],
)
def test_a_network_without_text_or_of_other_wiring_is_no_start(
    dataset, tmp_path, network
):
    tiny_trainer(dataset, {"num_layers": 2} | network).export(tmp_path, {})
    with refused(tmp_path):
        encoder_decoder(dataset, str(tmp_path))
