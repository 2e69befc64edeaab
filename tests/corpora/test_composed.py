"""Strings of a grammar, and lines of them set of one writer's characters."""

import re
import string

import numpy as np
import pytest
from refusals import refused
from unipen_samples import PenFile

from scribe.corpora import composed
from scribe.corpora.composed import Composed
from scribe.corpora.tokens import KINDS, Tokens
from scribe.corpora.unipen_lines import Ink

pytestmark = pytest.mark.unit

PRINTABLE = {chr(code) for code in range(32, 127)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_draws_printable_ascii_and_repeats_itself(kind):
    tokens, again = (Tokens(np.random.default_rng(5)) for _ in range(2))
    drawn = [tokens.draw(kind) for _ in range(300)]
    assert drawn == [again.draw(kind) for _ in range(300)]
    assert len(set(drawn)) > 30
    for text in drawn:
        assert text and set(text) <= PRINTABLE and text == " ".join(text.split())


@pytest.mark.parametrize(
    "kind, pattern",
    [
        ("time", r"\d{1,2}[:.-]\d{1,2}.*|\d+ o'clock"),
        ("mail address", r"[a-z'0-9._+-]+@[a-z-]+\.[a-z.]+"),
        ("web address", r"(https?://|www\.)?.*[a-z]\.[a-z]{2,4}.*"),
        ("price", r"(US)?\$?[\d.,]+(\.-| EUR)?"),
        ("percentage", r"[~+-]?\d+(\.\d)? ?%"),
    ],
)
def test_strings_look_like_what_they_are(kind, pattern):
    tokens = Tokens(np.random.default_rng(7))
    for _ in range(200):
        text = tokens.draw(kind)
        assert re.fullmatch(pattern, text), text


def test_sums_are_right():
    tokens = Tokens(np.random.default_rng(9))
    checked = 0
    for _ in range(400):
        text = tokens.draw("sum").replace("x", "*").replace(" ", "")
        match = re.fullmatch(r"(\d+[-+*]\d+)=(\d+)", text)
        if match:
            assert eval(match[1]) == int(match[2])
            checked += 1
    assert checked > 50


def test_all_characters_come_often_enough_to_be_learnt():
    tokens = Tokens(np.random.default_rng(1))
    lines = [composed.line_text(tokens, np.random.default_rng(i)) for i in range(4000)]
    seen = {c: sum(c in line for line in lines) for c in PRINTABLE - {" "}}
    assert min(seen.values()) > 15, min(seen, key=seen.get)
    assert all(seen[c] > 60 for c in string.digits + string.ascii_uppercase)


def glyph(c, height, width=0.4, bottom=0.0, strokes=1):
    """A zigzag of this size with its lower edge over the baseline, y down."""
    x = np.linspace(0.0, width, 5)
    y = -bottom - height * np.array([0, 1, 0, 1, 0.5])
    return Ink(c, [np.column_stack([x, y, 0 * x])] * strokes)


def test_a_text_is_set_from_left_to_right_with_its_blanks():
    glyphs = {c: [glyph(c, 1.0)] for c in "ab"}
    line = composed.set_text("ab ba", glyphs, np.random.default_rng(2))
    left = [stroke[:, 0].min() for stroke in line.strokes]
    right = [stroke[:, 0].max() for stroke in line.strokes]
    gaps = np.array(left[1:]) - np.array(right[:-1])
    assert len(line.strokes) == 4 and (gaps > 0).all()
    assert gaps[1] > 2 * max(gaps[0], gaps[2])


def corpus(tmp_path, monkeypatch):
    """Two writers who know H, i, l, n, o, p, 1 and the full stop."""
    monkeypatch.setattr(composed, "MIN_KNOWN", 8)
    for number in range(2):
        pen = PenFile()
        pen.declare(f".WRITER_ID writer {number}")
        for i in range(3):
            text = "Hill opinion 1."
            span = pen.write_text(text, 500.0 * i, words=False, characters=True)
            pen.label("8", "TEXT", span, text)
        pen.save(tmp_path, "app", f"{number}.dat")
    return tmp_path


def test_lines_are_made_of_one_writer_s_characters_and_repeat(tmp_path, monkeypatch):
    folder = corpus(tmp_path, monkeypatch)
    monkeypatch.setattr(composed, "line_text", lambda tokens, random: "Hop 11. lion")
    first, again = (Composed(folder, 6, seed=1).read() for _ in range(2))
    other = Composed(folder, 6, seed=2).read()
    lines = [line for split in first.lines_by_split.values() for line in split]
    assert len(lines) == 6 and {line.text for line in lines} == {"Hop 11. lion"}
    for split, expected in first.lines_by_split.items():
        for one, two in zip(expected, again.lines_by_split[split], strict=True):
            np.testing.assert_array_equal(one.strokes, two.strokes)
    others = [line for split in other.lines_by_split.values() for line in split]
    assert len(others[0].strokes) != len(lines[0].strokes)


def test_a_corpus_without_characters_is_refused(tmp_path):
    pen = PenFile()
    pen.label("8", "TEXT", pen.write_text("oil"), "oil")
    pen.save(tmp_path, "lex", "a.dat")
    with refused("app"):
        Composed(tmp_path, 5).read()
    with refused("num_lines"):
        Composed(tmp_path, 0)
