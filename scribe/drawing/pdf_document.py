"""PDF: pages of vector curves, written directly."""

import zlib
from collections.abc import Sequence

import numpy as np

from scribe.drawing.colours import mixed
from scribe.drawing.page import Look, Page
from scribe.drawing.pressure import outline, page_strokes

_OUTLINE_TOLERANCE_MM = 0.015
_POINTS_PER_MM = 72 / 25.4


def pdf_document(pages: Page | Sequence[Page], look: Look) -> bytes:
    """Pages as PDF 1.4: catalogue, list of pages, each with its content, offsets.

    The same input gives the same bytes: there is no date and no identifier inside.
    """
    pages = [pages] if isinstance(pages, Page) else pages
    kids = b" ".join(b"%d 0 R" % (3 + 2 * i) for i in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
    ]
    for page in pages:
        width, height = page.width * _POINTS_PER_MM, page.height * _POINTS_PER_MM
        content = zlib.compress(_content(page, look).encode("ascii"), 9)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.3f %.3f] /Contents %d 0 R "
            b"/Resources << >> >>" % (width, height, len(objects) + 2)
        )
        objects.append(
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream"
            % (len(content), content)
        )
    # The second line, of bytes above 127, tells programs that the file is binary.
    document = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(document)
    document += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    document += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    document += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    document += b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(document)


def _content(page: Page, look: Look) -> str:
    """Drawing operators. The first matrix makes the unit 1 mm and turns y downwards."""
    k = _POINTS_PER_MM
    lines = [f"{k:.6f} 0 0 {-k:.6f} 0 {page.height * k:.3f} cm"]
    if look.paper is not None:
        lines.append(f"{_colour(look.paper, look.paper, 1.0)} rg")
        lines.append(f"0 0 {page.width:.3f} {page.height:.3f} re f")
    if page.rules:
        lines.append(f"{look.rule_width_mm:.4g} w")
        lines.append(f"{_colour(look.rule_ink, look.paper, 1.0)} RG")
        lines.extend(
            f"{x:.3f} {y:.3f} m {right:.3f} {bottom:.3f} l S"
            for (x, y), (right, bottom) in page.rules
        )
    if look.pressure:
        lines.append(f"{_colour(look.ink, look.paper, 1.0)} rg")
        for points, widths in page_strokes(page, look, _OUTLINE_TOLERANCE_MM):
            lines.extend(_polygon(p, "%.2f %.2f ") for p in outline(points, widths))
            lines.append("f")
    else:
        lines.append(f"1 J 1 j {look.pen_width_mm:.4g} w")
        lines.append(f"{_colour(look.ink, look.paper, 1.0)} RG")
        lines.extend(_stroke(curve) for curve in page.curves)
    if page.captions:
        from scribe.drawing.captions import outlines

        lines.append(f"{_colour(look.ink, look.paper, 0.6)} rg")
        for caption in page.captions:
            at = np.array([caption.x, caption.y])
            lines.extend(
                _polygon(at + p * look.caption_mm) for p in outlines(caption.text)
            )
            lines.append("f*")
    return "\n".join(lines) + "\n"


def _stroke(curve: np.ndarray) -> str:
    x, y = curve[0].tolist()
    start = f"{x:.3f} {y:.3f} m"
    if len(curve) == 1:
        return f"{start} {x:.3f} {y:.3f} l S"
    pieces = (len(curve) - 1) // 3
    cubics = "\n%.3f %.3f %.3f %.3f %.3f %.3f c" * pieces
    return start + cubics % tuple(curve[1:].ravel().tolist()) + " S"


def _polygon(points: np.ndarray, position: str = "%.3f %.3f ") -> str:
    lines = f"{position}m " + f"{position}l " * (len(points) - 1) + "h"
    return lines % tuple(points.ravel().tolist())


def _colour(ink: str, paper: str | None, share: float) -> str:
    return " ".join(f"{value / 255:.4g}" for value in mixed(ink, paper, share))
