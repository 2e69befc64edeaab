"""BLAS keeps to one thread in a command, with threadpoolctl and without."""

import os
import subprocess
import sys

import pytest

from scribe.foundation import threads

PROGRAM = """
import sys
from scribe.foundation import command_line, threads
if {hidden}:
    find = threads.importlib.util.find_spec
    threads.importlib.util.find_spec = lambda n: n != "threadpoolctl" and find(n)
def command(_):
    import os, numpy
    print([os.environ.get(name) for name in threads.VARIABLES])
sys.exit(command_line.status_of(command, []))
"""


def printed(hidden: bool, **variables: str) -> str:
    kept = {k: v for k, v in os.environ.items() if k not in threads.VARIABLES}
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(hidden=hidden)],
        env=kept | variables,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


@pytest.mark.unit
def test_without_threadpoolctl_a_command_holds_blas_back_before_numpy_starts_it():
    assert printed(hidden=True) == "['1', '1']"
    assert printed(hidden=True, OPENBLAS_NUM_THREADS="3") == "['3', '1']"
    assert printed(hidden=False) == "[None, None]"


@pytest.mark.unit
def test_a_program_that_has_imported_numpy_is_left_alone(monkeypatch):
    monkeypatch.setattr(threads.importlib.util, "find_spec", lambda name: None)
    monkeypatch.delenv(threads.VARIABLES[0], raising=False)
    assert "numpy" in sys.modules
    threads.hold_blas_back()
    assert threads.VARIABLES[0] not in os.environ
