"""How fast the two sampling engines write, and how soon a line is on the disk."""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from scribe.evaluation.step_benchmark import SIZES
from scribe.evaluation.turns import interleaved
from scribe.foundation.errors import WorkFailed

BATCHES = (1, 10, 100)
STEPS = 300
LINE_OF_30 = "The pen writes this line now.."


def sampling(rounds: int) -> dict[str, float]:
    """Points per second of each engine and batch, medians over the rounds."""
    import numpy as np

    from scribe.foundation.alphabet import Alphabet
    from scribe.models.engine import Request, random_numbers
    from scribe.models.numpy_engine import NumpyEngine
    from scribe.models.stroke_model import StrokeModel
    from scribe.networks.attention_rnn import AttentionRNN
    from scribe.networks.tensorflow_engine import TensorFlowEngine

    network = AttentionRNN(**SIZES, dropout=0.0, recurrence="fast", products="float32")
    model = StrokeModel(
        folder=Path(),
        kind="attention_rnn",
        sizes=SIZES,
        alphabet=Alphabet("".join(map(chr, range(32, 112)))),
        offset_scale=np.ones(2),
        cleaning=[],
        weights={n: v.numpy() for n, v in network.named_weights().items()},
    )

    def request(batch):
        return Request(
            text=np.ones([batch, 200], np.int32),  # longer than the pen can get
            text_mask=np.ones([batch, 200], np.float32),
            first=np.zeros([batch, 3], np.float32),
            bias=np.ones(batch, np.float32),
            noise=np.stack([random_numbers(0, i, 0, STEPS) for i in range(batch)]),
            max_stall=STEPS,
        )

    engines = {"numpy": NumpyEngine(model), "tensorflow": TensorFlowEngine(model)}
    requests = {batch: request(batch) for batch in BATCHES}
    tasks = {
        f"{name}, batch {batch}": lambda e=engine, r=requests[batch]: e.write(r)
        for batch in BATCHES
        for name, engine in engines.items()
    }
    seconds = interleaved(tasks, rounds)
    return {
        name: int(name.split()[-1]) * STEPS / statistics.median(times)
        for name, times in seconds.items()
    }


def cold_start(rounds: int) -> dict[str, float]:
    """Seconds from starting the program to an SVG of a line of 30 characters."""
    with tempfile.TemporaryDirectory() as folder:

        def write(engine):
            command = [sys.executable, "-m", "scribe.sample", f"--engine={engine}"]
            command += ["--text", LINE_OF_30, "--output", f"{folder}/{engine}.svg"]
            child = subprocess.run(command, capture_output=True, text=True)
            if child.returncode:
                last = child.stderr.strip().splitlines()[-1]
                raise WorkFailed(last.removeprefix("error: "))

        tasks = {e: lambda e=e: write(e) for e in ("numpy", "tensorflow")}
        seconds = interleaved(tasks, rounds)
    return {engine: statistics.median(times) for engine, times in seconds.items()}


def rates_table(rates: dict[str, float], threads: str) -> str:
    """The figures of `sampling`."""
    lines = [f"Sampling, 3 x 400, points/s, {threads}"]
    lines += [f"{name:24} {rate:9,.0f}" for name, rate in rates.items()]
    return "\n".join(lines)


def start_table(start: dict[str, float]) -> str:
    """The figures of `cold_start`."""
    lines = [f"Cold start to an SVG of {len(LINE_OF_30)} characters, seconds"]
    lines += [f"{engine:24} {seconds:9.2f}" for engine, seconds in start.items()]
    lines.append(f"{'ratio':24} {start['tensorflow'] / start['numpy']:9.1f}")
    return "\n".join(lines)
