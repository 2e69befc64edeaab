"""A sheet as a file, in memory."""

import functools

from scribe.drawing.page import Page, Style


def file_of(page: Page, look: Style, format: str) -> bytes:
    """The page as svg, png, pdf or gcode.

    Raises:
      InputError: it is too large for a picture or a plotter, or a colour is unknown.
    """
    if format == "svg":
        from scribe.drawing.svg_document import svg_document

        return svg_document(page, look).encode()
    if format == "png":
        from scribe.drawing.pixels import png_image

        return png_image(page, look)
    if format == "pdf":
        from scribe.drawing.pdf_document import pdf_document

        return pdf_document(page, look)
    from scribe.drawing.gcode_document import gcode_document

    return gcode_document([page], _plotter()).encode()


@functools.cache
def _plotter():
    from scribe.drawing import plotter

    return plotter.load()
