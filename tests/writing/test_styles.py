"""Hands to write in."""

import json

import numpy as np
import pytest
from refusals import refused
from writing_samples import saved, scribbler

from scribe.writing import Style, styles


@pytest.fixture
def model(tmp_path):
    return saved(tmp_path / "run")


def hand(num_points=40, text="some words", seed=0):
    random = np.random.default_rng(seed)
    strokes = random.normal(0, 1, [num_points, 3]).astype(np.float32)
    strokes[:, 2] = random.random(num_points) < 0.2
    strokes[0, :2] = 0
    strokes[-1, 2] = 1
    return Style(text, strokes)


def write(path, **content):
    good = {"text": "some words", "strokes": hand().strokes.tolist()}
    path.write_text(json.dumps(good | content))
    return path


@pytest.mark.unit
def test_a_saved_style_is_loaded_again(tmp_path, model):
    path = tmp_path / "new" / "hand.json"
    styles.save_style(path, hand())
    loaded = styles.find_style(str(path), model)
    assert loaded.text == "some words"
    assert loaded.strokes.dtype == np.float32
    np.testing.assert_allclose(loaded.strokes, hand().strokes, atol=6e-4)
    assert [p.name for p in path.parent.iterdir()] == ["hand.json"]


@pytest.mark.unit
def test_shipped_styles_have_names_and_numbers(model):
    assert styles.shipped_names(model.folder) == []
    for name in ("bold", "anna", "7"):
        styles.save_style(model.folder / "styles" / f"{name}.json", hand(text=name))
    assert styles.shipped_names(model.folder) == ["7", "anna", "bold"]
    assert styles.find_style(None, model) is None
    for asked, found in ((0, "7"), ("1", "anna"), (2, "bold"), ("anna", "anna")):
        assert styles.find_style(asked, model).text == found
    assert styles.find_style("7", model).text == "7", "no third number, but a name"
    for unknown in (3, "-1", "Anna", "", "²", "styles"):
        with refused(repr(str(unknown)), "0 7, 1 anna, 2 bold"):
            styles.find_style(unknown, model)


@pytest.mark.unit
def test_recorded_strokes_are_cleaned_like_the_corpus(tmp_path, model):
    recorded = hand(300).strokes * np.array([80, 80, 1], np.float32)
    path = write(tmp_path / "a.json", strokes=recorded.tolist(), recorded=True)
    found = styles.find_style(str(path), model)
    np.testing.assert_allclose(found.strokes, model.clean(recorded), rtol=1e-5)
    assert len(found.strokes) < 200
    drawn = found.strokes[1:][found.strokes[:-1, 2] == 0]
    assert np.median(np.hypot(*drawn[:, :2].T)) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.unit
def test_the_length_that_counts_is_that_after_cleaning(tmp_path, model):
    points = np.cumsum(np.ones([3000, 2]), axis=0)
    rows = np.concatenate([points, np.zeros([3000, 1])], axis=1)
    long = write(tmp_path / "long.json", strokes=rows.tolist())
    with refused(long, "3000 points", 10, 2000):
        styles.find_style(str(long), model)
    long = write(tmp_path / "long.json", strokes=rows.tolist(), recorded=True)
    assert 1500 <= len(styles.find_style(str(long), model).strokes) <= 1501


@pytest.mark.unit
def test_a_style_starts_at_its_first_point_and_ends_with_the_pen_up(tmp_path, model):
    rows = [[5, 5, 0]] + [[1, 1, 0]] * 20
    found = styles.find_style(str(write(tmp_path / "a.json", strokes=rows)), model)
    assert found.strokes[0].tolist() == [0, 0, 0]
    assert found.strokes[-1].tolist() == [1, 1, 1]
    given = Style("  some \n words ", np.array(rows, np.float64))
    found = styles.find_style(given, model)
    assert found.text == "some words" and found.strokes.dtype == np.float32
    assert given.strokes[0, 0] == 5, "what was given is left as it is"


@pytest.mark.unit
@pytest.mark.parametrize(
    ("content", "facts"),
    [
        ({"strokes": [[0, 0, 0], [1, 1, 0], [1, 0, 1]]}, ["3 points", 10, 2000]),
        ({"strokes": []}, ["dx, dy, end_of_stroke"]),
        ({"strokes": [[]]}, ["dx, dy, end_of_stroke"]),
        ({"strokes": [[1, 2]] * 20}, ["dx, dy, end_of_stroke"]),
        ({"strokes": [[1, 2, 0]] * 20 + [[1]]}, ["rows of numbers"]),
        ({"strokes": [["a", "b", "c"]] * 20}, ["rows of numbers"]),
        ({"strokes": None}, ["dx, dy, end_of_stroke"]),
        ({"strokes": {"a": 1}}, ["rows of numbers"]),
        ({"strokes": [[1, float("nan"), 0]] * 20}, ["NaN"]),
        ({"strokes": [[1e39, 0, 0]] * 20}, ["dx, dy, end_of_stroke"]),
        ({"strokes": [[1, 2, 3]] * 20}, ["end_of_stroke", 0, 1]),
        ({"text": " "}, ["spell"]),
        ({"text": 3}, ["spell"]),
        ({"text": "naπve"}, ["'π'"]),
    ],
)
def test_what_is_no_style_is_refused(tmp_path, model, content, facts):
    path = write(tmp_path / "a.json", **content)
    with refused(*facts):
        styles.find_style(str(path), model)


@pytest.mark.unit
@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b'{"text": "a"}', b"\xff\xfe\x00", b"{", b"<svg/>"]
)
def test_a_file_of_something_else_is_refused(tmp_path, model, content):
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with refused(path, "style file"):
        styles.find_style(str(path), model)


@pytest.mark.unit
def test_a_style_given_as_an_array_is_checked_like_a_file():
    model = scribbler()
    endless = np.full([20, 3], np.inf)
    for strokes in (hand(3).strokes, endless, np.zeros([0, 3]), "abc"):
        with refused("the style"):
            styles.find_style(Style("abc", strokes), model)


@pytest.mark.unit
def test_a_line_in_another_model_s_unit_is_no_style(model):
    strokes = hand().strokes * np.array([*model.offset_scale, 1.0])
    for factor, size in ((1.0, None), (0.02, "small"), (50.0, "large")):
        style = Style("some words", strokes * np.array([factor, factor, 1.0]))
        if size is None:
            assert styles.find_style(style, model).text == "some words"
        else:
            with refused(size, "unit"):
                styles.find_style(style, model)
