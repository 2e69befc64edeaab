"""Strokes from anywhere, made into what the tablet of the corpus would have recorded.

A canvas, a plotter file or another tablet has its own unit, rate and slope. A model
knows one: that of its training lines. Foreign strokes are checked, levelled, put at the
corpus's number of points per character (by their times, or where there are none by a
law of how hands move) and scaled to its unit. What comes out is cleaned like any line
of the corpus, so that it fits every model. NumPy only.
"""

from collections.abc import Sequence

import numpy as np

from scribe.foundation.errors import InputError
from scribe.strokes import pen_motion
from scribe.strokes.arrays import (
    lengths_along,
    rescale,
    strokes_from_paths,
    strokes_from_points,
)
from scribe.strokes.cleaning import resample
from scribe.strokes.measures import MIN_POINTS, median_offset, written_height

# What a person writes on one line takes some thousand points even on a fast tablet.
MAX_STROKES = 2_000
MAX_POINTS = 20_000
MAX_CHARACTERS = 120

# Median offset of the tablet's points in IAM-OnDB, and its rate.
MEDIAN_OFFSET = 20.0
POINTS_PER_SECOND = 66.7
# A drawing's height is measured at so many points, equally far from each other.
EVEN_POINTS = 4_000
# By a regression on 1,500 of its training lines, a character with an ink of so many
# heights, and so many heights wide, takes exp(a) ink**b width**c points of the tablet.
# The deviation of what is left is 14 %; of the lines themselves it is 20 %.
POINTS_LAW = (2.711, 0.733, -0.406)
# Times by which the pen is faster or slower than that by more than this factor, as a
# mouse is, say how the pen moved but not how fast a hand is.
MAX_PACE = 1.5
# Width of a character with the space beside it, in heights of the line: 0.27 to 0.78 in
# 98 of 100 lines there, and other hands may space their letters more.
WIDTH_RANGE = (0.18, 2.7)

# A pen that rests says nothing about the shape: a longer pause counts as this.
MAX_PAUSE_SECONDS = 0.05


def to_recorded(strokes: Sequence, text: str) -> np.ndarray:
    """Foreign strokes as the tablet of the corpus would have recorded them.

    Args:
      strokes: in the order of writing, each [P, 2] x, y or [P, 3] x, y, milliseconds
        from any start, or [P, 4] with pressure, which is passed over; about one line of
        writing in any unit, y down.
      text: what they spell.

    Returns:
      float32 [P', 3] strokes before any cleaning, in IAM-OnDB's unit and at its point
      rate: the same for every model.

    Raises:
      InputError: the strokes or the text cannot be used; the sentence says why.
    """
    text = checked_text(text)
    paths, seconds = _checked_strokes(strokes)
    paths = _level(paths)
    _check_fit(paths, text)
    height = _height(paths)
    timed = seconds is not None
    curves = [
        pen_motion.smooth_path(path, seconds[i] if timed else None, height)
        for i, path in enumerate(paths)
    ]
    paths = [path for path, _ in curves]
    num_points = usual_points(paths, len(text))
    if timed:
        seconds = [t for _, t in curves]
        told = sum(t[-1] for t in seconds) * POINTS_PER_SECOND
        if num_points / MAX_PACE <= told <= num_points * MAX_PACE:
            num_points = told
    else:
        seconds = [pen_motion.seconds_by_law(path, height) for path in paths]
    recorded = strokes_from_points(
        *pen_motion.at_equal_times(paths, seconds, num_points)
    )
    return rescale(recorded, MEDIAN_OFFSET / median_offset(recorded))


def as_drawn(strokes: Sequence) -> np.ndarray:
    """Foreign strokes turned level and otherwise as they are, for a reader.

    Args:
      strokes: as for `to_recorded`.

    Returns:
      float32 [P, 3] strokes.

    Raises:
      InputError: the strokes cannot be used.
    """
    return strokes_from_paths(_level(_checked_strokes(strokes)[0]))


def usual_points(paths: Sequence[np.ndarray], num_characters: int) -> float:
    """How many points the tablet of the corpus would record of such a line.

    Args:
      paths: [n, 2] for each stroke, so close that lines join them, any unit.
      num_characters: of its text.
    """
    height = _height(paths)
    ink = _ink(paths) / height
    width = np.ptp(np.concatenate(paths)[:, 0]) / height
    a, b, c = POINTS_LAW
    per_character = np.exp(a) * (ink / num_characters) ** b
    return float(per_character * (width / num_characters) ** c * num_characters)


