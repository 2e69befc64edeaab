"""Strokes from a canvas or a plotter file, made fit for the model."""

import numpy as np
import pytest
from writing_samples import scribbler

from scribe.foundation.errors import InputError
from scribe.strokes import arrays, foreign


@pytest.fixture(scope="module")
def model():
    return scribbler()


def zigzag(num_letters=12, milliseconds=16.0, size=30.0):
    """Strokes [P, 3] of x, y, time: one letter each, up and down and a curve."""
    t = np.linspace(0, 1, 20)
    letter = np.stack([t + 0.3 * np.sin(6 * t), np.sin(9 * t)], axis=1)
    return [
        np.column_stack(
            [size * (letter + [1.5 * i, 0]), 1000 * i + milliseconds * np.arange(20)]
        )
        for i in range(num_letters)
    ]


@pytest.mark.unit
@pytest.mark.parametrize("columns", [2, 3])
def test_a_drawing_becomes_a_style_in_the_unit_of_the_model(model, columns):
    drawn = [stroke[:, :columns].tolist() for stroke in zigzag()]
    style = foreign.to_style(drawn, " some  words a ", model)
    assert style.text == "some words a"
    assert style.strokes.dtype == np.float32
    assert style.strokes[:, 2].sum() == 12 and style.strokes[-1, 2] == 1
    assert arrays.median_offset(style.strokes) == pytest.approx(1.0, abs=1e-4)
    assert 7 < len(style.strokes) / len(style.text) < 20


@pytest.mark.unit
def test_neither_unit_nor_place_nor_clock_of_a_drawing_matter(model):
    first = foreign.to_style(zigzag(), "some words a", model)
    moved = [1e3 * s * [7, 7, 1e-3] + [1e5, -1e6, 1e7] for s in zigzag()]
    second = foreign.to_style(moved, "some words a", model)
    np.testing.assert_allclose(first.strokes, second.strokes, atol=1e-4)


@pytest.mark.unit
def test_a_drawing_that_climbs_is_turned_level():
    level = foreign.to_recorded(zigzag(), "some words a").strokes
    c, s = np.cos(0.3), np.sin(0.3)
    turned = [
        np.column_stack([d[:, :2] @ [[c, s], [-s, c]], d[:, 2]]) for d in zigzag()
    ]
    again = foreign.to_recorded(turned, "some words a").strokes
    np.testing.assert_allclose(again, level, atol=0.02)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("drawn", "text", "sentence"),
    [
        (zigzag(), " ", "their text is empty"),
        (zigzag(), None, "their text is empty"),
        (zigzag(), "a" * 121, "121 characters is too long"),
        (zigzag(), "a", "too wide for 'a'"),
        (zigzag(3), "a text of forty characters and some more", "too narrow"),
        (zigzag(), "naïve people", "the style's text has 'ï'"),
        ([], "abc", "have 0 points"),
        ([[[1, 2], [2, 3], [4, 5]]], "abc", "have 3 points; a style needs at least"),
        ([[[1, 2]] * 20], "abc", "at one place"),
        ([[1, 2, 3]], "abc", "rows of x, y or x, y, time"),
        ([[[1], [2]]], "abc", "rows of x, y or x, y, time"),
        ([[[1, 2], [3]]], "abc", "rows of x, y or x, y, time"),
        ([[["a", "b"]] * 20], "abc", "rows of x, y or x, y, time"),
        ("abc", "abc", "rows of x, y or x, y, time"),
        (7, "abc", "rows of x, y or x, y, time"),
        (None, "abc", "rows of x, y or x, y, time"),
        ([[[1, float("nan")]] * 20], "abc", "not finite"),
        ([[[1, 1e300], [2, 3]] * 20], "abc", "further than 1e9"),
        ([[[i, i % 7] for i in range(30_000)]], "abc", "too many for one line"),
        ([[[i, i % 7]] for i in range(3_000)], "abc", "3000 strokes"),
        ([[[i, i % 7, -i] for i in range(30)]], "abc", "times of stroke 1 run backw"),
    ],
)
def test_what_is_no_line_of_writing_is_refused(model, drawn, text, sentence):
    with pytest.raises(InputError, match=sentence):
        foreign.to_style(drawn, text, model)
