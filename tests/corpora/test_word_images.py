"""Words as images: scales, pens and pages."""

import numpy as np
import pytest
from writing_samples import printed

from scribe.corpora import word_images
from scribe.corpora.prepared import Line, save_corpus
from scribe.corpora.word_images import Pen

pytestmark = pytest.mark.unit


def word(text, name, form="a-01", **changes) -> Line:
    return Line(printed(text, **changes).strokes, text, name, form)


def ink(image):
    return np.flatnonzero((image < 128).any(axis=1)), (image < 128).any(axis=0)


def test_a_word_is_as_large_as_the_pen_says_on_white_paper():
    image = word_images.draw(
        word("line", "a").strokes, Pen(3.0, width_pixels=4.0, pressure=0.0)
    )
    rows, columns = ink(image)
    # l is two x-heights of 10 units tall, the rest is the pen's width.
    assert rows[-1] - rows[0] + 1 == pytest.approx(2 * 10 * 3 + 4, abs=4)
    assert columns.sum() > 0.5 * len(columns)
    assert image[0, 0] == 255 and image.min() == 0
    assert len(np.unique(image)) > 3  # anti-aliased


def test_pressure_makes_slow_strokes_wider():
    points = np.concatenate([np.linspace(0, 10, 21), np.linspace(12, 60, 25)])
    strokes = np.zeros([46, 3])
    strokes[1:, 0] = np.diff(points)
    strokes[-1, 2] = 1.0
    image = word_images.draw(strokes, Pen(4.0, width_pixels=8.0, pressure=1.0))
    thickness = (image < 128).sum(axis=0)
    assert thickness[20:30].mean() > 1.2 * thickness[-60:-30].mean()
    even = word_images.draw(strokes, Pen(4.0, width_pixels=8.0, pressure=0.0))
    assert np.ptp((even < 128).sum(axis=0)[20:-20]) <= 1


def test_a_page_has_one_pen_that_depends_on_its_name_only():
    words = [word("line", "a"), word("on", "b")]
    pens = [word_images.pen_of(form, words, 24.0) for form in ("f", "f", "g")]
    assert pens[0] == pens[1]
    assert pens[0].pixels_per_unit == pens[2].pixels_per_unit
    assert pens[0].width_pixels != pens[2].width_pixels
    low, high = np.multiply(word_images._PEN_WIDTHS, 24.0)
    assert all(low <= pen.width_pixels <= high for pen in pens)


def test_large_and_small_hands_come_out_alike():
    small, large = ([word("nine", "a", x_height=x)] for x in (5.0, 50.0))
    heights = [
        np.ptp(ink(image)[0])
        for words in (small, large)
        for _, image in word_images.images(words, 24.0)
    ]
    assert heights[0] == pytest.approx(heights[1], abs=1)


def test_names_of_pages_and_words_do_not_lead_out_of_the_folder(tmp_path):
    words = [word("line", ".."), word("on", "../a", form=".."), word("nine", "", "")]
    save_corpus(tmp_path / "corpus", "mine", {"train": words}, {})
    output = tmp_path / "images"
    assert word_images.save_images(output, tmp_path / "corpus", 24.0) == 3
    images = list(tmp_path.rglob("*.png"))
    assert len(images) == 3
    assert all(image.is_relative_to(output / "train") for image in images)
    assert all(len(i.relative_to(output / "train").parts) == 2 for i in images)


def test_what_is_longer_than_any_word_is_left_out():
    far = word("on", "b").strokes.copy()
    far[5, 0] += 1e5
    words = [word("line", "a"), Line(far, "on", "b", "a-01")]
    assert [w.name for w, _ in word_images.images(words, 24.0)] == ["a"]
