"""Strokes from a canvas or a plotter file, as a tablet would have recorded them."""

import numpy as np
import pytest
from refusals import refused
from stroke_samples import drawn_letters

from scribe.strokes import foreign


@pytest.mark.unit
def test_a_drawing_that_climbs_is_turned_level():
    level = foreign.to_recorded(drawn_letters(), "some words a")
    c, s = np.cos(0.3), np.sin(0.3)
    turned = [
        np.column_stack([d[:, :2] @ [[c, s], [-s, c]], d[:, 2]])
        for d in drawn_letters()
    ]
    again = foreign.to_recorded(turned, "some words a")
    np.testing.assert_allclose(again, level, atol=0.02)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("drawn", "text", "facts"),
    [
        (drawn_letters(), " ", ["text"]),
        (drawn_letters(), None, ["text"]),
        (drawn_letters(), "a" * 121, ["121 characters", 120]),
        (drawn_letters(), "a", ["wide", "'a'", "6.2", "0.18", "2.7"]),
        (
            drawn_letters(3),
            "a text of forty characters and some more",
            ["narrow", "'a text of forty characters and some more'", "0.035", "0.18"],
        ),
        ([], "abc", ["0 points", 10]),
        ([[[1, 2], [2, 3], [4, 5]]], "abc", ["3 points", 10]),
        ([[[1, 2]] * 20], "abc", ["one place"]),
        ([[1, 2, 3]], "abc", ["x, y, time"]),
        ([[[1], [2]]], "abc", ["x, y, time"]),
        ([[[1, 2], [3]]], "abc", ["x, y, time"]),
        ([[["a", "b"]] * 20], "abc", ["x, y, time"]),
        ("abc", "abc", ["x, y, time"]),
        (7, "abc", ["x, y, time"]),
        (None, "abc", ["x, y, time"]),
        ([[[1, float("nan")]] * 20], "abc", ["stroke 1", "finite"]),
        ([[[1, 1e300], [2, 3]] * 20], "abc", ["1e9"]),
        ([[[i, i % 7] for i in range(30_000)]], "abc", ["30000 points", 20000]),
        ([[[i, i % 7]] for i in range(3_000)], "abc", ["3000 strokes", 2000]),
        ([[[i, i % 7, -i] for i in range(30)]], "abc", ["times", "stroke 1"]),
    ],
)
def test_what_is_no_line_of_writing_is_refused(drawn, text, facts):
    with refused(*facts):
        foreign.to_recorded(drawn, text)
