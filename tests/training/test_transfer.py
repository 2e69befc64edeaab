"""Trainings that start with what another network has learnt."""

import numpy as np
import pytest
from refusals import refused
from training_samples import first_batches, tiny_dataset, tiny_trainer

from scribe.foundation.alphabet import Alphabet
from scribe.models.stroke_model import load_model
from scribe.models.variant import Variant
from scribe.training.transfer import with_alphabet

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("without_tracing")]


@pytest.fixture(scope="module")
def dataset(tiny_corpus):
    return tiny_dataset(tiny_corpus)


def assert_writes_as(found, source, weights, batches):
    """The trainer writes as the source with these weights, and not as it did."""
    told = source.evaluate(batches)
    source.load(weights)
    expected = source.evaluate(batches)
    assert expected["loss"] != pytest.approx(told["loss"], abs=1e-4)
    for name, value in found.evaluate(batches).items():
        assert value == pytest.approx(expected[name], abs=1e-5), name


@pytest.mark.slow
def test_a_training_starts_from_the_weights_of_another(dataset, tmp_path):
    trained = tiny_trainer(dataset)
    trained.train_step(next(dataset.train_batches(0)))
    trained.export(tmp_path, {})
    goes_on = tiny_trainer(
        dataset, {"seed": 9}, ema_decay=0.5, initial_model=str(tmp_path)
    )
    expected = trained.stroke_model().weights
    for weights in (goes_on.stroke_model().weights, load_model(tmp_path).weights):
        for name, value in weights.items():
            np.testing.assert_array_equal(value, expected[name])
    assert int(goes_on.step) == 0


@pytest.mark.slow
@pytest.mark.parametrize("components", [0, 2])
def test_a_wider_network_starts_with_what_the_narrow_one_says(
    dataset, tmp_path, components
):
    sizes = {"num_window_components": components, "num_layers": 3}
    narrow = tiny_trainer(dataset, sizes | {"num_units": 5})
    narrow.train_step(first_batches(dataset, 1)[0])
    narrow.export(tmp_path, {})
    wide = tiny_trainer(dataset, sizes | {"num_units": 9}, initial_model=str(tmp_path))
    batches = first_batches(dataset, 3)
    expected, found = narrow.evaluate(batches), wide.evaluate(batches)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=1e-5), name
    heard = wide.network.head.kernel.numpy().reshape(3, 9, -1)
    assert not heard[:, 5:].any()
    wide.train_step(batches[0])
    assert wide.network.head.kernel.numpy().reshape(3, 9, -1)[:, 5:].all()


@pytest.mark.slow
@pytest.mark.parametrize("num_units", [5, 9])
def test_a_network_without_text_starts_with_one_whose_window_is_empty(
    dataset, tmp_path, num_units
):
    sizes = {"num_layers": 3}
    reads = tiny_trainer(dataset, sizes | {"num_units": 5})
    batches = first_batches(dataset, 3)
    reads.train_step(batches[0])
    reads.export(tmp_path, {})
    textless = sizes | {"num_window_components": 0, "num_units": num_units}
    found = tiny_trainer(dataset, textless, initial_model=str(tmp_path))

    weights = load_model(tmp_path).weights
    for layer in (1, 2, 3):
        weights[f"lstm_{layer}/kernel"][-dataset.alphabet.size :] = 0.0
    assert_writes_as(found, reads, weights, batches)


@pytest.mark.slow
@pytest.mark.parametrize("num_units", [5, 9])
@pytest.mark.parametrize("num_layers", [1, 2])
def test_a_network_of_fewer_layers_starts_with_the_lower_ones(
    dataset, tmp_path, num_layers, num_units
):
    deep = tiny_trainer(dataset, {"num_layers": 3, "num_units": 5})
    batches = first_batches(dataset, 3)
    deep.train_step(batches[0])
    deep.export(tmp_path, {})
    sizes = {"num_layers": num_layers, "num_units": num_units}
    found = tiny_trainer(dataset, sizes, initial_model=str(tmp_path))

    weights = load_model(tmp_path).weights
    weights["output/kernel"][num_layers * 5 :] = 0.0
    assert_writes_as(found, deep, weights, batches)


@pytest.mark.slow
@pytest.mark.parametrize("num_layers", [1, 3])
def test_a_reader_takes_over_layers_without_text_and_keeps_its_window(
    dataset, tmp_path, num_layers
):
    """Of two sources the later one overwrites what it knows, and only that."""
    sizes = {"num_layers": num_layers}
    reads = tiny_trainer(dataset, sizes | {"seed": 5})
    textless = tiny_trainer(dataset, sizes | {"num_window_components": 0})
    sources = {}
    for name, trainer in (("reads", reads), ("textless", textless)):
        trainer.train_step(first_batches(dataset, 1)[0])
        trainer.export(tmp_path / name, {})
        sources[name] = load_model(tmp_path / name).weights
    folders = tuple(str(tmp_path / name) for name in sources)
    found = tiny_trainer(dataset, sizes, initial_model=folders).stroke_model().weights
    for name, value in found.items():
        expected = sources["reads"][name].copy()
        if not name.startswith("window/"):
            own = sources["textless"][name]
            assert not np.array_equal(expected[: len(own)], own)
            expected[: len(own)] = own
        np.testing.assert_array_equal(value, expected, err_msg=name)


