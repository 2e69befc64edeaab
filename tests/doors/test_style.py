"""The command that keeps styles, as its user runs it, with the shipped model."""

import json
from pathlib import Path

import numpy as np
import pytest
from refusals import assert_names

from scribe import drawing as draw
from scribe import sample, style, writing
from scribe.foundation.command_line import status_of
from scribe.strokes.arrays import split_at_pen_lifts
from scribe.writing import own_sheet, styles


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SCRIBE_STYLES", str(tmp_path / "own"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "own"


@pytest.fixture(scope="module")
def writer():
    return writing.load()


@pytest.fixture(scope="module")
def shipped(writer):
    """A style that comes with the model: a line that people can read."""
    return styles.find_style("neat", writer.model)


@pytest.fixture
def drawing(shipped):
    """The same as a canvas would send it."""
    return on_canvas(shipped)


def on_canvas(hand):
    drawn = [2.5 * stroke for stroke in split_at_pen_lifts(hand.strokes)]
    return {"text": hand.text, "strokes": [np.round(s, 1).tolist() for s in drawn]}


@pytest.fixture
def run(capsys):
    def run_command(*arguments, main=style.main):
        try:
            status = status_of(main, list(map(str, arguments)))
        except SystemExit as exit_:  # argparse
            status = exit_.code
        printed = capsys.readouterr()
        return status, printed.out.splitlines(), printed.err

    return run_command


