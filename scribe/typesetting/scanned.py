"""Pages that look scanned: a network of ink draws the strokes on paper.

Grey, as the scans that it has learnt from; --ink of a page has no colour here.
"""

import functools
import io
import zlib
from collections.abc import Callable, Sequence

import numpy as np

from scribe.drawing.page import Look, Page
from scribe.drawing.pixels import Canvas
from scribe.foundation.errors import InputError
from scribe.models.ink_model import SPREAD_OF_X_HEIGHT, InkModel

DEFAULT_DPI = 150.0
_RULE = 0.25  # how dark ruled lines are


def check_ink(ending: str, ink: str | None, others: Sequence[str]) -> InkModel | None:
    """The network of this name; None if none is asked for.

    Args:
      ending: of the file that pages are saved in.
      ink: name of a shipped one, or a run folder.
      others: options that were given, and that a network of ink leaves no room for.

    Raises:
      InputError: there is none of this name, or it cannot draw such a file.
    """
    if ink is None:
        return None
    if ending != ".png":
        raise InputError(f"--ink_model draws pixels: use .png, not {ending}")
    if others:
        raise InputError(f"--ink_model decides on pen and paper: leave out {others[0]}")
    return InkModel.load(ink)


def scanned_image(page: Page, look: Look, x_height_mm: float, ink: InkModel):
    """A page as a scanner would see it: uint8 [H, W].

    Equal pages have equal pens and papers.

    Args:
      page: layout.
      look: its resolution and its rules are used.
      x_height_mm: of the writing.
      ink: that draws.
    """
    dpi = look.dpi or DEFAULT_DPI
    canvas = Canvas(page, look, dpi, finest=2)
    strokes = [curve[::3] * (dpi / 25.4) for curve in page.curves]
    if strokes:
        points = np.concatenate(strokes)
        ends = np.zeros(len(points), bool)
        ends[np.cumsum([len(stroke) for stroke in strokes]) - 1] = True
    else:
        points, ends = np.full([1, 2], -100.0), np.array([True])
    random = np.random.default_rng(zlib.crc32(points.round(2).tobytes()))
    spread = SPREAD_OF_X_HEIGHT * x_height_mm * dpi / 25.4
    image = ink.scan(points, ends, canvas.height, canvas.width, random, spread)
    if not page.rules:
        return image
    for rule in page.rules:
        canvas.draw_points(rule)
    share = canvas.coverage().astype(np.float32) / 255
    return np.rint(image * (1.0 - _RULE * share)).astype(np.uint8)


def scan_with(ink: InkModel, x_height_mm: float) -> Callable[[Page, Look], bytes]:
    """`scanned_png` of a network and a size: what `files.save_pages` takes."""
    return functools.partial(scanned_png, x_height_mm=x_height_mm, ink=ink)


def scanned_png(page: Page, look: Look, x_height_mm: float, ink: InkModel) -> bytes:
    """The same as a PNG file that knows its size in mm."""
    from PIL import Image

    dpi = look.dpi or DEFAULT_DPI
    file = io.BytesIO()
    picture = Image.fromarray(scanned_image(page, look, x_height_mm, ink))
    picture.save(file, "PNG", dpi=(dpi, dpi), optimize=True)
    return file.getvalue()
