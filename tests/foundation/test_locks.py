"""One writer at a time."""

import os
import signal
import subprocess
import sys

import pytest
from refusals import refused
from repository import ROOT

from scribe.foundation.locks import sole_writer

pytestmark = pytest.mark.unit


def test_a_second_writer_is_refused_until_the_first_has_ended(tmp_path):
    with sole_writer(tmp_path / "run"):
        with refused(tmp_path / "run", os.getpid()), sole_writer(tmp_path / "run"):
            pass
        with sole_writer(tmp_path / "other"):
            pass
    with sole_writer(tmp_path / "run"):
        pass
    assert not list(tmp_path.iterdir())


def test_another_name_of_the_folder_is_no_way_round(tmp_path):
    (tmp_path / "link").symlink_to("run", target_is_directory=True)
    with (
        sole_writer(tmp_path / "run"),
        refused(tmp_path / "run"),
        sole_writer(tmp_path / "a" / ".." / "link"),
    ):
        pass


def test_a_file_of_a_lock_that_nobody_holds_does_not_block(tmp_path):
    (tmp_path / ".run.lock").write_text("1\n")
    with sole_writer(tmp_path / "run"):
        pass


def test_a_failure_lets_the_folder_go(tmp_path):
    with pytest.raises(KeyError), sole_writer(tmp_path / "run"):
        raise KeyError
    with sole_writer(tmp_path / "run"):
        pass


def test_kill_9_lets_the_folder_go(tmp_path):
    program = (
        "import sys, time\n"
        "from scribe.foundation.locks import sole_writer\n"
        "with sole_writer(sys.argv[1]):\n"
        "    print('holds', flush=True)\n"
        "    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "run")]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "holds\n"
        with (
            refused(tmp_path / "run", process.pid),
            sole_writer(tmp_path / "run"),
        ):
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
        with sole_writer(tmp_path / "run"):
            pass
    finally:
        process.kill()
        process.communicate()
