"""Strokes from a canvas or a plotter file, as a tablet would have recorded them."""

import numpy as np
import pytest
from stroke_samples import drawn_letters

from scribe.foundation.errors import InputError
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
    ("drawn", "text", "sentence"),
    [
        (drawn_letters(), " ", "their text is empty"),
        (drawn_letters(), None, "their text is empty"),
        (drawn_letters(), "a" * 121, "121 characters is too long"),
        (drawn_letters(), "a", "too wide for 'a'"),
        (drawn_letters(3), "a text of forty characters and some more", "too narrow"),
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
def test_what_is_no_line_of_writing_is_refused(drawn, text, sentence):
    with pytest.raises(InputError, match=sentence):
        foreign.to_recorded(drawn, text)
