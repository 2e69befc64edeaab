"""How a pen moves along a path."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.strokes import pen_motion


def ellipse(num_points=400):
    t = np.linspace(0, 2 * np.pi, num_points)
    return np.stack([2 * np.cos(t), 0.5 * np.sin(t)], axis=1)


@pytest.mark.unit
def test_speed_falls_with_the_cube_root_of_the_curvature():
    """On an ellipse, against its curvature a b / (a^2 sin^2 + b^2 cos^2)^(3/2)."""
    path = ellipse()
    seconds = pen_motion.seconds_by_law(path, 1.0)
    middle = (path[1:] + path[:-1]) / 2
    speed = np.hypot(*np.diff(path, axis=0).T) / np.diff(seconds)
    sine, cosine = middle[:, 1] / 0.5, middle[:, 0] / 2
    curvature = 1.0 / (4 * sine**2 + 0.25 * cosine**2) ** 1.5
    expected = 1.0 / np.cbrt(curvature + 1.0)
    inner = slice(20, -20)
    np.testing.assert_allclose(
        speed[inner] / speed[inner].mean(),
        expected[inner] / expected[inner].mean(),
        rtol=0.15,
    )


@pytest.mark.unit
def test_a_straight_stroke_is_drawn_evenly():
    path = np.stack([np.linspace(0, 3, 7) ** 2, np.zeros(7)], axis=1)
    seconds = pen_motion.seconds_by_law(path, 1.0)
    np.testing.assert_allclose(seconds / seconds[-1], path[:, 0] / 9, atol=1e-9)
    assert pen_motion.seconds_by_law(path[:1], 1.0).tolist() == [0.0]


@pytest.mark.unit
def test_points_come_at_equal_times_and_strokes_keep_their_ends():
    slow = np.array([[0.0, 0.0], [1.0, 0.0]])
    quick = np.array([[2.0, 0.0], [5.0, 0.0]])
    dot = np.array([[6.0, 1.0]])
    points, ends = pen_motion.at_equal_times(
        [slow, quick, dot],
        [np.array([0.0, 1.0]), np.array([0.0, 1.0]), np.array([0.0])],
        8,
    )
    np.testing.assert_allclose(points[:5, 0], [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(points[5:10, 0], [2, 2.75, 3.5, 4.25, 5])
    assert points[10].tolist() == [6, 1]
    assert np.flatnonzero(ends).tolist() == [4, 9, 10]


@pytest.mark.unit
def test_times_stay_with_the_points_that_they_were_taken_at():
    points = np.array([[0.0, 0], [0, 0], [1, 1], [2, 0], [3, 1]])
    seconds = np.array([5.0, 6, 7, 9, 10])
    path, times = pen_motion.smooth_path(points, seconds, 1.0)
    for point, second in zip(points[[0, 2, 3, 4]], [0.0, 2.0, 4.0, 5.0], strict=True):
        nearest = np.hypot(*(path - point).T).argmin()
        np.testing.assert_allclose(path[nearest], point, atol=1e-9)
        assert times[nearest] == pytest.approx(second)
    assert (np.diff(times) >= 0).all()


@pytest.mark.property
@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=1, max_size=30
    ),
    st.integers(1, 200),
)
def test_any_path_is_followed_from_end_to_end(corners, num_points):
    path, _ = pen_motion.smooth_path(np.array(corners, float), None, 10.0)
    seconds = pen_motion.seconds_by_law(path, 10.0)
    assert np.isfinite(seconds).all() and (np.diff(seconds) >= 0).all()
    points, ends = pen_motion.at_equal_times([path], [seconds], num_points)
    np.testing.assert_allclose(points[0], path[0])
    np.testing.assert_allclose(points[-1], path[-1])
    assert ends.sum() == 1 and ends[-1] == 1
