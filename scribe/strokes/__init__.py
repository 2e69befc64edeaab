"""Pen strokes as arrays: convert, clean, measure, and read them from other programs.

A line of writing is one array [P, 3] of (dx, dy, end_of_stroke), see `arrays`. What was
recorded is cleaned by steps that gin files name (`cleaning`), what was drawn elsewhere
is read from files (`stroke_files`) and made into what a tablet would have recorded
(`foreign`). NumPy only. Readers of corpora need the first two of these names.
"""

from scribe.strokes.arrays import (
    points_from_strokes,
    split_at_pen_lifts,
    strokes_from_paths,
    strokes_from_points,
)

__all__ = [
    "points_from_strokes",
    "split_at_pen_lifts",
    "strokes_from_paths",
    "strokes_from_points",
]
