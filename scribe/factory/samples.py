"""One picture with everything that is known of it."""

import dataclasses

import numpy as np

from scribe.factory.labels import LineLabel, WordLabel


@dataclasses.dataclass(frozen=True, eq=False)
class Sample:
    """A picture and its labels.

    Attributes:
      name: unique in the data set: number of the shard, number in it.
      image: uint8 [H, W], or [H, W, 3] red, green, blue.
      text: of the whole picture, a line break between lines.
      hand: name of the writer.
      lines: in reading order.
      strokes: the pen's way, for each stroke [[x, y], ...] pixels.
      facts: how it was written and drawn, by name.
    """

    name: str
    image: np.ndarray
    text: str
    hand: str
    lines: list[LineLabel]
    strokes: list[list[list[float]]]
    facts: dict


def label_dict(sample: Sample, file_name: str) -> dict:
    """All labels of a sample as JSON has them.

    Args:
      sample: whose labels.
      file_name: of its picture, from the folder of the list.
    """
    height, width = sample.image.shape[:2]
    return {
        "file_name": file_name,
        "text": sample.text,
        "writer": sample.hand,
        "width": width,
        "height": height,
        "lines": [_line(line) for line in sample.lines],
        "strokes": sample.strokes,
        **sample.facts,
    }


# As dataclasses.asdict, which copies every number and takes ten times as long.
def _line(line: LineLabel) -> dict:
    return {**vars(line), "words": [_word(word) for word in line.words]}


def _word(word: WordLabel) -> dict:
    return {**vars(word), "characters": [vars(area) for area in word.characters]}
