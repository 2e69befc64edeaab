"""The letters that somebody wrote himself, cut out of the lines of a style."""

import numpy as np

from scribe.strokes.arrays import rescale
from scribe.typesetting.glyphs import Glyph, cut_glyphs
from scribe.writing import Style, Writer, WrittenLine
from scribe.writing.measures import measure_line


def own_glyphs(writer: Writer, style: Style) -> list[Glyph]:
    """The letters of a style's own lines.

    The network is led through each line; its window says which letter is where, as it
    does when it writes itself.

    Args:
      writer: whose network reads the lines.
      style: as `Writer.style` returns it.
    """
    return [glyph for line in style.all_lines() for glyph in _of_line(writer, line)]


def _of_line(writer: Writer, style: Style) -> list[Glyph]:
    session = writer.session
    text, mask = session.encoded([style.text])
    strokes = rescale(style.strokes, 1.0 / writer.model.offset_scale)
    inputs = session.inputs(strokes[None])
    _, (looked_at,) = session.engine(1).activations(inputs, text, mask)
    # The window that draws a point is that of the step which read the one before.
    phi = np.concatenate([np.zeros_like(looked_at[:1]), looked_at[:-1]])
    line = WrittenLine(style.strokes, style.text, True, 1, phi, None)
    return cut_glyphs(line, measure_line(line))
