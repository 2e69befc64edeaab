"""From strokes back to text, and how wrong it was. NumPy only.

    load_reader().read(strokes)  # the text of a line [P, 3]

A reader is a network that was trained to read (`reader`, decoded by `ctc`). Two are
shipped: CHOOSING picks among the candidates of a line, MEASURING says how legible the
chosen ones are. `tesseract` reads drawn lines for comparison, `error_rates` counts what
was misread, `word_cuts` finds where a line of writing comes apart into words.
"""

from scribe.reading.reader import CHOOSING, MEASURING, Reader, load_reader

__all__ = ["CHOOSING", "MEASURING", "Reader", "load_reader"]
