"""Parts of a benchmark in processes of their own.

Thread counts and peak memory belong to a process, and TensorFlow takes its threads when
it starts.
"""

import json
import os
import subprocess
import sys

from scribe.foundation.errors import WorkFailed

_PROGRAM = (
    "import sys; from scribe.evaluation import own_process; "
    "own_process.answer(*sys.argv[1:])"
)


def measured(part: str, rounds: int, threads: int, form: str = ""):
    """What a part answers, measured in a new process.

    Args:
      part: "training", "sampling" or "memory".
      rounds: measurements of each kind.
      threads: that TensorFlow may take.
      form: of training, whose memory is wanted.

    Raises:
      WorkFailed: the process ended with an error.
    """
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    # If set, it would keep TensorFlow from running two shards at once.
    environment.pop("OMP_NUM_THREADS", None)
    command = [sys.executable, "-c", _PROGRAM, part, str(rounds), str(threads), form]
    child = subprocess.run(command, env=environment, capture_output=True, text=True)
    if child.returncode:
        raise WorkFailed(f"{part} failed: {child.stderr.strip().splitlines()[-1]}")
    return json.loads(child.stdout.splitlines()[-1])


def answer(part: str, rounds: str, threads: str, form: str) -> None:
    """Measures a part here and prints what it found as JSON."""
    import tensorflow as tf

    from scribe.evaluation import sampling_benchmark, step_benchmark

    tf.config.set_visible_devices([], "GPU")
    # As in training: one thread an operation, and as many shards as threads.
    shards = 1 if part == "sampling" else int(threads)
    tf.config.threading.set_intra_op_parallelism_threads(int(threads) // shards)
    tf.config.threading.set_inter_op_parallelism_threads(shards)
    found = {
        "training": lambda: step_benchmark.training(int(rounds), shards),
        "sampling": lambda: sampling_benchmark.sampling(int(rounds)),
        "memory": lambda: step_benchmark.peak_megabytes(form),
    }[part]()
    print(json.dumps(found))
