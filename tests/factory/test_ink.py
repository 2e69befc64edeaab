"""Which ink belongs to which character, and where it stands."""

import numpy as np
import pytest
from writing_samples import printed

from scribe.factory.ink import Placed, ink_of
from scribe.factory.labels import line_labels, strokes_of
from scribe.typesetting.words import cut_words
from scribe.writing.measures import measure_line

pytestmark = pytest.mark.unit


def words_of(text):
    line = printed(text)
    return cut_words(line, measure_line(line))


def test_every_letter_has_its_own_box_of_ink():
    (word,) = words_of("an")
    (line,) = line_labels(ink_of([Placed(word, 10.0, 50.0, 20.0)]), pen_width=2.0)
    (label,) = line.words
    # A letter is 0.6 x-heights wide and one high, on the baseline at 50.
    assert label.characters[0].box == pytest.approx((9, 29, 23, 51), abs=1.5)
    assert label.characters[1].box == pytest.approx((33, 29, 47, 51), abs=1.5)
    assert label.box == pytest.approx((9, 29, 47, 51), abs=1.5)
    assert np.array(label.baseline)[:, 1] == pytest.approx(50, abs=1)
    assert [c.text for c in label.characters] == ["a", "n"]


def test_words_may_be_cut_with_letters_found_elsewhere():
    line = printed("on am")
    letters = np.repeat([0, 1, 3, 4], 5)
    letters[4] = 1
    first, second = cut_words(line, measure_line(line), letters)
    assert [own.tolist() for own in first.characters] == [[0] * 4 + [1], [1] * 5]
    assert [own.tolist() for own in second.characters] == [[0] * 5, [1] * 5]


def test_labels_move_with_the_ink():
    words = words_of("on am")
    placed = [Placed(word, 10.0 + 60 * i, 40.0, 15.0) for i, word in enumerate(words)]
    ink = ink_of(placed)
    (line,) = line_labels(ink, 2.0)
    (moved,) = line_labels(ink.moved(lambda points: points + [3.0, -5.0]), 2.0)
    for one, two in zip(line.words, moved.words, strict=True):
        for a, b in zip([one, *one.characters], [two, *two.characters], strict=True):
            np.testing.assert_allclose(
                np.array(a.box) + [3, -5, 3, -5], b.box, atol=0.11
            )
    assert line.text == "on am"
    np.testing.assert_allclose(
        np.array(line.polygon) + [3, -5], moved.polygon, atol=0.11
    )


def test_a_polygon_holds_all_ink_of_its_word():
    import cv2

    (word,) = words_of("style")
    ink = ink_of([Placed(word, 5.0, 60.0, 20.0)], slant=0.3)
    ink = ink.moved(lambda points: points @ np.array([[0.98, 0.2], [-0.2, 0.98]]))
    (line,) = line_labels(ink, 2.0)
    for polygon in (line.polygon, line.words[0].polygon):
        corners = np.array(polygon, np.float32)
        for x, y in ink.points:
            assert cv2.pointPolygonTest(corners, (float(x), float(y)), True) > 0.5


def test_slant_leans_to_the_right_and_leaves_the_baseline():
    (word,) = words_of("lo")
    upright, leaning = (
        ink_of([Placed(word, 0.0, 0.0, 10.0)], slant) for slant in (0.0, 0.5)
    )
    shift = leaning.points[:, 0] - upright.points[:, 0]
    np.testing.assert_allclose(shift, -0.5 * upright.points[:, 1], atol=1e-9)
    np.testing.assert_array_equal(leaning.baselines, upright.baselines)


def test_the_strokes_of_a_label_are_the_pens_way():
    (word,) = words_of("it")
    ink = ink_of([Placed(word, 0.0, 30.0, 10.0)])
    strokes = strokes_of(ink)
    assert [len(s) for s in strokes] == [len(s) for s in word.strokes]
    np.testing.assert_allclose(np.concatenate(strokes), ink.points, atol=0.06)
