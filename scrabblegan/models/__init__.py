"""Trained models by their names: what writes words, what reads them, what draws digits.

`registry` finds and loads them by the facts that `kinds` has. A `word_writer` writes, a
`recognizer` reads words of the form that it has learnt from, and with `raw_images` any
others; `programs` makes programs for other runtimes of them.
"""

from scrabblegan.models.registry import find_model, kind_of_model, load_model

__all__ = ["find_model", "kind_of_model", "load_model"]
