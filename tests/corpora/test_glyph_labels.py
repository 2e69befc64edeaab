"""Glyphs that look like no one else's of their label are found."""

import numpy as np
import pytest

from scribe.corpora import glyph_labels
from scribe.corpora.unipen_lines import Ink

pytestmark = pytest.mark.unit


def arc(label, begin, end, random, size=1.0):
    """A part of a circle, between two angles, drawn a little unevenly."""
    angle = np.linspace(begin, end, 30) + 0.05 * random.normal()
    x, y = np.cos(angle), np.sin(angle) * (1.0 + 0.1 * random.normal())
    return Ink(label, [size * np.column_stack([x, y, 0 * x])])


def test_a_shape_knows_neither_size_nor_place_but_where_the_pen_went():
    random = np.random.default_rng(0)
    ink = arc("c", 0.5, 5.5, random)
    shape = glyph_labels.shape(ink)
    assert shape.shape == (9 * 9 * 8,) and np.linalg.norm(shape) == pytest.approx(1.0)
    moved = glyph_labels.shape(ink.moved((3.0, -8.0), 40.0))
    np.testing.assert_allclose(moved, shape, atol=1e-5)
    backwards = Ink("c", [ink.strokes[0][::-1]])
    assert glyph_labels.shape(backwards) @ shape < 0.5


def test_a_straight_line_goes_into_its_column_and_direction():
    y = np.linspace(0.0, 1.0, 40)
    down = Ink("l", [np.column_stack([0 * y, y, y])])
    cells = glyph_labels.shape(down).reshape(9, 9, 8)
    assert cells[1:8, 4, 2].all() and not cells[:, :4].any() and not cells[:, 5:].any()
    assert not np.delete(cells, 2, axis=2).any()


def test_a_dot_has_a_shape():
    dot = Ink(".", [np.zeros((1, 3))])
    assert np.isfinite(glyph_labels.shape(dot)).all()


def test_a_glyph_with_another_s_label_goes():
    random = np.random.default_rng(1)
    inks, hands = [], []
    for hand in range(20):
        for label, begin, end in (("c", 0.8, 5.5), ("n", 3.1, 6.3)):
            inks.append(arc(label, begin, end, random, random.uniform(1, 9)))
            hands.append(hand)
    inks.append(arc("n", 0.8, 5.5, random))
    hands.append(3)
    agree = glyph_labels.agreeing(inks, hands)
    assert agree[:-1].all() and not agree[-1]


def test_one_s_own_glyphs_do_not_vouch_for_each_other():
    random = np.random.default_rng(2)
    inks = [arc("c", 0.8, 5.5, random) for _ in range(20)]
    inks += [arc("n", 3.1, 6.3, random) for _ in range(20)]
    inks += [arc("c", 3.1, 6.3, random) for _ in range(5)]
    agree = glyph_labels.agreeing(inks, [*range(20), *range(20), *[20] * 5])
    assert agree[:40].all() and not agree[40:].any()


def test_what_few_hands_have_stays():
    random = np.random.default_rng(3)
    inks = [arc("c", 0.8, 5.5, random) for _ in range(20)]
    inks.append(arc("~", 3.1, 6.3, random))
    assert glyph_labels.agreeing(inks, range(21)).all()
