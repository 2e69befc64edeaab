"""A TrueType font of pen strokes: outlines, metrics, kerning, alternating variants.

Needs fontTools and shapely (the extra `font`).
"""

import io

import numpy as np
from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from shapely import LineString, Point, union_all
from shapely.geometry.polygon import orient

from scribe.strokes.curves import bezier_curve, flatten
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

# Outlines keep to the pen's edge to so many units: invisible below 1000 pixels an em.
_TOLERANCE = 1.0


def font_bytes(face: Typeface, family: str, pen_width: float) -> bytes:
    """The font as a .ttf file.

    Args:
      face: letters and spaces.
      family: what the font is called, ASCII.
      pen_width: in x-heights.
    """
    num_variants = max(len(variants) for variants in face.glyphs.values())
    glyphs = {".notdef": _notdef()}
    advances = {".notdef": (int(0.6 * UNITS_PER_EM), 0)}
    characters = {}
    for character, variants in {" ": [], **face.glyphs}.items():
        for number in range(num_variants):
            name = glyph_name(character, number)
            if character == " ":
                glyphs[name] = TTGlyphPen(None).glyph()
                advances[name] = (round(face.space * X_HEIGHT), 0)
                continue
            contours = _contours(variants[number], face.gap, pen_width)
            glyphs[name] = contours
            width = (variants[number].width + face.gap) * X_HEIGHT
            contours.recalcBounds(None)
            advances[name] = (max(round(width), 1), getattr(contours, "xMin", 0))
        characters[ord(character)] = glyph_name(character, 0)
    for same, character in SAME.items():
        if ord(character) in characters:
            characters[ord(same)] = characters[ord(character)]
    top = max(getattr(glyph, "yMax", 0) for glyph in glyphs.values())
    bottom = min(getattr(glyph, "yMin", 0) for glyph in glyphs.values())
    builder = FontBuilder(UNITS_PER_EM, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap(characters)
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(advances)
    gap = max(round(LINE_HEIGHT * UNITS_PER_EM) - (top - bottom), 0)
    builder.setupHorizontalHeader(ascent=top, descent=bottom, lineGap=gap)
    builder.setupNameTable(
        {
            "familyName": family,
            "styleName": "Regular",
            "uniqueFontIdentifier": f"{family} Regular",
            "fullName": family,
            "psName": "".join(c for c in family if c.isalnum()) + "-Regular",
            "version": "Version 1.0",
        }
    )
    builder.setupOS2(
        sTypoAscender=top,
        sTypoDescender=bottom,
        sTypoLineGap=gap,
        usWinAscent=max(top, 0),
        usWinDescent=max(-bottom, 0),
        sxHeight=round(X_HEIGHT),
        sCapHeight=round(height_of(face, "H") * X_HEIGHT),
        fsType=0,
    )
    builder.setupPost()
    features = alternation(face, num_variants) + kerning(face, num_variants)
    addOpenTypeFeaturesFromString(builder.font, features)
    # No clock in the file: the same letters give the same bytes.
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    data = io.BytesIO()
    builder.save(data)
    return data.getvalue()


def outline(glyph: Glyph, pen_width: float):
    """The ink of a round pen along a glyph's strokes.

    Args:
      glyph: lengths in x-heights.
      pen_width: in x-heights.

    Returns:
      a shapely Polygon or MultiPolygon in font units, at the glyph's own origin.
    """
    radius = 0.5 * pen_width * X_HEIGHT
    inked = []
    for stroke in glyph.strokes:
        curve = flatten(bezier_curve(stroke * X_HEIGHT), _TOLERANCE)
        path = LineString(curve) if len(curve) > 1 else Point(curve[0])
        inked.append(path.buffer(radius * (1.0 if len(curve) > 1 else 1.3)))
    return union_all(inked).simplify(_TOLERANCE)


def _contours(glyph: Glyph, gap: float, pen_width: float):
    """Outlines to the right of half a gap, filled as TrueType wants: clockwise."""
    shape = outline(glyph, pen_width)
    pen = TTGlyphPen(None)
    for polygon in getattr(shape, "geoms", [shape]):
        polygon = orient(polygon, sign=-1.0)
        for ring in (polygon.exterior, *polygon.interiors):
            points = np.array(ring.coords[:-1]) + [0.5 * gap * X_HEIGHT, 0.0]
            points = [(round(x), round(y)) for x, y in points]
            pen.moveTo(points[0])
            for point in points[1:]:
                pen.lineTo(point)
            pen.closePath()
    return pen.glyph()


def _notdef():
    """An empty box."""
    pen = TTGlyphPen(None)
    height, width = round(1.5 * X_HEIGHT), round(0.5 * UNITS_PER_EM)
    for inset, clockwise in ((0, True), (60, False)):
        low, right, high = 100 + inset, width - inset, height - inset
        corners = [(low, inset), (low, high), (right, high), (right, inset)]
        for number, point in enumerate(corners if clockwise else corners[::-1]):
            (pen.lineTo if number else pen.moveTo)(point)
        pen.closePath()
    return pen.glyph()
