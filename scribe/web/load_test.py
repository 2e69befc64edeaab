"""The web server under load: latency and throughput by number of clients.

Starts the server twice, with lines of several requests written together and with one
line at a time, and lets each answer the same clients in turns: what is compared is
measured beside each other, because absolute times depend on what else the machine does.
Each client writes line after line and waits for each; no two lines are alike. Lines per
second of the server's own processor time, where the system tells it (Linux), hardly
depend on other work.
"""

import contextlib
import http.client
import itertools
import json
import math
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np

from scribe.foundation.errors import WorkFailed

WAYS = {"together": [], "one at a time": ["--batch_lines=1"]}
LIMITS = ("--lines_per_minute=1000000",)  # all clients have one address
TEXT = "The pen writes this line now.."
STYLE = "neat"


def measure(
    clients: list[int], seconds: float, rounds: int, model: str | None = None
) -> dict:
    """Medians over the rounds: {way: {number of clients: figures}}.

    Args:
      clients: numbers of clients that write at the same time.
      seconds: of each measurement.
      rounds: measurements of each kind.
      model: as for scribe.serve.
    """
    found = {way: {n: [] for n in clients} for way in WAYS}
    seeds = itertools.count(1)  # a line that the server remembers would cost nothing
    common = ["--model", model] if model else []
    with contextlib.ExitStack() as servers:
        started = {
            way: servers.enter_context(_server([*common, *arguments]))
            for way, arguments in WAYS.items()
        }
        for server in started.values():
            _load(server, 1, 0.5, seeds)  # the style is read, the caches are warm
        for _ in range(rounds):
            for n in clients:
                for way, server in started.items():
                    found[way][n].append(_load(server, n, seconds, seeds))
    return {
        way: {
            n: {name: statistics.median(r[name] for r in of) for name in of[0]}
            for n, of in by_clients.items()
        }
        for way, by_clients in found.items()
    }


@contextlib.contextmanager
def _server(arguments: list[str]):
    """Port and process number of a server in a process of its own."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "scribe.serve",
            "--port=0",
            "--lines_per_minute=1000000",
            *arguments,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    try:
        url = process.stdout.readline().strip()
        if not url:
            raise WorkFailed(process.communicate()[1].strip())
        yield int(url.rstrip("/").rpartition(":")[2]), process.pid
    finally:
        process.terminate()
        process.communicate()


def _load(
    server: tuple[int, int], num_clients: int, seconds: float, seeds
) -> dict[str, float]:
    """Lets clients write for some seconds; every line that was begun counts."""
    port, process = server
    latencies, points, failures = [], [], []
    end = time.perf_counter() + seconds

    def client():
        try:
            while (started := time.perf_counter()) < end:
                number = _write_line(port, next(seeds))
                latencies.append(time.perf_counter() - started)
                points.append(number)
        except (OSError, http.client.HTTPException, WorkFailed) as error:
            failures.append(error)

    threads = [threading.Thread(target=client) for _ in range(num_clients)]
    started, cpu_before = time.perf_counter(), _cpu_seconds(process)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise WorkFailed(f"a client failed: {failures[0]}")
    took = time.perf_counter() - started
    cpu_seconds = _cpu_seconds(process) - cpu_before
    return {
        "lines_per_second": len(latencies) / took,
        "points_per_second": sum(points) / took,
        "lines_per_cpu_second": len(latencies) / max(cpu_seconds, 0.01),
        "median_seconds": statistics.median(latencies),
        "p95_seconds": float(np.quantile(latencies, 0.95)),
    }


def _cpu_seconds(process: int) -> float:
    """Processor time that a process has taken; not a number where nobody tells it."""
    path = Path(f"/proc/{process}/stat")
    if not path.is_file():
        return math.nan
    fields = path.read_text().rpartition(")")[2].split()  # see proc(5)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _write_line(port: int, seed: int) -> int:
    """Asks for a line; returns how many points it has."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        body = json.dumps({"texts": [TEXT], "style": STYLE, "seed": seed})
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/api/write", body, headers)
        response = connection.getresponse()
        content = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise WorkFailed(content.decode())
    return len(json.loads(content)["lines"][0]["strokes"])


def table(results: dict) -> str:
    """The figures of `measure`, and what writing together gains."""
    lines = [
        f"A line of {len(TEXT)} characters, style {STYLE}",
        f"{'':14} {'clients':>8} {'lines/s':>8} {'points/s':>9} "
        f"{'median s':>9} {'95 % s':>7} {'lines/CPU s':>12}",
    ]
    for way, by_clients in results.items():
        lines += [
            f"{way:14} {clients:8} {row['lines_per_second']:8.1f} "
            f"{row['points_per_second']:9,.0f} {row['median_seconds']:9.2f} "
            f"{row['p95_seconds']:7.2f} {row['lines_per_cpu_second']:12.1f}"
            for clients, row in by_clients.items()
        ]
    together, single = results.values()
    for n in together:
        ratio, of_cpu = (
            together[n][name] / single[n][name]
            for name in ("lines_per_second", "lines_per_cpu_second")
        )
        lines.append(
            f"together / one at a time, {n} clients: {ratio:.2f} times the lines, "
            f"{of_cpu:.2f} times by processor time"
        )
    return "\n".join(lines)
