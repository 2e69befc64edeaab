"""Drawings as files, text and pixels: the ending of a path picks the format.

Only NumPy is imported here: writing an SVG needs nothing else and a cold start counts.
"""

import os

import numpy as np

from scribe.drawing.page import Look, lay_out
from scribe.foundation.errors import InputError
from scribe.foundation.files import write_whole

ENDINGS = (".svg", ".anim.svg", ".png", ".gif", ".pdf", ".gcode", ".dxf")


def save(
    strokes, path, *, captions=None, animate: bool = False, plotter=None, **look
) -> None:
    """Draws strokes into a file; the ending of `path` picks the format.

    `.svg`, `.png` and `.pdf` are still pictures, `.gif` writes itself, and so does
    `.anim.svg`, or `.svg` with `animate=True`. `.gcode` is for a pen plotter, `.dxf`
    for CAD and mills. Parent folders are made; the file appears whole or not at all.

    Args:
      strokes: [P, 3] one line of strokes, or a list of such lines.
      path: file to write, an existing one is replaced.
      captions: a text (or None) for each line, set small above it.
      animate: makes an `.svg` write itself.
      plotter: whom a `.gcode` is for, see `gcode`.
      **look: fields of `Look`, e.g. `height_mm=12, ink="navy", paper=None`.

    Raises:
      InputError: another ending, nothing to draw, strokes of a wrong shape or not
        finite, or a value that the look cannot have.
    """
    ending = check_path(path, animate)
    if ending == ".gcode":
        program = gcode(strokes, captions=captions, plotter=plotter, **look)
        return write_whole(path, program.encode())
    chosen = Look(**look)
    page = lay_out(strokes, chosen, captions)
    if ending == ".svg":
        from scribe.drawing.svg_document import svg_document

        data = svg_document(page, chosen).encode()
    elif ending == ".anim.svg":
        from scribe.drawing.svg_document import svg_document

        data = svg_document(page, chosen, animate=True).encode()
    elif ending == ".pdf":
        from scribe.drawing.pdf_document import pdf_document

        data = pdf_document(page, chosen)
    elif ending == ".dxf":
        from scribe.drawing.dxf_document import dxf_document

        data = dxf_document(page)
    elif ending == ".png":
        from scribe.drawing.pixels import png_image

        data = png_image(page, chosen)
    else:
        from scribe.drawing.animation import gif_animation

        data = gif_animation(page, chosen)
    write_whole(path, data)


def check_path(path, animate: bool = False) -> str:
    """The ending in `ENDINGS` that `save` would go by.

    Lets a command line refuse a path before it spends time on writing a line.

    Raises:
      InputError: `save` knows no such ending, or cannot animate it.
    """
    name = os.path.basename(os.fspath(path)).lower()
    if name.endswith(".anim.svg"):
        return ".anim.svg"
    ending = os.path.splitext(name)[1]
    if ending not in ENDINGS:
        raise InputError(
            f"cannot draw into {os.fspath(path)!r}: its ending must be one of "
            f"{', '.join(ENDINGS)}"
        )
    if ending == ".dxf":
        import ezdxf  # noqa: F401  (whoever lacks it is told before anything is written)
    if animate and ending not in (".svg", ".gif"):
        raise InputError(
            f"cannot animate {os.fspath(path)!r}: only .svg and .gif write themselves"
        )
    return ".anim.svg" if animate and ending == ".svg" else ending


def svg(strokes, *, captions=None, animate: bool = False, **look) -> str:
    """The text of the SVG that `save` would write, for a notebook or a web page."""
    from scribe.drawing.svg_document import svg_document

    chosen = Look(**look)
    return svg_document(lay_out(strokes, chosen, captions), chosen, animate=animate)


def gcode(strokes, *, captions=None, plotter=None, **look) -> str:
    """The G-code that draws the page of `svg` on a plotter, without its captions.

    Args:
      strokes, captions, **look: as for `save`; colours and pen width have no effect.
      plotter: a `scribe.drawing.plotter.Plotter`, the name of a file in gin/plotters/
        or the path of one's own; None for `grbl_servo`.

    Raises:
      InputError: as `save`, the plotter is not known, or its bed is too small.
    """
    from scribe.drawing.gcode_document import gcode_document
    from scribe.drawing.plotter import load_plotter

    if plotter is None or isinstance(plotter, (str, os.PathLike)):
        plotter = load_plotter(plotter and os.fspath(plotter))
    page = lay_out(strokes, Look(**look), captions)
    return gcode_document([page], plotter)


def raster(strokes, *, captions=None, **look) -> np.ndarray:
    """The picture as pixels, for a notebook or TensorBoard.

    Returns:
      uint8 [H, W, 3] red, green, blue.
    """
    from scribe.drawing.pixels import raster_image

    chosen = Look(**look)
    return raster_image(lay_out(strokes, chosen, captions), chosen)
