"""Errors by class of character and by kind of string."""

import collections
import string

import numpy as np
import pytest
from refusals import refused

from scribe.evaluation.character_classes import (
    CLASSES,
    by_class,
    by_kind,
    class_of,
    looks_like,
)
from scribe.evaluation.sample_texts import STRINGS, sample_texts
from scribe.foundation.alphabet import Alphabet

pytestmark = pytest.mark.unit

ASCII = Alphabet("".join(map(chr, range(32, 127))))


def test_every_character_is_in_one_class():
    found = collections.defaultdict(str)
    for character in ASCII.characters + "éß€":
        found[class_of(character)] += character
    assert found[None] == " "
    assert found["small letters"] == string.ascii_lowercase
    assert found["capitals"] == string.ascii_uppercase
    assert found["digits"] == string.digits
    assert found["punctuation"] == "!\"'(),-.:;?"
    assert found["symbols"] == "#$%&*+/<=>@[\\]^_`{|}~€"
    assert found["accented letters"] == "éß"
    assert set(found) - {None} == set(CLASSES)


def test_errors_of_a_class_are_the_sums_over_its_characters():
    counts = {"a": (10, 1), "b": (6, 3), "7": (4, 0), " ": (5, 5)}
    assert by_class(counts) == {
        "small letters": {"occurs": 16, "misread": 4, "rate": 0.25},
        "digits": {"occurs": 4, "misread": 0, "rate": 0.0},
    }


def test_a_kind_s_strings_are_right_if_nothing_in_them_is_misread():
    kinds = ["date", "sum", "date", "sum"]
    alike = np.array([True, True, False, True])
    found = by_kind(kinds, np.array([0, 2, 1, 0]), np.array([10, 5, 8, 5]), alike)
    assert {kind: part["strings"] for kind, part in found.items()} == {
        "all": 4,
        "date": 2,
        "sum": 2,
    }
    assert found["all"]["alike"] == 0.75
    assert found["all"]["right"] == 0.5 and found["all"]["cer"] == 3 / 28
    assert found["date"]["cer"] == 1 / 18 and found["sum"]["cer"] == 2 / 10
    low, high = found["date"]["right_interval"]
    assert 0.0 < low < 0.5 < high < 1.0


def test_the_list_has_200_strings_of_12_kinds_and_every_ascii_character():
    sample = sample_texts(ASCII, 500, strings=True)
    assert len(sample.texts) == len(set(sample.texts)) == 200
    kinds = collections.Counter(sample.kinds)
    assert len(kinds) == 12 and min(kinds.values()) >= 16
    assert not set(ASCII.characters) - set("".join(sample.texts))
    assert sample.source == STRINGS.name and sample.left_out == 0


def test_strings_that_the_model_cannot_write_are_counted():
    sample = sample_texts(Alphabet(string.digits + "."), 500, strings=True)
    assert set("".join(sample.texts)) <= set(string.digits + ".")
    assert len(sample.texts) == len(sample.kinds) == 200 - sample.left_out


def test_the_list_of_strings_and_a_corpus_are_not_asked_at_once(tmp_path):
    with refused("data_dir"):
        sample_texts(ASCII, 10, str(tmp_path), strings=True)


@pytest.mark.parametrize(
    ("text", "reading", "is_alike"),
    [
        ("BT7 1NN", "BT7 INN", True),
        ("XOXO", "XoX0", True),
        ("W1D 3QU", "WID 3Qu", True),
        ("x | y", "x I y", True),
        ("19:30", "19.30", False),
        ("SW1A 2AA", "SWIA ZAA", False),
        ("19:30", "19: 30", False),
        ("a+b", "atb", False),
    ],
)
def test_readings_that_a_pen_writes_alike(text, reading, is_alike):
    assert looks_like(text, reading) is is_alike
