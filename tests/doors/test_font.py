"""A font of a hand: cut, built, opened again, and rendered by FreeType and HarfBuzz."""

import dataclasses
import io
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont, features
from refusals import assert_refusal
from writing_samples import printed

import scribe
from scribe import font
from scribe.foundation.alphabet import Alphabet
from scribe.foundation.command_line import status_of
from scribe.strokes.arrays import slant, strokes_from_points
from scribe.typesetting import own_glyphs, truetype, typeface
from scribe.typesetting.composed_glyphs import compose_glyphs
from scribe.typesetting.glyphs import Glyph, cut_glyphs
from scribe.typesetting.typeface import Typeface
from scribe.writing import WrittenLine, styles
from scribe.writing.measures import Measures, measure_line

needs_raqm = pytest.mark.skipif(
    not features.check("raqm"), reason="this Pillow has no HarfBuzz (raqm)"
)


def bar(height, x=0.0, num_points=12):
    """A stem: one stroke from top to the baseline, y upwards."""
    return np.stack([np.full(num_points, x), np.linspace(height, 0, num_points)], 1)


def glyph(character, height=1.0, width=0.5, following=None, gap=None):
    return Glyph(character, [bar(height), bar(height, width)], width, following, gap)


@pytest.fixture(scope="module")
def face():
    """Two letters of three variants, which differ in height."""
    glyphs = {
        "a": [glyph("a", height) for height in (1.0, 1.1, 1.2)],
        "b": [glyph("b", height) for height in (2.0, 2.1, 2.2)],
        ".": [Glyph(".", [np.array([[0.0, 0.0]])], 0.0, None, None)] * 3,
    }
    return Typeface(glyphs, 0.3, 0.8, {("a", "b"): -0.2}, "")


@pytest.fixture(scope="module")
def data(face):
    return truetype.font_bytes(face, "Test Hand", 0.1)


@pytest.mark.unit
def test_letters_that_the_network_lacks_are_made_of_those_that_it_wrote():
    """An i that leans by 0.5, with its dot."""
    stem = bar(1.0) * [1.0, 1.0] + 0.5 * bar(1.0)[:, 1:] * [1.0, 0.0]
    dot = np.array([[0.8, 1.55], [0.8, 1.6]])
    letters = {"i": [Glyph("i", [stem, dot], 0.2, None, None)] * 2}
    line = printed("li li li")
    line = dataclasses.replace(line, strokes=slant(line.strokes, 0.5))
    found = compose_glyphs(letters, Alphabet("i"), [line], [measure_line(line)], 0)
    assert {*"íîïīįı", "ß", "€"} <= set(found)
    assert "é" not in found and "i" not in found
    assert len(found["í"]) == 2
    assert [len(found[c][0].strokes) for c in "ıíïį"] == [1, 2, 3, 3]
    assert found["í"][0].width == 0.2
    _, acute = found["í"][0].strokes
    assert acute[:, 1].min() > 1.2
    assert 0.3 < acute[:, 0].mean() < 1.2, "over the stem as it leans"


@pytest.mark.integration
def test_the_letters_of_all_lines_of_a_hand_are_one_s_own():
    writer = scribe.load(engine="numpy")
    lines = [writer.style(name) for name in ("print", "neat")]
    found = [
        [glyph.character for glyph in own_glyphs.own_glyphs(writer, style)]
        for style in (*lines, styles.of_lines(lines))
    ]
    assert found[0] and found[1] and found[2] == found[0] + found[1]


# Cutting


@pytest.mark.unit
def test_letters_are_cut_at_pen_lifts_near_the_windows_moves():
    """Three stems and a late dot over the first; the window is two points ahead."""
    stems = [np.stack([np.full(10, x), np.linspace(-10, 0, 10)], 1) for x in (0, 8, 16)]
    dot = np.array([[0.0, -14.0], [0.4, -14.0]])
    points = np.concatenate([stems[0], stems[1], dot, stems[2]])
    ends = np.zeros(32)
    ends[[9, 19, 21, 31]] = 1
    phi = np.zeros([32, 4], np.float32)
    phi[:8, 0] = phi[8:18, 1] = phi[18:, 2] = 1
    line = WrittenLine(strokes_from_points(points, ends), "ill", True, 1, phi, None)
    measures = Measures(10.0, 3, np.zeros([0, 2]), 0.0, 10.0)
    found = cut_glyphs(line, measures)
    assert [x.character for x in found] == ["i", "l", "l"]
    assert [len(x.strokes) for x in found] == [2, 1, 1]
    assert [x.following for x in found] == ["l", "l", None]
    np.testing.assert_allclose(
        found[0].strokes[0][[0, -1]], [[0, 1], [0, 0]], atol=1e-6
    )
    np.testing.assert_allclose(found[0].strokes[1][:, 1], 1.4, atol=1e-6)
    assert found[1].gap == pytest.approx(0.8, abs=1e-6)


