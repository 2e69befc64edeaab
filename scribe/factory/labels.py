"""What is known of a picture: where every line, word and character is, and its strokes.

All positions are pixels of the picture, x to the right, y down, from the corner of the
upper left pixel. Boxes are (left, top, right, bottom) of the ink.
"""

import dataclasses
from collections.abc import Iterator

import numpy as np

from scribe.factory.ink import Ink

_DECIMALS = 1


@dataclasses.dataclass(frozen=True)
class Area:
    """Where some ink is.

    Attributes:
      text: that it spells.
      box: (left, top, right, bottom); None for what has no ink of its own, as a letter
        that is written in one with its neighbour.
      polygon: corners around the ink, [[x, y], ...]; empty without ink.
    """

    text: str
    box: tuple[float, float, float, float] | None
    polygon: list[list[float]]


@dataclasses.dataclass(frozen=True)
class WordLabel(Area):
    """A word.

    Attributes:
      baseline: [[x, y], [x, y]].
      characters: one for each character of the text.
    """

    baseline: list[list[float]]
    characters: list[Area]


@dataclasses.dataclass(frozen=True)
class LineLabel(Area):
    """A line; its polygon goes around its words.

    Attributes:
      baseline: [[x, y], ...] from left to right.
      paragraph: number of its paragraph.
      words: in reading order.
    """

    baseline: list[list[float]]
    paragraph: int
    words: list[WordLabel]


def line_labels(ink: Ink, pen_width: float) -> list[LineLabel]:
    """The labels of all lines of a picture, in reading order.

    Args:
      ink: where it is on the picture.
      pen_width: pixels, by half of which ink reaches beyond its points.
    """
    words = list(_word_labels(ink, pen_width / 2))
    numbers = np.array([placed.line for placed in ink.placed])
    lines = []
    for number in np.unique(numbers):
        of_line = np.flatnonzero(numbers == number)
        own = [words[i] for i in of_line]
        lines.append(
            LineLabel(
                text=" ".join(word.text for word in own),
                box=_union([word.box for word in own]),
                polygon=_around(ink, of_line, pen_width / 2),
                baseline=[point for word in own for point in word.baseline],
                paragraph=ink.placed[of_line[0]].paragraph,
                words=own,
            )
        )
    return lines


def strokes_of(ink: Ink) -> list[list[list[float]]]:
    """The pen's way in the order of writing: for each stroke [[x, y], ...]."""
    points = ink.points.round(_DECIMALS)
    return [
        part.tolist() for part in np.split(points, np.flatnonzero(ink.ends)[:-1] + 1)
    ]


def _word_labels(ink: Ink, reach: float) -> Iterator[WordLabel]:
    for number, placed in enumerate(ink.placed):
        own = ink.words == number
        points, characters = ink.points[own], ink.characters[own]
        box, polygon = _area(points, reach)
        areas = [
            Area(text, *_area(points[characters == i], reach))
            for i, text in enumerate(placed.word.text)
        ]
        baseline = ink.baselines[number].round(_DECIMALS).tolist()
        yield WordLabel(placed.word.text, box, polygon, baseline, areas)


def _area(points: np.ndarray, reach: float):
    """The box and the convex polygon of some ink."""
    if not len(points):
        return None, []
    import cv2

    low, high = points.min(axis=0) - reach, points.max(axis=0) + reach
    box = (*low.round(_DECIMALS).tolist(), *high.round(_DECIMALS).tolist())
    corners = points[:, None] + reach * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    hull = cv2.convexHull(corners.reshape(-1, 2).astype(np.float32))[:, 0]
    return box, hull.astype(float).round(_DECIMALS).tolist()


def _union(boxes) -> tuple[float, float, float, float] | None:
    found = np.array([box for box in boxes if box is not None])
    if not len(found):
        return None
    return (*found[:, :2].min(axis=0).tolist(), *found[:, 2:].max(axis=0).tolist())


def _around(ink: Ink, of_line: np.ndarray, reach: float) -> list[list[float]]:
    """Corners around the words of a line: above them to the right, below them back.

    Each word has a rectangle along its own baseline.
    """
    above, below = [], []
    for number in of_line:
        points = ink.points[ink.words == number]
        start, end = ink.baselines[number]
        along = (end - start) / max(float(np.hypot(*(end - start))), 1e-9)
        axes = np.array([along, [-along[1], along[0]]])
        inside = (points - start) @ axes.T
        (left, top), (right, bottom) = (
            inside.min(axis=0) - reach,
            inside.max(axis=0) + reach,
        )
        corners = np.array([[left, top], [right, top], [left, bottom], [right, bottom]])
        corners = (corners @ axes + start).round(_DECIMALS).tolist()
        above += corners[:2]
        below += corners[2:]
    return above + below[::-1]
