"""Single-line fonts, read back by the programs at the other end."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from refusals import refused

from scribe.strokes.curves import bezier_curve
from scribe.typesetting import stroke_fonts
from scribe.typesetting.font_tables import UNITS_PER_EM, X_HEIGHT
from scribe.typesetting.glyphs import Glyph
from scribe.typesetting.typeface import Typeface
from scribe.typesetting.typographic_marks import with_typographic_marks

pytestmark = pytest.mark.unit

SVG = "{http://www.w3.org/2000/svg}"


def glyph(character, *strokes, width=0.5):
    return Glyph(character, [np.array(s, float) for s in strokes], width, None, None)


@pytest.fixture(scope="module")
def face():
    """An l with a second, taller variant, and what marks are made of."""
    short, tall = [[0, 2], [0.1, 1], [0.2, 0]], [[0, 2.2], [0.1, 1], [0.2, 0]]
    glyphs = {
        "l": [glyph("l", short), glyph("l", tall)],
        "'": [glyph("'", [[0, 2], [0, 1.6]])] * 2,
        '"': [glyph('"', [[0, 2], [0, 1.6]], [[0.2, 2], [0.2, 1.6]])] * 2,
        "-": [glyph("-", [[0, 0.5], [0.25, 0.5], [0.5, 0.5]])] * 2,
        ".": [glyph(".", [[0, 0]], width=0.0)] * 2,
        "&": [glyph("&", [[0, 0], [0.5, 1], [0.5, 0], [0, 1]])] * 2,
    }
    kerning = {("l", "l"): -0.2}
    return with_typographic_marks(Typeface(glyphs, 0.3, 0.8, kerning, ""))


def path_of(data: str) -> list[np.ndarray]:
    """The strokes of a `d` as svgelements reads it, end points only."""
    svgelements = pytest.importorskip("svgelements", reason="reads paths")
    strokes: list[list[complex]] = []
    for part in svgelements.Path(data):
        if isinstance(part, svgelements.Move):
            strokes.append([part.end])
        else:
            strokes[-1].append(part.end)
    return [np.array([[p.x, p.y] for p in stroke]) for stroke in strokes]


def test_an_svg_font_has_the_pens_paths_as_hershey_text_wants_them(face):
    root = ElementTree.fromstring(stroke_fonts.svg_font(face, "My Hand"))
    (font,) = root.iter(f"{SVG}font")
    assert root[0].tag == f"{SVG}defs" and root[0][0] is font
    (about,) = font.iter(f"{SVG}font-face")
    assert about.get("font-family") == "My Hand"
    assert int(about.get("units-per-em")) == UNITS_PER_EM
    assert (
        float(about.get("ascent")) > 1.9 * X_HEIGHT > 0 >= float(about.get("descent"))
    )
    glyphs = {g.get("unicode"): g for g in font.iter(f"{SVG}glyph")}
    letter = glyphs["l"]
    assert int(letter.get("horiz-adv-x")) == round((0.5 + 0.3) * X_HEIGHT)
    (stroke,) = path_of(letter.get("d"))
    wanted = (np.array([[0, 2], [0.1, 1], [0.2, 0]]) + [0.15, 0]) * X_HEIGHT
    np.testing.assert_allclose(stroke, wanted, atol=1)
    assert "z" not in letter.get("d").lower(), "a pen that draws an l does not go back"
    assert len(path_of(glyphs['"'].get("d"))) == 2
    (kern,) = font.iter(f"{SVG}hkern")
    assert (kern.get("u1"), kern.get("u2")) == ("l", "l")
    assert int(kern.get("k")) == round(0.2 * X_HEIGHT), "closer together"


def test_what_looks_the_same_and_what_is_made_of_it_is_there(face):
    root = ElementTree.fromstring(stroke_fonts.svg_font(face, "My Hand"))
    glyphs = {g.get("unicode"): g for g in root.iter(f"{SVG}glyph")}
    for plain, same in {
        "'": "‘’",
        '"': "“”",
        "-": "\u2010\u2212",
        " ": "\u00a0",
    }.items():
        for character in same:
            assert glyphs[character].get("d") == glyphs[plain].get("d")
    lengths = [
        np.ptp(path_of(glyphs[dash].get("d"))[0][:, 0]) for dash in ("-", "–", "—")
    ]
    assert lengths[0] < lengths[1] < lengths[2]
    stops = path_of(glyphs["…"].get("d"))
    assert len(stops) == 3
    assert stops[0][0, 0] < stops[1][0, 0] < stops[2][0, 0]
    dot = stops[0]
    assert 0 < np.ptp(dot[:, 0]) < 0.1 * X_HEIGHT and np.ptp(dot[:, 1]) == 0


def test_a_ufo_has_open_contours_variants_and_features(face, tmp_path):
    ufo_lib = pytest.importorskip("ufoLib2", reason="reads UFO")
    stroke_fonts.write_ufo(tmp_path / "a.ufo", face, "My Hand")
    font = ufo_lib.Font.open(tmp_path / "a.ufo")
    assert font.info.familyName == "My Hand"
    assert font.info.unitsPerEm == UNITS_PER_EM
    assert "feature calt" in font.features.text and "feature kern" in font.features.text
    letter, variant = font["l"], font["l.alt1"]
    assert letter.unicodes == [ord("l")] and variant.unicodes == []
    assert font["quotesingle"].unicodes[0] == ord("'")
    assert ord("’") in font["quotesingle"].unicodes
    (contour,) = letter.contours
    assert contour.open
    wanted = bezier_curve(face.glyphs["l"][0].strokes[0] + [0.15, 0]) * X_HEIGHT
    found = [[point.x, point.y] for point in contour.points]
    np.testing.assert_allclose(found, wanted, atol=1)
    assert max(p.y for p in variant.contours[0]) > max(p.y for p in contour)
    with refused("a.ufo"):
        stroke_fonts.write_ufo(tmp_path / "a.ufo", face, "My Hand")


def test_the_features_of_a_ufo_compile(face, tmp_path):
    """As a font editor would compile them."""
    from fontTools.feaLib.parser import Parser

    stroke_fonts.write_ufo(tmp_path / "a.ufo", face, "My Hand")
    names = sorted(p.stem for p in (tmp_path / "a.ufo" / "glyphs").glob("*.glif"))
    assert len(names) == 2 * (1 + len(face.glyphs))
    parsed = Parser(str(tmp_path / "a.ufo" / "features.fea")).parse()
    assert [x.name for x in parsed.statements if hasattr(x, "statements")] == [
        "calt",
        "kern",
    ]
