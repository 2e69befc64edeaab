"""Pictures that were made to do harm."""

import struct
import zlib

import pytest
from attacks import put
from PIL import EpsImagePlugin
from readers import READERS

pytestmark = pytest.mark.unit


def chunk(kind: bytes, data: bytes) -> bytes:
    return (
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
    )


def png(width, height, data=b"", more=b"", depth=8, colour=0) -> bytes:
    facts = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", facts)
        + more
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


EPS = (
    b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n(x) run\n%%EOF\n"
)
PICTURES = {
    "PostScript": EPS,
    "PostScript in DOS's way": b"\xc5\xd0\xd3\xc6" + struct.pack("<II", 30, len(EPS))
    + bytes(20) + EPS,
    "PDF": b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n",
    "13,000 x 13,000": png(13_000, 13_000),
    "20,000 x 20,000": png(20_000, 20_000),
    "2^31 x 2^31": png(2**31 - 1, 2**31 - 1),
    "0 x 0": png(0, 0),
    "100,000 x 1": png(100_000, 1),
    "4,000 x 4,001 of zeros": png(4_000, 4_001, bytes(4_001 * 4_001)),
    "an odd depth": png(9, 9, bytes(90), depth=7),
    "an odd colour": png(9, 9, bytes(90), colour=5),
    "too few bytes": png(99, 99, b"x"),
    "a text of 100 MB": png(9, 9, bytes(90), more=chunk(
        b"zTXt", b"a\0\0" + zlib.compress(bytes(100_000_000), 1))),
    "a palette without colours": png(9, 9, bytes(90), colour=3),
    "a chunk of 2^31": b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 2**31 - 1) + b"IHDR",
    "cut off": png(9, 9, bytes(90))[:40],
    "a bitmap of 2^31": b"BM" + bytes(8) + struct.pack("<III", 54, 40, 2**31 - 1)
    + struct.pack("<IHH", 2**31 - 1, 1, 24) + bytes(24),
    "a bitmap upside down": b"BM" + bytes(8) + struct.pack("<III", 54, 40, 9)
    + struct.pack("<iHH", -9, 1, 24) + bytes(24),
    "a TIFF that comes round": b"II*\x00\x08\x00\x00\x00\x00\x00\x08\x00\x00\x00",
    "a TIFF of 2^32 entries": b"II+\x00\x08\x00\x00\x00\x10" + bytes(7) + b"\xff" * 8,
    "a JPEG of nothing": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\xff\xd9",
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "a GIF": b"GIF89a\xff\xff\xff\xff\x80\x00\x00",
    "an icon": b"\x00\x00\x01\x00\x01\x00" + bytes(16),
    "MPEG": b"\x00\x00\x01\xb3" + bytes(100),
    "a font": b"\x00\x01\x00\x00" + bytes(100),
    "WMF": b"\xd7\xcd\xc6\x9a" + bytes(100),
}  # fmt: skip


@pytest.mark.parametrize("content", PICTURES.values(), ids=PICTURES)
def test_pictures(content, tmp_path, monkeypatch):
    """A program stands in Ghostscript's place and notes if it is started."""
    program = tmp_path / "gs"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
    program.chmod(0o755)
    monkeypatch.setattr(EpsImagePlugin, "gs_binary", str(program))
    folder = tmp_path / "folder"
    folder.mkdir()
    ran = (tmp_path / "ran").exists
    assert put(READERS["png"], "a.png", content, folder, harmed=ran) is None
