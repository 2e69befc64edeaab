"""Words that are struck out: some, of the right words, and never the word itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusals import refused

from scribe.foundation.alphabet import Alphabet
from scribe.typesetting.manuscript import read_manuscript
from scribe.typesetting.slips import STRUCK, slip_of, with_slips

pytestmark = pytest.mark.unit

ALPHABET = Alphabet(" -.,/:abcdefghijklmnopqrstuvwxyz0123456789")
TEXT = "the weather, has been kind to us since monday " * 40


def random(seed=0):
    return np.random.Generator(np.random.Philox(seed))


@given(st.text("abc", min_size=4, max_size=9), st.integers(0, 99))
def test_a_slip_differs_from_its_word_by_little(word, seed):
    slip = slip_of(word, random(seed))
    assert slip != word and slip[0] == word[0]
    assert 2 <= len(slip) <= len(word) + 1


def test_about_as_many_words_are_struck_out_as_asked_for():
    manuscript = read_manuscript(TEXT, ALPHABET)
    found = with_slips(manuscript, 10, seed=1)
    (before,), (after,) = manuscript.paragraphs, found.paragraphs
    kept = [w for w, m in zip(after.words, after.marks, strict=True) if m != STRUCK]
    assert tuple(kept) == before.words, "all words stay, in their order"
    struck = len(after.words) - len(kept)
    long_words = sum(w.isalpha() and len(w) >= 4 for w in before.words)
    assert 0.04 * long_words < struck < 0.17 * long_words
    for i, mark in enumerate(after.marks):
        assert mark != STRUCK or after.words[i + 1].isalpha()
    assert found == with_slips(manuscript, 10, seed=1)
    assert found != with_slips(manuscript, 10, seed=2)
    assert with_slips(manuscript, 0, seed=1) == manuscript


def test_numbers_addresses_and_parts_of_words_have_no_slips():
    text = "12345 a.b/c https://example.org abcdefghijklmnopqrstuvwxyzabcdefgh " * 9
    manuscript = read_manuscript(text, ALPHABET, longest_word=12)
    assert with_slips(manuscript, 30, seed=0) == manuscript


@pytest.mark.parametrize("share", [-1, 31])
def test_too_many_slips_are_refused(share):
    with refused(f"slips={share}", 0, 30):
        with_slips(read_manuscript("so", ALPHABET), share, 0)
