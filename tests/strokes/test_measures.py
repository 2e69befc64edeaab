"""The measures of a line of strokes."""

import numpy as np
import pytest
from stroke_samples import strokes_of

from scribe.strokes import cleaning, measures


@pytest.mark.unit
def test_median_offset_looks_at_what_is_drawn_only():
    strokes = np.array(
        [[0, 0, 0], [3, 4, 0], [0, 0, 0], [3, 4, 1], [500, 0, 0], [6, 8, 1]], np.float32
    )
    assert measures.median_offset(strokes) == 5.0
    assert measures.median_offset(strokes[:1]) == 1.0
    assert measures.median_offset(cleaning.divide_by_median_offset(strokes)) == 1.0


def test_the_vertical_spread_is_that_of_very_many_points_on_the_ink():
    random = np.random.default_rng(2)
    drawn = [random.normal(0.0, 3.0, [n, 2]).tolist() for n in (5, 1, 8)]
    even = [
        p
        for stroke in drawn
        for start, stop in zip(stroke[:-1], stroke[1:], strict=True)
        for p in np.linspace(
            start, stop, round(np.hypot(*np.subtract(stop, start)) * 1e3)
        )
    ]
    expected = np.std([y for _, y in even])
    assert measures.vertical_spread(strokes_of(drawn)) == pytest.approx(
        expected, rel=1e-3
    )
    scaled = cleaning.divide_by_spread(strokes_of(drawn))
    assert measures.vertical_spread(scaled) == pytest.approx(1.0, rel=1e-5)


def test_strokes_without_height_have_the_spread_one():
    assert measures.vertical_spread(strokes_of([[(0, 0), (5, 0)]])) == 1.0
    assert measures.vertical_spread(strokes_of([[(0, 0)], [(5, 9)]])) == 1.0
