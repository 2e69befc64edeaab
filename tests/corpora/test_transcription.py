"""Typists' blanks."""

import numpy as np
import pytest

from scribe.corpora.transcription import tidy


@pytest.mark.unit
@pytest.mark.parametrize(
    ("typed", "written"),
    [
        (" A MOVE  to stop Mr . Green ", "A MOVE to stop Mr. Green"),
        (
            "( Colonial Office ) , Mr . G . R . Bell",
            "(Colonial Office), Mr. G. R. Bell",
        ),
        ("Mr . Foot ' s line", "Mr. Foot's line"),
        ("I 'm sure they ' ll say it 's", "I'm sure they'll say it's"),
        ('the " plant " . The', 'the "plant". The'),
        ('were " so so . "', 'were "so so."'),
        ('" That cannot go on', '"That cannot go on'),
        ('is that it? "', 'is that it?"'),
        ('laid. " " I \' ve', 'laid." "I\'ve'),
        ('Adamafio ," and others', 'Adamafio," and others'),
        ("Days . . . Nights", "Days... Nights"),
    ],
)
def test_blanks_that_only_a_typist_puts_are_taken_out(typed, written):
    assert tidy(typed) == written


@pytest.mark.unit
@pytest.mark.parametrize(
    "text",
    [
        "financing - which he",
        "warm - hearted",
        "regrets ... but",
        "desert. ,,Now, me",
        "rose by .5 per cent",
        "from 34s to 73s",
        "the phrase 'or else' is",
        "M Ps tomorrow",
        'He said "yes" and "no" to "it"',
        "2 1/2 years + 7",
        "neutrals ' conference",
        "",
    ],
)
def test_what_may_have_been_written_so_stays(text):
    assert tidy(text) == text


@pytest.mark.property
def test_only_blanks_are_taken_out_and_once_is_enough():
    random = np.random.default_rng(0)
    characters = list("ab s.,;:?!'\"()-1 ")
    for _ in range(2000):
        text = "".join(random.choice(characters, random.integers(1, 25)))
        once = tidy(text)
        assert once.replace(" ", "") == text.replace(" ", "")
        assert "  " not in once
        assert tidy(once) == once, text