def checked_text(text: str) -> str:
    """A text of one line with single spaces.

    Raises:
      InputError: it is empty or too long.
    """
    if not isinstance(text, str) or not text.strip():
        raise InputError("say what the strokes spell: their text is empty")
    text = " ".join(text.split())
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"a text of {len(text)} characters is too long for one line of writing "
            f"(at most {MAX_CHARACTERS})"
        )
    return text


def _checked_strokes(strokes) -> tuple[list[np.ndarray], list[np.ndarray] | None]:
    """Points in the unit of the drawing's larger side, and seconds if all have them.

    Returns:
      float64 [P, 2] for each stroke that has a point, and [P] seconds from 0 on without
      long pauses; None if the strokes have no times, or only one.
    """
    try:
        arrays = [np.asarray(stroke, np.float64) for stroke in strokes]
    except (ValueError, TypeError) as error:
        raise InputError("each stroke must be rows of x, y or x, y, time") from error
    arrays = [array for array in arrays if array.size]
    for number, array in enumerate(arrays, start=1):
        if array.ndim != 2 or array.shape[1] not in (2, 3, 4):
            raise InputError(
                f"stroke {number}: each stroke must be rows of x, y or x, y, time"
            )
        if not np.isfinite(array).all():
            raise InputError(f"stroke {number} has a number that is not finite")
    num_points = sum(len(array) for array in arrays)
    if num_points < MIN_POINTS:
        raise InputError(
            f"the strokes have {num_points} points; a style needs at least "
            f"{MIN_POINTS}, better some words"
        )
    if len(arrays) > MAX_STROKES or num_points > MAX_POINTS:
        raise InputError(
            f"{len(arrays)} strokes of {num_points} points are too many for one line "
            f"of writing (at most {MAX_STROKES} and {MAX_POINTS})"
        )
    points = np.concatenate([array[:, :2] for array in arrays])
    if np.abs(points).max() > 1e9:
        raise InputError("the strokes lie further than 1e9 from their origin")
    size = np.ptp(points, axis=0).max()
    if size == 0.0:
        raise InputError("all points of the strokes are at one place")
    paths = [(array[:, :2] - points[0]) / size for array in arrays]
    if any(array.shape[1] == 2 for array in arrays) or _are_pressures(arrays):
        return paths, None
    seconds = []
    for number, array in enumerate(arrays, start=1):
        pauses = np.diff(array[:, 2], prepend=array[0, 2]) / 1000.0
        if (pauses < 0).any():
            raise InputError(f"the times of stroke {number} run backwards")
        seconds.append(np.cumsum(np.minimum(pauses, MAX_PAUSE_SECONDS)))
    return paths, seconds if any(t[-1] > 0 for t in seconds) else None


def _are_pressures(arrays: list[np.ndarray]) -> bool:
    """Whether a third number, from 0 to 1, goes up and down as no time does."""
    third = [array[:, 2] for array in arrays if array.shape[1] == 3]
    return (
        len(third) == len(arrays)
        and all(((values >= 0) & (values <= 1)).all() for values in third)
        and any((np.diff(values) < 0).any() for values in third)
    )


def _level(paths: list[np.ndarray]) -> list[np.ndarray]:
    """Turns a line of writing that climbs or falls until it is level.

    Whoever writes uphill on a canvas has turned the letters with the line, unlike on a
    whiteboard, where `cleaning.deskew` shears. The slope is that of the least-squares
    line; found twice, because a turn changes it a little.
    """
    for _ in range(2):
        points = np.concatenate(paths)
        x, y = (points - points.mean(axis=0)).T
        if np.ptp(x) < 2 * np.ptp(y):  # so short that letters would decide
            break
        angle = np.arctan(np.dot(x, y) / np.dot(x, x))
        turn = np.array(
            [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        )
        paths = [path @ turn for path in paths]
    return paths


def _check_fit(paths: list[np.ndarray], text: str) -> None:
    """Refuses a text that is far too long or too short for its strokes."""
    width = np.ptp(np.concatenate(paths)[:, 0]) / _height(paths) / len(text)
    if not WIDTH_RANGE[0] <= width <= WIDTH_RANGE[1]:
        how = "narrow" if width < WIDTH_RANGE[0] else "wide"
        raise InputError(
            f"the strokes are too {how} for {text!r}: {width:.2g} heights a character, "
            f"and hands write {WIDTH_RANGE[0]} to {WIDTH_RANGE[1]}; do they spell this?"
        )


def _height(paths: Sequence[np.ndarray]) -> float:
    """From ascenders to descenders, by the ink: dense points count no more."""
    strokes = strokes_from_paths(paths)
    ink = _ink(paths)
    return written_height(resample(strokes, ink / EVEN_POINTS) if ink else strokes)


def _ink(paths: Sequence[np.ndarray]) -> float:
    return sum(float(lengths_along(path)[-1]) for path in paths)
