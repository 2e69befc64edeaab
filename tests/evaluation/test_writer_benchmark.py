"""The comparison of writers: every kind is measured, in the same turns."""

from pathlib import Path

import pytest
from refusals import refused
from writing_samples import encoding_scribbler, saved, scribbler

from scribe.evaluation import writer_benchmark
from scribe.models.stroke_model import save_model


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Run folders of both kinds, and little work to do."""
    for name, value in (("NUM_LINES", 2), ("NUM_POINTS", 6), ("WRITING_STEPS", 4)):
        monkeypatch.setattr(writer_benchmark, name, value)
    monkeypatch.chdir(tmp_path)
    for name, model in (("graves", scribbler()), ("other", encoding_scribbler())):
        (tmp_path / name).mkdir()
        save_model(model, tmp_path / name, {})


@pytest.mark.slow
@pytest.mark.integration
def test_writers_of_both_kinds_are_measured(runs, without_tracing):
    models = {"graves": scribbler(), "other": encoding_scribbler()}
    found = writer_benchmark.measure(models, rounds=1)
    assert found.keys() == models.keys()
    for name, row in found.items():
        weights = models[name].weights.values()
        assert row["parameters"] == sum(weight.size for weight in weights)
        assert all(value > 0 for value in row.values())


@pytest.mark.unit
def test_the_first_writer_is_the_unit():
    figures = {
        "graves": {"parameters": 1000, "training": 200.0},
        "other": {"parameters": 2500, "training": 150.0},
    }
    shown = writer_benchmark.table(figures).splitlines()
    assert shown[1].split() == ["graves", "1,000", "200", "(1.00)"]
    assert shown[2].split() == ["other", "2,500", "150", "(0.75)"]


@pytest.mark.unit
def test_writers_of_both_kinds_are_loaded_by_their_names(runs):
    assert list(writer_benchmark.load(["graves", "other"])) == ["graves", "other"]
    saved(Path("free"), reads_text=False)
    with refused("free", "without text"):
        writer_benchmark.load(["graves", "free"])
