"""Words are read one by one, and each is judged by itself."""

import numpy as np
import pytest

import scribe
from scribe.factory.check import Check, word_readings
from scribe.reading import load_reader

pytestmark = pytest.mark.integration

TEXT = "the quick brown fox"


@pytest.fixture(scope="module")
def lines():
    """The same words, and others under their name."""
    writer = scribe.load()
    right, wrong, marked = writer.write(
        [TEXT, "the quick green fox", "für zehn €, bitte"], style="neat", seed=2
    )
    import dataclasses

    return right, dataclasses.replace(wrong, text=TEXT), marked


def test_a_word_that_says_something_else_fails_alone(lines):
    check = Check("reader", 0.25, 1)
    right, wrong, _ = check.passes(lines)
    assert right.tolist() == [True] * 4
    assert wrong.tolist() == [True, True, False, True]


@pytest.mark.parametrize(
    ("text", "reading", "passes"),
    [
        ("glory;", "glory,", True),
        ("Visual", "visual", True),
        ("crash!", "crashl", True),
        ("s00", "sOo", True),
        ("ritual", "lritual", False),
        ("deference", "doference", False),
        ("distributed.", "distributed", False),
        ("Nat", "nat", False),
    ],
)
def test_without_tolerance_only_what_looks_alike_is_no_error(
    text, reading, passes, monkeypatch
):
    monkeypatch.setattr(
        "scribe.factory.check.word_readings", lambda *arguments: [reading]
    )
    assert Check("reader", 0.0, 1)._passes(text, None).tolist() == [passes]


def test_without_a_reader_everything_passes(lines):
    for passes in Check(None, 0.0, 1).passes(lines):
        assert passes.all()


def test_each_word_has_its_own_reading(lines):
    reader = load_reader("reader")
    (scores,) = reader.scores([lines[1].strokes])
    readings = word_readings(scores, reader, TEXT)
    assert readings[:2] == ["the", "quick"] and readings[3] == "fox"
    assert word_readings(scores[:4], reader, TEXT) is None


def test_marks_and_drawn_signs_are_no_errors(lines):
    (passes,) = Check("reader", 0.25, 1).passes([lines[2]])
    assert passes.shape == (4,) and passes[[0, 1, 3]].all() and np.all(passes[2])
