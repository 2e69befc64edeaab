"""How the writers of a corpus are parted, and how a style is made of their lines."""

import dataclasses

import numpy as np
import pytest
from hand_samples import hand_corpus
from refusals import refused

from scribe.corpora.prepared import load_lines
from scribe.evaluation import hands
from scribe.strokes.arrays import points_from_strokes
from scribe.writing import Style

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "hands"
    return hand_corpus(folder, lines_per_writer=15, forms_per_writer=3)


def test_style_texts_and_known_lines_are_of_different_pages(corpus):
    found = hands.hands_of(load_lines(corpus, ["train"]), 2)
    assert [hand.name for hand in found] == ["w0", "w1", "w2", "w3"]
    for hand in found:
        parts = (hand.page, hand.targets, hand.known)
        assert [len(part) for part in parts] == [5, 2, 5]
        assert len({line.form for part in parts for line in part}) == 3
        assert {line.writer for part in parts for line in part} == {hand.name}


def test_a_writer_without_pages_is_parted_by_his_lines(corpus):
    lines = [
        dataclasses.replace(line, form=line.writer)
        for line in load_lines(corpus, ["train", "validation"])
    ]
    many = [dataclasses.replace(line, name=f"{line.name}+") for line in lines]
    (first, *_) = hands.hands_of(lines + many, 6)
    names = [line.name for line in (*first.page, *first.targets, *first.known)]
    assert len(first.page) == len(first.known) == 10 and len(first.targets) == 6
    assert len(set(names)) == 26
    with refused("0 of 6", 3):  # fifteen lines are too few to part
        hands.hands_of(lines, 6)


def test_lines_of_unknown_writers_are_passed_over(corpus):
    lines = load_lines(corpus, ["train"])
    unknown = [dataclasses.replace(line, writer="") for line in lines]
    assert len(hands.hands_of(lines + unknown, 2)) == 4
    with refused("prepare it again"):
        hands.hands_of(unknown, 2)


def test_lines_are_joined_behind_each_other_at_one_height():
    first = Style("ab", np.array([[5, 5, 0], [10, 4, 0]], np.float32))
    second = Style("c", np.array([[90, 90, 0], [2, -6, 1]], np.float32))
    line = hands.joined(first, second)
    assert line.text == "ab c"
    np.testing.assert_array_equal(line.strokes[:, 2], [0, 1, 0, 1])
    points = points_from_strokes(line.strokes)
    np.testing.assert_allclose(points[:2], [[5, 5], [15, 9]])
    gap = 0.9 * 10 / 2
    np.testing.assert_allclose(points[2:], [[15 + gap, 10], [17 + gap, 4]])
