"""Signs of a font beside letters."""

import numpy as np
import pytest

from scribe.foundation.alphabet import Alphabet
from scribe.typesetting.clearance import CLEAR, clear_signs
from scribe.typesetting.composed_glyphs import compose_kerning
from scribe.typesetting.glyphs import Glyph
from scribe.writing import mark_placing

pytestmark = pytest.mark.unit
GAP = 0.1


def glyph(character, *points, width=0.5):
    return Glyph(character, [np.array(points, float)], width, None, None)


GLYPHS = {
    "i": [glyph("i", [0.2, 1.0], [0.2, 0.0])],
    # A tail that reaches far to the right, below the line.
    "g": [glyph("g", [0.4, 1.0], [0.4, -0.4], [0.7, -0.5])],
    "(": [glyph("(", [0.2, 2.0], [0.0, 0.8], [0.5, 0.0], width=0.2)],
    ",": [glyph(",", [0.1, 0.1], [0.0, -0.5], width=0.1)],
}


def distance(letter, sign, kerning):
    first, second = GLYPHS[letter][0], GLYPHS[sign][0]
    move = first.width + GAP + kerning.get((letter, sign), 0.0)
    a, b = (mark_placing.ink(g.strokes) for g in (first, second))
    return np.hypot(*(a[:, None] - b - [move, 0.0]).transpose(2, 0, 1)).min()


def test_a_sign_moves_away_from_a_tail_and_no_further_than_needed():
    assert distance("g", ",", {}) < 0.1
    kerning = clear_signs(GLYPHS, GAP, {("i", "g"): -0.1})
    assert distance("g", ",", kerning) == pytest.approx(CLEAR, abs=0.01)
    # What is clear stays where it is.
    assert set(kerning) == {("i", "g"), ("g", ","), ("(", "i"), ("(", "g")}


def test_a_letter_stands_clear_of_a_bracket_before_it():
    kerning = clear_signs(GLYPHS, GAP, {})
    assert distance("(", "i", kerning) == pytest.approx(CLEAR, abs=0.01)


def test_letters_with_marks_are_kerned_as_those_without():
    alphabet = Alphabet("adeov")
    glyphs = dict.fromkeys("adeovéďö", [])
    kerning = {("o", "v"): -0.1, ("v", "e"): -0.2, ("d", "v"): 0.1, ("a", "d"): 0.05}
    found = compose_kerning(kerning, glyphs, alphabet)
    assert found == {
        **kerning,
        ("ö", "v"): -0.1,
        ("v", "é"): -0.2,
        ("a", "ď"): 0.05,  # at its right ď has a mark
    }
