"""Which strokes of a page belong to one line of writing. NumPy only.

The pen writes a line in one or a few runs from left to right. Runs are held against
each other by where they lie, so that dots and bars that were set when a line or a page
was done go where they belong, and a line may climb, fall or bend.
"""

from collections.abc import Sequence

import numpy as np

# In usual heights of a stroke: a pen that goes back by so much, or up or down, begins
# another run. A run this wide is long enough to have a slope.
_BACK = 4.0
_AWAY = 1.5
_WIDE = 12.0
# In heights of a line: a run whose middle is nearer than this to that of a line beside
# it belongs to it, and one of a letter or two if it is not further off than a line.
_SAME_LINE = 0.65
_NEXT_LINE = 1.5
_FEW = 1.5
# What is lower than this share of a line, like dots and bars, founds none.
_SMALL = 0.35
# Beside a run are the points of a line that are not further off than this.
_BESIDE = 3.0
# From the 5th to the 95th percentile of its points.
_HEIGHT_QUANTILES = (0.05, 0.95)
# A page of writing whose lines climb more steeply is no page of level lines.
_STEEPEST = 0.3


def split_lines(paths: Sequence[np.ndarray]) -> list[list[np.ndarray]]:
    """Parts the strokes of a page into lines of writing.

    Args:
      paths: [P, 2] x, y of each stroke in the order of writing, y down, lines roughly
        level and below each other.

    Returns:
      the strokes of each line in the order of writing; lines from top to bottom; one
      line where nothing lies below.
    """
    if not paths:
        return []
    runs = _runs(paths)
    level = _levelled(paths, runs)
    inks = [np.concatenate([level[i] for i in run]) for run in runs]
    height = _height(inks)
    lines: list[list[int]] = []  # runs of each
    order = sorted(range(len(runs)), key=lambda r: -_length(level, runs[r]))
    for r in order:
        gaps = [_gap(inks[r], np.concatenate([inks[i] for i in line]), height)
                for line in lines]  # fmt: skip
        nearest = int(np.argmin(gaps)) if gaps else -1
        width, tall = np.ptp(inks[r], axis=0) / height
        limit = _SAME_LINE if width > _FEW else _NEXT_LINE
        if gaps and (tall < _SMALL or gaps[nearest] <= limit * height):
            lines[nearest].append(r)
        else:
            lines.append([r])
    middle = {id(line): np.median(np.concatenate([inks[r] for r in line])[:, 1])
              for line in lines}  # fmt: skip
    lines.sort(key=lambda line: middle[id(line)])
    return [[paths[i] for r in sorted(line) for i in runs[r]] for line in lines]


def _runs(paths: Sequence[np.ndarray]) -> list[list[int]]:
    """Strokes that follow each other along a line: lists of their numbers."""
    heights = np.array([np.ptp(path[:, 1]) for path in paths])
    tall = heights[heights >= 0.3 * np.quantile(heights, 0.9)]
    usual = float(np.median(tall)) or 1.0
    middles = [np.median(path[:, 1]) for path in paths]
    runs: list[list[int]] = []
    for i, path in enumerate(paths):
        if runs:
            run = runs[-1]
            reached = max(paths[k][:, 0].max() for k in run[-4:])
            back = reached - path[:, 0].min() > _BACK * usual + np.ptp(path[:, 0])
            away = abs(middles[i] - np.median([middles[k] for k in run[-4:]]))
            if not back and away <= _AWAY * usual:
                run.append(i)
                continue
        runs.append([i])
    return runs


def _levelled(paths: Sequence[np.ndarray], runs: list[list[int]]) -> list[np.ndarray]:
    """The strokes, sheared by the median slope of the wide runs."""
    heights = [np.ptp(path[:, 1]) for path in paths]
    slopes, widths = [0.0], [0.0]
    for run in runs:
        points = np.concatenate([paths[i] for i in run])
        x, y = (points - points.mean(axis=0)).T
        if np.ptp(x) > _WIDE * np.median([heights[i] for i in run]):
            slopes.append(
                float(np.clip(np.dot(x, y) / np.dot(x, x), -_STEEPEST, _STEEPEST))
            )
            widths.append(float(np.ptp(x)))
    order = np.argsort(slopes)
    half = np.searchsorted(np.cumsum(np.array(widths)[order]), 0.5 * sum(widths))
    slope = slopes[order[half]]
    return [path - [0.0, 1.0] * (slope * path[:, :1]) for path in paths]


def _height(inks: list[np.ndarray]) -> float:
    """Of a line of writing: the median over the runs, the longer ones counting more."""
    heights = np.array([np.subtract(*np.quantile(ink[:, 1], _HEIGHT_QUANTILES[::-1]))
                        for ink in inks])  # fmt: skip
    widths = np.array([np.ptp(ink[:, 0]) for ink in inks])
    order = np.argsort(heights)
    half = np.searchsorted(np.cumsum(widths[order]), 0.5 * widths.sum())
    return float(heights[order[half]]) or 1.0


def _length(paths: Sequence[np.ndarray], run: list[int]) -> float:
    return float(sum(np.hypot(*np.diff(paths[i], axis=0).T).sum() for i in run))


def _gap(ink: np.ndarray, line: np.ndarray, height: float) -> float:
    """How far the middle of some ink is from that of a line beside it, up or down."""
    low, high = ink[:, 0].min(), ink[:, 0].max()
    apart = np.maximum(low - line[:, 0], line[:, 0] - high)
    beside = line[apart <= max(_BESIDE * height, apart.min())]
    apart = np.maximum(beside[:, 0].min() - ink[:, 0], ink[:, 0] - beside[:, 0].max())
    near = ink[apart <= max(_BESIDE * height, apart.min())]
    return abs(float(np.median(near[:, 1]) - np.median(beside[:, 1])))