@pytest.mark.unit
def test_a_letter_cut_wrongly_is_not_typical():
    random = np.random.default_rng(0)
    good = [glyph("a", 1 + 0.05 * random.normal()) for _ in range(5)]
    bad = glyph("a", 2.5, 2.0)
    chosen = typeface.most_typical([bad, *good], 3)
    assert len(chosen) == 3 and all(x is not bad for x in chosen)
    assert typeface.most_typical([bad], 2) == [bad, bad]
    read_well = typeface.most_typical([*good, bad], 1, np.array([99.0] * 5 + [0.0]))
    assert read_well == [bad]


@pytest.mark.unit
def test_spaces_are_those_of_the_writing():
    pairs = [glyph("a", following="b", gap=g) for g in (0.1, 0.1, 0.1)]
    pairs += [glyph("b", following="a", gap=g) for g in (0.3, 0.3, 0.3, 0.32, 5.0)]
    pairs += [glyph("b", following="b", gap=0.9), glyph("b")]
    gap, kerning = typeface.spacing(pairs)
    assert gap == pytest.approx(0.3)
    assert kerning == {("a", "b"): pytest.approx(-0.2)}
    assert typeface.spacing([glyph("a")]) == (0.2, {})


# The file


@pytest.mark.unit
def test_the_file_has_metrics_variants_and_kerning(data, face):
    opened = TTFont(io.BytesIO(data))
    height = truetype.X_HEIGHT
    assert set(map(chr, opened.getBestCmap())) == {*"ab. \u00a0"}
    assert opened.getGlyphOrder() == [".notdef"] + [
        name + variant
        for name in ("space", "a", "b", "period")
        for variant in ("", ".alt1", ".alt2")
    ]
    advance, bearing = opened["hmtx"]["a"]
    assert advance == round((0.5 + 0.3) * height)
    assert bearing == pytest.approx((0.15 - 0.05) * height, abs=2)
    glyph = opened["glyf"]["b.alt2"]
    assert glyph.yMax == pytest.approx((2.2 + 0.05) * height, abs=2)
    assert glyph.xMax - glyph.xMin == pytest.approx((0.5 + 0.1) * height, abs=2)
    assert opened["name"].getBestFamilyName() == "Test Hand"
    assert opened["hhea"].ascent >= glyph.yMax
    tags = [r.FeatureTag for r in opened["GSUB"].table.FeatureList.FeatureRecord]
    assert tags == ["calt"]
    tags = [r.FeatureTag for r in opened["GPOS"].table.FeatureList.FeatureRecord]
    assert tags == ["kern"]


@pytest.mark.unit
def test_the_same_letters_give_the_same_bytes(data, face):
    assert truetype.font_bytes(face, "Test Hand", 0.1) == data


@pytest.mark.unit
def test_an_outline_is_as_wide_as_the_pen():
    shape = truetype.outline(Glyph("l", [bar(1.0)], 0.0, None, None), 0.1)
    height = truetype.X_HEIGHT
    expected = 0.1 * height * height + np.pi * (0.05 * height) ** 2
    assert shape.area == pytest.approx(expected, rel=0.01)
    ring = Glyph(
        "o",
        [np.stack([np.cos(t), np.sin(t)], 1) for t in [np.linspace(0, 2 * np.pi, 40)]],
        2.0,
        None,
        None,
    )
    assert len(truetype.outline(ring, 0.1).interiors) == 1, "an o is open inside"


# What renders text


def rendered(source, text, layout=ImageFont.Layout.RAQM, **options) -> np.ndarray:
    opened = ImageFont.truetype(io.BytesIO(source), 60, layout_engine=layout)
    image = Image.new("L", (900, 160), 255)
    ImageDraw.Draw(image).text((20, 20), text, font=opened, fill=0, **options)
    return np.asarray(image) < 128


