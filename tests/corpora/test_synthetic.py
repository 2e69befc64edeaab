"""The corpus that the project draws itself."""

import builtins

import numpy as np
import pytest
from refusals import refused

from scribe.corpora import synthetic
from scribe.corpora.phrases import ALPHABET, MAX_CHARACTERS, phrases
from scribe.corpora.synthetic import FONTS, Hand, Synthetic
from scribe.strokes.arrays import points_from_strokes, split_at_pen_lifts


def hand(font="rowmans", **changes):
    values = dict(
        font=font,
        size=1.0,
        width=1.0,
        slant=0.0,
        spacing=0.0,
        unsteadiness=0.0,
        tremor=0.0,
        wave=(0.0, 100.0, 0.0),
    )
    return Hand(**(values | changes))


def written(text, **changes):
    return hand(**changes).write(text, np.random.default_rng(0))


def all_lines(num_lines, seed=0):
    reading = Synthetic(num_lines, seed).read()
    return [line for lines in reading.lines_by_split.values() for line in lines]


@pytest.mark.unit
def test_the_same_seed_writes_the_same_lines_and_another_seed_others():
    first, second, other = all_lines(40), all_lines(40), all_lines(40, seed=1)
    for line, same in zip(first, second, strict=True):
        assert (line.text, line.name, line.form) == (same.text, same.name, same.form)
        np.testing.assert_array_equal(line.strokes, same.strokes)
    assert [line.text for line in first] != [line.text for line in other]


@pytest.mark.unit
@pytest.mark.parametrize("num_lines", [10, 25, 100])
def test_every_split_has_lines_and_no_hand_is_in_two(num_lines):
    reading = Synthetic(num_lines, 0).read()
    assert list(reading.lines_by_split) == ["train", "validation", "test"]
    assert sum(len(lines) for lines in reading.lines_by_split.values()) == num_lines
    hands = [{line.form for line in lines} for lines in reading.lines_by_split.values()]
    assert len(set().union(*hands)) == sum(len(forms) for forms in hands)
    assert reading.dropped == {}


@pytest.mark.property
def test_lines_are_shaped_and_timed_like_those_of_a_tablet():
    lines = all_lines(100)
    num_points = sum(len(line.strokes) for line in lines)
    assert 15 < num_points / sum(len(line.text) for line in lines) < 28
    for line in lines:
        assert line.strokes.dtype == np.float32
        assert np.isin(line.strokes[:, 2], (0.0, 1.0)).all()
        assert line.strokes[-1, 2] == 1.0
        np.testing.assert_array_equal(line.strokes[0, :2], 0.0)
        np.testing.assert_array_equal(line.strokes, np.round(line.strokes))


@pytest.mark.property
@pytest.mark.parametrize("num_phrases", [40, 300])
def test_phrases_use_every_character_and_are_short(num_phrases):
    texts = list(phrases(num_phrases, np.random.default_rng(3)))
    assert set("".join(texts)) == set(ALPHABET)
    assert len(texts) == num_phrases
    for text in texts:
        assert 0 < len(text) <= MAX_CHARACTERS
        assert text == text.strip() and "  " not in text


@pytest.mark.unit
@pytest.mark.parametrize("font", FONTS)
def test_every_font_can_write_every_character(font):
    for character in ALPHABET[1:]:
        assert len(written(character, font=font)) >= 2


@pytest.mark.unit
def test_y_grows_downwards():
    points = points_from_strokes(written("L"))
    assert points[-1, 1] > points[0, 1], "the foot of an L is drawn last"


@pytest.mark.unit
def test_the_pen_is_slow_in_curves_and_at_the_ends():
    (curve,) = split_at_pen_lifts(written("O"))
    (straight, *_) = split_at_pen_lifts(written("L"))

    def speeds(points):
        return np.hypot(*np.diff(points, axis=0).T)

    assert np.median(speeds(curve)) < 0.8 * np.median(speeds(straight))
    assert speeds(straight)[0] < 0.7 * speeds(straight).max()


@pytest.mark.unit
def test_slant_leans_to_the_right():
    upright = points_from_strokes(written("l"))
    leaning = points_from_strokes(written("l", slant=0.5))
    assert abs(upright[-1, 0] - upright[0, 0]) <= 1
    assert leaning[-1, 0] < leaning[0, 0] - 50, "from top right to bottom left"


@pytest.mark.unit
def test_what_cannot_be_written_is_refused():
    with refused("'é'"):
        written("é")
    with refused("'  '"):
        written("  ")
    with refused("num_lines=9", 10):
        Synthetic(9, 0)


@pytest.mark.unit
def test_without_the_package_of_the_fonts_its_name_is_told(monkeypatch):
    import_module = builtins.__import__

    def without_fonts(name, *arguments, **keywords):
        if name == "HersheyFonts":
            raise ImportError(name)
        return import_module(name, *arguments, **keywords)

    monkeypatch.setattr(builtins, "__import__", without_fonts)
    synthetic._glyphs.cache_clear()
    with refused("Hershey-Fonts", "pip install"):
        written("a")
