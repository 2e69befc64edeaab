"""Characters and their ids."""

import string
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import refused

from scribe.foundation.alphabet import TERMINATOR_ID, Alphabet, look_alike


@pytest.mark.slow
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
    [("skip", "caf x"), ("replace", "cafe x")],
)
def test_unknown_characters_are_skipped_or_replaced(unknown, adapted):
    """The apostrophe stays: this alphabet has no plain one."""
    assert Alphabet("acefx ").adapt("café ’x😀", unknown) == adapted


@pytest.mark.unit
def test_a_look_alike_is_used_where_the_alphabet_has_it():
    assert Alphabet("'\"-.s").adapt("’“–…ß", "replace") == "'\"-...ss"


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("‘it’s’ “so”", "'it's' \"so\""),
        ("a – b — c ‐ d − e", "a - b - c - d − e"),  # a minus is no dash
        ("wait…", "wait..."),
        ("a\u00a0b\u2009c\u202fd\u3000e", "a b c d e"),
        ("so\u00adft\u200b \ufefftext\u200d", "soft text"),
        ("ﬁx oﬀ aﬄict", "fix off afflict"),
        ("Ａｂ１！", "Ab1!"),
        ("№ 5", "No 5"),
        ("cafe\u0301", "café"),
        ("é ½ ² ´ 😀", "é ½ ² ´ 😀"),  # these are themselves
        ("plain 'text'", "plain 'text'"),
    ],
)
def test_what_means_the_same_to_a_pen_becomes_plain(text, plain):
    characters = " '\"-.!15" + string.ascii_letters
    assert Alphabet(characters).normalised(text) == plain


@pytest.mark.unit
def test_a_character_that_the_alphabet_has_stays_as_it_is():
    assert Alphabet("it’s'“ ").normalised("it’s “") == "it’s “"
    assert Alphabet("its").normalised("it’s…") == "it’s…", "nothing to put for them"


@pytest.mark.property
@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing_and_only_adds_what_is_known(text):
    alphabet = Alphabet(string.printable)
    plain = alphabet.normalised(text)
    assert alphabet.normalised(plain) == plain
    assert {c for _, c in alphabet.unknown(plain)} <= {
        c for c in unicodedata.normalize("NFC", text) if c not in alphabet
    }


@pytest.mark.unit
@pytest.mark.parametrize(
    ("character", "like"),
    [("é", "e"), ("ß", "ss"), ("½", "1/2"), ("Ω", "O"), ("Ж", "Zh"), ("→", "->")]
    + [("北", "Bei"), ("😀", ""), ("☃", "")],
)
def test_a_look_alike_is_a_letter_without_its_marks_or_in_ascii(character, like):
    assert look_alike(character, string.printable.__contains__) == like
    assert look_alike(character, lambda _: False) == ""


@pytest.mark.unit
def test_all_unknown_characters_of_a_line_are_named():
    with refused("'é' (character 1)", "'£' (character 3)", "'éa£'"):
        Alphabet("a").encode("éa£")


@pytest.mark.unit
def test_another_way_with_unknown_characters_is_refused():
    with refused("unknown='drop'", "skip", "replace"):
        Alphabet("ab").adapt("ab", "drop")


@pytest.mark.unit
@pytest.mark.parametrize(
    ("characters", "facts"), [("", ["alphabet"]), ("aba", ["'aba'", "twice"])]
)
def test_an_impossible_alphabet_is_refused(characters, facts):
    with refused(*facts):
        Alphabet(characters)
