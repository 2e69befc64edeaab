"""Files of pen strokes from elsewhere: which format each has, and who reads it.

SVG (also compressed), InkML, Xournal++, IAM-OnDB's XML and several kinds of JSON;
docs/use/OWN_HAND.md lists the programs. The content of a file says which it is, not its
name. A style file of this project ({"text", "strokes": rows of dx, dy, end_of_stroke},
see scribe.writing.styles) is told by its rows.
"""

import dataclasses
import zlib
from pathlib import Path

from scribe.foundation.errors import InputError
from scribe.foundation.json_files import parse_json
from scribe.strokes import pen_documents, safe_xml
from scribe.strokes.inkml import read_inkml
from scribe.strokes.json_ink import read_json
from scribe.strokes.svg_strokes import read_svg

MAX_BYTES = 5_000_000
_GZIP = b"\x1f\x8b"


@dataclasses.dataclass(frozen=True, eq=False)
class Drawing:
    """What a file holds.

    Attributes:
      strokes: what `foreign.to_recorded` takes: for each stroke rows of x, y, and
        perhaps milliseconds and pressure, y down.
      text: what the file says that they spell, with line breaks if it has several
        lines, or None.
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
            f"{path} has more than {MAX_BYTES // 1_000_000} MB: too much for a page "
            "of writing"
        )
    try:
        return parse_drawing(data)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def parse_drawing(data: bytes) -> Drawing:
    """As `read_drawing`, from the content of a file."""
    try:
        return _parsed(_unpacked(data) if data.startswith(_GZIP) else data)
    except RecursionError as error:
        raise InputError("the drawing is nested too deeply") from error


def _parsed(data: bytes) -> Drawing:
    head = _beginning(data)
    if head[:1] in ("{", "["):
        return Drawing(*read_json(data))
    if head[:1] != "<":
        raise InputError("neither JSON nor InkML nor SVG nor Xournal++")
    root = safe_xml.read_xml(data)
    if root.tag == "svg":
        return Drawing(read_svg(root))
    if root.tag in pen_documents.XOURNAL:
        return Drawing(pen_documents.read_xournal(root))
    if root.tag in pen_documents.WHITEBOARD:
        return Drawing(*pen_documents.read_whiteboard(root))
    return Drawing(*read_inkml(root))


def _unpacked(data: bytes) -> bytes:
    """What gzip packed, of which no more is unpacked than is read.

    Raises:
      InputError: it is too much, or damaged.
    """
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        unpacked = unpacker.decompress(data, MAX_BYTES + 1)
    except zlib.error as error:
        raise InputError(f"the compressed file is damaged ({error})") from error
    if len(unpacked) > MAX_BYTES:
        raise InputError(
            f"unpacked it has more than {MAX_BYTES // 1_000_000} MB: too much for a "
            "page of writing"
        )
    if not unpacker.eof:
        raise InputError("the compressed file is cut off")
    return unpacked


def _beginning(data: bytes) -> str:
    """The first characters, of UTF-16 too."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:2]
    if not wide:
        return data[:64].decode("utf-8-sig", "replace").lstrip()
    encoding = "utf-16-be" if data.startswith((b"\xfe\xff", b"\0")) else "utf-16-le"
    return data[:64].decode(encoding, "replace").lstrip("\ufeff \t\r\n")


def is_style(path: str | Path) -> bool:
    """Whether a file is a style of this project: JSON with rows instead of strokes."""
    with open(path, "rb") as file:
        data = file.read(MAX_BYTES + 1)
    try:
        content = parse_json(data)
        content = content.get("lines", [content])[0]
        return isinstance(content["strokes"][0][0], int | float)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return False
