"""Several devices and processes: the losses of one, and what happens when one is lost.

The figures are those that docs/operate/DISTRIBUTED.md states.
"""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from refusals import refused
from repository import ROOT
from toy_training import weight_after

from scribe.training import distribution

SAMPLES = ROOT / "tests" / "samples"
SECONDS_TO_NOTICE = 60.0  # about 10 on an idle machine


def forked_workers(task: str, folder: Path) -> dict:
    paths = os.pathsep.join([str(ROOT), str(SAMPLES)])
    finished = subprocess.run(
        [sys.executable, SAMPLES / "forked_workers.py", task, folder],
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True, text=True, timeout=500,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


def assert_same_training(one: dict, other: dict, tolerance: float):
    for expected, found in zip(one["steps"], other["steps"], strict=True):
        assert found == pytest.approx(expected, rel=tolerance, abs=tolerance / 10)
    assert other["validation"] == pytest.approx(
        one["validation"], rel=tolerance, abs=tolerance / 10
    )
    for expected, found in zip(one["variables"], other["variables"], strict=True):
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.slow
@pytest.mark.integration
def test_two_devices_and_two_processes_train_as_one_device_does(tmp_path):
    """Losses, validation and all variables, with everything on that is random."""
    results = forked_workers("losses", tmp_path)
    assert len(results["devices"]) == 8
    for name, (one, two) in results["devices"].items():
        # Adam makes the most of small differences, and batch norm over two devices
        # takes its variance by another formula.
        read = dict.fromkeys(("reader_trainer", "recognizer_trainer"), 1e-4)
        made = dict.fromkeys(("dense_gan", "conditional_gan", "scrabble_trainer"), 1e-3)
        assert_same_training(one, two, (read | made).get(name, 1e-6))
    processes = results["processes"]
    assert_same_training(processes["alone"], processes["worker_0"], 1e-6)
    assert_same_training(processes["worker_0"], processes["worker_1"], 0.0)
    assert all(math.isfinite(step["loss"]) for step in processes["alone"]["steps"])


@pytest.mark.slow
@pytest.mark.integration
def test_a_worker_that_is_killed_ends_the_others_and_the_restart_goes_on(tmp_path):
    """The one that is not the chief, and the chief; then one process goes on alone."""
    for victim, facts in forked_workers("losing", tmp_path).items():
        lost, survivor = (
            ("worker:1", "worker:0") if victim == "worker" else ("worker:0", "worker:1")
        )
        assert facts["survivor"] == 1
        assert facts["seconds"] < SECONDS_TO_NOTICE
        errors = [x for x in facts["said"].splitlines() if x.startswith("error: ")]
        assert errors == [
            f"error: {survivor} stops: {lost} was lost. Start all 2 workers again: "
            "they go on from the last checkpoint"
        ]
        assert "Traceback" not in facts["said"]
        assert facts["kept"] >= 3
        assert facts["again"] == [0, 0]
        for result in facts["results"]:
            assert result["first"] == facts["kept"]
            assert result["weight"] == pytest.approx(weight_after(facts["together"]))
        assert facts["alone"] == 0
        assert facts["alone_result"]["first"] == facts["together"]
        assert not facts["stray"], "a worker that is not the chief wrote a run folder"


@pytest.mark.slow
@pytest.mark.integration
def test_workers_stop_together(tmp_path):
    """SIGTERM of any, settings that are not those of the run, or not the same."""
    results = forked_workers("stop", tmp_path)
    facts = results["sigterm"]
    assert facts["statuses"] == [143, 143]
    for said in facts["said"]:
        assert f"stopped at step {facts['kept']}, which is saved" in said
        assert "error" not in said
    # The chief alone knows the run folder.
    refused = results["other settings than the run's"]
    assert refused["statuses"] == [2, 1]
    assert "was trained with other settings (train.seed: unbound" in refused["said"][0]
    assert "error: worker:1 stops: " in refused["said"][1]
    different = results["other settings than each other's"]
    assert different["statuses"] == [2, 2]
    for said in refused["said"] + different["said"]:
        assert said.count("error: ") == 1
        assert "Traceback" not in said
    for said in different["said"]:
        assert "error: the workers have different gin files or bindings" in said


@pytest.fixture
def replicas(monkeypatch):
    """Plays replica number `index` of `count`."""

    def play(index, count):
        monkeypatch.setattr(distribution, "num_replicas", lambda: count)
        monkeypatch.setattr(distribution, "replica", lambda: index)

    return play


@pytest.mark.unit
@pytest.mark.parametrize("num_rows", [1, 5, 12])
def test_shards_of_all_replicas_are_the_batch(num_rows, replicas):
    batch = {"x": tf.range(num_rows), "y": tf.range(2.0 * num_rows)}
    batch["y"] = tf.reshape(batch["y"], [num_rows, 2])
    found = []
    for index in range(3):
        replicas(index, 3)
        found += distribution.shards(batch, num_shards=2)
    assert [number for number, _ in found] == list(range(6))
    sizes = [len(rows["x"]) for _, rows in found]
    assert max(sizes) - min(sizes) <= 1
    for name, whole in batch.items():
        joined = np.concatenate([rows[name] for _, rows in found])
        np.testing.assert_array_equal(joined, whole)


@pytest.mark.unit
@pytest.mark.parametrize("sample", ["stateless_normal", "stateless_uniform"])
def test_draws_of_all_replicas_are_those_of_one(sample, replicas):
    draw, seed = getattr(tf.random, sample), tf.constant([3, 4])
    parts = []
    for index in range(3):
        replicas(index, 3)
        parts.append(distribution.draw(draw, [2, 5], seed))
    np.testing.assert_array_equal(np.concatenate(parts), draw([6, 5], seed))


@pytest.mark.unit
def test_dropout_is_tensorflow_s():
    x, seed = tf.random.stateless_normal([7, 9], [1, 2]), tf.constant([3, 4])
    expected = tf.nn.experimental.stateless_dropout(x, 0.3, seed)
    found = distribution.dropout(x, 0.3, seed)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert 0.1 < np.mean(found.numpy() == 0.0) < 0.5


@pytest.mark.unit
def test_a_batch_that_devices_cannot_share_equally_is_refused(replicas):
    replicas(0, 4)
    distribution.check_rows(8, "DigitDataset.batch_size")
    with refused("DigitDataset.batch_size=6", 4):
        distribution.check_rows(6, "DigitDataset.batch_size")
