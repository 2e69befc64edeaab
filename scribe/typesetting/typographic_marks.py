"""Dashes and the ellipsis, which a font makes of a hand's hyphen and full stop."""

import dataclasses

import numpy as np

from scribe.typesetting.glyphs import Glyph
from scribe.typesetting.typeface import Typeface

# Of a hyphen, how much longer a dash is.
_DASHES = {"\u2013": 1.6, "\u2014": 2.6}
_ELLIPSIS = "\u2026"
# From full stop to full stop, in gaps between letters.
_GAP_OF_STOPS = 1.5


def with_typographic_marks(face: Typeface) -> Typeface:
    """The typeface with en and em dashes and the ellipsis, where it has what they need.

    Characters that it has already stay as they are.
    """
    glyphs = dict(face.glyphs)
    for dash, longer in _DASHES.items():
        if "-" in glyphs and dash not in glyphs:
            glyphs[dash] = [_stretched(hyphen, dash, longer) for hyphen in glyphs["-"]]
    if "." in glyphs and _ELLIPSIS not in glyphs:
        stops = glyphs["."]
        glyphs[_ELLIPSIS] = [
            _three([stops[(i + k) % len(stops)] for k in range(3)], face.gap)
            for i in range(len(stops))
        ]
    return dataclasses.replace(face, glyphs=glyphs)


def _stretched(glyph: Glyph, character: str, factor: float) -> Glyph:
    strokes = [stroke * [factor, 1.0] for stroke in glyph.strokes]
    return Glyph(character, strokes, factor * glyph.width, None, None)


def _three(stops: list[Glyph], gap: float) -> Glyph:
    strokes, x = [], 0.0
    for stop in stops:
        strokes += [stroke + np.array([x, 0.0]) for stroke in stop.strokes]
        x += stop.width + _GAP_OF_STOPS * gap
    return Glyph(_ELLIPSIS, strokes, x - _GAP_OF_STOPS * gap, None, None)