@pytest.mark.integration
@needs_raqm
def test_letters_alternate_when_typed(data):
    """Heights of three letters in a row, measured in the picture."""
    ink = rendered(data, "aaaa")
    columns = np.flatnonzero(ink.any(axis=0))
    stems = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)[::2]
    heights = [int(ink[:, stem].sum(axis=0).max()) for stem in stems]
    assert len(heights) == 4
    assert heights[0] < heights[1] < heights[2] and heights[3] == heights[0]
    plain = rendered(data, "aaaa", features=["-calt"])
    assert ink.sum() > 1.03 * plain.sum(), "the variants are taller"
    basic = rendered(data, "aaaa", ImageFont.Layout.BASIC)
    assert basic.sum() == pytest.approx(plain.sum(), rel=0.02)


@pytest.mark.integration
@needs_raqm
def test_pairs_are_kerned_when_typed(data):
    opened = ImageFont.truetype(io.BytesIO(data), 600)
    kerned = opened.getlength("ab")
    plain = opened.getlength("ab", features=["-kern"])
    em = 600 * truetype.X_HEIGHT / truetype.UNITS_PER_EM
    assert plain - kerned == pytest.approx(0.2 * em, abs=2)


@pytest.mark.slow
@pytest.mark.integration
def test_the_letters_of_ones_own_line_are_in_the_font(tmp_path, monkeypatch, capsys):
    """A shipped style stands for a line that the user wrote."""
    monkeypatch.setattr(
        typeface, "TEXTS", ("so an old hat on a hot sand", "in 12 or 21 and 12 or 21")
    )
    path = tmp_path / "mine.svg"
    arguments = ["--from=print", f"--output={path}", "--num_samples=2", "--variants=1"]
    assert status_of(font.main, arguments) == 0
    printed = capsys.readouterr().out.splitlines()
    yours = printed[1].removeprefix("with ").removesuffix(" of your own").split()
    style = scribe.load().style("print").text
    assert len(yours) > 5 and set(yours) <= set(style)
    found = ElementTree.parse(path).getroot().iter("{http://www.w3.org/2000/svg}glyph")
    assert set(yours) <= {glyph.get("unicode") for glyph in found}


@pytest.mark.slow
@pytest.mark.integration
@needs_raqm
def test_a_hand_becomes_a_font_that_can_be_typed_with(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        typeface, "TEXTS", ("so an old hat on a hot sand", "in 12 or 21 and 12 or 21")
    )
    path = tmp_path / "print.ttf"
    arguments = ["--style=print", f"--output={path}", "--num_samples=2", "--variants=2"]
    assert status_of(font.main, arguments) == 0
    assert capsys.readouterr().out.splitlines()[0] == str(path)
    opened = TTFont(path)
    assert set("an12") <= set(map(chr, opened.getBestCmap()))
    ink = rendered(path.read_bytes(), "an ant and a hand")
    assert 0.005 < ink.mean() < 0.2
    rows = np.flatnonzero(ink.any(axis=1))
    assert 25 < np.ptp(rows) < 90, "as tall as 60 pixels an em should be"


@pytest.mark.integration
@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["--style=neat", "--output=a.otf"], ["'a.otf'", ".ttf", ".svg", ".ufo"]),
        (["--output=a.ttf"], ["--style", "--from"]),
        (
            ["--style=neat", "--output=a.svg", "--format=ttf"],
            ["--format=ttf", "'a.svg'", "svg-font"],
        ),
        (["--from=nobody", "--output=a.svg"], ["'nobody'"]),
        (["--style=none", "--output=a.ttf"], ["'none'", "neat"]),
        (["--style=neat", "--output=a.ttf", "--name=a/b"], ["'a/b'", "--name"]),
        (
            ["--style=neat", "--output=a.ttf", "--pen_width=9"],
            ["pen_width=9.0", 0.02, 0.6],
        ),
        (["--style=neat", "--output=a.ttf", "--variants=0"], ["num_variants=0", 1, 9]),
        (["--style=neat", "--output=a.ttf", "--num_samples=0"], ["num_samples=0", 1]),
    ],
)
def test_wrong_arguments_are_one_sentence(
    tmp_path, monkeypatch, capsys, arguments, facts
):
    monkeypatch.chdir(tmp_path)
    assert_refusal(capsys, status_of(font.main, arguments), *facts)
    assert not list(tmp_path.iterdir())


def test_the_texts_of_a_font_show_all_of_ascii():
    shown = set("".join(typeface.TEXTS))
    assert set(map(chr, range(0x20, 0x7F))) <= shown


def test_a_colon_without_its_second_dot_is_no_candidate():
    def colon(*strokes):
        return Glyph(":", [np.array(s, float) for s in strokes], 0.1, None, None)

    whole, half = colon([[0, 0]], [[0, 0.7]]), colon([[0, 0]])
    assert typeface._whole([half, whole, half]) == [whole]
    assert typeface._whole([half]) == [half]
