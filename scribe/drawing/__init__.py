"""Strokes as pictures: SVG, PNG, GIF, PDF, G-code, DXF, and what a model looked at.

    drawing.save(strokes, "line.svg")
    drawing.save([first, second], "sheet.pdf", captions=["bias 0", "bias 1"])

`strokes` is one line [P, 3] or a list of lines, which become the lines of one page.
Every format draws the same curves at the same place (see `page` and `strokes.curves`);
how they look is said by keywords, the fields of `Look`.
"""

from scribe.drawing.density import density_figure
from scribe.drawing.figures import attention_figure
from scribe.drawing.files import check_path, gcode, raster, save, svg
from scribe.drawing.page import Look

__all__ = [
    "Look",
    "attention_figure",
    "check_path",
    "density_figure",
    "gcode",
    "raster",
    "save",
    "svg",
]
