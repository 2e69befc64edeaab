"""Pen strokes from XML of two programs: Xournal++ and the recorder of IAM-OnDB.

Both files are small and have a handful of elements; no library is kept for either.
"""

from xml.etree.ElementTree import Element

import numpy as np

from scribe.foundation.errors import InputError

# The root elements, by which a document is told.
XOURNAL = ("xournal", "MrWriter")
WHITEBOARD = ("WhiteboardCaptureSession",)


def read_xournal(root: Element) -> list[np.ndarray]:
    """The strokes of the pen, pages below each other; not those of the highlighter.

    Args:
      root: of a Xournal++ document: <page> of <layer> of <stroke>, whose content is
        x y x y ... in points, y down.

    Returns:
      float64 [P, 2] for each stroke.

    Raises:
      InputError: a stroke cannot be read.
    """
    strokes, top = [], 0.0
    for page in root.iter("page"):
        for stroke in page.iter("stroke"):
            if stroke.get("tool", "pen") == "pen":
                strokes.append(_pairs(stroke.text or "", len(strokes) + 1) + [0.0, top])
        top += _float(page.get("height", "0"), "the height of a page")
    return strokes


def _pairs(text: str, number: int) -> np.ndarray:
    name = f"stroke {number} of the Xournal++ file"
    values = [_float(token, name) for token in text.split()]
    if len(values) < 2 or len(values) % 2:
        raise InputError(f"{name} has {len(values)} numbers, not x and y of each point")
    return np.array(values).reshape(-1, 2)


def read_whiteboard(root: Element) -> tuple[list[np.ndarray], str | None]:
    """The strokes of IAM-OnDB's XML, and its text if it has one.

    Liwicki and Bunke (2005): <Stroke> of <Point x= y= time=>, y down, in seconds; whole
    forms also have <Transcription> with <TextLine text=> for each line.

    Returns:
      float64 [P, 3] x, y, milliseconds for each stroke, [P, 2] without times, and the
      lines of the text.

    Raises:
      InputError: a point cannot be read.
    """
    strokes = []
    for number, stroke in enumerate(root.iter("Stroke"), start=1):
        points = list(stroke.iter("Point"))
        keys = ["x", "y", "time"] if all("time" in p.attrib for p in points) else "xy"
        name = f"stroke {number} of the whiteboard"
        rows = [[_float(p.get(key, ""), name) for key in keys] for p in points]
        if rows:
            strokes.append(np.array(rows) * [1.0, 1.0, 1000.0][: len(keys)])
    lines = [line.get("text", "").strip() for line in root.iter("TextLine")]
    return strokes, "\n".join(line for line in lines if line) or None


def _float(text: str, name: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise InputError(f"{name} has {text[:20]!r}, no number") from error
