"""How long a letter takes: `scribe.write_page`, from its start to the file.

The letter has some 2,000 characters and is written in the hand of one seed, once with
one candidate of each word and once as the command does without options.
"""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from scribe.evaluation.turns import interleaved
from scribe.foundation.errors import WorkFailed

LETTER = Path(__file__).with_name("letter.txt")
CANDIDATES = (1, 4)


def measure(rounds: int, model: str | None) -> dict[str, float]:
    """Characters of the letter, and the seconds of the command: medians.

    Args:
      rounds: measurements of each number of candidates, after one more.
      model: a run folder or a shipped model; None for the default one.
    """
    with tempfile.TemporaryDirectory() as folder:

        def write(candidates):
            command = [sys.executable, "-m", "scribe.write_page", str(LETTER)]
            command += [f"--output={folder}/letter.svg", f"--best_of={candidates}"]
            command += ["--seed=3", "--line_height_mm=8"]
            command += [f"--model={model}"] if model else []
            child = subprocess.run(command, capture_output=True, text=True)
            if child.returncode:
                last = child.stderr.strip().splitlines()[-1]
                raise WorkFailed(last.removeprefix("error: "))

        tasks = {n: lambda n=n: write(n) for n in CANDIDATES}
        seconds = interleaved(tasks, rounds)
    found = {f"--best_of={n}": statistics.median(s) for n, s in seconds.items()}
    return {"characters": len(LETTER.read_text(encoding="utf-8")), **found}


def table(found: dict[str, float]) -> str:
    """The figures of `measure`."""
    lines = [f"A letter of {found['characters']:,} characters, seconds"]
    lines += [f"{n:24} {s:9.2f}" for n, s in found.items() if n != "characters"]
    return "\n".join(lines)
