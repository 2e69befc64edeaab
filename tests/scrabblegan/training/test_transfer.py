"""Starting from a trained model: its letters keep what they have learnt."""

import numpy as np
import pytest
from recognizer_samples import ALPHABET, random_recognizer, tiny_network, tiny_trainer
from refusals import refused
from scrabble_samples import random_writer, tiny_networks
from word_samples import prepared_words, tiny_word_dataset

from scrabblegan.models import load_model
from scrabblegan.training import transfer
from scribe.foundation.alphabet import Alphabet

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reader")
    random_recognizer(folder).save(folder)
    return folder


def values(network):
    return {name: v.numpy() for name, v in network.named_weights().items()}


def started(folder, characters):
    """A recognizer of these characters, before and after, and what it started from."""
    network = tiny_network(len(characters) + 1)
    before = values(network)
    transfer.start(network, Alphabet(characters), "recognizer", str(folder))
    return before, values(network), values(load_model(str(folder)).keras_network())


@pytest.mark.slow
def test_the_same_letters_start_with_the_very_weights(reader):
    _, own, learnt = started(reader, ALPHABET)
    assert own.keys() == learnt.keys()
    for name, value in own.items():
        np.testing.assert_array_equal(value, learnt[name])


@pytest.mark.slow
def test_a_character_takes_its_scores_along_whatever_its_id(reader):
    assert ALPHABET == "abcho"
    _, own, learnt = started(reader, "hoca")
    for name, axis in (("output/kernel", 1), ("output/bias", 0)):
        expected = np.take(learnt[name], [0, 4, 5, 3, 1], axis)
        np.testing.assert_array_equal(own[name], expected)
    rest = own.keys() - {"output/kernel", "output/bias"}
    for name in rest:
        np.testing.assert_array_equal(own[name], learnt[name])


@pytest.mark.slow
def test_an_accented_letter_starts_as_its_letter_and_a_new_one_afresh(reader):
    before, own, learnt = started(reader, "öz")
    kernel = own["output/kernel"]
    np.testing.assert_array_equal(kernel[:, 1], learnt["output/kernel"][:, 5])
    np.testing.assert_array_equal(kernel[:, 2], before["output/kernel"][:, 2])


@pytest.mark.slow
def test_a_generator_keeps_the_filters_of_its_letters(tmp_path):
    writer = random_writer(tmp_path)
    network = tiny_networks()["generator"](alphabet_size=4)
    transfer.start(network, Alphabet("eaz"), "scrabblegan", str(tmp_path))
    bank = network.embedding.bank.numpy()
    learnt = writer.weights["embedding/bank"]
    np.testing.assert_array_equal(bank[:3], learnt[[0, 5, 1]])
    assert np.abs(bank[3] - learnt).max(axis=(1, 2)).min() > 0.0


@pytest.mark.slow
def test_another_network_or_kind_is_refused(reader, tmp_path):
    narrow = tiny_network(len(ALPHABET) + 1, num_units=3)
    with refused(reader, "weights.npz"):
        transfer.start(narrow, Alphabet(ALPHABET), "recognizer", str(reader))
    random_writer(tmp_path)
    with refused(tmp_path, "recognizer"):
        transfer.start(narrow, Alphabet(ALPHABET), "recognizer", str(tmp_path))
    with refused("'nowhere'"):
        transfer.start(narrow, Alphabet(ALPHABET), "recognizer", "nowhere")


@pytest.mark.slow
def test_a_recognizer_s_training_starts_with_what_another_can_read(reader, tmp_path):
    """Its averages, which are what it exports, start there as well."""
    letters = ALPHABET[:4]
    texts = {"train": [letters[:2]] * 4, "validation": [letters[2:]]}
    folder = prepared_words(tmp_path / "words", texts)
    dataset = tiny_word_dataset(folder, alphabet=letters)
    trainer = tiny_trainer(dataset, initial=str(reader))
    learnt = values(load_model(str(reader)).keras_network())
    for name, value in trainer.averaged_weights().items():
        if not name.startswith("output"):
            np.testing.assert_array_equal(value, learnt[name])
