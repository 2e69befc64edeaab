"""The probability that a reader gives a text, and the choice among candidates."""

import string

import numpy as np
import pytest
from refusals import refused
from writing_samples import scribbler

from scribe.foundation.alphabet import Alphabet
from scribe.models import shipped
from scribe.reading import reader
from scribe.writing import Writer, write_best

pytestmark = pytest.mark.unit


class Chooser:
    """Likes lines the more, the fewer points they have, and misreads all."""

    alphabet = Alphabet(string.printable)

    def check(self, strokes, texts):
        assert len(strokes) == len(texts)
        nats = np.array([len(line) for line in strokes], float)
        return nats, np.zeros(len(texts), bool)


@pytest.fixture
def writer(monkeypatch):
    monkeypatch.setattr(reader, "load_reader", lambda name: Chooser())
    return Writer(scribbler(), engine="numpy")


def test_the_line_that_the_reader_likes_best_is_kept(writer):
    texts = ["one", "another"]
    options = {"seed": 3, "max_attempts": 4}
    kept = write_best(writer, texts, 3, num_samples=2, **options)
    candidates = writer.write(texts, num_samples=6, **options)
    assert [line.text for line in kept] == ["one", "one", "another", "another"]
    for i, line in enumerate(kept):
        group = [c for c in candidates[3 * i : 3 * i + 3] if c.finished]
        shortest = min(group, key=lambda c: len(c.strokes))
        np.testing.assert_allclose(line.strokes, shortest.strokes, atol=1e-5)


def test_a_line_that_came_to_its_end_is_preferred(writer, monkeypatch):
    lines = writer.write("abcdefghij", num_samples=8, max_attempts=1, max_steps=45)
    finished = [line.finished for line in lines]
    assert any(finished) and not all(finished)
    monkeypatch.setattr(
        Chooser,
        "check",
        lambda self, strokes, texts: (np.zeros(len(texts)), np.zeros(len(texts))),
    )
    (kept,) = write_best(writer, "abcdefghij", 8, max_attempts=1, max_steps=45)
    first = next(line for line in lines if line.finished)
    np.testing.assert_allclose(kept.strokes, first.strokes, atol=1e-5)


def test_only_lines_that_are_misread_are_written_again(writer, monkeypatch):
    written = []

    def check(self, strokes, texts):
        written.append(list(texts))
        right = [text == "one" or len(written) == 2 for text in texts]
        return np.ones(len(texts)), np.array(right)

    monkeypatch.setattr(Chooser, "check", check)
    one, other = write_best(writer, ["one", "another"], 4, seed=3)
    assert written == [["one", "another"], ["another"]]
    candidates = writer.write(["one", "another"], num_samples=4, seed=3)
    np.testing.assert_allclose(one.strokes, candidates[0].strokes, atol=1e-5)
    # Equal nats: the first one of two is kept, though the second one is read right.
    np.testing.assert_allclose(other.strokes, candidates[4].strokes, atol=1e-5)


def test_without_a_reader_the_sentence_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "pretrained_folder", lambda: tmp_path)
    monkeypatch.chdir(tmp_path)
    with refused("reader_chooser"):
        write_best(Writer(scribbler()), "text", 2)
