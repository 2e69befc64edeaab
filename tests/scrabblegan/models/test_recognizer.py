"""A trained recognizer: what it reads, what it measures, and its files."""

import itertools
import json

import numpy as np
import pytest
from recognizer_samples import ALPHABET, drawn_word, random_recognizer
from refusals import refused

import scrabblegan
from scrabblegan.images import to_network

pytestmark = pytest.mark.unit

TEXTS = ("coach", "a", "hoo", "ab", "oh")


@pytest.fixture(scope="module")
def recognizer(tmp_path_factory):
    return random_recognizer(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def images():
    random = np.random.default_rng(0)
    return [drawn_word(text, random) for text in TEXTS]


def scores(recognizer, image):
    """Log probabilities [T, V] of one image alone."""
    network = recognizer.keras_network()
    logits, _ = network(to_network(image)[None, ..., None], np.array([image.shape[1]]))
    logits = np.asarray(logits[0], np.float64)
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def collapsed(path):
    merged = [symbol for symbol, _ in itertools.groupby(path) if symbol]
    return "".join(ALPHABET[symbol - 1] for symbol in merged)


@pytest.mark.slow
def test_greedy_reading_takes_the_best_symbol_of_each_frame(recognizer, images):
    expected = [collapsed(scores(recognizer, im).argmax(axis=1)) for im in images]
    assert recognizer.read(images) == expected
    assert any(expected)


def test_a_wide_beam_finds_the_most_probable_text(recognizer, images):
    image = images[1]  # of four frames: all paths can be counted
    log_p = scores(recognizer, image)
    by_text: dict[str, float] = {}
    for path in itertools.product(range(log_p.shape[1]), repeat=len(log_p)):
        text = collapsed(path)
        share = np.exp(sum(log_p[t, s] for t, s in enumerate(path)))
        by_text[text] = by_text.get(text, 0.0) + share
    best = max(by_text, key=by_text.get)
    assert recognizer.read([image], decoder="beam", beam_width=200) == [best]
    likeliest = max((t for t in by_text if t), key=by_text.get)
    nats = recognizer.nats([image], [likeliest])[0] * len(likeliest)
    assert nats == pytest.approx(-np.log(by_text[likeliest]), rel=1e-4)


def test_features_are_means_over_each_word_s_own_frames(recognizer, images):
    together = recognizer.features(images)
    network = recognizer.keras_network()
    for image, row in zip(images, together, strict=True):
        pixels = to_network(image)[None, ..., None]
        frames, (length,) = network.frames(pixels, np.array([image.shape[1]]))
        np.testing.assert_allclose(row, frames[0, :length].numpy().mean(0), rtol=1e-4)


def test_a_saved_recognizer_reads_the_same(recognizer, images, tmp_path):
    recognizer.save(tmp_path)
    loaded = scrabblegan.load(str(tmp_path))
    assert loaded.sizes == recognizer.sizes
    assert loaded.num_parameters == recognizer.num_parameters
    assert loaded.read(images) == recognizer.read(images)


@pytest.mark.parametrize(
    ("change", "facts"),
    [
        ({"alphabet": "aa"}, ["'aa'"]),
        ({"alphabet": None}, []),
        ({"sizes": {"stages": [[4]]}}, ["recognizer", "'pools'"]),
        ({"sizes": {"stages": "wide"}}, ["'wide'"]),
        ({"kind": "digit_classifier"}, ["'digit_classifier'", "'recognizer'"]),
    ],
)
def test_a_damaged_description_is_refused(recognizer, tmp_path, change, facts):
    recognizer.save(tmp_path)
    path = tmp_path / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with refused(tmp_path / "model.json", *facts):
        type(recognizer).load(tmp_path)


def test_what_cannot_be_read_or_compared_is_refused(recognizer, images):
    with refused("decoder='best'", "greedy", "beam"):
        recognizer.read(images, decoder="best")
    with refused("'z'", "'abcho'"):
        recognizer.nats(images[:1], ["z"])
    with refused("text"):
        recognizer.nats(images[:1], [""])
