"""Words and letters cut out of lines and set anew: pages and fonts.

    write_pages(scribe.load(), text, Sheet(rule="lines"), seed=3).save("letter.pdf")

`pages` writes a text on as many pages as it takes: `manuscript` parts it into pieces
that a writer can write, `words` cuts what was written, `choice` keeps the best of each
word and `layout` sets them on a `sheet`. `typeface` and `truetype` make a font of the
`glyphs` of a hand. NumPy; the font's file needs fonttools and shapely.
"""

from scribe.typesetting.choice import choosing, shipped_reader
from scribe.typesetting.pages import Letter, write_pages
from scribe.typesetting.setting import Setting
from scribe.typesetting.sheet import Sheet

__all__ = [
    "Letter",
    "Setting",
    "Sheet",
    "choosing",
    "shipped_reader",
    "write_pages",
]
