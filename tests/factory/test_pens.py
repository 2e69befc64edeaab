"""The ink that a pen leaves, against the curves and the pixels of scribe.drawing."""

import dataclasses

import cv2
import numpy as np
import pytest
from refusals import refused
from writing_samples import printed

from scribe.factory.ink import Placed, ink_of
from scribe.factory.pens import Pen, coverage, curves, pen_widths
from scribe.strokes.curves import bezier_curve, flatten
from scribe.typesetting.words import cut_words
from scribe.writing.measures import measure_line

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def ink():
    line = printed("till")
    (word,) = cut_words(line, measure_line(line))
    return ink_of([Placed(word, 10.0, 70.0, 25.0)])


def test_the_curves_are_those_of_all_drawings(ink):
    path, breaks = curves(ink.points, ink.ends)
    pieces = np.split(path, np.flatnonzero(breaks)[:-1] + 1)
    pieces = [piece for piece in pieces if len(piece) > 1]  # not on the way in the air
    ends = np.flatnonzero(ink.ends) + 1
    for points, piece in zip(np.split(ink.points, ends[:-1]), pieces, strict=True):
        fine = dense(flatten(bezier_curve(points), 1e-3))
        away = np.hypot(*(piece[:, None] - fine[None]).transpose(2, 0, 1)).min(axis=1)
        # Inside a stroke; its ends have zero curvature there and none here.
        assert away[3:-3].max(initial=0.0) < 0.05


def dense(path):
    """Points that are hardly apart: [n, 2] -> [m, 2]."""
    along = np.arange(len(path))
    at = np.linspace(0, len(path) - 1, 40 * len(path))
    return np.stack([np.interp(at, along, path[:, k]) for k in (0, 1)], axis=1)


def test_a_line_is_as_wide_as_its_pen():
    x = np.linspace(20, 180, 30)
    points = np.stack([x, np.full(30, 25.0)], axis=1)
    ends = np.arange(30) == 29
    line = ink_of_points(points, ends, unit=20.0)
    for width in (0.1, 0.2, 0.4):
        share = coverage(line, Pen(width, 0.0), 50, 200)
        thick = share[:, 60:140].sum(axis=0).mean() / 255
        assert thick == pytest.approx(20 * width, abs=0.3)
        middle = (share[:, 100] * (np.arange(50) + 0.5)).sum() / share[:, 100].sum()
        assert middle == pytest.approx(25.0, abs=0.2)


def ink_of_points(points, ends, unit):
    line = printed("l")
    (word,) = cut_words(line, measure_line(line))
    ink = ink_of([Placed(word, 0.0, 0.0, unit)])
    zeros = np.zeros(len(points), int)
    return dataclasses.replace(
        ink, points=points, ends=ends, words=zeros, characters=zeros
    )


def test_a_pen_that_presses_is_wider_where_it_is_slow():
    steps = np.repeat([2.0, 4.0, 8.0], 20)
    points = np.stack([np.cumsum(steps), np.full(60, 20.0)], axis=1)
    line = ink_of_points(points, np.arange(60) == 59, 20.0)
    widths = pen_widths(line, Pen(0.2, 1.0))
    assert widths[5:15].mean() > 1.1 and widths[45:55].mean() < 0.95
    assert (pen_widths(line, Pen(0.2, 0.0)) == 1.0).all()
    fast = pen_widths(line, Pen(0.2, 1.0, speed=2.0))
    assert fast[5:55].mean() < widths[5:55].mean()


def test_all_ink_lies_around_the_points(ink):
    share = coverage(ink, Pen(0.1, 1.0), 100, 200)
    rows, columns = np.nonzero(share)
    pixels = np.stack([columns + 0.5, rows + 0.5], axis=1)
    path, breaks = curves(ink.points, ink.ends)
    pieces = np.split(path, np.flatnonzero(breaks)[:-1] + 1)
    path = np.concatenate([dense(piece) for piece in pieces])
    away = np.hypot(*(pixels[:, None] - path[None]).transpose(2, 0, 1)).min(axis=1)
    assert away.max() < 3.0
    assert cv2.countNonZero(share) > 200


def test_a_dot_is_drawn():
    dot = ink_of_points(np.array([[10.0, 12.0]]), np.array([True]), 20.0)
    share = coverage(dot, Pen(0.2, 0.5), 24, 20)
    assert share[12, 10] > 200 and share[0].max() == 0


def test_a_picture_beyond_measure_is_refused(ink):
    with refused(60_000):
        coverage(ink, Pen(0.1, 0.0), 60_000, 60_000)
