"""What the benchmark measures of training: in turns, with the right operations."""

import numpy as np
import pytest
from refusals import refused

from scribe.evaluation import own_process, sampling_benchmark, step_benchmark
from scribe.evaluation.turns import interleaved, machine
from scribe.foundation.errors import WorkFailed
from scribe.models.sizes import attention_rnn_shapes

TINY = {
    "num_layers": 2,
    "num_units": 8,
    "num_mixtures": 2,
    "num_window_components": 2,
    "alphabet_size": 9,
}


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr(step_benchmark, "SIZES", TINY)
    monkeypatch.setattr(step_benchmark, "BATCH", 4)
    monkeypatch.setattr(step_benchmark, "STEPS", 5)


@pytest.mark.unit
def test_every_weight_counts_six_operations_a_point():
    shapes = attention_rnn_shapes(step_benchmark.SIZES)
    weights = sum(np.prod(shape) for shape in shapes.values() if len(shape) == 2)
    assert step_benchmark.flops_per_point() == 6 * weights


@pytest.mark.unit
def test_tasks_are_measured_in_turns_after_a_warm_up():
    calls = []
    tasks = {name: lambda name=name: calls.append(name) for name in "abc"}
    seconds = interleaved(tasks, rounds=2)
    assert calls == list("abc" * 3)
    assert {name: len(times) for name, times in seconds.items()} == dict.fromkeys(
        "abc", 2
    )


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.parametrize("shards", [1, 2])
def test_training_is_measured_for_every_form(tiny, shards):
    found = step_benchmark.training(rounds=1, shards=shards)
    assert list(found["forms"]) == list(step_benchmark.TRAINING_FORMS)
    for form in found["forms"].values():
        assert form["points_per_second"] > 0
        assert form["time_over_floor"] >= form["best_over_floor"] > 0


@pytest.mark.integration
def test_sampling_is_measured_for_both_engines(tiny, monkeypatch, without_tracing):
    monkeypatch.setattr(sampling_benchmark, "SIZES", TINY)
    monkeypatch.setattr(sampling_benchmark, "BATCHES", (1, 2))
    monkeypatch.setattr(sampling_benchmark, "STEPS", 4)
    found = sampling_benchmark.sampling(rounds=1)
    assert list(found) == [
        f"{engine}, batch {batch}"
        for batch in (1, 2)
        for engine in ("numpy", "tensorflow")
    ]
    assert all(rate > 0 for rate in found.values())
    shown = sampling_benchmark.rates_table(found, "1 threads").splitlines()
    assert len(shown) == 1 + len(found)


@pytest.mark.slow
@pytest.mark.integration
def test_a_cold_start_that_fails_says_why_as_one_error(monkeypatch):
    monkeypatch.setattr(sampling_benchmark, "LINE_OF_30", "\u65e5")
    with pytest.raises(WorkFailed, match="^(?!error)") as caught:
        sampling_benchmark.cold_start(rounds=1)
    assert "\u65e5" in str(caught.value)


@pytest.mark.slow
@pytest.mark.integration
def test_a_part_is_measured_in_a_process_of_its_own():
    assert own_process.measured("memory", 1, 1, "fast float32") > 100
    with refused("memory", "KeyError", error=WorkFailed):
        own_process.measured("memory", 1, 1, "no form")


@pytest.mark.unit
def test_the_memory_stands_beside_the_forms_that_it_is_known_of():
    row = {"points_per_second": 1000.0, "time_over_floor": 2.0, "best_over_floor": 1.5}
    found = {"matrix_product_gflops": 50.0, "forms": {"one": row, "two": row}}
    shown = step_benchmark.table(found, "1 threads", {"two": 123.4}).splitlines()
    assert shown[2].split() == ["one", "1,000", "2.00", "1.50"]
    assert shown[3].split() == ["two", "1,000", "2.00", "1.50", "123"]


@pytest.mark.unit
def test_the_machine_is_described():
    assert {"processor", "cores", "python", "numpy"} <= machine().keys()
