"""Single-line fonts: the path of the pen itself, for plotters, engravers and mills.

An SVG font is what Inkscape's Hershey Text takes, and programs that read its fonts; a
UFO is what font editors take. In both a glyph is the pen's strokes as open contours,
where a TrueType font can only have outlines. Needs fontTools (the extra `font`).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

import numpy as np

from scribe.drawing.svg_document import path_data
from scribe.foundation.files import whole_folder, write_whole
from scribe.strokes.curves import bezier_curve
from scribe.typesetting.font_tables import (
    LINE_HEIGHT,
    SAME,
    UNITS_PER_EM,
    X_HEIGHT,
    alternation,
    glyph_name,
    height_of,
    kerning,
)
from scribe.typesetting.glyphs import Glyph
from scribe.typesetting.typeface import Typeface

# A dot is a line as short as a pen can draw, in x-heights.
_DOT = 0.08


class OpenGlyph(NamedTuple):
    """A glyph as strokes, in font units, y upwards.

    Attributes:
      name: as font_tables.glyph_name has it.
      characters: that it stands for, the first one its own; none for a variant.
      advance: from its origin to that of the next.
      contours: control points [3m + 1, 2] of each stroke in the order of writing.
    """

    name: str
    characters: str
    advance: int
    contours: list[np.ndarray]


def open_glyphs(face: Typeface, num_variants: int = 1) -> Iterator[OpenGlyph]:
    """The space, then all glyphs of a typeface, each with its variants."""
    for character, variants in {" ": [], **face.glyphs}.items():
        same = "".join(other for other, plain in SAME.items() if plain == character)
        for number in range(num_variants):
            width, contours = face.space, []
            if character != " ":
                glyph = variants[number]
                width = glyph.width + face.gap
                contours = [_contour(s, glyph, face.gap) for s in glyph.strokes]
            yield OpenGlyph(
                name=glyph_name(character, number),
                characters=character + same if number == 0 else "",
                advance=max(round(width * X_HEIGHT), 1),
                contours=contours,
            )


def _contour(stroke: np.ndarray, glyph: Glyph, gap: float) -> np.ndarray:
    curve = bezier_curve((stroke + [gap / 2, 0.0]) * X_HEIGHT)
    if len(curve) == 1:
        half = np.array([_DOT / 2 * X_HEIGHT, 0.0])
        curve = np.linspace(curve[0] - half, curve[0] + half, 4)
    return np.round(curve)


def svg_font(face: Typeface, family: str) -> str:
    """The typeface as an SVG 1.1 font (section 20), one variant of each character."""
    glyphs = list(open_glyphs(face))
    top, bottom = _extent(glyphs)
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<svg xmlns="http://www.w3.org/2000/svg" version="1.1"><defs>\n'
        f"<font id={quoteattr(family.replace(' ', ''))} "
        f'horiz-adv-x="{round(UNITS_PER_EM / 2)}">\n'
        f"<font-face font-family={quoteattr(family)} "
        f'units-per-em="{UNITS_PER_EM}" ascent="{top}" descent="{bottom}" '
        f'x-height="{round(X_HEIGHT)}" cap-height="{_cap_height(face)}"/>\n'
        f'<missing-glyph horiz-adv-x="{round(UNITS_PER_EM / 2)}"/>\n'
    ]
    for glyph in glyphs:
        data = "".join(path_data(contour) for contour in glyph.contours)
        drawn = f' d="{data}"' if data else ""
        parts += [
            f'<glyph unicode="&#x{ord(character):X};" glyph-name="{glyph.name}" '
            f'horiz-adv-x="{glyph.advance}"{drawn}/>\n'
            for character in glyph.characters
        ]
    parts += [
        f'<hkern u1="&#x{ord(a):X};" u2="&#x{ord(b):X};" k="{round(-k * X_HEIGHT)}"/>\n'
        for (a, b), k in face.kerning.items()
        if a in face.glyphs and b in face.glyphs
    ]
    parts.append("</font></defs></svg>\n")
    return "".join(parts)


def write_svg_font(path: str | Path, face: Typeface, family: str) -> None:
    write_whole(path, svg_font(face, family).encode())


def write_ufo(path: str | Path, face: Typeface, family: str) -> None:
    """The typeface as a UFO 3 package with its variants, calt and kern.

    Raises:
      InputError: the folder exists and is not empty.
    """
    from fontTools.ufoLib import UFOWriter

    num_variants = max(len(variants) for variants in face.glyphs.values())
    glyphs = list(open_glyphs(face, num_variants))
    with whole_folder(path) as folder:
        folder.rmdir()  # an existing folder would be taken for a UFO to change
        writer = UFOWriter(folder)
        writer.writeInfo(_Info(face, family, glyphs))
        layer = writer.getGlyphSet()
        for glyph in glyphs:
            layer.writeGlyph(glyph.name, _Attributes(glyph), _drawn(glyph))
        layer.writeContents()
        writer.writeLayerContents()
        writer.writeFeatures(
            alternation(face, num_variants) + kerning(face, num_variants)
        )
        writer.writeLib({"public.glyphOrder": [glyph.name for glyph in glyphs]})
        writer.close()


class _Info:
    """The attributes that UFO's fontinfo.plist is written from."""

    def __init__(self, face: Typeface, family: str, glyphs: list[OpenGlyph]):
        self.familyName, self.styleName = family, "Regular"
        self.unitsPerEm = UNITS_PER_EM
        self.xHeight, self.capHeight = round(X_HEIGHT), _cap_height(face)
        self.ascender, self.descender = _extent(glyphs)
        self.openTypeHheaLineGap = max(
            round(LINE_HEIGHT * UNITS_PER_EM) - (self.ascender - self.descender), 0
        )


class _Attributes:
    """The attributes that a GLIF is written from."""

    def __init__(self, glyph: OpenGlyph):
        self.width, self.height = glyph.advance, 0
        self.unicodes = [ord(character) for character in glyph.characters]


def _drawn(glyph: OpenGlyph):
    """What draws a glyph with a point pen: contours that begin with a move are open."""

    def draw(pen) -> None:
        for contour in glyph.contours:
            pen.beginPath()
            for i, (x, y) in enumerate(contour.tolist()):
                kind = "move" if i == 0 else "curve" if i % 3 == 0 else None
                pen.addPoint((int(x), int(y)), segmentType=kind)
            pen.endPath()

    return draw


def _extent(glyphs: list[OpenGlyph]) -> tuple[int, int]:
    """The highest and the lowest point of all."""
    drawn = np.concatenate([c for glyph in glyphs for c in glyph.contours])[:, 1]
    return int(drawn.max()), min(int(drawn.min()), 0)


def _cap_height(face: Typeface) -> int:
    return round(height_of(face, "H") * X_HEIGHT)
