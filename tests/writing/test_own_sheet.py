"""The lines of the sheet show every character twice."""

import collections

import pytest

from scribe import writing
from scribe.foundation.alphabet import Alphabet
from scribe.writing import own_sheet

PRINTABLE = Alphabet("".join(map(chr, range(32, 127))))


@pytest.mark.unit
@pytest.mark.parametrize("alphabet", ["shipped", "printable"])
def test_every_character_is_there_twice_in_short_lines(alphabet):
    known = writing.load().model.alphabet if alphabet == "shipped" else PRINTABLE
    lines = own_sheet.sheet_lines(known)
    counts = collections.Counter("".join(lines))
    assert {c: counts[c] for c in known.characters if counts[c] < 2} == {}
    assert set(counts) <= set(known.characters)
    assert 8 <= len(lines) <= 10 and max(map(len, lines)) <= 45


@pytest.mark.unit
def test_lines_lose_what_a_model_lacks_and_go_when_little_is_left():
    letters = Alphabet(" abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    lines = own_sheet.sheet_lines(letters)
    assert "Pack big boxes Jim Vance left at" in lines
    assert len(lines) < 8


@pytest.mark.unit
def test_the_page_has_a_rule_under_the_words_of_each_line():
    lines = own_sheet.sheet_lines(PRINTABLE)
    page = own_sheet.sheet_page(lines)
    assert [caption.text for caption in page.captions] == lines
    levels = [rule[0, 1] for rule in page.rules]
    assert len(levels) == len(lines) and max(levels) < page.height
    for caption, level in zip(page.captions, levels, strict=True):
        assert 10 < level - caption.y < 20
