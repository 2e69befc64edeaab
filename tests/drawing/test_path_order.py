"""The order of strokes with little travel: the same strokes, and never more way."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.drawing import path_order
from scribe.drawing.page import Page
from scribe.strokes.curves import bezier_curve

pytestmark = pytest.mark.unit


def page_of(strokes) -> Page:
    curves = [bezier_curve(np.asarray(stroke, float)) for stroke in strokes]
    return Page(200.0, 200.0, curves, [len(stroke) for stroke in strokes])


def scattered(count: int, seed: int) -> Page:
    random = np.random.default_rng(seed)
    starts = random.uniform(0, 150, (count, 1, 2))
    steps = random.normal(0, 2, (count, 3, 2))
    steps[0, 1:] = 0  # a dot in all but name
    return page_of(starts + steps.cumsum(axis=1))


def way(ends) -> float:
    at, total = np.zeros(2), 0.0
    for start, stop in ends:
        total += np.hypot(*(start - at))
        at = stop
    return total


def test_travel_is_from_the_corner_and_between_strokes():
    page = page_of([[[3, 4], [3, 10]], [[3, 10], [0, 10]], [[0, 7], [1, 7]]])
    assert path_order.travel_mm([page, page]) == pytest.approx(2 * (5 + 0 + 3))
    assert path_order.drawn_mm([page]) == pytest.approx(6 + 3 + 1)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(0, 1000))
def test_all_strokes_stay_and_the_way_grows_never(count, seed):
    page = scattered(count, seed)
    found = path_order.optimised(page)

    def keys(curves):
        return sorted(
            min(curve.tobytes(), curve[::-1].tobytes())
            for curve in map(np.copy, curves)
        )

    assert keys(found.curves) == keys(page.curves)
    assert sorted(found.num_points) == sorted(page.num_points)
    assert path_order.travel_mm([found]) <= path_order.travel_mm([page]) + 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_few_strokes_come_near_the_best_of_all_orders(seed):
    page = scattered(5, seed)
    ends = [np.stack([curve[0], curve[-1]]) for curve in page.curves]
    best = min(
        way(
            [end[::-1] if back else end for end, back in zip(order, turns, strict=True)]
        )
        for order in itertools.permutations(ends)
        for turns in itertools.product([False, True], repeat=5)
    )
    assert path_order.travel_mm([path_order.optimised(page)]) <= 1.1 * best


def test_lines_of_writing_are_drawn_to_and_fro():
    """As people do not: right to left in every second line."""
    rows = [
        [[[10.0 * x, 10.0 * y], [10.0 * x + 8, 10.0 * y]] for x in range(15)]
        for y in range(8)
    ]
    page = page_of([stroke for row in rows for stroke in row])
    found = path_order.optimised(page)
    assert path_order.travel_mm([page]) > 1200
    # 14 gaps of 2 mm in each of 8 lines, and 10 mm down 7 times.
    assert path_order.travel_mm([found]) == pytest.approx(8 * 14 * 2 + 7 * 10, abs=15)
    assert "23%" in path_order.said([page], [found])


def test_a_blank_page_stays_blank():
    assert path_order.optimised(page_of([])).curves == []
