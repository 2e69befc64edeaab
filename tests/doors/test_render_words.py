"""Words of strokes as images: what is drawn, with which pen, and the list beside."""

import csv

import cv2
import pytest
from refusals import assert_refusal
from writing_samples import printed

from scribe import render_words
from scribe.corpora.prepared import Line, save_corpus
from scribe.foundation.command_line import status_of

pytestmark = pytest.mark.unit


def word(text, name, form="a-01", **changes) -> Line:
    return Line(printed(text, **changes).strokes, text, name, form)


@pytest.fixture
def corpus(tmp_path):
    train = [word("it", "a-01-1"), word("line", "a-01-2"), word("on", "a/02", "a-02")]
    lines = {"train": train, "test": [word("fine", "b-01-1", "b-01")]}
    save_corpus(tmp_path / "words", "printed", lines, dropped={})
    return tmp_path / "words"


def read_rows(folder):
    with open(folder / "words.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_command_draws_all_words_and_lists_them(corpus, tmp_path, capsys):
    out = tmp_path / "out"
    arguments = [f"--data_dir={corpus}", f"--output={out}", "--x_height=12"]
    assert status_of(render_words.main, arguments) == 0
    assert "4 words in" in capsys.readouterr().out
    rows = read_rows(out)
    assert [(row["text"], row["split"], row["form"]) for row in rows] == [
        ("it", "train", "a-01"), ("line", "train", "a-01"), ("on", "train", "a-02"),
        ("fine", "test", "b-01"),
    ]  # fmt: skip
    for row in rows:
        image = cv2.imread(str(out / row["file"]), cv2.IMREAD_UNCHANGED)
        assert image.ndim == 2 and image.min() == 0 and image[0, 0] == 255


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["--data_dir=nowhere"], ["nowhere", "scribe.prepare_data"]),
        (["--x_height=1"], ["--x_height=1", 2, 200]),
        (["--x_height=nan"], ["--x_height=nan", 2, 200]),
        (["--output=/dev/null"], ["/dev/null"]),
    ],
)
def test_wrong_arguments_are_answered_in_a_sentence(
    corpus, tmp_path, capsys, arguments, facts
):
    right = [f"--data_dir={corpus}", f"--output={tmp_path / 'out'}"]
    assert_refusal(capsys, status_of(render_words.main, right + arguments), *facts)
    assert not (tmp_path / "out").exists()
