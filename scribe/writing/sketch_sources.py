"""Where the drawings come from that a SketchRNN draws again: corpora and files."""

import dataclasses
from pathlib import Path

import numpy as np

from scribe.corpora.prepared import load_description, load_lines
from scribe.foundation.errors import InputError
from scribe.strokes import foreign, stroke_files
from scribe.writing import styles
from scribe.writing.sketcher import Sketcher

# Looked through in this order, so that a word is one that training has not seen if
# there is such a one.
_FIRST_SPLITS = ("validation", "validation_large", "test")


@dataclasses.dataclass(frozen=True, eq=False)
class Source:
    """A drawing to be encoded.

    Attributes:
      text: what it says, or the name of its file.
      drawing: [P, 3] in the network's unit.
    """

    text: str
    drawing: np.ndarray


def find_source(
    name: str, sketcher: Sketcher, data_dir: str | None, text: str | None = None
) -> Source:
    """The drawing that a user names.

    Args:
      name: a file (a style of this project, or SVG, InkML or JSON, see
        scribe.strokes.stroke_files), or the name or the text of a word in a prepared
        corpus.
      sketcher: that is to draw it again.
      data_dir: the corpus; None if there is none.
      text: what the strokes of a foreign file spell, if the file does not say it.

    Raises:
      InputError: there is no such file or word, or it cannot be used.
    """
    if Path(name).is_file():
        return _of_file(Path(name), sketcher, text)
    if data_dir is None or not Path(data_dir, "corpus.json").is_file():
        where = f"and {data_dir} is no prepared corpus" if data_dir else "and no corpus"
        raise InputError(
            f"there is no file {name!r}, {where} to look for it: add --data_dir (see "
            "data/README.md)"
        )
    splits = load_description(data_dir).splits
    first = [split for split in _FIRST_SPLITS if split in splits]
    for split in (*first, *(split for split in splits if split not in first)):
        lines = load_lines(data_dir, [split])
        for matches in (lambda x: x.name == name, lambda x: x.text == name):
            found = next(filter(matches, lines), None)
            if found is not None:
                return Source(found.text, sketcher.clean(found.strokes))
    raise InputError(f"{data_dir} has no word named {name!r} and none that says it")


def _of_file(path: Path, sketcher: Sketcher, text: str | None) -> Source:
    if stroke_files.is_style(path):
        style, recorded = styles.read_style(path)
        return Source(style.text, sketcher.clean(style.strokes, recorded))
    drawing = stroke_files.read_drawing(path)
    text = text or drawing.text
    if not text:
        raise InputError(f"{path} does not say what its strokes spell: add --text")
    recorded = foreign.to_recorded(drawing.strokes, text)
    return Source(text, sketcher.clean(recorded))
