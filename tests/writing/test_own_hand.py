"""From drawings to a hand, with the shipped writer and reader."""

import json

import numpy as np
import pytest
from refusals import refused

from scribe import writing
from scribe.reading import load_reader
from scribe.strokes.arrays import split_at_pen_lifts
from scribe.writing import own_hand, styles

TEXTS = ("The quick brown fox jumps", "over the lazy dogs and", "runs home to its den")


@pytest.fixture(scope="module")
def writer():
    return writing.load(engine="numpy")


@pytest.fixture(scope="module")
def reader():
    return load_reader()


@pytest.fixture(scope="module")
def lines(writer):
    """For each of TEXTS the strokes of a line with its text, in one hand."""
    written = writer.write(TEXTS, style="neat", bias=1.5, seed=3)
    return [[s / 10 for s in split_at_pen_lifts(line.strokes)] for line in written]


def page(lines, numbers, pitch=60.0):
    return [s + [0.0, k * pitch] for k, n in enumerate(numbers) for s in lines[n]]


@pytest.mark.integration
@pytest.mark.parametrize("way", own_hand.TURNS)
def test_a_drawing_is_turned_until_it_reads(lines, writer, reader, way):
    back = np.linalg.inv(np.array(own_hand.TURNS[way], float))
    drawn = [stroke @ back.T for stroke in lines[0]]
    found = own_hand.from_line(drawn, TEXTS[0], writer.model, reader)
    upright = own_hand.from_line(lines[0], TEXTS[0], writer.model, reader)
    np.testing.assert_allclose(found.style.strokes, upright.style.strokes, atol=0.02)
    assert len(found.notes) == (way != "") and all(way in n for n in found.notes)


@pytest.mark.integration
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    "text", ["z" * 25, "The quick", "fox jumps", "Quite another sentence here"]
)
def test_what_reads_as_something_else_is_refused(lines, writer, reader, text, turned):
    drawn = [stroke * [1, -1] for stroke in lines[0]] if turned else lines[0]
    with refused(repr(TEXTS[0]), repr(text)):
        own_hand.from_line(drawn, text, writer.model, reader)


@pytest.mark.integration
def test_lines_of_pages_find_their_texts_in_any_order(lines, writer, reader):
    blot = [np.array([[0.0, 130.0], [300.0, 130.0], [0.0, 160.0], [300.0, 161.0]])]
    pages = [page(lines, [1]), page(lines, [2, 0])]
    texts = [*TEXTS, "nobody wrote this line"]
    hand = own_hand.from_pages(pages, texts, writer.model, reader)
    assert sorted(line.text for line in hand.style.all_lines()) == sorted(TEXTS)
    assert len(hand.notes) == 1 and repr(texts[3]) in hand.notes[0]
    alone = own_hand.from_line(lines[0], TEXTS[0], writer.model, reader).style
    (same,) = (line for line in hand.style.lines if line.text == TEXTS[0])
    np.testing.assert_allclose(same.strokes, alone.strokes, atol=0.02)
    more = own_hand.from_pages(
        [page(lines, [2, 0]) + blot], TEXTS[:1], writer.model, reader
    )
    assert more.style.text == TEXTS[0] and more.style.lines == ()
    assert any(repr(TEXTS[2]) in note for note in more.notes)
    with refused(repr(TEXTS[1])):
        own_hand.from_pages([page(lines, [1])], ["so it is not"], writer.model, reader)


@pytest.mark.integration
def test_a_line_that_seems_to_be_two_is_taken_for_one_if_it_reads(
    lines, writer, reader, monkeypatch
):
    def in_halves(strokes):
        return [strokes[: len(strokes) // 2], strokes[len(strokes) // 2 :]]

    monkeypatch.setattr(own_hand, "_parted", in_halves)
    hand = own_hand.from_pages([lines[0]], TEXTS[:1], writer.model, reader)
    alone = own_hand.from_line(lines[0], TEXTS[0], writer.model, reader).style
    assert hand.style.text == TEXTS[0] and not hand.notes
    np.testing.assert_allclose(hand.style.strokes, alone.strokes, atol=0.02)


@pytest.mark.integration
def test_a_page_upside_down_is_turned_as_a_whole(lines, writer, reader):
    drawn = [-stroke for stroke in page(lines, [0, 1, 2])]
    hand = own_hand.from_pages([drawn], TEXTS, writer.model, reader)
    assert len(hand.style.lines) == 3
    assert len(hand.notes) == 1 and "upside down" in hand.notes[0]


@pytest.mark.integration
def test_a_hand_of_several_lines_is_kept_and_written_in(
    lines, writer, reader, tmp_path
):
    hand = own_hand.from_pages([page(lines, [0, 1, 2])], TEXTS, writer.model, reader)
    styles.save_style(tmp_path / "a.json", hand.style, recorded=True)
    content = json.loads((tmp_path / "a.json").read_text())
    assert [line["text"] for line in content["lines"]] == [
        line.text for line in hand.style.lines
    ]
    style = styles.find_style(str(tmp_path / "a.json"), writer.model)
    assert len(style.lines) == 3
    assert style.text == " ".join(line.text for line in style.lines)
    written = writer.write("in a hand of my own", style=style, seed=1)[0]
    assert written.finished and reader.read(written.strokes) == "in a hand of my own"


@pytest.mark.unit
def test_joined_lines_stand_beside_each_other():
    def bar(text, width):
        points = np.linspace(0, width, 20)
        strokes = np.zeros([20, 3], np.float32)
        strokes[1:, 0] = np.diff(points)
        strokes[1::2, 1], strokes[2::2, 1] = 5, -5
        strokes[-1, 2] = 1
        return styles.Style(text, strokes)

    one, two = bar("abcd", 40), bar("abcdefgh", 80)
    both = styles.joined([one, two])
    assert both.text == "abcd abcdefgh" and len(both.strokes) == 40
    x = np.cumsum(both.strokes[:, 0])
    assert x[20] == pytest.approx(50, abs=1e-4)  # a letter of 10 beside 40
    assert both.strokes[:, 2].sum() == 2
    long = styles.Style("x" * 150, two.strokes)
    assert styles.joined([one, long]).text == "abcd"
    assert styles.joined([one, long, two]).text == both.text
    assert styles.joined([one] * 5).text == "abcd abcd abcd"
