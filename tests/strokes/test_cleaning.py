"""Every cleaning step, and all of them in turn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusals import refused
from stroke_samples import pen_paths, properties, strokes_of, zigzag

from scribe.strokes import arrays as pen
from scribe.strokes import cleaning


@pytest.mark.property
@properties
@given(pen_paths(), st.integers(2, 5))
def test_decimation_keeps_the_ends_and_drops_the_points_between(strokes, every):
    kept = cleaning.decimate(strokes, every)
    before, after = pen.split_at_pen_lifts(strokes), pen.split_at_pen_lifts(kept)
    for path, shorter in zip(before, after, strict=True):
        # The first point of the line is the origin in either.
        expected = path[::every]
        if (len(path) - 1) % every:
            expected = np.concatenate([expected, path[-1:]])
        np.testing.assert_allclose(shorter, expected, atol=1e-4)


@pytest.mark.unit
def test_decimation_by_one_changes_nothing_and_by_less_is_refused():
    np.testing.assert_array_equal(cleaning.decimate(zigzag(), 1), zigzag())
    with refused("keep_every=0", 1):
        cleaning.decimate(zigzag(), 0)


@pytest.mark.unit
def test_a_rest_goes_and_the_way_around_it_stays():
    way = [[0, 0], [1, 0], [2, 0], [3, 0], [4, 0], [5, 0]]
    rest = [[3.02, 0.0], [3.0, 0.03], [3.04, 0.01]]
    rested = pen.strokes_from_points(way[:4] + rest + way[4:], [0] * 8 + [1])
    expected = pen.strokes_from_points(way, [0] * 5 + [1])
    np.testing.assert_allclose(cleaning.drop_rests(rested, 0.15), expected, atol=1e-6)


@pytest.mark.unit
def test_a_pen_that_creeps_is_not_resting():
    creep = pen.strokes_from_points(
        [[0, 0], [1, 0], [2, 0], [2.08, 0], [2.16, 0], [2.24, 0], [3.2, 0], [4.2, 0]],
        [0] * 7 + [1],
    )
    kept = np.cumsum(cleaning.drop_rests(creep, 0.15)[:, 0])
    np.testing.assert_allclose(kept, [0, 1, 2, 2.16, 3.2, 4.2], atol=1e-5)


@pytest.mark.unit
def test_dots_and_the_ends_of_strokes_outlast_a_rest():
    dot_and_stroke = pen.strokes_from_points(
        [[0, 0], [0.01, 0], [0, 0.01], [5, 0], [6, 0], [7, 0], [7.9, 0], [7.95, 0]],
        [0, 0, 1, 0, 0, 0, 0, 1],
    )
    dot, stroke = pen.split_at_pen_lifts(cleaning.drop_rests(dot_and_stroke, 0.2))
    np.testing.assert_allclose(dot, [[0, 0], [0, 0.01]], atol=1e-6)
    np.testing.assert_allclose(stroke[:, 0], [5, 6, 7, 7.95], atol=1e-6)


@pytest.mark.unit
def test_no_share_drops_nothing_and_a_whole_one_is_refused():
    np.testing.assert_array_equal(cleaning.drop_rests(zigzag(), 0.0), zigzag())
    with refused("share=1", 0, "less than 1"):
        cleaning.drop_rests(zigzag(), 1)


@pytest.mark.property
@properties
@given(pen_paths(), st.floats(0.2, 3.0))
def test_resampling_puts_points_at_equal_distances_along_the_path(strokes, spacing):
    resampled = pen.split_at_pen_lifts(cleaning.resample(strokes, spacing))
    for path, even in zip(pen.split_at_pen_lifts(strokes), resampled, strict=True):
        np.testing.assert_allclose(even[[0, -1]], path[[0, -1]], atol=1e-4)
        chords = np.hypot(*np.diff(even, axis=0).T)
        assert np.all(chords <= spacing + 1e-3)  # the path between may bend
        length = np.hypot(*np.diff(path, axis=0).T).sum()
        assert abs(len(even) - 1 - length / spacing) <= 1.001


@pytest.mark.unit
def test_resampling_a_straight_stroke_gives_equal_offsets():
    straight = pen.strokes_from_points([[0, 0], [3, 4], [6, 8]], [0, 0, 1])
    resampled = cleaning.resample(straight, 2.0)
    np.testing.assert_allclose(resampled[1:, :2], [[1.2, 1.6]] * 5, rtol=1e-5)
    with refused("spacing=0.0", "more than 0"):
        cleaning.resample(straight, 0.0)


@pytest.mark.unit
def test_deskewing_levels_a_climbing_line_and_keeps_letters_upright():
    level = zigzag(40)
    climbing = level.copy()
    climbing[:, 1] -= 0.1 * climbing[:, 0]
    deskewed = cleaning.deskew(climbing)
    np.testing.assert_allclose(deskewed, cleaning.deskew(level), atol=1e-5)
    points = pen.points_from_strokes(deskewed)
    assert abs(np.polyfit(points[:, 0], points[:, 1], 1)[0]) < 1e-6
    np.testing.assert_array_equal(deskewed[:, 0], climbing[:, 0])


@pytest.mark.unit
def test_deskewing_leaves_a_slash_and_a_vertical_bar_alone():
    slash = pen.strokes_from_points([[0, 0], [1, -2], [2, -4]], [0, 0, 1])
    bar = pen.strokes_from_points([[0, 0], [0, 1], [0, 2]], [0, 0, 1])
    np.testing.assert_array_equal(cleaning.deskew(slash), slash)
    np.testing.assert_array_equal(cleaning.deskew(bar), bar)


@pytest.mark.unit
def test_clipping_bounds_each_axis_and_nothing_else():
    strokes = np.array([[0, 0, 0], [5, -7, 0], [1, 2, 1]], np.float32)
    expected = [[0, 0, 0], [3, -3, 0], [1, 2, 1]]
    np.testing.assert_array_equal(cleaning.clip_offsets(strokes, 3.0), expected)


@pytest.mark.unit
@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_smoothing_moves_inner_points_towards_their_neighbours(weight):
    strokes = zigzag(8, end=(3,))
    points = pen.points_from_strokes(strokes)
    expected = points.copy()
    for p in (1, 2, 5, 6):
        middle = (points[p - 1] + points[p + 1]) / 2
        expected[p] = (1 - weight) * points[p] + weight * middle
    smoothed = cleaning.smooth(strokes, weight)
    np.testing.assert_allclose(pen.points_from_strokes(smoothed), expected, atol=1e-6)
    np.testing.assert_array_equal(smoothed[:, 2], strokes[:, 2])


@pytest.mark.property
@properties
@given(pen_paths())
def test_no_step_changes_its_argument(strokes):
    steps = {
        cleaning.deskew: {},
        cleaning.clip_offsets: {"limit": 0.5},
        cleaning.smooth: {"weight": 0.5},
        cleaning.decimate: {"keep_every": 2},
        cleaning.drop_rests: {"share": 0.3},
        cleaning.resample: {"spacing": 0.5},
        cleaning.resample_curve: {"spacing": 0.5},
        cleaning.resample_path: {"spacing": 0.5, "lift_spacing": 1.0},
        cleaning.divide_by_spread: {},
        cleaning.divide_by_median_offset: {},
        pen.rescale: {"scale": 2.0},
        pen.slant: {"shear": 0.3},
    }
    assert {step.__name__ for step in steps} >= set(cleaning.CLEANING_STEPS)
    before = strokes.copy()
    for step, arguments in steps.items():
        result = step(strokes, **arguments)
        np.testing.assert_array_equal(strokes, before)
        assert result.dtype == np.float32
        assert result[-1, 2] == 1.0
        np.testing.assert_allclose(result[0, :2], [0.0, 0.0])


def test_a_resampled_way_has_equal_steps_on_paper_and_in_the_air():
    strokes = strokes_of([[(0, 0), (3, 0), (4, 0)], [(4, 4)], [(8, 4), (8, 6)]])
    even = cleaning.resample_path(strokes, spacing=1.0, lift_spacing=2.0)
    points = pen.points_from_strokes(even).round(6).tolist()
    on_paper = [[0, 0], [1, 0], [2, 0], [3, 0], [4, 0]]
    assert points == [*on_paper, [4, 2], [4, 4], [6, 4], [8, 4], [8, 5], [8, 6]]
    assert even[:, 2].tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 1]


def test_a_way_too_long_for_its_spacing_is_refused():
    with refused("1e+09", 0.4):
        cleaning.resample_path(strokes_of([[(0, 0), (1e9, 0)]]), 0.4, 0.8)
    with refused("1e+09", 0.4):
        cleaning.resample_curve(strokes_of([[(0, 0), (1e9, 0)]]), 0.4)
    with refused("spacing=0"):
        cleaning.resample_curve(zigzag(), 0.0)


@pytest.mark.parametrize("num_points", [25, 100])
def test_a_curve_is_followed_at_equal_steps_whatever_its_rate(num_points):
    t = np.linspace(0.0, 1.5 * np.pi, num_points)
    arc = 2.0 * np.column_stack([np.cos(t), np.sin(t)])
    even = cleaning.resample_curve(strokes_of([arc, [(5.0, 5.0)]]), 0.1)
    path, dot = pen.split_at_pen_lifts(even)
    path = path + arc[0]  # the first point is the origin
    assert len(path) == 1 + round(1.5 * np.pi * 2.0 / 0.1) and len(dot) == 1
    np.testing.assert_allclose(path[-1], arc[-1], atol=1e-5)
    np.testing.assert_allclose(np.hypot(*path.T), 2.0, atol=0.01)
    steps = np.hypot(*np.diff(path, axis=0).T)
    np.testing.assert_allclose(steps, steps[0], rtol=0.01)


def test_a_curve_loses_the_steps_of_a_tablet():
    x = np.arange(0.0, 40.0, 0.25)
    stairs = np.column_stack([x, np.round(0.2 * x)])
    even = pen.points_from_strokes(cleaning.resample_curve(strokes_of([stairs]), 4.0))
    inner = even[2:-2]
    np.testing.assert_allclose(inner[:, 1], 0.2 * inner[:, 0], atol=0.3)
