"""Marks set on a written line, and characters drawn into it."""

import functools

import numpy as np
import pytest
from writing_samples import printed

import scribe
from scribe.foundation.alphabet import Alphabet
from scribe.strokes.arrays import split_at_pen_lifts
from scribe.strokes.curves import bezier_curve, flatten
from scribe.typesetting.words import cut_words
from scribe.writing import mark_placing as placing
from scribe.writing.attempts import Attempt
from scribe.writing.composed_line import compose
from scribe.writing.letter_ink import owners
from scribe.writing.measures import measure_line
from scribe.writing.spelling import spell

ALPHABET = Alphabet(" .:'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
ABOVE = "áàâãäåāăȧěőñÉÀÔŮ"
BELOW = "șțķņ"
HANGING = "çąęşĄ"
# Points of the pen's line are so far apart, in x-heights, that curves between them
# stray by this from the straight.
ROUNDING = 0.04


def composed(text, seed=0, **options):
    spelling = spell(text, ALPHABET)
    line = printed(spelling.base, **options)
    return compose(line, spelling, Attempt(seed, 0).generator())


def curves(line):
    """Each stroke as dense points in x-heights, its letter, and whether it was set."""
    measures = measure_line(line)
    letters = line.phi[:, : len(line.text)].argmax(axis=1)
    found, at = [], 0
    for points in split_at_pen_lifts(line.strokes):
        inner = slice(at, at + len(points))
        at += len(points)
        dense = flatten(bezier_curve(points), 0.01 * measures.x_height)
        at_row = np.linspace(0, len(dense) - 1, 10 * len(dense))
        rows = np.arange(len(dense))
        dense = np.stack([np.interp(at_row, rows, axis) for axis in dense.T], axis=1)
        x, y = dense.T
        height = measures.baseline(x) - y
        is_set = bool((line.composed.source[inner] < 0).all())
        found.append(
            (np.stack([x, height], 1) / measures.x_height, letters[inner], is_set)
        )
    return found


def distance(a, b):
    return np.hypot(*(a[:, None] - b[None]).transpose(2, 0, 1)).min()


def marks_and_letters(line):
    """For each stroke that was set: its ink, that of its letter, all other ink."""
    strokes = curves(line)
    for points, letters, is_set in strokes:
        if not is_set:
            continue
        (number,) = set(letters)
        own = [p for p, owner, s in strokes if not s and (owner == number).any()]
        others = [p for p, owner, s in strokes if not (s and owner[0] == number)]
        yield line.text[number], points, own and np.concatenate(own), others


@pytest.mark.unit
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("slope", [0.0, 0.1])
def test_marks_stand_over_and_under_their_letters_and_touch_nothing(seed, slope):
    for text in (f"so {ABOVE[:8]} an", f"so {ABOVE[8:]} an", f"so {BELOW} an"):
        seen = set()
        for letter, mark, own, others in marks_and_letters(composed(text, seed)):
            seen.add(letter)
            middle = (own[:, 0].min() + own[:, 0].max()) / 2
            assert abs(mark[:, 0].mean() - middle) < 0.5
            if letter in BELOW:
                assert mark[:, 1].max() < own[:, 1].min()
            else:
                assert mark[:, 1].min() > own[:, 1].max()
            assert min(distance(mark, ink) for ink in others) > 0.19 - ROUNDING
        assert seen == set(text) - set("so an")


@pytest.mark.unit
@pytest.mark.parametrize("seed", range(3))
def test_hooks_hang_close_below_their_letters(seed):
    for _, mark, own, others in marks_and_letters(composed(f"so {HANGING} an", seed)):
        assert 0.1 - ROUNDING < min(distance(mark, ink) for ink in others) < 0.25
        assert mark[:, 1].max() < own[:, 1].min() + 0.05


@pytest.mark.unit
def test_strokes_cross_their_letters():
    for letter, bar, own, _ in marks_and_letters(composed("so łŁđĐøØħŧ an")):
        assert distance(bar, own) < ROUNDING, letter
        assert own[:, 1].min() - 0.3 < bar[:, 1].mean() < own[:, 1].max()


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "dots"), [("saw in is sun", 2), ("saw ín is sun", 1), ("saw ın ıs sun", 0)]
)
def test_an_i_with_another_mark_loses_its_dot(text, dots):
    line = composed(text)
    short = [p for p, _, is_set in curves(line) if not is_set and p[:, 1].min() > 1.2]
    assert len(short) == dots
    assert sum(is_set for _, _, is_set in curves(line)) == ("í" in text)


