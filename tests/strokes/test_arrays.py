"""Points and offsets convert into each other; strokes lean and grow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusals import refused
from stroke_samples import pen_paths, properties, zigzag

from scribe.strokes import arrays as pen


@pytest.mark.property
@properties
@given(pen_paths())
def test_points_and_strokes_convert_into_each_other(strokes):
    assert strokes.dtype == np.float32
    np.testing.assert_array_equal(strokes[0, :2], [0.0, 0.0])
    again = pen.strokes_from_points(pen.points_from_strokes(strokes), strokes[:, 2])
    np.testing.assert_allclose(again, strokes, atol=1e-5)


@pytest.mark.property
@properties
@given(pen_paths())
def test_the_strokes_of_a_line_hold_all_of_its_points(strokes):
    parts = pen.split_at_pen_lifts(strokes)
    assert all(len(part) for part in parts)
    assert len(parts) == int(strokes[:, 2].sum())
    np.testing.assert_array_equal(
        np.concatenate(parts), pen.points_from_strokes(strokes)
    )


@pytest.mark.property
@properties
@given(pen_paths(), st.integers(0, 5))
def test_stroke3_comes_back_from_padded_stroke5(strokes, padding):
    stroke5 = pen.stroke5_from_stroke3(strokes, len(strokes) + padding)
    np.testing.assert_array_equal(stroke5[:, 2:].sum(axis=1), 1.0)
    np.testing.assert_array_equal(pen.stroke3_from_stroke5(stroke5), strokes)


@pytest.mark.unit
def test_slant_leans_to_the_right_what_stands_above_the_line():
    upright = pen.strokes_from_points([[0, 0], [0, -2]], [0, 1])  # y points down
    np.testing.assert_allclose(pen.slant(upright, 0.5)[1], [1.0, -2.0, 1.0])


@pytest.mark.unit
@pytest.mark.parametrize("points", [np.zeros([0, 2]), np.zeros([3, 3]), np.zeros(4)])
def test_what_is_no_path_is_refused(points):
    with refused("points", "[P, 2]", points.shape):
        pen.strokes_from_points(points, np.zeros(len(points)))


@pytest.mark.unit
def test_too_many_points_for_the_rows_are_refused():
    with refused("12 points", "11 rows"):
        pen.stroke5_from_stroke3(zigzag(12), 11)
