"""Batches by writer."""

import itertools

import numpy as np
import pytest
from hand_samples import hand_corpus, hand_dataset
from refusals import refused

from scribe.corpora.hand_batches import HandAugmentation
from scribe.corpora.mixing import OtherCorpus

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return hand_corpus(tmp_path_factory.mktemp("data") / "hands")


def test_a_batch_has_some_lines_of_each_of_some_writers(corpus):
    data = hand_dataset(corpus, writers_per_batch=3, lines_per_writer=2)
    batch = next(data.train_batches(0))
    assert batch["features"].shape == (6, 40, 6) and batch["mask"].shape == (6, 40)
    first, second = batch["writer"].reshape(3, 2).T
    assert (first == second).all() and len(set(first)) == 3
    lengths = batch["mask"].sum(axis=1).astype(int)
    for row, length in zip(batch["features"], lengths, strict=True):
        assert row[:length].any(axis=1).all() and not row[length:].any()


def test_the_batch_of_a_step_depends_on_the_step_alone(corpus):
    data = hand_dataset(corpus)
    third = next(itertools.islice(data.train_batches(0), 2, None))
    again = next(data.train_batches(2))
    assert third.keys() == again.keys()
    for name, value in third.items():
        np.testing.assert_array_equal(again[name], value)
    other = next(data.train_batches(3))
    assert (other["features"] != third["features"]).any()


def test_validation_lines_are_those_of_the_other_writers_and_stay(corpus):
    data = hand_dataset(corpus, validation_rounds=2)
    first, second = list(data.validation_batches()), list(data.validation_batches())
    assert len(first) == len(second) == 2
    for one, same in zip(first, second, strict=True):
        np.testing.assert_array_equal(one["features"], same["features"])
    assert len(data.validation) == 2 and len(data.train) == 4


def test_lines_of_unknown_writers_are_left_alone(corpus, tmp_path):
    unknown = hand_corpus(tmp_path / "unknown", known=False)
    with refused(unknown, "prepare the corpus again"):
        hand_dataset(unknown)


def test_writers_of_other_corpora_are_drawn_by_their_weight(corpus):
    never = OtherCorpus(str(corpus), ["train"], 0.0)
    data = hand_dataset(corpus, others=[never], writers_per_batch=4)
    assert len(data.train) == 8
    for batch in itertools.islice(data.train_batches(0), 5):
        assert batch["writer"].max() < 4


def test_impossible_batches_are_refused(corpus):
    with refused("lines_per_writer=1", 2):
        hand_dataset(corpus, lines_per_writer=1)
    with refused("min_lines=1", 2):
        hand_dataset(corpus, min_lines=1)
    with refused("validation_splits"):
        hand_dataset(corpus, validation_splits=["test"])


def test_augmentation_keeps_the_length_of_directions_and_leans_the_line():
    random = np.random.default_rng(0)
    upright = np.zeros([4, 6], np.float32)
    upright[:3, 1], upright[:, 2] = 1.0, [0.0, 1.0, 2.0, 3.0]
    upright[3, 3:] = [0.5, 0.0, 1.0]
    same = HandAugmentation(0.0, 0.0, 0.0, 0.0)(upright, random)
    np.testing.assert_allclose(same, upright, atol=1e-6)
    leaning = HandAugmentation(0.5, 0.0, 0.0, 0.0)(upright, random)
    assert abs(leaning[0, 0]) > 0.01
    np.testing.assert_allclose(np.hypot(*leaning[:3, :2].T), 1.0, rtol=1e-6)
    np.testing.assert_allclose(leaning[:, 2:], upright[:, 2:], atol=1e-6)
    higher = HandAugmentation(0.0, 0.5, 0.0, 0.0)(upright, random)
    ratio = higher[1:, 2] / upright[1:, 2]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-6)
    assert ratio[0] != 1.0
