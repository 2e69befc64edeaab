"""Files of pen strokes from elsewhere: JSON, InkML and SVG.

JSON is {"text": "...", "strokes": [[[x, y, t], ...], ...]}: strokes in the order of
writing, y down, t in milliseconds from any start and optional ("text" too). Points may
also be objects {"x": .., "y": .., "t": ..}, and the list of strokes may stand alone.
A style file of this project ({"text", "strokes": rows of dx, dy, end_of_stroke}, see
scribe.writing.styles) is told by its rows.
"""

import dataclasses
import json
from pathlib import Path

import numpy as np

from scribe.foundation.errors import InputError
from scribe.strokes.inkml import read_inkml
from scribe.strokes.svg_strokes import read_svg

MAX_BYTES = 5_000_000


@dataclasses.dataclass(frozen=True, eq=False)
class Drawing:
    """What a file holds.

    Attributes:
      strokes: what `foreign.to_recorded` takes: for each stroke [P, 2] x, y or
        [P, 3] x, y, milliseconds, y down.
      text: what the file says that they spell, or None.
    """

    strokes: list
    text: str | None = None


def read_drawing(path: str | Path) -> Drawing:
    """Reads a file; its content, not its name, says which format it has.

    Raises:
      InputError: it is too large, of another format, or damaged.
      OSError: it cannot be opened.
    """
    path = Path(path)
    with open(path, "rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InputError(
            f"{path} has more than {MAX_BYTES // 1_000_000} MB: too much for one line "
            "of writing"
        )
    try:
        return parse_drawing(data)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def parse_drawing(data: bytes) -> Drawing:
    """As `read_drawing`, from the content of a file."""
    head = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if head in (b"{", b"["):
        return _from_json(data)
    if head == b"<":
        beginning = data[:4096]
        if b"<svg" in beginning or b":svg" in beginning:
            return Drawing(read_svg(data))
        return Drawing(*read_inkml(data))
    raise InputError("neither JSON nor InkML nor SVG")


def is_style(path: str | Path) -> bool:
    """Whether a file is a style of this project: JSON with rows instead of strokes."""
    with open(path, "rb") as file:
        data = file.read(MAX_BYTES + 1)
    try:
        rows = json.loads(data)["strokes"]
        return isinstance(rows[0][0], int | float)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return False


def _from_json(data: bytes) -> Drawing:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(f"the JSON is damaged ({error})") from error
    text = None
    if isinstance(content, dict):
        content, text = content.get("strokes"), content.get("text")
    if not isinstance(content, list):
        raise InputError('the JSON has no list of "strokes"')
    return Drawing([_stroke(stroke) for stroke in content], text)


def _stroke(points):
    """Points that are objects as rows; what is none is left to who checks it."""
    if not isinstance(points, list) or not points or not isinstance(points[0], dict):
        return points
    keys = ("x", "y", "t") if "t" in points[0] else ("x", "y")
    try:
        return np.array([[float(point[key]) for key in keys] for point in points])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            'each point must be [x, y], [x, y, t] or {"x": .., "y": .., "t": ..}'
        ) from error
