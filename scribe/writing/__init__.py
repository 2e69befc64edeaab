"""A model writes: text, styles, candidates, drawings in between.

A Writer is a trained network that writes texts, in the hand of a Style, between two
(Blend), or in one of chance; what it wrote are WrittenLines. `load` opens one by its
name, and `write_best` has a reader choose among several ways to write each line. NumPy
only.
"""

from scribe.writing.best_of import write_best
from scribe.writing.line import WrittenLine
from scribe.writing.opening import load
from scribe.writing.styles import Blend, Style
from scribe.writing.writer import Writer

__all__ = ["Blend", "Style", "Writer", "WrittenLine", "load", "write_best"]
