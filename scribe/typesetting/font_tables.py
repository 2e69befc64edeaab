"""What the files of a font share: units, names of glyphs, alternation and kerning.

Needs fontTools (the extra `font`).
"""

from fontTools.agl import UV2AGL

from scribe.typesetting.typeface import Typeface

UNITS_PER_EM = 2048
# The x-height is this share of the em, a little less than in most book faces, since
# handwriting has long ascenders.
X_HEIGHT = 0.38 * UNITS_PER_EM
# A font's lines are so far apart, in em.
LINE_HEIGHT = 1.25
# What is asked for by another character but looks the same.
SAME = {
    **{"\u00a0": " ", "\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"'},
    **{"\u2010": "-", "\u2011": "-", "\u2212": "-"},
}


def glyph_name(character: str, variant: int) -> str:
    """The name of a glyph, as "a" or "a.alt1"."""
    name = UV2AGL.get(ord(character), f"uni{ord(character):04X}")
    return name if variant == 0 else f"{name}.alt{variant}"


def height_of(face: Typeface, character: str) -> float:
    if character not in face.glyphs:
        return 1.6
    strokes = face.glyphs[character][0].strokes
    return float(max(stroke[:, 1].max() for stroke in strokes))


def alternation(face: Typeface, num_variants: int) -> str:
    """The feature calt: each glyph is followed by one of the next variant.

    The space takes part, so that the same word does not always begin alike.
    """
    if num_variants == 1:
        return ""
    inked = [" ", *face.glyphs]
    classes = [
        f"@variant{v} = [{' '.join(glyph_name(c, v) for c in inked)}];\n"
        for v in range(num_variants)
    ]
    rules = [
        f"  sub @variant{v} @variant0' by @variant{v + 1};\n"
        for v in range(num_variants - 1)
    ]
    return "".join([*classes, "feature calt {\n", *rules, "} calt;\n"])


def kerning(face: Typeface, num_variants: int) -> str:
    """The feature kern: pairs of characters, each with all its variants."""
    pairs = [pair for pair in face.kerning if all(c in face.glyphs for c in pair)]
    if not pairs:
        return ""

    def variants(character: str) -> str:
        names = [glyph_name(character, v) for v in range(num_variants)]
        return f"[{' '.join(names)}]"

    rules = [
        f"  enum pos {variants(a)} {variants(b)} "
        f"{round(face.kerning[a, b] * X_HEIGHT)};\n"
        for a, b in pairs
    ]
    return "".join(["feature kern {\n", *rules, "} kern;\n"])
