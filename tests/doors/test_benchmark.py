"""The benchmark measures in turns, with the right number of operations."""

import json

import numpy as np
import pytest

from scribe import benchmark
from scribe.foundation.command_line import status_of
from scribe.models.variant import weight_shapes

TINY = {
    "num_layers": 2,
    "num_units": 8,
    "num_mixtures": 2,
    "num_window_components": 2,
    "alphabet_size": 9,
}


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr(benchmark, "SIZES", TINY)
    monkeypatch.setattr(benchmark, "BATCH", 4)
    monkeypatch.setattr(benchmark, "STEPS", 5)


@pytest.mark.unit
def test_every_weight_counts_six_operations_a_point():
    shapes = weight_shapes(benchmark.SIZES)
    weights = sum(np.prod(shape) for shape in shapes.values() if len(shape) == 2)
    assert benchmark.flops_per_point() == 6 * weights


@pytest.mark.unit
def test_tasks_are_measured_in_turns_after_a_warm_up():
    calls = []
    tasks = {name: lambda name=name: calls.append(name) for name in "abc"}
    seconds = benchmark.interleaved(tasks, rounds=2)
    assert calls == list("abc" * 3)
    assert {name: len(times) for name, times in seconds.items()} == dict.fromkeys(
        "abc", 2
    )


@pytest.mark.integration
@pytest.mark.parametrize("shards", [1, 2])
def test_training_is_measured_for_every_form(tiny, shards):
    found = benchmark._training(rounds=1, shards=shards)
    assert list(found["forms"]) == list(benchmark.TRAINING_FORMS)
    for form in found["forms"].values():
        assert form["points_per_second"] > 0
        assert form["time_over_floor"] >= form["best_over_floor"] > 0


@pytest.mark.unit
def test_the_table_and_the_json_show_the_same_figures(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(
        benchmark, "_start", lambda rounds: {"numpy": 0.25, "tensorflow": 4.0}
    )
    file = tmp_path / "figures.json"
    assert benchmark.main(["--parts=start", f"--json={file}"]) == 0
    assert json.loads(file.read_text())["start"] == {"numpy": 0.25, "tensorflow": 4.0}
    shown = capsys.readouterr().out
    assert "0.25" in shown and "4.00" in shown and "16.0" in shown


@pytest.mark.unit
@pytest.mark.parametrize(
    "argument", ["--parts=speed", "--threads=two", "--rounds=0", "--threads=0"]
)
def test_wrong_arguments_are_refused_before_anything_is_measured(argument, capsys):
    assert status_of(benchmark.main, [argument]) == 2
    assert capsys.readouterr().err.startswith("error: --")
