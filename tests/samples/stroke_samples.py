"""Strokes to clean and to measure: drawn at random, and one zigzag."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from scribe.strokes.arrays import strokes_from_points

properties = settings(max_examples=60, deadline=None)


@st.composite
def pen_paths(draw):
    """Strokes of 2 to 40 points with some pen lifts; the last point lifts the pen."""
    num_points = draw(st.integers(2, 40))
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    points = np.cumsum(random.normal(size=(num_points, 2)), axis=0)
    ends = random.random(num_points) < draw(st.sampled_from([0.0, 0.2, 0.6]))
    ends[-1] = True
    return strokes_from_points(points, ends)


def zigzag(num_points=12, end=(5,)):
    """Strokes that go right and up and down, lifted after the points in `end`."""
    points = np.stack([np.arange(num_points), np.arange(num_points) % 2], axis=1)
    ends = np.isin(np.arange(num_points), [*end, num_points - 1])
    return strokes_from_points(points, ends)


def strokes_of(drawn):
    """[P, 3] of strokes that are lists of (x, y)."""
    points = np.concatenate([np.array(stroke, float) for stroke in drawn])
    ends = [np.eye(1, len(stroke), len(stroke) - 1)[0] for stroke in drawn]
    return strokes_from_points(points - points[0], np.concatenate(ends))


def drawn_letters(num_letters=12, milliseconds=16.0, size=30.0):
    """Strokes [P, 3] of x, y, time: one letter each, up and down and a curve."""
    t = np.linspace(0, 1, 20)
    letter = np.stack([t + 0.3 * np.sin(6 * t), np.sin(9 * t)], axis=1)
    return [
        np.column_stack(
            [size * (letter + [1.5 * i, 0]), 1000 * i + milliseconds * np.arange(20)]
        )
        for i in range(num_letters)
    ]
