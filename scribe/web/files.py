"""A sheet as a file, in memory."""

import functools
import importlib.util
from collections.abc import Sequence

from scribe.drawing.page import Look, Page

PAGED = ("pdf", "gcode")  # formats that can have several pages

# What a format needs beyond NumPy: the modules by the names of their packages.
_NEEDS = {
    "svg": {},
    "png": {"opencv-python-headless": "cv2", "pillow": "PIL"},
    "pdf": {},
    "gcode": {"gin-config": "gin.config"},
}


class Unavailable(Exception):
    """A format that needs what is not installed here."""


def missing(format: str) -> list[str]:
    """The packages that the format needs and that are not installed."""
    return [
        package
        for package, module in _NEEDS.get(format, {}).items()
        if not _is_installed(module)
    ]


def check(format: str) -> None:
    """Raises Unavailable, with a sentence, if this server cannot make the format."""
    if packages := missing(format):
        names = " and ".join(packages)
        raise Unavailable(f"this server cannot make {format}: it lacks {names}")


def formats() -> list[str]:
    """The formats that this server can make."""
    return [format for format in _NEEDS if not missing(format)]


@functools.cache
def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # its package; a clone has a folder gin/ of its own
        return False


def file_of(pages: Sequence[Page], look: Look, format: str) -> bytes:
    """One page as svg or png, any number as pdf or gcode.

    Raises:
      InputError: it is too large for a picture or a plotter, or a colour is unknown.
    """
    if format == "svg":
        from scribe.drawing.svg_document import svg_document

        return svg_document(pages[0], look).encode()
    if format == "png":
        from scribe.drawing.pixels import png_image

        return png_image(pages[0], look)
    if format == "pdf":
        from scribe.drawing.pdf_document import pdf_document

        return pdf_document(pages, look)
    from scribe.drawing.gcode_document import gcode_document

    return gcode_document(pages, _plotter()).encode()


@functools.cache
def _plotter():
    from scribe.drawing.plotter import load_plotter

    return load_plotter()
