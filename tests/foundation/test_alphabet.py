"""Characters and their ids."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import refused

from scribe.foundation.alphabet import TERMINATOR_ID, Alphabet


@pytest.mark.property
@settings(max_examples=50, deadline=None)
@given(st.text(max_size=30))
def test_any_text_comes_back_from_its_ids(text):
    alphabet = Alphabet.of([text, "a"])
    ids = alphabet.encode(text)
    assert len(ids) == len(text) + 1
    assert ids[-1] == TERMINATOR_ID
    assert alphabet.decode(ids) == text


@pytest.mark.unit
def test_ids_follow_the_order_of_the_characters():
    ids = Alphabet("xya").encode("axx")
    assert ids.dtype == np.int32
    assert ids.tolist() == [3, 1, 1, 0]


@pytest.mark.unit
def test_size_counts_the_terminator():
    assert Alphabet("abc").size == 4
    assert Alphabet.of(["cab", "abba"]) == Alphabet("abc")


@pytest.mark.unit
def test_decoding_stops_at_the_first_terminator():
    assert Alphabet("ab").decode([2, 0, 1]) == "b"


@pytest.mark.unit
def test_an_unknown_character_is_named_with_its_position():
    with refused("'é'", "character 3", "'abé'"):
        Alphabet("ab").encode("abé")


@pytest.mark.unit
@pytest.mark.parametrize(
    ("unknown", "adapted"),
    [("skip", "caf x"), ("replace", "cafe x"), ("error", "café ’x😀")],
)
def test_unknown_characters_are_left_skipped_or_replaced(unknown, adapted):
    assert Alphabet("acefx ").adapt("café ’x😀", unknown) == adapted


@pytest.mark.unit
def test_a_look_alike_is_used_where_the_alphabet_has_it():
    assert Alphabet("'\"-.s").adapt("’“–…ß", "replace") == "'\"-...ss"


@pytest.mark.unit
def test_another_way_with_unknown_characters_is_refused():
    with refused("unknown='drop'", "error", "skip", "replace"):
        Alphabet("ab").adapt("ab", "drop")


@pytest.mark.unit
@pytest.mark.parametrize(
    ("characters", "facts"), [("", ["alphabet"]), ("aba", ["'aba'", "twice"])]
)
def test_an_impossible_alphabet_is_refused(characters, facts):
    with refused(*facts):
        Alphabet(characters)
