"""The hinge histogram, against angles counted by hand and by plain loops."""

import math

import numpy as np
import pytest
from refusals import refused

from scribe.strokes.arrays import rescale, strokes_from_paths
from scribe.strokes.cleaning import decimate
from scribe.strokes.hinge import LEG_POINTS, NUM_ANGLES, hinge_counts, hinge_histogram

pytestmark = pytest.mark.unit


def test_a_level_line_has_one_leg_to_the_left_and_one_to_the_right():
    path = np.column_stack([np.arange(10.0), np.zeros(10)])
    counts = hinge_counts(path)
    assert counts[0, 12] == counts.sum() == 4  # of ten points, three have no leg
    np.testing.assert_array_equal(hinge_counts(path[::-1]), counts)


def test_a_corner_downwards_has_a_leg_to_the_left_and_one_down():
    right = [[float(x), 0.0] for x in range(4)]
    down = [[3.0, float(y)] for y in range(1, 4)]
    counts = hinge_counts(np.array(right + down))
    assert counts[12, 18] == counts.sum() == 1  # half a turn, three quarters


def test_what_is_shorter_than_two_legs_has_no_hinge():
    assert not hinge_counts(np.zeros([2 * LEG_POINTS, 2])).any()


def test_the_counts_are_those_of_plain_loops():
    path = np.random.default_rng(0).normal(size=[40, 2]).cumsum(axis=0)
    expected = np.zeros([NUM_ANGLES, NUM_ANGLES])
    for i in range(LEG_POINTS, len(path) - LEG_POINTS):
        found = []
        for other in (i - LEG_POINTS, i + LEG_POINTS):
            dx, dy = path[other] - path[i]
            turn = math.degrees(math.atan2(-dy, dx)) % 360.0
            found.append(int(turn // (360.0 / NUM_ANGLES)))
        expected[min(found), max(found)] += 1
    np.testing.assert_array_equal(hinge_counts(path), expected)


def waves(slope=0.0, num_points=400):
    t = np.linspace(0.0, 12.0 * np.pi, num_points)
    y = np.sin(t) - 0.3 * np.sin(2.0 * t)
    return strokes_from_paths([np.column_stack([0.4 * t - slope * y, y])])


def test_a_histogram_is_of_shares_and_blind_to_size_place_and_speed():
    found = hinge_histogram(waves())
    assert found.shape == (NUM_ANGLES * (NUM_ANGLES + 1) // 2,)
    assert found.sum() == pytest.approx(1.0) and found.min() >= 0.0
    np.testing.assert_allclose(hinge_histogram(rescale(waves(), 7.0)), found, atol=1e-3)
    same = np.sqrt(found) @ np.sqrt(hinge_histogram(decimate(waves(), 3)))
    other = np.sqrt(found) @ np.sqrt(hinge_histogram(waves(slope=0.5)))
    assert same > 0.9 > 0.8 > other


def test_dots_have_no_hinges():
    with refused("dots"):
        hinge_histogram(strokes_from_paths([np.zeros([1, 2]), np.ones([1, 2])]))
