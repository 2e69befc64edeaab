"""Strokes of words as `scribe.dataset` keeps them, to make ink of."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scribe.foundation.errors import InputError
from scribe.foundation.files import decoded, read_file

_MOST_BYTES = 2_000_000_000
GUIDE = "make one with 'python -m scribe.dataset --format=folder'"


@dataclasses.dataclass(frozen=True, eq=False)
class WrittenWord:
    """The pen's way of a word.

    Attributes:
      points: float32 [P, 2] in x-heights, y down, the mean row at 0.
      ends: bool [P], the last point of each stroke.
      text: what it says.
    """

    points: np.ndarray
    ends: np.ndarray
    text: str

    @property
    def spread(self) -> float:
        """Two deviations of its rows, x-heights."""
        return 2.0 * float(self.points[:, 1].std())


def read_strokes(folder: str | Path) -> list[WrittenWord]:
    """The words of all lists of a folder that scribe.dataset made.

    Raises:
      InputError: there are none, or a list is damaged.
    """
    lists = sorted(Path(folder).glob("*/metadata.jsonl"))
    found: list[WrittenWord] = []
    for path in lists:
        text = decoded(read_file(path, _MOST_BYTES), path)
        for number, line in enumerate(text.splitlines(), 1):
            try:
                found += _word(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(
                    f"{path}, line {number}, has no strokes of a word: {error!r}"
                ) from error
    if not found:
        raise InputError(f"{folder} has no strokes of words; {GUIDE}")
    return found


def _word(row: dict) -> Sequence[WrittenWord]:
    x_height = float(row["x_height"])
    strokes = [np.float32(stroke).reshape(-1, 2) for stroke in row["strokes"]]
    if not x_height > 0:
        raise ValueError(f"x_height is {x_height}")
    points = np.concatenate(strokes) / x_height
    if not np.isfinite(points).all():
        raise ValueError("a point is not finite")
    ends = np.zeros(len(points), bool)
    ends[np.cumsum([len(stroke) for stroke in strokes]) - 1] = True
    if np.ptp(points[:, 1]) < 0.3:  # a dash or a full stop says nothing of its size
        return []
    middle = np.float32([points[:, 0].min(), points[:, 1].mean()])
    return [WrittenWord(points - middle, ends, str(row["text"]))]
