"""Words and letters cut out of lines and set anew: pages and fonts.

`pages` writes a text on as many pages as it takes: `manuscript` parts it into pieces
that a writer can write, `words` cuts what was written, `choice` keeps the best of each
word and `layout` sets them on a `sheet`. `typeface` and `truetype` make a font of the
`glyphs` of a hand. NumPy; the font's file needs fonttools and shapely.
"""