@pytest.mark.unit
def test_a_drawn_character_stands_between_its_neighbours_and_opens_the_line():
    line = composed("maßen so")
    plain = line.plain
    assert plain.text == "maen so"
    places = {}
    for points, letters, _ in curves(line):
        places.setdefault(letters[0], []).append(points)
    edges = {
        k: (np.concatenate(p)[:, 0].min(), np.concatenate(p)[:, 0].max())
        for k, p in places.items()
    }
    assert edges[1][1] + 0.1 < edges[2][0] < edges[2][1] < edges[3][0] - 0.1
    widths = [np.ptp(np.cumsum(x.strokes[:, 0])) for x in (line, plain)]
    assert 0.3 < (widths[0] - widths[1]) / 10.0 < 1.5


@pytest.mark.unit
@pytest.mark.parametrize("text", ["§", "€ a", "a €", "«a» §", "ß", "„so"])
def test_what_is_drawn_may_stand_anywhere(text):
    line = composed(text)
    assert line.text == text
    assert np.isfinite(line.strokes).all() and line.strokes[-1, 2] == 1.0
    inked = set(line.phi[:, : len(text)].argmax(axis=1))
    assert inked == {i for i, c in enumerate(text) if c != " "}


@pytest.mark.unit
def test_a_composed_letter_counts_as_one_letter_everywhere():
    line = composed("Gröſe Łódź: 5".replace("5", "X"), x_height=20.0)
    assert line.phi.shape == (len(line.strokes), len(line.text) + 1)
    assert len(line.composed.source) == len(line.strokes)
    words = cut_words(line, measure_line(line))
    assert [word.text for word in words] == ["Gröſe", "Łódź:", "X"]
    measures = measure_line(line)
    assert measures.x_height == pytest.approx(20.0, rel=0.05)
    owner = owners(line, measures.points(line.strokes))
    assert set(owner) == {i for i, c in enumerate(line.text) if c != " "}


@pytest.mark.unit
def test_marks_come_when_the_word_is_done():
    line = composed("más so")
    letters = line.phi[:, : len(line.text)].argmax(axis=1)
    is_set = line.composed.source < 0
    assert letters[is_set].tolist() == [1] * is_set.sum()
    first = np.flatnonzero(is_set)[0]
    assert (letters[:first] <= 2).all() and (letters[first:][~is_set[first:]] > 2).all()


@pytest.mark.unit
@pytest.mark.parametrize(("name", "letter"), [("'", "d"), ("slash", "O")])
def test_a_letter_that_came_out_as_a_line_below_gets_its_mark(name, letter):
    ink = np.stack([np.linspace(0, 0.5, 20), np.full(20, -0.3)], axis=1)
    random = Attempt(0, 0).generator()
    hand = placing.Hand.of(0.1, [], placing.TALL, random)
    strokes = placing.mark(name, letter, ink, np.zeros([0, 2]), hand, random)
    assert np.isfinite(np.concatenate(strokes)).all()


def test_the_same_seed_sets_the_same_marks_and_another_one_others():
    same, again, other = composed("É", 1), composed("É", 1), composed("É", 2)
    np.testing.assert_array_equal(same.strokes, again.strokes)
    assert same.strokes.shape != other.strokes.shape or (
        np.abs(same.strokes - other.strokes).max() > 0.01
    )


@pytest.mark.unit
def test_a_reader_of_fewer_characters_reads_the_plain_line():
    line = composed("más so")
    assert line.read_as(ALPHABET) is line.plain
    assert line.read_as(Alphabet("más o")) is line
    assert line.plain.plain is line.plain
    assert line.without_window().plain.phi is None


@functools.cache
def written(style):
    writer = scribe.load(engine="numpy")
    texts = ["Éva größter Čapek", "più l'été ďábel", "ąžuolų şoför ķēž"]
    return writer.write(texts, style=style, seed=5, max_attempts=1)


@pytest.mark.slow
@pytest.mark.parametrize("style", ["neat", "joined", "slanted", None])
def test_marks_of_real_hands_touch_nothing(style):
    for line in written(style):
        for letter, mark, own, others in marks_and_letters(line):
            if letter in "ß":
                continue
            nearest = min(distance(mark, ink) for ink in others)
            assert nearest > (0.1 if letter in "ąųş" else 0.19) - ROUNDING, line.text
            is_below = letter in "ąųşķ"
            assert (mark[:, 1].mean() > np.median(own[:, 1])) != is_below


@pytest.mark.slow
def test_a_line_without_marks_is_what_it_was_and_others_keep_their_strokes():
    writer = scribe.load(engine="numpy")
    plain, marked = writer.write(["so it is", "säge mír däs"], seed=3)
    alone, bare = writer.write(["so it is", "sage mir das"], seed=3)
    assert plain.composed is None
    np.testing.assert_array_equal(plain.strokes, alone.strokes)
    np.testing.assert_array_equal(marked.plain.strokes, bare.strokes)
    assert marked.plain.text == "sage mir das"
