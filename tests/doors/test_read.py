"""Reading files back: every format, pages of several lines, and what is refused."""

import itertools
import json

import numpy as np
import pytest
from refusals import assert_refusal
from writing_samples import random_reader, scribbler

from scribe import read
from scribe.foundation.command_line import status_of
from scribe.models import save_model
from scribe.networks.beam_search import read_with_beam
from scribe.reading import reader as reading
from scribe.strokes import line_breaks
from scribe.writing import Writer

pytestmark = pytest.mark.unit


@pytest.fixture
def reader(tmp_path):
    folder = tmp_path / "reader"
    folder.mkdir()
    save_model(random_reader().model, folder, {})
    return folder


@pytest.fixture(scope="module")
def lines():
    return Writer(scribbler(), engine="numpy").write(["some words", "below"], seed=2)


def said(capsys, *arguments):
    assert read.main([str(argument) for argument in arguments]) == 0
    return capsys.readouterr().out.splitlines()


def test_arrays_and_styles_are_read_as_they_are(reader, lines, tmp_path, capsys):
    strokes = [line.strokes for line in lines]
    expected = reading.load_reader(reader).read(strokes)
    together = tmp_path / "lines.npz"
    lengths = [len(s) for s in strokes]
    np.savez(
        together, strokes=np.concatenate(strokes), lengths=lengths, texts=["one", "two"]
    )
    alone, style = tmp_path / "line.npz", tmp_path / "hand.json"
    np.savez(alone, strokes=strokes[0])
    lines[1].save(style)
    files = (together, alone, style)
    found = said(capsys, *files, "--model", reader)
    assert found == [*expected, *expected]


def zigzags(heights):
    """A line of writing: one stroke of three points for each height."""
    rows = [[(1.0, -h, 0.0), (1.0, h, 0.0), (1.5, 0.0, 1.0)] for h in heights]
    strokes = np.array(rows, np.float32).reshape(-1, 3)
    strokes[0, :2] = 0.0
    return strokes


def test_a_drawing_of_several_lines_is_read_line_by_line(reader, tmp_path, capsys):
    from scribe import drawing

    lines = [zigzags([4, 7, 4, 4, 8, 4]), zigzags([8, 4, 4, 7])]
    drawing.save(lines, tmp_path / "page.svg")
    found = said(capsys, tmp_path / "page.svg", "--model", reader)
    assert found == reading.load_reader(reader).read(lines)
    assert any(found)


def test_strokes_of_a_canvas_are_read(reader, tmp_path, capsys):
    canvas = tmp_path / "canvas.json"
    strokes = [[[0, 0], [5, 9], [8, 2]], [[12, 3], [14, 8]], []]
    canvas.write_text(json.dumps({"strokes": strokes}))
    points = np.array([[0, 0, 0], [5, 9, 0], [3, -7, 1], [4, 1, 0], [2, 5, 1]])
    expected = reading.load_reader(reader).read(points.astype(float))
    assert said(capsys, canvas, "--model", reader) == [expected]


def test_dots_crossings_and_descenders_stay_in_their_line():
    def stroke(*points):
        return np.array(points, float)

    first = [
        stroke((0, 0), (1, 10), (3, 10)),
        stroke((5, 0), (6, 10)),
        stroke((8, 4), (9, 16), (7, 16)),  # a descender
        stroke((4, 2), (7, 2)),  # a crossing, back to the left
        stroke((5, -3), (5, -3)),  # a dot
        stroke((12, 9), (11, 13)),  # a comma
    ]
    second = [stroke((1, 30), (2, 40)), stroke((4, 31), (5, 40))]
    found = line_breaks.split_lines(first + second)
    assert [len(line) for line in found] == [6, 2]
    assert line_breaks.split_lines(first) == [first]
    assert line_breaks.split_lines([]) == []


def test_a_wide_beam_finds_the_most_probable_text():
    reader = random_reader()
    random = np.random.default_rng(5)
    scores = [random.normal(0.0, 1.0, [n, 5]) for n in (5, 3)]

    class Given:
        alphabet = reader.alphabet

        def scores(self, strokes):
            return scores

    found = read_with_beam(Given(), [None] * 2, beam_width=300)
    for frames, text in zip(scores, found, strict=True):
        probability: dict[tuple, float] = {}
        log_p = frames - np.log(np.exp(frames).sum(axis=1, keepdims=True))
        for path in itertools.product(range(5), repeat=len(frames)):
            ids = tuple(symbol for symbol, _ in itertools.groupby(path) if symbol)
            total = np.exp(sum(log_p[t, s] for t, s in enumerate(path)))
            probability[ids] = probability.get(ids, 0.0) + total
        best = max(probability, key=probability.get)
        assert text == "".join(reader.alphabet.characters[i - 1] for i in best)


@pytest.mark.integration
def test_a_corpus_is_read_and_its_errors_counted(reader, tiny_corpus, capsys):
    jiwer = pytest.importorskip("jiwer")
    from scribe.corpora.prepared import load_lines

    lines = load_lines(tiny_corpus, ["validation"])
    texts = [line.text for line in lines]
    found = reading.load_reader(reader).read([line.strokes for line in lines])
    arguments = ("--data_dir", tiny_corpus, "--model", reader)
    count, cer, wer = said(capsys, *arguments)
    assert count == "lines  8 of the split validation"
    assert cer.startswith(f"cer    {jiwer.cer(texts, found):.2%} (95 % interval ")
    assert wer.startswith(f"wer    {jiwer.wer(texts, found):.2%} (95 % interval ")


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        ([], ["files", "--data_dir"]),
        (["x.svg", "--data_dir=corpus"], ["files", "--data_dir"]),
        (["x.svg", "--decoder=magic"], ["--decoder=magic", "greedy", "beam"]),
        (["x.svg", "--beam_width=0"], ["--beam_width=0", 1]),
        (["x.svg", "--model=nowhere"], ["nowhere", "reader, reader_chooser"]),
    ],
)
def test_wrong_arguments_are_refused_in_a_sentence(arguments, facts, capsys):
    assert_refusal(capsys, status_of(read.main, arguments), *facts)


@pytest.mark.parametrize(
    ("name", "content", "facts"),
    [
        ("missing.svg", None, []),
        ("missing.npz", None, []),
        ("broken.npz", b"nothing", []),
        ("empty.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", ["path", "stroke"]),
        ("ragged.json", b'{"strokes": [[[0, 0], [1]]]}', ["x, y"]),
        ("flat.json", b'{"strokes": [[0, 1], [2, 3]]}', ["dx, dy, end_of_stroke"]),
        ("text.txt", b"just text", ["JSON", "InkML", "SVG"]),
    ],
)
def test_a_file_without_strokes_is_refused_in_a_sentence(
    reader, tmp_path, capsys, name, content, facts
):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    status = status_of(read.main, [str(path), f"--model={reader}"])
    assert_refusal(capsys, status, path, *facts)


@pytest.mark.parametrize(
    "arrays",
    [
        {"points": np.zeros([3, 3])},
        {"strokes": np.zeros([3, 2])},
        {"strokes": np.zeros([3, 3]), "lengths": [2, 2]},
    ],
)
def test_arrays_that_are_no_lines_are_refused(reader, tmp_path, capsys, arrays):
    np.savez(tmp_path / "lines.npz", **arrays)
    arguments = [str(tmp_path / "lines.npz"), f"--model={reader}"]
    assert_refusal(capsys, status_of(read.main, arguments), tmp_path / "lines.npz")
