"""Pages as files: SVG, PDF, PNG, G-code."""

import os
from collections.abc import Sequence
from pathlib import Path

from scribe.drawing.page import Look, Page
from scribe.foundation.errors import InputError
from scribe.foundation.files import write_whole

ENDINGS = (".svg", ".pdf", ".png", ".gcode")
# These hold all pages; of the others there is one file per page.
_TOGETHER = (".pdf", ".gcode")


def check_path(path: str | Path) -> str:
    """The ending in ENDINGS of a file that pages can be saved in.

    Raises:
      InputError: it has another.
    """
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise InputError(
            f"cannot write pages into {os.fspath(path)!r}: its ending must be one of "
            f"{', '.join(ENDINGS)}"
        )
    return ending


def paths(path: str | Path, num_pages: int) -> list[Path]:
    """The files that pages are saved in: letter-1.svg, letter-2.svg, ...

    A single page, and a format that holds several, keeps the name as it is.
    """
    path = Path(path)
    if num_pages == 1 or check_path(path) in _TOGETHER:
        return [path]
    digits = len(str(num_pages))
    numbers = range(1, num_pages + 1)
    return [path.with_stem(f"{path.stem}-{n:0{digits}}") for n in numbers]


def save(
    pages: Sequence[Page],
    path: str | Path,
    look: Look | None = None,
    plotter=None,
) -> list[Path]:
    """Writes pages into one file, or one each.

    Args:
      pages: layouts.
      path: its ending picks the format; see `paths` for the names.
      look: ink, pen, paper colour, pressure, resolution; None for the usual.
      plotter: a Plotter for G-code or a LayeredSvg for SVG, from
        scribe.drawing.plotter.load.

    Returns:
      the files that were written, each whole or not at all.

    Raises:
      InputError: an unknown ending, a page too large for pixels, or strokes outside
        the plotter's bed.
    """
    ending, look = check_path(path), look or Look()
    files = paths(path, len(pages))
    groups = [pages] if len(files) == 1 else [[page] for page in pages]
    for file, group in zip(files, groups, strict=True):
        write_whole(file, _document(group, ending, look, plotter))
    return files


def _document(pages: Sequence[Page], ending: str, look: Look, plotter) -> bytes:
    if ending == ".svg":
        from scribe.drawing.svg_document import svg_document

        return svg_document(pages[0], look, layers=plotter).encode()
    if ending == ".pdf":
        from scribe.drawing.pdf_document import pdf_document

        return pdf_document(pages, look)
    if ending == ".png":
        from scribe.drawing.pixels import png_image

        return png_image(pages[0], look)
    from scribe.drawing.gcode_document import gcode_document

    return gcode_document(pages, plotter).encode()
