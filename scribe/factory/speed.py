"""How many labelled pictures a second are made, and in how much memory.

Everything counts: writing, reading, drawing, labels, PNG and files. What a process
takes to start does not, since a data set of a million words starts once.
"""

import sys
import tempfile
import time
from collections.abc import Sequence

from scribe.factory import runner
from scribe.factory.making import Plan
from scribe.foundation import gin_config
from scribe.foundation.errors import WorkFailed

_RECIPE = "factory/words.gin"
# Shards that each worker makes in a measurement, and words in each: smaller ones do
# not fill the batches.
_SHARDS, _WORDS = 2, 2000
ENGINES = ("float32", "bfloat16")


def measure(workers: Sequence[int]) -> dict[str, dict[str, float]]:
    """Words a second and megabytes, by engine and number of workers.

    Args:
      workers: numbers of processes.
    """
    found = {}
    for engine in ENGINES:
        for count in workers:
            found[f"{engine}, {count} workers"] = {
                "words/s": _rate(engine, count),
                "megabytes a process": _peak_megabytes(),
            }
    return found


def _rate(engine: str, workers: int) -> float:
    bindings = [
        f"Recipe.engine = '{engine}'",
        f"Recipe.samples_per_shard = {_WORDS}",
    ]
    gin_config.parse([_RECIPE], bindings)
    num_samples = _SHARDS * _WORDS * workers
    plan = Plan(gin_config.config_text(), 0, num_samples, "folder")
    moments: list[tuple[float, int]] = []

    def watch(done: int) -> None:
        moments.append((time.perf_counter(), done))

    with tempfile.TemporaryDirectory() as folder:
        runner.make(plan, f"{folder}/set", max(workers, 1), watch)
    # From the first shards on, when all processes have started.
    first, last = moments[workers], moments[-1]
    if last[1] <= first[1]:
        raise WorkFailed("too few shards were made to measure")
    return (last[1] - first[1]) / (last[0] - first[0])


def _peak_megabytes() -> float:
    """Of the largest process so far."""
    import resource  # not on Windows

    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def table(found: dict[str, dict[str, float]]) -> str:
    """The figures of `measure`."""
    lines = [f"{'labelled words of 64 pixels':28}{'words/s':>10}{'MB a process':>14}"]
    for name, row in found.items():
        words, megabytes = row["words/s"], row["megabytes a process"]
        lines.append(f"{name:28}{words:>10,.0f}{megabytes:>14,.0f}")
    return "\n".join(lines)
