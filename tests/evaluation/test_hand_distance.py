"""Nearness to writers, on directions whose answer is known."""

import numpy as np
import pytest
from refusals import refused

from scribe.evaluation.hand_distance import (
    hinge_measure,
    middle,
    nearest_share,
    nearness,
)
from scribe.strokes.arrays import strokes_from_paths

pytestmark = pytest.mark.unit

EAST, NORTH, WEST = (
    np.array([[1.0, 0.0]]),
    np.array([[0.0, 1.0]]),
    np.array([[-1.0, 0.0]]),
)
WRITERS = {"east": EAST, "north": NORTH, "west": WEST}


def test_ranks_count_the_writers_that_are_as_near_or_nearer():
    north_east = np.array([[0.8, 0.6], [0.6, 0.8], [-0.8, 0.6]])
    found = nearness({"east": north_east}, WRITERS)
    np.testing.assert_array_equal(found.ranks, [[1, 2, 3]])
    assert found.nearest_share() == pytest.approx(1 / 3)
    assert found.mean_rank() == pytest.approx(2.0)


def test_distances_are_those_of_the_middle_of_the_lines():
    lines = np.array([[0.8, 0.6], [0.8, -0.6]])  # around east
    found = nearness({"east": lines, "west": WEST}, WRITERS)
    np.testing.assert_allclose(found.own, [0.0, 0.0], atol=1e-9)
    between = (np.sqrt(2.0) + 2.0) / 2.0
    np.testing.assert_allclose(found.others, [between, between])
    np.testing.assert_allclose(middle(lines), [1.0, 0.0])


def test_own_distance_is_0_for_the_writers_lines_and_1_for_those_of_others():
    real = nearness(WRITERS, WRITERS)
    assert real.own_distance(real) == 0.0
    assert real.own_distance_interval(real) == (0.0, 0.0)
    elsewhere = {"east": NORTH, "north": WEST, "west": NORTH}  # each sqrt(2) away
    found = nearness(elsewhere, WRITERS)
    others = np.mean([(np.sqrt(2.0) + 2.0) / 2.0, np.sqrt(2.0), (np.sqrt(2) + 2) / 2])
    assert found.own_distance(real) == pytest.approx(np.sqrt(2.0) / others)
    assert found.nearest_share() == 0.0
    low, high = found.nearest_interval()
    assert low == high == 0.0


def test_a_tie_is_not_nearest():
    found = nearness({"east": np.array([[0.6, 0.8]])}, {"east": EAST, "same": EAST})
    assert found.nearest_share() == 0.0


def waves(slope):
    t = np.linspace(0.0, 12.0 * np.pi, 400)
    y = np.sin(t) - 0.3 * np.sin(2.0 * t)
    return strokes_from_paths([np.column_stack([0.4 * t - slope * y, y])])


def test_lines_of_one_lean_are_nearest_to_their_own_by_the_hinge_histogram():
    real = {name: [waves(lean)] for name, lean in (("a", 0.0), ("b", 0.5))}
    written = {"a": [waves(0.05), waves(0.45)], "b": [waves(0.4)]}
    assert nearest_share(written, real, hinge_measure) == pytest.approx(2 / 3)
    np.testing.assert_allclose((hinge_measure(real["a"]) ** 2).sum(axis=1), 1.0)


def test_unknown_writers_and_no_lines_are_refused():
    with refused("'south'"):
        nearness({"south": EAST}, WRITERS)
    with refused("1 writers"):
        nearness({"east": EAST}, {"east": EAST})
    with refused("'east'", "no line"):
        nearness({"east": np.zeros([0, 2])}, WRITERS)
