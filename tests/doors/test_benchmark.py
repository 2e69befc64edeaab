"""The benchmark's command: its parts, its tables and what it refuses."""

import json
from pathlib import Path

import pytest
from refusals import assert_names, assert_refusal
from writing_samples import saved

from scribe import benchmark
from scribe.evaluation import page_benchmark, sampling_benchmark, writer_benchmark
from scribe.foundation.command_line import status_of
from scribe.web import load_test


@pytest.mark.unit
def test_the_table_and_the_json_show_the_same_figures(monkeypatch, tmp_path, capsys):
    figures = {"numpy": 0.25, "tensorflow": 4.0}
    monkeypatch.setattr(sampling_benchmark, "cold_start", lambda rounds: figures)
    file = tmp_path / "figures.json"
    assert benchmark.main(["--parts=start", f"--json={file}"]) == 0
    assert json.loads(file.read_text())["start"] == figures
    shown = capsys.readouterr().out
    assert "0.25" in shown and "4.00" in shown and "16.0" in shown


@pytest.mark.slow
@pytest.mark.integration
def test_a_letter_is_measured_with_one_candidate_and_with_four(
    monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr(page_benchmark, "LETTER", tmp_path / "letter.txt")
    (tmp_path / "letter.txt").write_text("Dear Ada")
    file = tmp_path / "figures.json"
    arguments = ["--parts=page", "--rounds=1", f"--json={file}"]
    assert status_of(benchmark.main, arguments) == 0
    found = json.loads(file.read_text())["page"]
    assert found.pop("characters") == 8
    assert set(found) == {"--best_of=1", "--best_of=4"} and min(found.values()) > 0
    assert "8 characters" in capsys.readouterr().out


@pytest.mark.unit
def test_writers_are_measured_on_request(monkeypatch, tmp_path, capsys):
    for name in ("one", "two"):
        saved(tmp_path / name)
    monkeypatch.setattr(writer_benchmark, "limit_threads", lambda threads: None)
    monkeypatch.setattr(
        writer_benchmark,
        "measure",
        lambda models, rounds: {
            name: {"parameters": 1000, "training": 200.0 * (1 + i)}
            for i, name in enumerate(models)
        },
    )
    file = tmp_path / "figures.json"
    models = [f"--model={tmp_path / name}" for name in ("one", "two")]
    assert benchmark.main(["--parts=writers", *models, f"--json={file}"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[-3].split() == ["one", "1,000", "200", "(1.00)"]
    assert shown[-2].split() == ["two", "1,000", "400", "(2.00)"]
    assert list(json.loads(file.read_text())["writers"]) == ["one", "two"]


@pytest.mark.slow
@pytest.mark.integration
def test_the_server_is_measured_on_request(tmp_path, capsys):
    pytest.importorskip("uvicorn")
    file = tmp_path / "load.json"
    arguments = ["--clients=1,3", "--seconds=0.1", "--rounds=1", f"--json={file}"]
    assert status_of(benchmark.main, ["--parts=serve", *arguments]) == 0
    assert set(json.loads(file.read_text())["serve"]) == set(load_test.WAYS)
    assert "together / one at a time, 3 clients" in capsys.readouterr().out


@pytest.mark.unit
@pytest.mark.parametrize(
    "argument",
    [
        *("--parts=speed", "--threads=two", "--rounds=0", "--threads=0"),
        *("--clients=0", "--clients=many", "--seconds=0"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_measured(argument, capsys):
    status = status_of(benchmark.main, [argument])
    assert_refusal(capsys, status, argument.partition("=")[0])


@pytest.mark.unit
@pytest.mark.parametrize(
    ("model", "facts"),
    [("nowhere", ["nowhere", "scribe_default"]), ("free", ["free", "without text"])],
)
def test_a_model_that_is_no_writer_is_refused(
    model, facts, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    saved(Path("free"), reads_text=False)
    arguments = ["--parts=training,writers", f"--model={model}"]
    assert status_of(benchmark.main, arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert_names(printed.err, *facts)
