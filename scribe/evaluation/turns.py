"""Tasks that are measured in turns, and the machine that does them."""

import contextlib
import os
import platform
import time
from importlib import metadata
from pathlib import Path


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


def machine() -> dict[str, str]:
    """Processor, cores and versions, for the head of a table."""
    processor = platform.processor() or platform.machine()
    flags = ""
    if Path("/proc/cpuinfo").is_file():
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                processor = line.split(":")[1].strip()
            if line.startswith("flags"):
                flags = line
    found = {
        "processor": processor,
        "cores": str(os.cpu_count()),
        "bfloat16": "yes" if "avx512_bf16" in flags or "amx_bf16" in flags else "no",
        "python": platform.python_version(),
    }
    for name in ("tensorflow", "keras", "numpy"):
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found
