"""The lines in a file of strokes that a visitor has from another program."""

import re

from scribe.reading import Reader
from scribe.strokes import stroke_files
from scribe.web import files
from scribe.writing import own_hand

_XML_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml[^>]*\?>")


def lines_of(content: str, reader: Reader) -> list[tuple[list, str]]:
    """The lines of a file, each its strokes and its text.

    The text is what the file says, if it says one for each line; else what they read.

    Raises:
      InputError: it is no such file, or nothing can be read in it.
      files.Unavailable: it is SVG, which nothing here reads.
    """
    try:
        # It is text already, whatever encoding its first line declares.
        content = _XML_DECLARATION.sub("", content)
        drawing = stroke_files.parse_drawing(content.encode())
    except ModuleNotFoundError as error:
        raise files.Unavailable(f"this server cannot read SVG: {error}") from error
    lines = own_hand.lines_of(drawing.strokes, reader)
    told = (drawing.text or "").splitlines()
    if len(told) == len(lines):
        return [(strokes, text) for (strokes, _), text in zip(lines, told, strict=True)]
    return lines
