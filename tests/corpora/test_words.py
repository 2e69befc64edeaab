"""Cutting lines into words: gaps, late strokes, what a reader confirms, the command."""

import numpy as np
import pytest
from writing_samples import printed, random_reader

from scribe import prepare_data
from scribe.corpora import words
from scribe.corpora.prepared import Line, load_description, load_lines, save_corpus
from scribe.corpora.synthetic import Synthetic
from scribe.foundation.command_line import status_of
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


@pytest.fixture
def lines(tmp_path):
    """A corpus of three printed lines, the second of them on a slope."""
    texts = ["it is a fine line", "two words", "of more than that"]
    made = [
        Line(printed(t, slope=0.1 * (i == 1)).strokes, t, f"{split}-{i:02d}", split)
        for i, (t, split) in enumerate(zip(texts, ("a", "a", "b"), strict=True))
    ]
    save_corpus(
        tmp_path / "lines", "printed", {"train": made[:2], "test": made[2:]}, {}, 50.0
    )
    return tmp_path / "lines"


def run(*arguments):
    arguments = ["--format=words", *(str(argument) for argument in arguments)]
    return status_of(prepare_data.main, arguments)


def test_the_command_keeps_splits_forms_and_places(lines, tmp_path, capsys):
    output = tmp_path / "words"
    assert run(f"--source={lines}", f"--output={output}", "--reader=none") == 0
    corpus = load_description(output)
    assert corpus.name == "printed_words"
    assert corpus.splits == {"train": 7, "test": 4}
    assert corpus.points_per_second == 50.0
    made = load_lines(output, ["train", "test"])
    assert " ".join(w.text for w in made[:5]) == "it is a fine line"
    assert [w.name for w in made[5:7]] == ["a-01-01", "a-01-02"]
    assert [w.form for w in made] == ["a"] * 7 + ["b"] * 4
    for word in made:
        assert word.strokes[0, :2].tolist() == [0.0, 0.0]
        assert word.strokes[-1, 2] == 1.0
    assert "kept 11 words" in capsys.readouterr().out


def test_words_of_a_line_on_a_slope_are_level(lines):
    cutter = words.WordCutter(0.0, None)
    (sloping,) = [x for x in load_lines(lines, ["train"]) if x.text == "two words"]
    word = list(cutter.words([sloping]))[1]
    starts = [path[-1, 1] for path in pen.split_at_pen_lifts(word.strokes)]
    assert np.ptp(starts[1:]) < 0.02 * np.ptp(np.cumsum(word.strokes[:, 0]))


def test_every_word_that_is_left_out_is_counted():
    ambiguous = line("of us all")
    ambiguous.strokes[10, 0] -= 7.0  # the first space is as narrow as between letters
    sparse = line("a word")
    cut_off = Line(sparse.strokes[:12], "a word", "a-02", "a")
    cutter = words.WordCutter(1.25, None)
    kept = list(cutter.words([ambiguous, cut_off, line("ab", joined=True)]))
    assert [word.text for word in kept] == ["a", "ab"]
    assert sum(cutter.dropped.values()) == 4


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--source=missing", "--output=new"], "no prepared corpus"),
        (["--output=new", "--reader=nobody"], "no run folder nobody"),
        (["--output=new", "--gap_ratio=-1"], "must be a number from 0 on"),
        (["--output=tests"], "exists and is not empty"),
    ],
)
def test_wrong_input_is_one_sentence(arguments, complaint, lines, capsys, tmp_path):
    arguments = [a.replace("=new", f"={tmp_path / 'new'}") for a in arguments]
    if not any(a.startswith("--source") for a in arguments):
        arguments.append(f"--source={lines}")
    if arguments[0] == "--output=tests":
        arguments[0] = f"--output={lines}"
    assert run(*arguments) == 2
    error = capsys.readouterr().err
    assert complaint in error and error.count("\n") == 1
    assert not (tmp_path / "new").exists()
