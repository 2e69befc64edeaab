"""Trainings in processes of their own that are stopped, killed, or run out of disk."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from repository import ROOT
from toy_training import weight_after

pytestmark = pytest.mark.integration

SAMPLES = ROOT / "tests" / "samples"
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(SAMPLES)])}


def forked_training(*arguments):
    finished = subprocess.run(
        [sys.executable, SAMPLES / "forked_training.py", *map(str, arguments)],
        env=ENVIRONMENT, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout), finished.stderr


@pytest.mark.slow
def test_kill_9_at_random_moments_leaves_the_last_checkpoint(tmp_path):
    result, _ = forked_training("kill", tmp_path / "run", 1)
    steps = result["steps"]
    assert len(steps) == 11
    assert all(
        later > earlier for earlier, later in zip(steps, steps[1:], strict=False)
    )
    assert result["status"] == 0
    assert result["first"] == steps[-1]
    (weight,) = result["weights"]
    assert weight == pytest.approx(weight_after(result["end"]))
    assert not list((tmp_path / "run" / "checkpoints").glob("*_temp*"))


@pytest.mark.slow
def test_a_full_disk_ends_with_one_sentence_and_keeps_the_last_checkpoint(tmp_path):
    result, errors = forked_training("full_disk", tmp_path / "run")
    assert result["full"] == 1
    assert result["kept"] == 2
    sentences = [line for line in errors.splitlines() if line.startswith("error: ")]
    assert len(sentences) == 1
    assert "step 3 could not be written to" in sentences[0]
    assert str(tmp_path / "run" / "checkpoints" / "ckpt-2") in sentences[0]
    assert "Traceback" not in errors
    assert result["status"] == 0
    assert result["first"] == 2
    assert result["weights"] == [pytest.approx(weight_after(4))]


@pytest.mark.slow
def test_a_second_training_in_a_folder_is_refused_and_kill_9_frees_it(tmp_path):
    result, errors = forked_training("two", tmp_path / "run")
    assert result["second"] == 2
    sentences = [line for line in errors.splitlines() if line.startswith("error: ")]
    assert len(sentences) == 1
    assert str(tmp_path / "run") in sentences[0]
    assert result["status"] == 0
    assert result["first"] == result["step"]
    assert result["weights"] == [pytest.approx(weight_after(result["step"] + 1))]


@pytest.mark.slow
def test_ctrl_c_and_sigterm_save_and_say_how_to_go_on(tiny_corpus, tmp_path):
    """The real command: stopped by Ctrl-C, started again, stopped by SIGTERM."""
    stopped = []
    for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        errors = stop_training(tiny_corpus, tmp_path / "run", number, status)
        (message,) = [x for x in errors.splitlines() if x.startswith("stopped at step")]
        assert f"--save_dir={tmp_path / 'run'} goes on from there" in message
        assert "Traceback" not in errors
        stopped.append(int(re.search(r"stopped at step (\d+)", message)[1]))
        assert (
            tmp_path / "run" / "checkpoints" / f"ckpt-{stopped[-1]}.index"
        ).is_file()
    assert f"resuming at step {stopped[0]} from" in errors
    assert stopped[1] > stopped[0] > 0


def stop_training(corpus, run, number, status) -> str:
    """Starts the command, signals it when it trains; returns what it said."""
    command = [
        sys.executable, "-m", "scribe.train", f"--data_dir={corpus}",
        "--gin_file=graves_prediction_1x900", "--gin_file=testing/tiny.gin",
        "--gin_param=train.num_steps = 1000000",
        "--gin_param=train.validate_every = 1000000", f"--save_dir={run}",
    ]  # fmt: skip
    log = run.parent / f"signal_{number}.txt"
    with log.open("w") as errors:
        process = subprocess.Popen(
            command, env=ENVIRONMENT, stderr=errors, cwd=run.parent
        )
        try:
            deadline = time.monotonic() + 120.0
            while "first step: " not in log.read_text():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
            process.send_signal(number)
            assert process.wait(timeout=60) == status
        finally:
            process.kill()
            process.wait()
    return log.read_text()
