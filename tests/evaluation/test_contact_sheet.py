"""Sheets of what a model writes."""

import dataclasses
import io

import numpy as np
import pytest
from PIL import Image
from refusals import assert_refusal
from writing_samples import saved, scribbler

from scribe import evaluate
from scribe.evaluation import contact_sheet
from scribe.evaluation.sample_texts import sample_texts
from scribe.foundation.alphabet import Alphabet
from scribe.foundation.command_line import status_of
from scribe.writing import Writer, load, spelling, styles


@pytest.mark.unit
def test_rows_with_as_many_cells_share_the_widths_of_their_columns():
    def block(height, width, grey):
        return np.full([height, width], grey, np.uint8)

    rows = [
        [block(2, 3, 10), block(4, 5, 20)],
        [block(1, 6, 30), block(1, 1, 40)],
        [block(2, 4, 50)],
    ]
    found = contact_sheet.sheet(rows)
    assert found.shape == (4 + 1 + 2, 6 + 5)
    assert (found[:2, :3] == 10).all() and (found[:4, 6:] == 20).all()
    assert (found[4, :6] == 30).all() and found[4, 6] == 40
    assert (found[5:, :4] == 50).all()
    assert (found[2:4, :6] == 255).all() and (found[5:, 4:] == 255).all()


@pytest.mark.unit
def test_the_picture_survives_its_file_in_16_greys():
    picture = np.arange(256, dtype=np.uint8).reshape(16, 16)
    with Image.open(io.BytesIO(contact_sheet.png(picture))) as image:
        found = np.asarray(image.convert("L")).astype(int)
    assert np.abs(found - picture).max() <= 9
    assert len(np.unique(found)) == 16


@pytest.mark.unit
def test_a_line_that_did_not_finish_is_marked_and_one_that_ran_away_is_left_out():
    line = Writer(scribbler()).write("abc")[0]
    finished = contact_sheet.cell(line, "abc")
    marked = contact_sheet.cell(dataclasses.replace(line, finished=False), "abc")
    assert marked.shape[1] >= finished.shape[1]
    assert not np.array_equal(marked[:20, :60], finished[:20, :60])
    far = line.strokes.copy()
    far[3, 0] = 1e10
    runaway = dataclasses.replace(line, strokes=far)
    assert contact_sheet.cell(runaway, "abc").min() < 128  # the caption


@pytest.mark.unit
def test_the_weakest_lines_come_first_and_no_more_of_them_than_fit(monkeypatch):
    captions = []

    def cell(line, caption):
        captions.append(caption)
        return np.full([2, 3], 255, np.uint8)

    monkeypatch.setattr(contact_sheet, "cell", cell)
    judged = [
        {"text": "a" * 10, "errors": i % 7, "readings": {"reader": f"r{i}", "t": ""}}
        for i in range(30)
    ]
    weakest = contact_sheet.WeakestLines()
    weakest.watch("bias 1", [None] * 30, {"lines": judged})
    assert len(captions) == 25
    assert captions[0] == f"bias 1   {'a' * 10}   read as   r6"
    errors = [judged[int(x.rpartition("r")[2])]["errors"] for x in captions]
    assert errors == sorted(errors, reverse=True) and errors[0] == 6


@pytest.mark.integration
def test_legibility_draws_what_was_misread_most(run_folder, tmp_path, capsys):
    output = tmp_path / "weakest.png"
    arguments = [f"--model={run_folder}", "--legibility", "--num_texts=3", "--quiet"]
    arguments += ["--bias=1", "--tesseract=no", f"--sheet={output}"]
    assert evaluate.main(arguments) == 0
    with Image.open(output) as image:
        assert image.height > 60
    assert "bias 1" in capsys.readouterr().out


@pytest.mark.unit
def test_the_sheet_of_characters_shows_all_of_ascii_and_of_european_languages():
    shown = set(contact_sheet.CHARACTERS.read_text("utf-8"))
    ascii_characters = set(map(chr, range(33, 127)))
    assert ascii_characters <= shown
    alphabet = Alphabet("".join(ascii_characters) + " ")
    assert not [c for c in shown - {"\n"} if spelling.places(c, alphabet)]
    latin = {
        c
        for c in map(chr, range(0xC0, 0x180))
        if c.isalpha() and c not in "ŉſ"  # letters that no language of today has
    }
    assert latin <= shown and set("șțȘȚ") <= shown
    assert set("€£¥§°²³½×÷±•…–—¿¡«»„“’™©№") <= shown


@pytest.fixture
def run_folder(tmp_path):
    """A run folder of a scribbler with three styles."""
    model = saved(tmp_path / "run")
    hand = Writer(model).write("abc")[0]
    (tmp_path / "run" / "styles").mkdir()
    for name in ("one", "three", "two"):
        style = styles.Style(hand.text, hand.strokes)
        styles.save_style(tmp_path / "run" / "styles" / f"{name}.json", style)
    return tmp_path / "run"


@pytest.mark.integration
def test_a_sheet_has_texts_by_bias_and_every_style(run_folder, tmp_path, capsys):
    output = tmp_path / "sheet.png"
    arguments = [f"--model={run_folder}", f"--sheet={output}", "--num_texts=3"]
    assert evaluate.main([*arguments, "--bias=0", "--bias=2"]) == 0
    assert capsys.readouterr().out.split() == [str(output)]

    writer = load(run_folder)
    texts = sample_texts(writer.model.alphabet, 3).texts
    rows = contact_sheet.text_rows(writer, texts, [0.0, 2.0], 0)
    assert [len(row) for row in rows] == [2, 2, 2]
    of_styles = contact_sheet.style_rows(writer, 0)
    assert [len(row) for row in of_styles] == [2, 1]
    expected = contact_sheet.png(contact_sheet.sheet(rows + of_styles))
    assert output.read_bytes() == expected


@pytest.mark.unit
@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["--sheet=sheet.svg"], ["--sheet=sheet.svg", ".png"]),
        (["--sheet=sheet.png", "--num_texts=0"], ["num_texts=0", 1]),
        (["--sheet=sheet.svg", "--legibility"], ["--sheet=sheet.svg", ".png"]),
        (["--legibility", "--texts=characters"], ["--texts=characters", "sheet"]),
        (["--sheet=sheet.png", "--json=a.json"], ["--sheet", "--json"]),
    ],
)
def test_a_sheet_that_cannot_be_drawn_is_refused(
    arguments, facts, run_folder, capsys, monkeypatch
):
    monkeypatch.chdir(run_folder)
    status = status_of(evaluate.main, [f"--model={run_folder}", *arguments])
    assert_refusal(capsys, status, *facts)
    assert not (run_folder / "sheet.png").exists()
