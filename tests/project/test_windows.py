"""What Windows lacks is not needed to write, and its consoles are respected."""

import ast
import os
import subprocess
import sys

import pytest
from repository import ROOT

# Modules that only POSIX has.
POSIX_MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "termios", "tty"}
# Runs a program as on Windows: without those modules and what else POSIX alone has.
AS_ON_WINDOWS = f"""
import contextlib, importlib, os, signal, sys, types
# These know Windows, but take this machine for what it is.
for name in ("asyncio", "multiprocessing", "socket", "subprocess", "tempfile", "uuid",
             "numpy", "uvicorn", "fastapi", "cv2", "PIL.Image", "tqdm"):
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
for name in {sorted(POSIX_MODULES)!r}:
    sys.modules[name] = None
for name in ("SIGKILL", "SIGHUP", "SIGQUIT", "SIGALRM", "SIGUSR1", "alarm", "pause"):
    delattr(signal, name)
for name in ("fork", "getuid", "geteuid", "getgid", "killpg", "mkfifo", "nice",
             "setsid", "sched_getaffinity", "sysconf", "uname"):
    delattr(os, name)
locked = set()
def locking(file, mode, size):
    place = os.fstat(file).st_ino
    if place in locked:
        raise PermissionError(13, "Permission denied")
    locked.add(place)
sys.modules["msvcrt"] = types.SimpleNamespace(locking=locking, LK_NBLCK=2)
"""
# Rooms that never import TensorFlow.
LIGHT_ROOMS = ("foundation", "strokes", "models", "drawing", "reading", "web")


def as_on_windows(program: str, *arguments: str, **variables: str):
    return subprocess.run(
        [sys.executable, "-c", AS_ON_WINDOWS + program, *arguments],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
    )


def modules_of(*rooms: str) -> list[str]:
    paths = [path for room in rooms for path in (ROOT / "scribe" / room).glob("*.py")]
    names = [path.relative_to(ROOT).with_suffix("").parts for path in paths]
    return [".".join(name) for name in names if name[-1] != "__init__"]


@pytest.mark.unit
def test_no_module_imports_what_posix_alone_has_before_it_is_needed():
    careless = []
    for package in ("scribe", "scrabblegan"):
        for path in (ROOT / package).rglob("*.py"):
            for statement in ast.parse(path.read_text(encoding="utf-8")).body:
                names = {a.name for a in getattr(statement, "names", [])}
                names.add(getattr(statement, "module", None))
                if POSIX_MODULES & names:  # not within `try` or a function
                    careless.append(path.relative_to(ROOT).as_posix())
    assert not careless


@pytest.mark.integration
def test_the_rooms_that_write_are_imported_without_what_posix_alone_has():
    names = [*modules_of(*LIGHT_ROOMS), "scribe.writing", "scribe.typesetting"]
    doors = [f"scribe.{path.stem}" for path in (ROOT / "scribe").glob("[a-z]*.py")]
    program = (
        "import importlib\nfor name in sys.argv[1:]: importlib.import_module(name)"
    )
    result = as_on_windows(program, *names, *doors)
    assert result.returncode == 0, result.stderr.decode()


@pytest.mark.integration
def test_a_line_and_a_page_are_written_without_what_posix_alone_has(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Ada")
    program = (
        "from scribe import sample, write_page\n"
        "from scribe.foundation.command_line import status_of\n"
        "folder = sys.argv[1]\n"
        "line = ['--text=Hi', f'--output={folder}/line.svg']\n"
        "page = [f'{folder}/letter.txt', f'--output={folder}/page.pdf']\n"
        "sys.exit(status_of(sample.main, line) or status_of(write_page.main, page))"
    )
    result = as_on_windows(program, str(tmp_path))
    assert result.returncode == 0, result.stderr.decode()
    assert (tmp_path / "line.svg").stat().st_size
    assert (tmp_path / "page.pdf").stat().st_size


@pytest.mark.integration
def test_the_lock_of_windows_keeps_a_second_writer_out(tmp_path):
    program = (
        "from scribe.foundation.errors import InputError\n"
        "from scribe.foundation.locks import sole_writer\n"
        "with sole_writer(sys.argv[1]):\n"
        "    try:\n"
        "        with sole_writer(sys.argv[1]): pass\n"
        "    except InputError: print('kept out')\n"
    )
    result = as_on_windows(program, str(tmp_path / "run"))
    assert result.stdout.split() == [b"kept", b"out"], result.stderr.decode()
    assert not list(tmp_path.iterdir())


@pytest.mark.integration
@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("cp1252", b"\\u017bycie.svg"), ("utf-8", "Życie.svg".encode())],
)
def test_a_name_that_the_console_cannot_show_is_written_all_the_same(
    tmp_path, encoding, shown
):
    output = tmp_path / "Życie.svg"
    command = [sys.executable, "-m", "scribe.sample", "--text=Hi", f"--output={output}"]
    result = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
    )
    assert result.returncode == 0, result.stderr.decode()
    assert output.is_file()
    assert shown in result.stdout
