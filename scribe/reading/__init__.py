"""From strokes back to text, and how wrong it was. NumPy only.

`load_reader` opens a Reader by its name. Two are shipped: CHOOSING picks among the
candidates of a line, MEASURING says how legible the chosen ones are.
"""

from scribe.reading.reader import CHOOSING, MEASURING, Reader, load_reader

__all__ = ["CHOOSING", "MEASURING", "Reader", "load_reader"]
