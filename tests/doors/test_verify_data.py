"""The command that checks a prepared corpus."""

import json

import numpy as np
import pytest
from refusals import assert_refusal

from scribe import prepare_data, verify_data
from scribe.corpora import verification
from scribe.foundation.command_line import status_of


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    arguments = ["--format=synthetic", "--num_lines=20", f"--output={folder}"]
    assert status_of(prepare_data.main, arguments) == 0
    return folder


def run(folder, *arguments):
    return status_of(verify_data.main, [f"--data_dir={folder}", *arguments])


def change_split(folder, **changes):
    """Replaces arrays of the training split by what functions make of them."""
    path = folder / "train.npz"
    with np.load(path) as arrays:
        changed = dict(arrays)
    for key, change in changes.items():
        changed[key] = change(changed[key].copy())
    np.savez(path, **changed)


def change_description(folder, **changes):
    path = folder / "corpus.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def put(index, value):
    def change(array):
        array[index] = value
        return array

    return change


@pytest.mark.integration
@pytest.mark.parametrize("ending", ["png", "svg"])
def test_a_sound_corpus_passes_and_some_lines_are_drawn(
    corpus, tmp_path, capsys, ending
):
    capsys.readouterr()
    picture = tmp_path / f"lines.{ending}"
    assert run(corpus, f"--output={picture}") == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[-1] == "SUCCESS! All checks passed!"
    num_checks = len(verification.CHECKS) + 1
    assert sum(line.startswith("ok ") for line in printed) == num_checks
    assert picture.stat().st_size > 1000


@pytest.mark.integration
def test_the_picture_goes_to_logs_figures_by_default(corpus, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("corpus", "--num_drawn=2") == 0
    assert (tmp_path / "logs" / "figures" / "corpus.png").is_file()


@pytest.mark.unit
def test_nothing_is_drawn_if_nobody_wants_it(corpus, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(corpus, "--num_drawn=0") == 0
    assert not (tmp_path / "logs").exists()


@pytest.mark.unit
@pytest.mark.parametrize(
    ("changes", "failure"),
    [
        ({"strokes": put((5, 0), np.nan)}, "all offsets are finite: not so for synth"),
        ({"strokes": put((5, 2), 0.5)}, "end_of_stroke is 0 or 1: not so for synth"),
        ({"strokes": put((-1, 2), 0.0)}, "ends with the end of a stroke: not so for"),
        ({"strokes": put((0, 0), 3.0)}, "first offset is zero: not so for synth"),
        ({"texts": put(0, "   ")}, "no text is empty: not so for synthetic-000000"),
        (
            {"texts": put(0, "caf\u00e9")},
            "in the alphabet: not so for synthetic-000000",
        ),
        ({"names": put(1, "synthetic-000000")}, "names are unique: not so for synth"),
        ({"forms": put(0, "hand-00008")}, "no form is in two splits: not so for hand"),
        ({"texts": put(0, "a")}, "points per character: not so for synthetic-000000"),
        ({"strokes": lambda array: array[:, :2]}, "the files can be read"),
        ({"lengths": put(0, 1)}, "the files can be read"),
        ({"texts": lambda array: array[:-1]}, "the files can be read"),
    ],
)
def test_each_kind_of_damage_fails_its_check(corpus, capsys, changes, failure):
    change_split(corpus, **changes)
    assert run(corpus) == 1
    printed = capsys.readouterr().out
    failures = [line for line in printed.splitlines() if line.startswith("FAILED")]
    assert any(failure in line for line in failures), printed
    assert "SUCCESS" not in printed


@pytest.mark.unit
def test_a_line_without_points_fails(corpus, capsys):
    with np.load(corpus / "train.npz") as arrays:
        first, second = arrays["lengths"][:2]
    change_split(corpus, lengths=put(slice(0, 2), [0, first + second]))
    assert run(corpus) == 1
    assert "each line has points: not so for synthetic-0000" in capsys.readouterr().out


@pytest.mark.unit
@pytest.mark.parametrize(
    "changes",
    [
        {"splits": {"train": 17, "validation": 2, "test": 2}},
        {"points": {"train": 1, "validation": 2, "test": 3}},
        {"points": {}},
    ],
)
def test_numbers_that_differ_from_the_description_fail(corpus, capsys, changes):
    change_description(corpus, **changes)
    assert run(corpus) == 1
    assert "corpus.json: train has 16 lines of" in capsys.readouterr().out


@pytest.mark.unit
def test_files_that_cannot_be_read_fail(corpus, capsys):
    (corpus / "test.npz").write_bytes(b"PK")
    assert run(corpus) == 1
    assert "test.npz is damaged" in capsys.readouterr().out
    (corpus / "corpus.json").write_text("{")
    assert run(corpus) == 1
    assert "corpus.json is damaged" in capsys.readouterr().out


@pytest.mark.unit
def test_a_folder_without_corpus_is_wrong_input(tmp_path, capsys):
    status = run(tmp_path / "missing")
    assert_refusal(capsys, status, tmp_path / "missing", "scribe.prepare_data")
