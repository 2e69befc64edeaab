"""Trains on a machine that may be taken away: the run folder is kept elsewhere.

  python -m scribe.training.mirrored --gin_file=scribe_quick --data=data/iam_ondb \\
      --run=DRIVE/quick

Fetches the data and whatever --run has of the training, trains on the local disk as
`python -m scribe.train` does, and copies what is new to --run every minute. The same
command goes on from there, on this machine or another. Jobs of Vertex AI run it with a
bucket that is mounted as a folder, the notebook for Colab with Google Drive.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from scribe.foundation import command_line
from scribe.foundation.errors import InputError, WorkFailed
from scribe.training.mirror import Mirror

LOG = "training.log"


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scribe.training.mirrored")
    add = parser.add_argument
    add("--gin_file", action="append", required=True, metavar="FILE",
        help="gin file or name of an experiment, as for scribe.train")  # fmt: skip
    add("--gin_param", action="append", default=[], metavar="BINDING",
        help="a single binding, such as 'NUM_STEPS = 1000'")  # fmt: skip
    add("--data", required=True, help="prepared corpus, a folder or a file")
    add("--run", required=True, help="folder that keeps the run")
    add("--every", type=float, default=60.0, help="seconds between copies (60)")
    options = parser.parse_args(arguments)
    if not os.path.exists(options.data):
        raise InputError(f"--data={options.data}: there is no such file or folder")
    with tempfile.TemporaryDirectory(prefix="scribe.") as work:
        return train(options, Path(work))


def train(options, work: Path) -> int:
    """Goes on with the run from where `--run` has it; returns the training's status."""
    data = work / Path(options.data).name
    if os.path.isdir(options.data):
        shutil.copytree(options.data, data)
    else:
        shutil.copyfile(options.data, data)
    local = work / "run"
    mirror = Mirror(local, Path(options.run))
    _say(f"{mirror.restore()} files of the run were in {options.run}")
    command = [
        *(sys.executable, "-m", "scribe.train"),
        *(f"--gin_file={name}" for name in options.gin_file),
        *(f"--gin_param={binding}" for binding in options.gin_param),
        *(f"--data_dir={data}", f"--save_dir={local}"),
    ]
    if not is_chief(os.environ):
        return _watch(_start(command), None, lambda: None, options.every)
    with open(local / LOG, "ab") as log:
        status = _watch(_start(command), log, mirror.update, options.every)
    try:
        mirror.update()
    except OSError as error:
        raise WorkFailed(f"{options.run} lacks the run's end: {error}") from error
    _say(f"the run is kept in {options.run}: the same command goes on from there")
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


if __name__ == "__main__":
    command_line.run(main)
