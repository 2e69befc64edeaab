"""A drawing becomes a style in the unit of the model that is to write."""

import numpy as np
import pytest
from refusals import refused
from stroke_samples import drawn_letters
from writing_samples import scribbler

from scribe.strokes.measures import median_offset
from scribe.writing import styles_from_strokes


@pytest.fixture(scope="module")
def model():
    return scribbler()


@pytest.mark.unit
@pytest.mark.parametrize("columns", [2, 3])
def test_a_drawing_becomes_a_style_in_the_unit_of_the_model(model, columns):
    drawn = [stroke[:, :columns].tolist() for stroke in drawn_letters()]
    style = styles_from_strokes.to_style(drawn, " some  words a ", model)
    assert style.text == "some words a"
    assert style.strokes.dtype == np.float32
    assert style.strokes[:, 2].sum() == 12 and style.strokes[-1, 2] == 1
    assert median_offset(style.strokes) == pytest.approx(1.0, abs=1e-4)
    assert 7 < len(style.strokes) / len(style.text) < 20


@pytest.mark.unit
def test_neither_unit_nor_place_nor_clock_of_a_drawing_matter(model):
    first = styles_from_strokes.to_style(drawn_letters(), "some words a", model)
    moved = [1e3 * s * [7, 7, 1e-3] + [1e5, -1e6, 1e7] for s in drawn_letters()]
    second = styles_from_strokes.to_style(moved, "some words a", model)
    np.testing.assert_allclose(first.strokes, second.strokes, atol=1e-4)


@pytest.mark.unit
def test_a_text_that_the_model_cannot_write_is_refused(model):
    with refused("'π'"):
        styles_from_strokes.to_style(drawn_letters(), "naπve people", model)
