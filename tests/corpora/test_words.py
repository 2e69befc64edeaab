"""A corpus of lines becomes one of words: what is kept, what is counted."""

import numpy as np
import pytest
from refusals import assert_refusal
from writing_samples import printed

from scribe import prepare_data
from scribe.corpora import words
from scribe.corpora.prepared import Line, load_description, load_lines, save_corpus
from scribe.foundation.command_line import status_of
from scribe.strokes import arrays as pen

pytestmark = pytest.mark.unit


def line(text, **changes) -> Line:
    return Line(printed(text, **changes).strokes, text, "a-01", "a")


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
    ("arguments", "facts"),
    [
        (["--source=missing", "--output=new"], ["missing", "scribe.prepare_data"]),
        (["--output=new", "--reader=nobody"], ["nobody"]),
        (["--output=new", "--gap_ratio=-1"], ["--gap_ratio=-1", 0]),
        (["--output=tests"], ["lines"]),
    ],
)
def test_wrong_input_is_one_sentence(arguments, facts, lines, capsys, tmp_path):
    arguments = [a.replace("=new", f"={tmp_path / 'new'}") for a in arguments]
    if not any(a.startswith("--source") for a in arguments):
        arguments.append(f"--source={lines}")
    if arguments[0] == "--output=tests":
        arguments[0] = f"--output={lines}"
    assert_refusal(capsys, run(*arguments), *facts)
    assert not (tmp_path / "new").exists()
