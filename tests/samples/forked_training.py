"""Trains the toy in child processes that share one import of TensorFlow.

  python forked_training.py kill FOLDER SEED      kill -9 ten times at random moments
  python forked_training.py full_disk FOLDER      no room for the second checkpoint
  python forked_training.py two FOLDER            a second one while the first trains

Prints what happened as JSON. TensorFlow may be forked as long as nothing has run on it,
so only the children use it.
"""

import json
import os
import random
import resource
import signal
import sys
import time
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
from toy_training import ToyTrainer, train_toy

from scribe.foundation import command_line

NUM_KILLS = 10
WEIGHT_SIZE = 200_000  # 1.6 MB: a checkpoint takes some milliseconds to write


def train(folder: Path, num_steps: int) -> int:
    """In the child: its exit status, as the command line would have it."""

    def main(arguments):
        trainer = train_toy(
            folder,
            num_steps,
            trainer=lambda dataset: ToyTrainer(dataset, size=WEIGHT_SIZE),
            validate_every=3,
        )
        first = trainer.seen[0] if trainer.seen else None
        facts = {"first": first, "weights": np.unique(trainer.weight.numpy()).tolist()}
        (folder / "result.json").write_text(json.dumps(facts))

    return command_line.status_of(main, [])


def fork(work) -> int:
    """The id of a child that does `work()` and ends with its status."""
    child = os.fork()
    if child == 0:
        status = 99
        try:
            status = work()
        finally:
            sys.stderr.flush()
            os._exit(status)
    return child


def wait(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def last_step(folder: Path) -> int:
    """Of the last checkpoint, read as text: 0 where there is none."""
    state = folder / "checkpoints" / "checkpoint"
    if not state.is_file():
        return 0
    first_line = state.read_text().splitlines()[0]
    return int(first_line.rpartition("ckpt-")[2].rstrip('"'))


def finish(folder: Path, num_steps: int) -> dict:
    status = wait(fork(lambda: train(folder, num_steps)))
    return {"status": status, **json.loads((folder / "result.json").read_text())}


def kill(folder: Path, seed: int) -> dict:
    moments = random.Random(seed)
    steps, leftovers = [0], 0
    for _ in range(NUM_KILLS):
        child = fork(lambda: train(folder, 10**6))
        # After it has got further than the last one did, at any moment.
        deadline = time.monotonic() + 60.0
        while last_step(folder) <= steps[-1] and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(moments.uniform(0.0, 0.2))
        os.kill(child, signal.SIGKILL)
        assert wait(child) == -signal.SIGKILL, "the child died of something else"
        steps.append(last_step(folder))
        leftovers += len(list((folder / "checkpoints").glob("*_temp*")))
    end = steps[-1] + 3
    return {"steps": steps, "end": end, "leftovers": leftovers} | finish(folder, end)


def full_disk(folder: Path) -> dict:
    finish(folder, 2)

    def train_without_room():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
        return train(folder, 4)

    status = wait(fork(train_without_room))
    return {"full": status, "kept": last_step(folder)} | finish(folder, 4)


def two(folder: Path) -> dict:
    first = fork(lambda: train(folder, 10**6))
    deadline = time.monotonic() + 60.0
    while not last_step(folder) and time.monotonic() < deadline:
        time.sleep(0.005)
    second = wait(fork(lambda: train(folder, 10**6)))
    step = last_step(folder)
    while last_step(folder) <= step and time.monotonic() < deadline:
        time.sleep(0.005)
    os.kill(first, signal.SIGKILL)
    assert wait(first) == -signal.SIGKILL, "the first one did not go on"
    step = last_step(folder)
    return {"second": second, "step": step} | finish(folder, step + 1)


if __name__ == "__main__":
    task, target = sys.argv[1], Path(sys.argv[2])
    tasks = {
        "kill": lambda: kill(target, int(sys.argv[3])),
        "full_disk": lambda: full_disk(target),
        "two": lambda: two(target),
    }
    print(json.dumps(tasks[task]()))