def test_networks_that_are_wired_in_another_way_start_with_no_other_size(
    dataset, tmp_path
):
    sizes = {"variant": Variant(output_skips=False), "num_layers": 3}
    tiny_trainer(dataset, sizes).export(tmp_path, {})
    with refused(tmp_path, "'num_layers': 3", "'num_layers': 2"):
        tiny_trainer(dataset, sizes | {"num_layers": 2}, initial_model=str(tmp_path))


def test_a_network_with_more_units_gets_no_text(dataset, tmp_path):
    textless = {"num_window_components": 0, "num_units": 5}
    tiny_trainer(dataset, textless).export(tmp_path, {})
    with refused(tmp_path, "'num_units': 5", "'num_units': 9"):
        tiny_trainer(dataset, {"num_units": 9}, initial_model=str(tmp_path))


@pytest.mark.parametrize(
    ("data", "network", "facts"),
    [
        ({}, {"num_units": 2}, ["'num_units': 2"]),
        ({}, {"num_mixtures": 3}, ["'num_mixtures': 3"]),
        (
            {},
            {"variant": Variant(window_feedback=False)},
            ["window_feedback=False", "window_feedback=True"],
        ),
        ({}, {"num_layers": 3}, ["'num_layers': 3"]),
        ({}, {"num_window_components": 3}, ["'num_window_components': 3"]),
        (
            {},
            {"num_window_components": 0, "num_mixtures": 3},
            ["'num_window_components': 0", "'num_mixtures': 3"],
        ),
        (
            {"offset_scale": (2.0, 2.0)},
            {},
            ["[2.0, 2.0]", "StrokeDataset.offset_scale"],
        ),
    ],
)
def test_a_network_that_is_another_is_no_start(
    tiny_corpus, dataset, tmp_path, data, network, facts
):
    tiny_trainer(dataset).export(tmp_path, {})
    with refused(tmp_path, *facts):
        tiny_trainer(
            tiny_dataset(tiny_corpus, **data), network, initial_model=str(tmp_path)
        )


def test_a_network_with_more_characters_writes_the_old_ones_as_before(
    tiny_corpus, dataset, tmp_path
):
    """Ids move with their characters; a new one is close to its look-alike."""
    few = tiny_trainer(dataset)
    few.train_step(first_batches(dataset, 1)[0])
    few.export(tmp_path, {})
    known = dataset.alphabet.characters
    more = "é#" + known[::-1] + "@"
    wider = tiny_dataset(tiny_corpus, alphabet=more)
    many = tiny_trainer(wider, initial_model=str(tmp_path))
    for name, value in few.evaluate(first_batches(dataset, 3)).items():
        found = many.evaluate(first_batches(wider, 3))[name]
        assert found == pytest.approx(value, abs=1e-5), name


def test_a_new_character_begins_between_its_look_alike_and_all_others(dataset):
    before = tiny_trainer(dataset).stroke_model()
    characters = before.alphabet.characters
    assert characters.startswith("a")
    after = with_alphabet(before, Alphabet("@á#" + characters))
    assert after.sizes["alphabet_size"] == len(characters) + 4
    kernel = before.weights["lstm_1/kernel"][-len(characters) - 1 :]
    wide = after.weights["lstm_1/kernel"][-len(characters) - 4 :]
    np.testing.assert_array_equal(wide[[0, *range(4, len(wide))]], kernel)
    mean = kernel[1:].mean(axis=0)
    like_a = 0.7 * kernel[1] + 0.3 * mean
    for row, expected in ((1, like_a), (2, like_a), (3, mean)):
        off = np.abs(wide[row] - expected).max()
        assert 0.0 < off < 0.1
    assert np.abs(wide[1] - wide[2]).max() > 0.0


def test_no_character_is_lost_and_only_readers_of_text_get_more(dataset):
    reads = tiny_trainer(dataset).stroke_model()
    fewer = Alphabet(reads.alphabet.characters[1:])
    with refused("alphabet"):
        with_alphabet(reads, fewer)
    textless = tiny_trainer(dataset, {"num_window_components": 0}).stroke_model()
    with refused("alphabet"):
        with_alphabet(textless, Alphabet("#" + textless.alphabet.characters))
