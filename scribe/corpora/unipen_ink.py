"""UNIPEN's ink in the unit and at the point rate of IAM-OnDB's tablet. NumPy only."""

import numpy as np

from scribe.corpora.unipen_files import Segment
from scribe.corpora.unipen_lines import Ink
from scribe.corpora.unipen_sources import Source
from scribe.strokes import foreign, pen_motion
from scribe.strokes.arrays import strokes_from_paths, strokes_from_points
from scribe.strokes.measures import written_height

# Median height of the forms of IAM-OnDB's training set in its unit, and the deviation
# of its logarithm.
HEIGHT = (400.0, 0.27)
HEIGHT_RANGE = (250.0, 640.0)
# A tablet's rates that can be right; others are not believed.
RATES = (40.0, 250.0)
# A Gaussian of so many seconds along a stroke takes a tablet's grid out.
SMOOTHING_SECONDS = 0.012
COARSE_SMOOTHING_SECONDS = 0.017


def recorded_heights(random: np.random.Generator, count: int) -> np.ndarray:
    """[count] heights of forms of IAM-OnDB, from ascenders to descenders."""
    drawn = HEIGHT[0] * np.exp(HEIGHT[1] * random.normal(size=count))
    return np.clip(drawn, *HEIGHT_RANGE)


def as_recorded(ink: Ink, scale: float) -> np.ndarray:
    """Ink at the point rate of IAM-OnDB's tablet: float32 [P, 3], y down.

    By its times, if they agree with how many points that tablet takes for such a line;
    else by the law of motion (scribe.strokes.pen_motion).

    Args:
      ink: in any unit.
      scale: of the result.
    """
    paths = [stroke[:, :2] * scale for stroke in ink.strokes]
    height = written_height(strokes_from_paths(paths))
    timed = all(np.isfinite(stroke[:, 2]).all() for stroke in ink.strokes)
    curves = [
        pen_motion.smooth_path(path, stroke[:, 2] if timed else None, height)
        for path, stroke in zip(paths, ink.strokes, strict=True)
    ]
    paths = [path for path, _ in curves]
    num_points = foreign.usual_points(paths, len(ink.text))
    seconds = [t for _, t in curves]
    told = sum(t[-1] for t in seconds) * foreign.POINTS_PER_SECOND if timed else 0.0
    pace = foreign.MAX_PACE
    if num_points / pace <= told <= num_points * pace:
        num_points = told
    elif not timed:
        seconds = [pen_motion.seconds_by_law(path, height) for path in paths]
    return strokes_from_points(*pen_motion.at_equal_times(paths, seconds, num_points))


def ink_of(segment: Segment, text: str, source: Source) -> Ink:
    """A segment's ink: y down, true aspect, smoothed, with times if they are known."""
    rate = segment.points_per_second if source.has_rate else 0.0
    if not RATES[0] <= rate <= RATES[1]:
        rate = 0.0
    blur = COARSE_SMOOTHING_SECONDS if source.is_coarse else SMOOTHING_SECONDS
    strokes = []
    for points in segment.strokes:
        moved = np.ones(len(points), bool)
        moved[1:] = np.any(points[1:] != points[:-1], axis=1)
        steps = np.flatnonzero(moved) / (rate or np.nan)
        pauses = np.minimum(np.diff(steps, prepend=steps[0]), foreign.MAX_PAUSE_SECONDS)
        path = points[moved] * [1.0, -segment.aspect]
        path = smoothed(path, blur * (rate or 80.0))
        strokes.append(np.column_stack([path, np.cumsum(pauses)]))
    return Ink(text, strokes)


def smoothed(path: np.ndarray, deviation: float) -> np.ndarray:
    """A path [n, 2] after a Gaussian of so many points; its ends stay."""
    reach = min(int(np.ceil(2.5 * deviation)), len(path) - 1)
    if reach < 1:
        return path
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    kernel /= kernel.sum()
    # Turned about the ends, so that these do not move.
    before = 2 * path[0] - path[reach:0:-1]
    after = 2 * path[-1] - path[-2 : -reach - 2 : -1]
    padded = np.concatenate([before, path, after])
    return np.stack(
        [np.convolve(padded[:, k], kernel, mode="valid") for k in (0, 1)], axis=1
    )
