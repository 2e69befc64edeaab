"""Lines that a network wrote itself: which are kept, and at which point rate."""

import dataclasses

import numpy as np
import pytest
from refusals import assert_refusal, refused
from writing_samples import scribbler

from scribe import prepare_data
from scribe.corpora.prepared import Line, load_lines, save_corpus
from scribe.evaluation.sample_texts import sample_texts
from scribe.foundation.command_line import status_of
from scribe.models import find_model, load_model
from scribe.strokes.cleaning import decimate
from scribe.training import own_lines
from scribe.training.own_lines import Plan
from scribe.writing import Writer

pytestmark = pytest.mark.unit

PLAN = Plan(num_lines=40, strings=0.0, led=0.0, bias=(0.5, 1.0), seed=3)
CORPUS = [
    Line(
        np.array([[0, 0, 0], [3, 1, 0], [4, -1, 1]] * 20, np.float32), text, text, text
    )
    for text in ("abc", "cab", "bca", "abcabcabcabcabc")
]


class Picky:
    """A reader of scribbles: reads right what has an even number of points."""

    def __init__(self, writer):
        self.read_right = []
        self._texts = {}
        write = writer.write

        def remembered(texts, **options):
            lines = write(texts, **options)
            self._texts |= {line.strokes.tobytes(): line.text for line in lines}
            return lines

        writer.write = remembered

    def read(self, lines):
        return [
            self._texts[line.tobytes()] if len(line) % 2 == 0 else "?" for line in lines
        ]


@pytest.fixture
def writer():
    return Writer(scribbler())


def test_only_what_is_read_without_a_mistake_is_kept(writer):
    kept, misread = own_lines.write_lines(writer, Picky(writer), CORPUS, PLAN)
    assert len(kept) == 40 and misread > 10
    assert {line.text for line in kept} <= {line.text for line in CORPUS}
    assert len({line.name for line in kept}) == 40
    again = [decimate(line.strokes, 2) for line in kept]
    assert all(len(strokes) % 2 == 0 for strokes in again)


def test_equal_seeds_write_equal_lines(writer):
    reader = Picky(writer)
    first, again, other = (
        own_lines.write_lines(writer, reader, CORPUS, plan)[0]
        for plan in (PLAN, PLAN, dataclasses.replace(PLAN, seed=4))
    )
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.strokes, two.strokes)
    assert [line.text for line in first] != [line.text for line in other]


def test_a_text_is_tried_again_as_often_as_the_plan_says(writer):
    written = []
    write = writer.write

    def noting(texts, **options):
        written.extend(texts)
        return write(texts, **options)

    class ReadsOnlyOne:
        def read(self, lines):
            return [text if text == "abc" else "" for text in written[-len(lines) :]]

    writer.write = noting
    plan = dataclasses.replace(PLAN, num_lines=200, tries=3)
    corpus = [dataclasses.replace(CORPUS[0], text=text) for text in ("abc", "b", "ca")]
    kept, _ = own_lines.write_lines(writer, ReadsOnlyOne(), corpus, plan)
    assert {line.text for line in kept} == {"abc"}
    assert written.count("b") > 1.5 * written.count("abc")


def test_lines_are_led_through_lines_of_the_corpus(writer):
    styles = []
    reader = Picky(writer)
    write = writer.write

    def noting(texts, style, **options):
        styles.append(style)
        return write(texts, style=style, **options)

    writer.write = noting
    own_lines.write_lines(writer, reader, CORPUS, dataclasses.replace(PLAN, led=1.0))
    assert {style.text for style in styles} == {"abcabcabcabcabc"}, "others are short"


def test_what_nobody_can_read_ends_the_attempt(writer):
    class Blind:
        def read(self, lines):
            return ["" for _ in lines]

    with refused(own_lines.MAX_IDLE):
        own_lines.write_lines(writer, Blind(), CORPUS, PLAN)


@pytest.mark.parametrize("keep_every", [1, 2, 3])
def test_decimated_again_the_strokes_are_the_same(keep_every):
    random = np.random.default_rng(0)
    strokes = random.normal(size=(30, 3)).astype(np.float32)
    strokes[:, 2] = random.random(30) < 0.2
    strokes[0, :2], strokes[-1, 2] = 0.0, 1.0
    full = own_lines.at_full_rate(strokes, keep_every)
    num_down = int(np.sum(strokes[:-1, 2] == 0))
    assert len(full) == 30 + (keep_every - 1) * num_down
    np.testing.assert_allclose(decimate(full, keep_every), strokes, atol=1e-5)


@pytest.mark.parametrize(
    "changes, fact",
    [
        ({"strings": 1.5}, "--strings=1.5"),
        ({"led": -0.1}, "--led=-0.1"),
        ({"num_lines": 0}, "--num_lines=0"),
        ({"tries": 0}, "--tries=0"),
        ({"bias": (1.0, 0.5)}, "--bias 1 0.5"),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused(changes, fact):
    with refused(fact):
        dataclasses.replace(PLAN, **changes)


def command(*arguments):
    form = "--format=scribe.training.own_lines:OwnLines"
    return status_of(prepare_data.main, [form, *arguments])


@pytest.mark.slow
def test_the_shipped_writer_writes_what_the_reader_reads(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(own_lines, "BATCH", 24)
    alphabet = load_model(find_model(None)).alphabet
    texts = sorted(sample_texts(alphabet, 40).texts, key=len)[:12]
    sentences = [dataclasses.replace(CORPUS[0], text=t, name=t) for t in texts]
    save_corpus(tmp_path / "corpus", "sentences", {"train": sentences}, {})
    options = ["--num_lines=20", "--strings=0", "--led=0", "--splits", "train"]
    files = [f"--source={tmp_path / 'corpus'}", f"--output={tmp_path / 'own'}"]
    assert command(*files, *options) == 0
    lines = load_lines(tmp_path / "own", ["train"])
    assert len(lines) == 20 and {line.text for line in lines} <= set(texts)
    assert all(len(line.strokes) > 12 * len(line.text) for line in lines)
    assert "kept 20 lines" in capsys.readouterr().out


@pytest.mark.parametrize("option", ["--strings=2", "--led=-1", "--num_lines=0"])
def test_what_cannot_be_done_is_refused_at_once(option, tmp_path, capsys):
    status = command("--source=nowhere", f"--output={tmp_path / 'own'}", option)
    assert_refusal(capsys, status, option)
    assert not (tmp_path / "own").exists()
