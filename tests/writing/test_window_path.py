"""Where a line's text begins and ends, read from the window's path."""

import numpy as np
import pytest

from scribe.writing.window_path import (
    leaps,
    longest_skip,
    rest_of_style,
    surplus_stroke,
)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("path", "skipped"),
    [
        ([0, 1, 1, 2, 3, 4, 5], 0),
        ([0, 2, 1, 4, 3, 5], 0),
        ([0, 1, 3, 5], 1),
        ([2, 3, 4, 5], 2),
        ([0, 0, 4, 5], 3),
        ([0, 1], 4),
        ([5], 5),
    ],
)
def test_letters_left_out_are_those_that_the_window_never_rested_on(path, skipped):
    phi = np.full([len(path), 6], 0.1)
    phi[np.arange(len(path)), path] = 1.0
    assert longest_skip(phi) == skipped
    assert leaps(phi) == (skipped > 2)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("lift", "past_from", "num_points", "cut"),
    [
        (9, 10, 31, 21),  # a long stroke begun after the text
        (9, 5, 31, 21),
        (9, 15, 36, 26),
        (9, 10, 30, 0),  # a letter that was still missing
        (9, 16, 60, 0),  # a stroke begun in the text
        (None, 0, 60, 0),  # there would be nothing left
    ],
)
def test_a_surplus_stroke_after_the_text_is_cut_off(lift, past_from, num_points, cut):
    strokes = np.zeros([num_points, 3])
    strokes[-1, 2] = 1
    if lift is not None:
        strokes[lift, 2] = 1
    phi = np.tile([0.5, 0.2], [num_points, 1])
    phi[past_from:] = [0.1, 0.9]
    assert surplus_stroke(strokes, phi, 1) == cut


@pytest.mark.unit
@pytest.mark.parametrize(
    ("focus_before", "jump", "focus_after", "cut"),
    [
        (1, 3.0, [1, 2, 2], 3),  # to the right of the finished last letter
        (1, 0.4, [1, 2, 2], 0),  # its second stroke
        (1, -3.0, [2, 2, 2], 0),  # its dot or bar
        (
            0,
            3.0,
            [1, 2, 2],
            0,
        ),  # the last letter itself, which the window runs ahead of
        (1, 3.0, [1, 1, 2], 0),  # a second letter-wide stroke, as of quotation marks
    ],
)
def test_a_letter_that_is_not_in_the_text_is_cut_off(
    focus_before, jump, focus_after, cut
):
    focus = [0] * 8 + [focus_before] * 4 + focus_after
    phi = np.eye(3)[focus]
    strokes = np.zeros([15, 3])
    strokes[1:, 0] = 1.0
    strokes[[7, 11, 14], 2] = 1
    strokes[12, 0] = jump
    assert surplus_stroke(strokes, phi, 2) == cut


@pytest.mark.unit
@pytest.mark.parametrize(
    ("path", "pen", "first"),
    [
        ([4, 4, 5, 6], [0, 0, 1, 0], 0),  # on the space, then on the new text
        ([2, 3, 3, 4, 5, 6], [0, 1, 0, 1, 0, 0], 4),  # writes two letters again
        ([3, 3, 4, 5, 6], [0, 0, 0, 1, 0], 0),  # joined to the new text
        ([6, 5, 6], [1, 1, 1], 0),
        ([2, 3, 4], [1, 1, 1], 0),  # never comes to the new text
    ],
)
def test_what_is_left_of_the_style_is_cut_off_at_a_lift(path, pen, first):
    phi = np.full([len(path), 7], 0.1)
    phi[np.arange(len(path)), path] = 1.0
    strokes = np.stack([np.zeros(len(path)), np.zeros(len(path)), pen], axis=1)
    assert rest_of_style(strokes, phi, 5) == first
