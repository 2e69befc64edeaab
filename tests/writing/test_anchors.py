"""Lines of rare characters that a network writes itself."""

import collections
import dataclasses

import pytest
from writing_samples import scribbler

from scribe.foundation.alphabet import Alphabet
from scribe.writing import Style, Writer, anchors

pytestmark = pytest.mark.unit

PROSE = ["the quick brown fox", "jumps over the lazy dog", "and runs away again"]


@pytest.fixture
def writer():
    """Of digits, a few capitals and small letters; its strokes do not matter."""
    model = scribbler()
    characters = " .,/:@&0123456789ABCXQabcdefghijklmnopqrstuvwxyz"
    return Writer(dataclasses.replace(model, alphabet=Alphabet(characters)))


def test_rare_texts_show_what_the_others_lack(writer):
    texts = anchors.rare_texts(writer, PROSE, 30, seed=1)
    assert len(texts) == 30 and len(set(texts)) == 30
    assert not any(writer.model.alphabet.unknown(text) for text in texts)
    counts = collections.Counter("".join(texts))
    assert min(counts[digit] for digit in "0123456789") >= 3
    assert texts == anchors.rare_texts(writer, PROSE, 30, seed=1)
    assert texts != anchors.rare_texts(writer, PROSE, 30, seed=2)


def test_what_a_reader_misreads_is_no_anchor(monkeypatch):
    writer = Writer(scribbler())
    texts = ["abc", "cab", "bca"]
    monkeypatch.setattr(anchors, "rare_texts", lambda *arguments: texts)

    class Misreader:
        def read(self, lines):
            return [texts[0], "x", texts[2]][: len(lines)]

    style = Style("abc", writer.write("abc")[0].strokes)
    found = anchors.anchor_lines(writer, Misreader(), [style], 3)
    assert [line.text for line in found] == ["abc", "bca"]
