"""From strokes back to text, and how wrong it was. NumPy only.

`load_reader` opens a reader by its name: one that measures, one that chooses.
"""

from scribe.reading.reader import CHOOSING, MEASURING, Reader, load_reader

__all__ = ["CHOOSING", "MEASURING", "Reader", "load_reader"]
