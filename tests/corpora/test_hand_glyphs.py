"""A writer's characters get like sizes, a baseline and their own labels."""

import numpy as np
import pytest

from scribe.corpora import hand_glyphs
from scribe.corpora.unipen_lines import Ink

pytestmark = pytest.mark.unit


def glyph(c, height, width=0.4, bottom=0.0, strokes=1):
    """A zigzag of this size with its lower edge over the baseline, y down."""
    x = np.linspace(0.0, width, 5)
    y = -bottom - height * np.array([0, 1, 0, 1, 0.5])
    return Ink(c, [np.column_stack([x, y, 0 * x])] * strokes)


def test_boxed_characters_go_where_they_belong():
    boxed = {
        "H": [glyph("H", 80.0, 50.0, bottom=300.0)],
        "x": [glyph("x", 40.0, 40.0, bottom=310.0)],
        "p": [glyph("p", 70.0, 40.0, bottom=290.0)],
        "-": [glyph("-", 4.0, 300.0, bottom=333.0)],
    }
    placed = hand_glyphs.in_capitals(boxed, placed=True)
    assert set(placed) == set(boxed)
    box = {c: several[0].box() for c, several in placed.items()}
    assert box["H"][1][1] == pytest.approx(0.0) and box["H"][0][1] == pytest.approx(
        -1.0
    )
    assert box["x"][1][1] == pytest.approx(0.0)
    assert box["p"][0][1] == pytest.approx(-0.6) and box["p"][1][1] > 0.1
    assert np.ptp([box["-"][0][0], box["-"][1][0]]) == pytest.approx(0.55)
    assert -0.5 < box["-"][0][1] < -0.3


def test_characters_of_lines_keep_their_places_and_outliers_go():
    found = {
        "H": [glyph("H", 80.0, 50.0)] * 3,
        "x": [glyph("x", 40.0, 40.0, bottom=2.0), glyph("x", 190.0, 40.0)],
        "=": [glyph("=", 20.0, 40.0, bottom=25.0)],
    }
    scaled = hand_glyphs.in_capitals(found, placed=False)
    assert len(scaled["x"]) == 1
    assert scaled["x"][0].box()[1][1] == pytest.approx(-0.35 * 2.0 / 80.0)
    assert "=" not in scaled, "of one stroke: half of it is missing"
    usual = [hand_glyphs.Hand(f"h{i}", {"x": [glyph("x", 0.5)]}) for i in range(5)]
    wide = hand_glyphs.Hand("w", {"x": [glyph("x", 0.5), glyph("x", 0.5, width=3.0)]})
    assert len(hand_glyphs.without_outliers([*usual, wide])[-1].glyphs["x"]) == 1


def test_characters_of_one_kind_come_near_to_the_hand_s_usual_size():
    boxed = {"H": [glyph("H", 80.0, 50.0)]}
    boxed |= {
        c: [glyph(c, height)]
        for c, height in {"0": 80, "1": 80, "2": 80, "3": 60}.items()
    }
    sizes = hand_glyphs.in_capitals(boxed, placed=True)
    heights = {c: np.diff([y for _, y in sizes[c][0].box()])[0] for c in sizes}
    assert heights["0"] == pytest.approx(1.0)
    assert heights["3"] == pytest.approx(0.75**0.35)


def test_a_small_letter_drawn_as_everybody_s_capital_goes():
    random = np.random.default_rng(0)

    def small(c):
        return glyph(c, random.uniform(0.45, 0.6), width=0.3)

    def capital(c):
        wide = np.linspace(0.0, 1.0, 30)
        return Ink(c, [np.column_stack([np.sin(6 * wide), -wide, 0 * wide])])

    hands = [
        hand_glyphs.Hand(f"h{i}", {"r": [small("r")], "R": [capital("R")]})
        for i in range(20)
    ]
    hands[4].glyphs["r"].append(capital("r"))
    agreeing = hand_glyphs.agreeing(hands)
    assert all(len(hand.glyphs["r"]) == 1 for hand in agreeing)
    assert all(len(hand.glyphs["R"]) == 1 for hand in agreeing)
