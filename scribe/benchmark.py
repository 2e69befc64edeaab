"""Measures training, sampling and cold start on this machine.

  python -m scribe.benchmark --json=benchmark.json
  python -m scribe.benchmark --parts=start --rounds=9

Everything compared is measured in one run, in turns, and medians are printed: absolute
times depend on what else the machine does, ratios hardly do. The floor is the time that
the floating-point operations of a training step would take at the rate of the machine's
best single-precision matrix product, measured in the same rounds.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scribe.foundation import command_line
from scribe.foundation.errors import InputError, WorkFailed
from scribe.foundation.files import write_whole

PARTS = ("training", "memory", "sampling", "start")
TRAINING_FORMS = {
    "portable float32": ("portable", "float32"),
    "fast float32": ("fast", "float32"),
    "fast bfloat16": ("fast", "bfloat16"),
}
# Graves' synthesis network; some 20 million points pass it in an hour of training.
SIZES = {
    "num_layers": 3,
    "num_units": 400,
    "num_mixtures": 20,
    "num_window_components": 10,
    "alphabet_size": 81,
}
BATCH, STEPS, CHARACTERS = 32, 150, 30
SAMPLING_BATCHES = (1, 10, 100)
SAMPLING_STEPS = 300
LINE_OF_30 = "The pen writes this line now.."


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scribe.benchmark")
    add = parser.add_argument
    add("--json", metavar="FILE", help="write the figures there as well")
    add("--rounds", type=int, default=5, help="measurements of each kind (default 5)")
    add("--threads", default="1,2", help="numbers of threads (default 1,2)")
    add("--parts", default=",".join(PARTS), help=f"of {','.join(PARTS)}")
    add("--child", help="for the program itself: one part in a process of its own")
    options = parser.parse_args(arguments)
    if options.child:
        print(json.dumps(_child(options.child, options.rounds)))
        return 0
    parts = options.parts.split(",")
    for part in parts:
        if part not in PARTS:
            raise InputError(f"--parts={part}: use some of {', '.join(PARTS)}")
    try:
        threads = [int(n) for n in options.threads.split(",")]
    except ValueError:
        raise InputError(f"--threads={options.threads}: use numbers as 1,2") from None
    if options.rounds < 1 or min(threads) < 1:
        raise InputError("--rounds and --threads must be 1 or more")

    results = {"machine": machine()}
    print(", ".join(f"{k} {v}" for k, v in results["machine"].items()))
    if "memory" in parts:
        results["memory"] = _memory()
    for n in threads:
        for part in ("training", "sampling"):
            if part in parts:
                found = _run_child(part, options.rounds, n)
                results.setdefault(part, {})[f"{n} threads"] = found
    if "start" in parts:
        results["start"] = _start(options.rounds)
    _print_tables(results)
    if options.json:
        write_whole(options.json, f"{json.dumps(results, indent=2)}\n".encode())
        print(options.json)
    return 0


def machine() -> dict[str, str]:
    from importlib import metadata

    processor = platform.processor() or platform.machine()
    flags = ""
    if Path("/proc/cpuinfo").is_file():
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                processor = line.split(":")[1].strip()
            if line.startswith("flags"):
                flags = line
    return {
        "processor": processor,
        "cores": str(os.cpu_count()),
        "bfloat16": "yes" if "avx512_bf16" in flags or "amx_bf16" in flags else "no",
        "python": platform.python_version(),
    } | {name: metadata.version(name) for name in ("tensorflow", "keras", "numpy")}


def _run_child(part: str, rounds: int, threads: int) -> dict:
    """Runs a part in its own process: thread counts and peak memory belong to one."""
    # OMP_NUM_THREADS, if set, would keep TensorFlow from running two shards at once.
    environment = os.environ | {
        "SCRIBE_BENCHMARK_THREADS": str(threads),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    command = [sys.executable, "-m", "scribe.benchmark"]
    command += [f"--child={part}", f"--rounds={rounds}"]
    environment.pop("OMP_NUM_THREADS", None)
    child = subprocess.run(command, env=environment, capture_output=True, text=True)
    if child.returncode:
        raise WorkFailed(f"{part} failed: {child.stderr.strip().splitlines()[-1]}")
    return json.loads(child.stdout.splitlines()[-1])


def _child(part: str, rounds: int) -> dict:
    import tensorflow as tf

    threads = int(os.environ.get("SCRIBE_BENCHMARK_THREADS", "1"))
    tf.config.set_visible_devices([], "GPU")
    # As in training: one thread an operation, and as many shards as threads.
    shards = 1 if part == "sampling" else threads
    tf.config.threading.set_intra_op_parallelism_threads(threads // shards)
    tf.config.threading.set_inter_op_parallelism_threads(shards)
    if part == "training":
        return _training(rounds, shards)
    if part == "sampling":
        return _sampling(rounds)
    return _peak_memory(part.removeprefix("memory "))


def interleaved(tasks: dict, rounds: int) -> dict[str, list[float]]:
    """Seconds of each task, one after the other in every round, after a warm-up."""
    seconds = {name: [] for name in tasks}
    for task in tasks.values():
        task()
    for _ in range(rounds):
        for name, task in tasks.items():
            started = time.perf_counter()
            task()
            seconds[name].append(time.perf_counter() - started)
    return seconds


def _training_step(form: str, shards: int = 1):
    """A callable that does one step of `form`, a batch cut into `shards` parts."""
    import tensorflow as tf

    from scribe.networks import mixtures
    from scribe.networks.attention_rnn import AttentionRNN

    recurrence, products = TRAINING_FORMS[form]
    network = AttentionRNN(
        **SIZES, dropout=0.0, recurrence=recurrence, products=products
    )
    weights = [v.value for v in network.named_weights().values()]
    strokes = tf.random.stateless_normal([BATCH, STEPS, 3], [1, 2])
    strokes = tf.concat([strokes[..., :2], tf.zeros([BATCH, STEPS, 1])], axis=-1)
    text = tf.random.stateless_uniform(
        [BATCH, CHARACTERS], [3, 4], 1, SIZES["alphabet_size"], tf.int32
    )

    def gradients(strokes, text):
        with tf.GradientTape() as tape:
            activations = network(strokes, text, tf.ones_like(text, tf.float32))
            loss = -tf.reduce_mean(mixtures.log_likelihood(activations, strokes))
        return tape.gradient(loss, weights)

    @tf.function
    def step(strokes, text):
        parts = zip(tf.split(strokes, shards), tf.split(text, shards), strict=True)
        sums = [tf.add_n(g) for g in zip(*(gradients(*p) for p in parts), strict=True)]
        return [tf.reduce_sum(g) for g in sums]

    def run():
        for total in step(strokes, text):
            total.numpy()

    return run


def flops_per_point() -> float:
    """Of forward and backward: two for each weight, three times."""
    units, symbols = SIZES["num_units"], SIZES["alphabet_size"]
    first = (3 + symbols + units) * 4 * units
    upper = (3 + units + symbols + units) * 4 * units * (SIZES["num_layers"] - 1)
    window = units * 3 * SIZES["num_window_components"]
    output = SIZES["num_layers"] * units * (6 * SIZES["num_mixtures"] + 1)
    return 6.0 * (first + upper + window + output)


def _training(rounds: int, shards: int) -> dict:
    import tensorflow as tf

    shapes = {"square 2048": (2048, 2048, 2048), "hoisted": (4800, 884, 1600)}
    tasks = {form: _training_step(form, shards) for form in TRAINING_FORMS}
    for name, (n, k, m) in shapes.items():
        a = tf.random.stateless_normal([shards, n, k], [5, 6])
        b = tf.random.stateless_normal([k, m], [7, 8])
        tasks[name] = _products(a, b)
    seconds = interleaved(tasks, rounds)
    rate = max(  # the best of all rounds: a floor is not what noise left of it
        2.0 * shards * n * k * m / min(seconds[name])
        for name, (n, k, m) in shapes.items()
    )
    floor = flops_per_point() * BATCH * STEPS / rate
    forms = {}
    for form in TRAINING_FORMS:
        median = statistics.median(seconds[form])
        forms[form] = {
            "points_per_second": BATCH * STEPS / median,
            "time_over_floor": median / floor,
            "best_over_floor": min(seconds[form]) / floor,
        }
    return {"matrix_product_gflops": rate / 1e9, "forms": forms}


def _products(a, b):
    """A callable that multiplies each a[i] with b, all at the same time."""
    import tensorflow as tf

    @tf.function
    def products(a, b):
        return tf.add_n([tf.reduce_sum(tf.matmul(x, b)) for x in tf.unstack(a)])

    return lambda: products(a, b).numpy()


def _memory() -> dict[str, float]:
    """Peak resident megabytes of each form, each in a process of its own."""
    return {
        form: _run_child(f"memory {form}", 1, 1)["peak_megabytes"]
        for form in TRAINING_FORMS
    }


def _peak_memory(form: str) -> dict:
    import resource

    step = _training_step(form)
    for _ in range(3):
        step()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if platform.system() == "Darwin" else 1024  # macOS counts in bytes
    return {"peak_megabytes": peak * unit / 1e6}


def _sampling(rounds: int) -> dict:
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
            noise=np.stack(
                [random_numbers(0, i, 0, SAMPLING_STEPS) for i in range(batch)]
            ),
            max_stall=SAMPLING_STEPS,
        )

    engines = {"numpy": NumpyEngine(model), "tensorflow": TensorFlowEngine(model)}
    requests = {batch: request(batch) for batch in SAMPLING_BATCHES}
    tasks = {
        f"{name}, batch {batch}": lambda e=engine, r=requests[batch]: e.write(r)
        for batch in SAMPLING_BATCHES
        for name, engine in engines.items()
    }
    seconds = interleaved(tasks, rounds)
    return {
        name: int(name.split()[-1]) * SAMPLING_STEPS / statistics.median(times)
        for name, times in seconds.items()
    }


def _start(rounds: int) -> dict[str, float]:
    """Seconds from starting the program to an SVG of a line of 30 characters."""
    with tempfile.TemporaryDirectory() as folder:

        def write(engine):
            command = [sys.executable, "-m", "scribe.sample", f"--engine={engine}"]
            command += ["--text", LINE_OF_30, "--output", f"{folder}/{engine}.svg"]
            child = subprocess.run(command, capture_output=True, text=True)
            if child.returncode:
                raise WorkFailed(child.stderr.strip().splitlines()[-1])

        tasks = {e: lambda e=e: write(e) for e in ("numpy", "tensorflow")}
        seconds = interleaved(tasks, rounds)
    return {engine: statistics.median(times) for engine, times in seconds.items()}


def _print_tables(results: dict) -> None:
    for threads, found in results.get("training", {}).items():
        print(
            f"\nTraining, 3 x 400, {BATCH} lines of {STEPS} points, {threads}; matrix "
            f"product {found['matrix_product_gflops']:.0f} GFLOP/s"
        )
        print(f"{'':18} {'points/s':>9} {'over floor':>11} {'best':>6} {'peak MB':>8}")
        for form, row in found["forms"].items():
            memory = results.get("memory", {}).get(form)
            print(
                f"{form:18} {row['points_per_second']:9,.0f} "
                f"{row['time_over_floor']:11.2f} {row['best_over_floor']:6.2f} "
                f"{'' if memory is None else format(memory, '8,.0f')}"
            )
    for threads, rates in results.get("sampling", {}).items():
        print(f"\nSampling, 3 x 400, points/s, {threads}")
        for name, rate in rates.items():
            print(f"{name:24} {rate:9,.0f}")
    if "start" in results:
        start = results["start"]
        print(f"\nCold start to an SVG of {len(LINE_OF_30)} characters, seconds")
        for engine, seconds in start.items():
            print(f"{engine:24} {seconds:9.2f}")
        print(f"{'ratio':24} {start['tensorflow'] / start['numpy']:9.1f}")


if __name__ == "__main__":
    command_line.run(main)
