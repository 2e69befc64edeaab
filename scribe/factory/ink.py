"""The ink of a picture: pen points in pixels that know which character they belong to.

Everything that moves ink (slant, place, rotation, perspective) moves these points, so
that boxes and polygons are right without further ado. Rendering comes last.
"""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from scribe.typesetting.words import Word


@dataclasses.dataclass(frozen=True, eq=False)
class Placed:
    """A word and where it stands.

    Attributes:
      word: in x-heights.
      x, y: of its origin on the baseline, pixels.
      unit: pixels per x-height.
      line: number of the line on the picture, in reading order.
      paragraph: number of its paragraph.
    """

    word: Word
    x: float
    y: float
    unit: float
    line: int = 0
    paragraph: int = 0


@dataclasses.dataclass(frozen=True, eq=False)
class Ink:
    """All strokes of a picture, one point after the other in the order of writing.

    Attributes:
      points: float64 [P, 2] pixels, y down.
      ends: bool [P], the last point of each stroke.
      words: int [P], number of the word in `placed`.
      characters: int [P], which character of the word.
      placed: the words, in reading order.
      baselines: float64 [words, 2, 2], from where to where each word stands.
    """

    points: np.ndarray
    ends: np.ndarray
    words: np.ndarray
    characters: np.ndarray
    placed: Sequence[Placed]
    baselines: np.ndarray

    def moved(self, move: Callable[[np.ndarray], np.ndarray]) -> "Ink":
        """With all points moved: [P, 2] -> [P, 2]."""
        baselines = move(self.baselines.reshape(-1, 2)).reshape(-1, 2, 2)
        return dataclasses.replace(self, points=move(self.points), baselines=baselines)


def ink_of(placed: Sequence[Placed], slant: float = 0.0, width: float = 1.0) -> Ink:
    """The ink of words where they stand.

    Args:
      placed: in reading order; their x allow for `width` already.
      slant, width: what is done to each word about its origin.
    """
    points, ends, words, characters = [], [], [], []
    for number, each in enumerate(placed):
        word = each.word
        for stroke, own in zip(word.strokes, word.characters, strict=True):
            x, y = stroke.T
            shape = np.stack([width * x - slant * y, y], axis=1)
            points.append(shape * each.unit + [each.x, each.y])
            ends.append(np.arange(len(stroke)) == len(stroke) - 1)
            words.append(np.full(len(stroke), number))
            characters.append(own)
    return Ink(
        np.concatenate(points),
        np.concatenate(ends),
        np.concatenate(words),
        np.concatenate(characters),
        placed,
        np.array(
            [[[p.x, p.y], [p.x + width * p.word.width * p.unit, p.y]] for p in placed]
        ),
    )
