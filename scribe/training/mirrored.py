"""Trains on a machine that may be taken away: the run folder is kept elsewhere.

Fetches the data and whatever the kept folder has of the training, trains on the local
disk as `python -m scribe.train` does, and copies what is new every minute. The same
training goes on from there, on this machine or another. Jobs of Vertex AI do so with a
bucket that is mounted as a folder, the notebook for Colab with Google Drive.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from scribe.foundation.errors import InputError, WorkFailed
from scribe.foundation.locks import sole_writer
from scribe.training.mirror import Mirror

LOG = "training.log"


def train(arguments: list[str], data_dir: str, run: str, every: float) -> int:
    """Goes on with a training from where `run` has it.

    Args:
      arguments: of scribe.train, without --data_dir and --save_dir.
      data_dir: prepared corpus, a folder or a file.
      run: folder that keeps the run.
      every: seconds between copies.

    Returns:
      The training's exit status.

    Raises:
      InputError: there are no data, or another process of this machine keeps its run
        there.
      WorkFailed: the end of the training could not be copied.
    """
    if not os.path.exists(data_dir):
        raise InputError(f"--data_dir={data_dir}: there is no such file or folder")
    alone = sole_writer(run) if is_chief(os.environ) else contextlib.nullcontext()
    with alone, tempfile.TemporaryDirectory(prefix="scribe.") as work:
        return _train_in(Path(work), arguments, Path(data_dir), Path(run), every)


def _train_in(
    work: Path, arguments: list[str], source: Path, run: Path, every: float
) -> int:
    data = work / source.name
    if source.is_dir():
        shutil.copytree(source, data)
    else:
        shutil.copyfile(source, data)
    local = work / "run"
    mirror = Mirror(local, run)
    _say(f"{mirror.restore()} files of the run were in {run}")
    command = [sys.executable, "-m", "scribe.train", *arguments]
    command += [f"--data_dir={data}", f"--save_dir={local}"]
    if not is_chief(os.environ):
        return _watch(_start(command), None, lambda: None, every)
    with open(local / LOG, "ab") as log:
        status = _watch(_start(command), log, mirror.update, every)
    try:
        mirror.update()
    except OSError as error:
        raise WorkFailed(f"{run} lacks the run's end: {error}") from error
    _say(f"the run is kept in {run}: the same command goes on from there")
    return status


def is_chief(environment) -> bool:
    """Whether this process of several keeps the run: TF_CONFIG says who takes part.

    See scribe.training.workers, which trains by the same rule.
    """
    try:
        members = json.loads(environment.get("TF_CONFIG") or "{}")
        task, cluster = members.get("task"), members.get("cluster", {})
        first = "chief" if "chief" in cluster else "worker"
        return not task or (task["type"], int(task.get("index", 0))) == (first, 0)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"TF_CONFIG cannot be understood: {error!r}") from error


def _start(command: list[str]) -> subprocess.Popen:
    """Starts the training; what stops this process lets the training save and stop.

    A terminal sends Ctrl-C to both of them, a service its SIGTERM to this one only. A
    training that is told twice stops without saving.
    """
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    signal.signal(signal.SIGTERM, lambda *_: process.send_signal(signal.SIGTERM))
    signal.signal(signal.SIGINT, lambda *_: None)
    return process


def _watch(process: subprocess.Popen, log, update, every: float) -> int:
    """Calls `update` now and then until the training ends; returns its status."""

    def pass_on():
        for line in process.stdout:
            sys.stderr.buffer.write(line)
            sys.stderr.buffer.flush()
            if log is not None:
                log.write(line)
                log.flush()

    reader = threading.Thread(target=pass_on, daemon=True)
    reader.start()
    while process.poll() is None:
        try:
            process.wait(timeout=every)
        except subprocess.TimeoutExpired:
            try:
                update()
            except OSError as error:
                _say(f"the copy failed and will be tried again: {error}")
    reader.join()
    process.stdout.close()
    status = process.returncode
    return 128 - status if status < 0 else status


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
