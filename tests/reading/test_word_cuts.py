"""Cutting lines into words: gaps, late strokes, what a reader confirms."""

import numpy as np
import pytest
from writing_samples import printed, random_reader

from scribe.corpora.prepared import Line
from scribe.corpora.synthetic import Synthetic
from scribe.reading import word_cuts
from scribe.reading.reader import CHOOSING, load_reader
from scribe.strokes import arrays as pen
from scribe.strokes.cleaning import deskew

pytestmark = pytest.mark.unit

TEXT = "it is a fine line"


def widths(strokes):
    return [np.ptp(path[:, 0]) for path in pen.split_at_pen_lifts(strokes)]


def line(text=TEXT, **changes) -> Line:
    return Line(printed(text, **changes).strokes, text, "a-01", "a")


def test_words_come_apart_at_the_widest_gaps():
    strokes = line().strokes
    cuts = word_cuts.cut_at_widest_gaps(strokes, 5)
    assert [len(word) for word in cuts.words] == [3, 3, 1, 5, 5]  # letters and dots
    assert sorted(np.concatenate(cuts.words)) == list(range(17))
    # Between words 1.2 x-heights, between letters 0.6.
    assert cuts.gap_ratio == pytest.approx(2.0)


def test_a_dot_that_comes_when_the_line_is_finished_goes_to_its_word():
    paths = pen.split_at_pen_lifts(line("in one").strokes)
    late = pen.strokes_from_paths([paths[i] for i in (0, 1, 3, 4, 5, 2)])
    cuts = word_cuts.cut_at_widest_gaps(late, 2)
    assert [list(word) for word in cuts.words] == [[0, 1, 5], [2, 3, 4]]
    word = word_cuts.pick_strokes(late, cuts.words[0])
    assert np.ptp(np.cumsum(word[:, 0])) < 20.0 * 1.2
    np.testing.assert_allclose(widths(word), widths(late)[:2] + widths(late)[5:])


def test_a_line_with_fewer_lifts_than_spaces_is_not_cut():
    assert word_cuts.cut_at_widest_gaps(line("one two", joined=True).strokes, 2) is None


def test_one_word_is_the_whole_line_and_has_no_rival_gap():
    cuts = word_cuts.cut_at_widest_gaps(line("word").strokes, 1)
    assert [list(word) for word in cuts.words] == [[0, 1, 2, 3]]
    assert cuts.gap_ratio == np.inf and not len(cuts.lifts)


def test_words_that_overlap_have_no_safe_gap():
    strokes = line("ab ab").strokes
    strokes[10, 0] -= 17.0  # the second word begins over the end of the first
    assert word_cuts.cut_at_widest_gaps(strokes, 4).gap_ratio == 0.0


def test_the_reader_confirms_right_cuts_and_no_others():
    reader = load_reader(CHOOSING)
    confirmed, wrong = [], []
    for _, sample in Synthetic(num_lines=12, seed=3).samples():
        strokes = deskew(sample.strokes)
        cuts = word_cuts.cut_at_widest_gaps(strokes, len(sample.text.split()))
        (scores,) = reader.scores([strokes])
        arguments = (strokes, sample.text, scores, reader)
        confirmed.extend(word_cuts.confirmed_by_reader(cuts.lifts, *arguments))
        shifted = np.maximum(cuts.lifts - 4, 0)  # a letter has up to four strokes
        wrong.extend(word_cuts.confirmed_by_reader(shifted, *arguments))
    assert np.mean(confirmed) > 0.9
    assert np.mean(wrong) < 0.1


def test_a_reader_that_reads_nothing_confirms_nothing_far_away():
    reader = random_reader()
    strokes = line("ab ca").strokes
    (scores,) = reader.scores([strokes])
    short = scores[:2]  # too few frames for five characters
    assert not word_cuts.confirmed_by_reader(
        np.array([1]), strokes, "ab ca", short, reader
    ).any()