def written(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.mark.slow
@pytest.mark.integration
def test_a_drawing_becomes_a_hand_to_write_in(run, drawing, tmp_path, folder, writer):
    source = written(tmp_path / "drawing.json", drawing)
    status, lines, errors = run("add", "anna", f"--from={source}", "--output=p.svg")
    assert (status, lines, errors) == (0, [str(folder / "anna.json"), "p.svg"], "")
    assert (tmp_path / "here" / "p.svg").read_text().count("recorded: ") == 1
    kept = json.loads((folder / "anna.json").read_text())
    assert kept["recorded"] is True and kept["text"] == drawing["text"]
    status, lines, errors = run("list")
    assert status == 0 and lines[0].startswith("hasty\t0\t")
    assert lines[-1] == f"anna\t\t{folder / 'anna.json'}"
    arguments = ("--style=anna", "--text=In my own hand.", "--output=own.svg")
    assert run(*arguments, main=sample.main)[0] == 0
    assert run("preview", "anna", "--text=fox", "--output=q.png") == (0, ["q.png"], "")
    assert run("remove", "anna") == (0, [str(folder / "anna.json")], "")
    assert run("preview", "seed:7", "--text=fox", "--output=q.svg")[0] == 0
    status, lines, errors = run("preview", "anna", "--output=q.png")
    assert status == 2
    assert_names(errors, "'anna'")
    assert run("remove", "anna")[2] == (
        f"error: there is no style 'anna' in {folder}; it has: none\n"
    )


def inkml(drawing) -> str:
    traces = [", ".join(f"{x} {y}" for x, y in stroke) for stroke in drawing["strokes"]]
    return (
        f'<ink><annotation type="truth">{drawing["text"]}</annotation>'
        + "".join(f"<trace>{trace}</trace>" for trace in traces)
        + "</ink>"
    )


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.parametrize(
    "hand_name", ["print", "round", "slanted", "neat", "joined", "small"]
)
def test_every_format_keeps_the_same_hand(run, writer, tmp_path, folder, hand_name):
    hand = styles.find_style(hand_name, writer.model)
    drawing = on_canvas(hand)
    files = {
        "json": written(tmp_path / "a.json", drawing),
        "inkml": written(tmp_path / "a.inkml", inkml(drawing)),
        "svg": tmp_path / "a.svg",
    }
    draw.save(hand.strokes, files["svg"])
    kept = {}
    for name, path in files.items():
        text = f"--text={hand.text}"
        assert run("add", name, f"--from={path}", text)[0] == 0
        kept[name] = json.loads((folder / f"{name}.json").read_text())["strokes"]
    assert kept["inkml"] == kept["json"]
    there, back = (np.array(kept[name]) for name in ("json", "svg"))
    assert abs(len(there) - len(back)) < 0.03 * len(there)
    for column in (0, 1):
        ratio = np.ptp(np.cumsum(there[:, column])) / np.ptp(np.cumsum(back[:, column]))
        assert ratio == pytest.approx(1.0, abs=0.05)


@pytest.mark.slow
@pytest.mark.integration
def test_pages_of_lines_become_one_hand(run, writer, tmp_path, folder):
    texts = ["The quick brown fox jumps", "over the lazy dogs and", "runs home"]
    written_lines = writer.write(texts, style="neat", bias=1.5, seed=3)
    pages = []
    for name, numbers in (("a", (1,)), ("b", (2, 0))):
        strokes = [
            (stroke / 10 + [0.0, 60.0 * k]).round(2).tolist()
            for k, number in enumerate(numbers)
            for stroke in split_at_pen_lifts(written_lines[number].strokes)
        ]
        pages.append(written(tmp_path / f"{name}.json", {"strokes": strokes}))
    sources = [f"--from={page}" for page in pages]
    status, lines, errors = run("add", "anna", *sources)
    assert (status, lines) == (2, [])
    assert_names(errors, pages[0], "--text")
    text_file = written(tmp_path / "lines.txt", "\n\n".join([*texts, "not there"]))
    arguments = ("add", "anna", *sources, f"--text_file={text_file}", "--output=p.svg")
    status, lines, errors = run(*arguments)
    assert (status, lines) == (0, [str(folder / "anna.json"), "p.svg"])
    assert errors.startswith("note: ") and "'not there'" in errors
    kept = json.loads((folder / "anna.json").read_text())
    assert sorted(line["text"] for line in kept["lines"]) == sorted(texts)
    drawn = (tmp_path / "here" / "p.svg").read_text()
    assert drawn.count("recorded: ") == 3
    assert (
        run("--style=anna", "--text=Hello", "--output=x.svg", main=sample.main)[0] == 0
    )


@pytest.mark.integration
@pytest.mark.parametrize("text", ["zzz" * 9, "quite another sentence here"])
def test_a_drawing_of_another_text_is_refused_by_what_it_reads(
    run, drawing, tmp_path, folder, text
):
    source = written(tmp_path / "drawing.json", drawing)
    status, lines, errors = run("add", "anna", f"--from={source}", f"--text={text}")
    assert (status, lines) == (2, []) and not folder.exists()
    assert_names(errors, f"reads {drawing['text']!r}", repr(text))


@pytest.mark.integration
def test_a_sheet_is_printed_with_its_texts_beside_it(run, writer, tmp_path):
    status, lines, errors = run("sheet", "--output=own.pdf")
    assert (status, lines, errors) == (0, ["own.pdf", "own.txt"], "")
    here = tmp_path / "here"
    assert (here / "own.pdf").read_bytes().startswith(b"%PDF")
    texts = (here / "own.txt").read_text().splitlines()
    assert texts == own_sheet.sheet_lines(writer.model.alphabet)
    status, _, errors = run("sheet", "--output=own.png")
    assert status == 2
    assert_names(errors, "own.png", ".pdf")


@pytest.mark.integration
def test_a_style_file_is_kept_as_it_is(run, shipped, tmp_path, folder):
    styles.save_style(tmp_path / "line.json", shipped)
    assert run("add", "anna", f"--from={tmp_path / 'line.json'}")[0] == 0
    assert (folder / "anna.json").read_text() == (tmp_path / "line.json").read_text()
    status, _, errors = run("add", "anna", f"--from={tmp_path / 'line.json'}")
    assert status == 2
    assert_names(errors, "--replace")
    arguments = ("add", "anna", f"--from={tmp_path / 'line.json'}", "--replace")
    assert run(*arguments)[0] == 0


@pytest.mark.integration
def test_y_may_grow_upwards(run, drawing, tmp_path, folder):
    down = written(tmp_path / "down.json", drawing)
    for stroke in drawing["strokes"]:
        for point in stroke:
            point[1] = -point[1]
    up = written(tmp_path / "up.json", drawing)
    assert run("add", "down", f"--from={down}")[0] == 0
    assert run("add", "up", f"--from={up}", "--y_up")[0] == 0
    assert (folder / "up.json").read_text() == (folder / "down.json").read_text()


@pytest.mark.integration
@pytest.mark.parametrize(
    ("change", "arguments", "facts"),
    [
        (
            {},
            ["--text=quite another text that nobody wrote, with more"],
            ["'quite another text that nobody wrote, with more'"],
        ),
        ({"text": None}, [], ["drawing.json", "--text"]),
        ({}, ["--text=世 people who want other words"], ["'世'"]),
        ({"strokes": [[[1, 2], [3, 4], [5, 6]]]}, [], ["3 points", 10]),
        ({"strokes": "abc"}, [], ["drawing.json", '"strokes"']),
        ({"strokes": ["abc"]}, [], ["x, y, time"]),
        ({"strokes": ["abc"]}, ["--y_up"], ["x, y, time"]),
        ({}, ["--output=hand.txt"], ["'hand.txt'", ".svg"]),
    ],
)
def test_what_cannot_be_a_style_is_refused_and_nothing_is_kept(
    run, drawing, tmp_path, folder, change, arguments, facts
):
    source = written(tmp_path / "drawing.json", drawing | change)
    status, lines, errors = run("add", "anna", f"--from={source}", *arguments)
    assert (status, lines) == (2, [])
    assert_names(errors, "error: ", *facts)
    assert not folder.exists()


@pytest.mark.integration
@pytest.mark.parametrize(
    ("name", "content", "facts"),
    [
        ("a/b", "[]", ["'a/b'"]),
        ("../../etc/x", "[]", ["'../../etc/x'"]),
        ("neat", "[]", ["'neat'"]),
        ("anna", "\x00\x01", ["JSON", "InkML", "SVG"]),
        ("anna", "{", ["JSON", "line 1 column 2"]),
        ("anna", "<svg>", ["XML", "line 1, column 5"]),
        ("anna", "[" + " " * 6_000_000, ["5 MB"]),
    ],
)
def test_bad_names_and_files_are_one_sentence(
    run, tmp_path, folder, name, content, facts
):
    source = written(tmp_path / "file", content)
    status, lines, errors = run("add", name, f"--from={source}")
    assert (status, lines) == (2, [])
    assert_names(errors, "error: ", *facts)
    assert not folder.exists()


@pytest.mark.integration
def test_missing_files_and_arguments_are_one_sentence(run):
    for arguments in (("add", "anna", "--from=none.json"), ("add", "anna"), ()):
        status, lines, errors = run(*arguments)
        assert (status, lines) == (2, []) and errors.startswith("error: ")
        assert errors.count("\n") == 1


def test_tuning_needs_a_style_with_lines(run, drawing):
    status, _, errors = run("tune", "nobody")
    assert status == 2
    assert_names(errors, "nobody")
    written(Path("line.json"), drawing)
    assert run("add", "mine", "--from=line.json")[0] == 0
    status, _, errors = run("tune", "mine")
    assert status == 2
    assert_names(errors, "3 lines", 1)
