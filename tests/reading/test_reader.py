"""The reader in NumPy against TensorFlow, its decoding, and its files."""

import json

import numpy as np
import pytest
from refusals import refused
from writing_samples import random_reader
from writing_samples import saved as saved_writer

from scribe.models import save_model
from scribe.reading import reader as reading
from scribe.reading.ctc import collapse
from scribe.strokes.arrays import points_from_strokes, strokes_from_points

pytestmark = pytest.mark.unit


def scrawl(num_points, seed=0):
    random = np.random.default_rng(seed)
    strokes = random.normal(0.0, 1.0, [num_points, 3]).astype(np.float32)
    strokes[:, 0] += 0.5
    strokes[:, 2] = random.random(num_points) < 0.1
    strokes[0, :2], strokes[-1, 2] = 0.0, 1.0
    return strokes


@pytest.mark.parametrize("stacks", [(1,), (2, 2, 1), (3, 2)])
def test_numpy_and_tensorflow_score_lines_of_different_lengths_alike(stacks):
    import tensorflow as tf

    from scribe.networks.reader_network import ReaderNetwork
    from scribe.training.reader_trainer import features

    reader = random_reader(stacks=stacks)
    network = ReaderNetwork(5, stacks, 0.0, "float32", alphabet_size=5)
    for name, variable in network.named_weights().items():
        variable.assign(reader.model.weights[name])
    lines = [reader.clean(scrawl(n, seed=n)) for n in (40, 23, 9)]
    padded = np.zeros([3, max(map(len, lines)) + 4, 3], np.float32)
    mask = np.zeros(padded.shape[:2], np.float32)
    for b, line in enumerate(lines):
        padded[b, : len(line)], mask[b, : len(line)] = line, 1.0
    logits, lengths = network(
        features(tf.constant(padded), tf.constant(mask)),
        tf.constant([len(line) for line in lines]),
    )
    scores = reader.scores([scrawl(n, seed=n) for n in (40, 23, 9)])
    assert lengths.numpy().tolist() == [len(s) for s in scores]
    for b, expected in enumerate(scores):
        np.testing.assert_allclose(logits[b, : len(expected)], expected, atol=2e-5)


def test_a_line_reads_the_same_alone_and_among_others():
    reader = random_reader()
    lines = [scrawl(n, seed=n) for n in (60, 10, 33)]
    for line, expected in zip(lines, reader.scores(lines), strict=True):
        np.testing.assert_allclose(reader.scores([line])[0], expected, atol=1e-5)
    assert [reader.read(line) for line in lines] == reader.read(lines)


def test_lines_read_in_several_threads_read_the_same(monkeypatch):
    reader = random_reader()
    lines = [scrawl(20 + 7 * (i % 5), seed=i) for i in range(11)]
    alone = reader.scores(lines)
    monkeypatch.setattr(reading, "num_workers", lambda num_rows: 3)
    for one, other in zip(alone, reader.scores(lines), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_the_best_path_is_collapsed_as_tensorflow_does():
    import tensorflow as tf

    random = np.random.default_rng(3)
    logits = np.repeat(random.normal(0.0, 1.0, [20, 5]), 2, axis=0).astype(np.float32)
    (expected,), _ = tf.nn.ctc_greedy_decoder(logits[:, None], [40], blank_index=0)
    spelt = collapse(logits.argmax(axis=-1))
    np.testing.assert_array_equal(spelt, expected.values.numpy())
    assert len(spelt) > 5


def test_a_double_letter_needs_a_blank_between():
    assert collapse(np.array([1, 1, 0, 1, 2, 2, 0, 0])).tolist() == [1, 1, 2]
    assert collapse(np.array([0, 0])).tolist() == []


@pytest.mark.parametrize("unit", [0.01, 1.0, 250.0])
def test_the_unit_of_the_strokes_does_not_matter(unit):
    reader, line = random_reader(), scrawl(50)
    other = line * np.array([unit, unit, 1.0], np.float32)
    np.testing.assert_allclose(reader.clean(other), reader.clean(line), atol=1e-3)


def test_the_point_rate_of_the_strokes_does_not_matter():
    reader = random_reader()
    reader.model.cleaning.pop(0)  # the level of a line is that of its points
    line = scrawl(50)
    points, ends = points_from_strokes(line), line[:, 2]
    drawn = np.flatnonzero(ends[:-1] == 0.0)
    middles = 0.5 * (points[drawn] + points[drawn + 1])
    denser = strokes_from_points(
        np.insert(points, drawn + 1, middles, axis=0), np.insert(ends, drawn + 1, 0.0)
    )
    assert len(denser) > 1.5 * len(line)
    np.testing.assert_allclose(reader.clean(denser), reader.clean(line), atol=1e-3)


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        (np.zeros([5, 2]), ["[P, 3]", [5, 2]]),
        (np.zeros([1, 3]), ["2 points", [1, 3]]),
        (np.full([5, 3], np.nan), ["finite"]),
        (np.array([[0, 0, 0], [1e-9, 1, 0], [1e9, 0, 1]]), ["long", "points"]),
    ],
)
def test_what_is_no_line_is_refused_in_a_sentence(line, facts):
    with refused(*facts):
        random_reader().read([line])


def test_a_saved_reader_reads_the_same(tmp_path):
    reader = random_reader()
    save_model(reader.model, tmp_path, {"step": 7})
    again = reading.load_reader(tmp_path)
    assert json.loads((tmp_path / "model.json").read_text())["step"] == 7
    lines = [scrawl(30)]
    np.testing.assert_array_equal(again.scores(lines)[0], reader.scores(lines)[0])


@pytest.mark.parametrize(
    ("change", "facts"),
    [
        ({"kind": "attention_rnn"}, ["model.json"]),
        ({"alphabet": "ab"}, ["model.json", "2 characters", "alphabet_size 5"]),
        ({"sizes": {"num_units": 5, "stacks": [2, 0], "alphabet_size": 5}},
         ["model.json"]),
        ({"offset_scale": [1.0, 0.0]},
         ["model.json", "offset_scale", "two numbers over 0"]),
        ({"sizes": {"num_units": 5}}, ["model.json"]),
        ({"sizes": {"num_units": 6, "stacks": [2, 1, 3], "alphabet_size": 5}},
         ["weights.npz", "model.json"]),
    ],
)  # fmt: skip
def test_a_damaged_reader_is_named(tmp_path, change, facts):
    save_model(random_reader().model, tmp_path, {})
    path = tmp_path / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with refused(*facts):
        reading.load_reader(tmp_path)


def test_a_missing_reader_and_a_writer_are_named(tmp_path):
    with refused(tmp_path / "nowhere", "reader", "reader_chooser"):
        reading.load_reader(tmp_path / "nowhere")
    saved_writer(tmp_path / "writer")
    with refused(tmp_path / "writer", "'attention_rnn'", "reader"):
        reading.load_reader(tmp_path / "writer")
