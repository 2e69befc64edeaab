"""A stranger's run folder: loading, sampling and evaluating it runs no code.

docs/operate/STRANGERS.md promises it. Each file of the folder holds a program in every
form that the file could have; an audit hook of Python notes whatever is started.
"""

import json
import pickle
import sys

import numpy as np
import pytest
from attacks import held
from training_samples import scrawls
from writing_samples import saved

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("clean_gin")]

STARTS = {
    "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn",
    "os.startfile", "subprocess.Popen", "ctypes.dlopen", "code.__new__",
    "pickle.find_class", "socket.connect", "webbrowser.open", "shutil.unpack_archive",
}  # fmt: skip
_started: list[str] | None = None


def _note(event, arguments):
    if _started is not None and event in STARTS:
        _started.append(f"{event} {str(arguments)[:80]}")


sys.addaudithook(_note)  # cannot be taken away again


@pytest.fixture
def started():
    """What is started while the test runs."""
    global _started
    _started = []
    yield _started
    _started = None


class Program:
    def __reduce__(self):
        return exec, ("import harmful_module",)


@pytest.fixture
def stranger(tmp_path, monkeypatch):
    """A run folder that works, with programs wherever there may be one."""
    folder = tmp_path / "stranger"
    saved(folder)
    module = tmp_path / "harmful_module.py"
    module.write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    monkeypatch.syspath_prepend(tmp_path)
    text = (
        "import harmful_module\nfrom __gin__ import dynamic_registration\n"
        "import os\nos.system.command = 'touch ran'\nDATA_DIR = '../../../etc'\n"
    )
    for name in ("config.gin", "operative_config.gin"):
        (folder / name).write_text(text)
    for name in ("metrics.json", "harmful_module.py", "sitecustomize.py", "scribe.py"):
        (folder / name).write_text(module.read_text())
    for name in ("model.pkl", "model.json.pkl", "weights.pkl", "saved_model.pb"):
        (folder / name).write_bytes(pickle.dumps(Program()))
    (folder / "checkpoints").mkdir()
    (folder / "checkpoints" / "checkpoint").write_text(
        'model_checkpoint_path: "/etc/passwd"\nall_model_checkpoint_paths: "../../x"\n'
    )
    (folder / "styles").mkdir()
    rows = [[1.0, float(i % 3), int(i % 5 == 4)] for i in range(30)]
    style = {"text": "fox", "strokes": rows, "__reduce__": "os.system", "import": "os"}
    (folder / "styles" / "hand.json").write_text(json.dumps(style))
    with open(folder / "weights.npz", "rb") as file:
        weights = dict(np.load(file))
    np.savez_compressed(folder / "weights.npz", **weights)
    return folder


def load(folder, corpus):
    import scribe

    scribe.load(str(folder), engine="numpy")


def sample(folder, corpus):
    from scribe import sample as door

    output = folder.parent / "a.svg"
    status = _status(door, f"--model={folder}", "--text=fox", f"--output={output}")
    assert status in (0, 1) and output.exists()


def sample_in_its_hand(folder, corpus):
    from scribe import sample as door

    output = folder.parent / "a.svg"
    _status(
        door, f"--model={folder}", "--text=fox", "--style=hand", f"--output={output}"
    )


def evaluate(folder, corpus):
    from scribe import evaluate as door

    assert _status(door, f"--model={folder}", f"--data_dir={corpus}") == 0


def evaluate_where_it_says(folder, corpus):
    from scribe import evaluate as door

    assert _status(door, f"--model={folder}") == 2


def _status(door, *arguments):
    from scribe.foundation.command_line import status_of

    return status_of(door.main, list(arguments))


@pytest.fixture
def corpus(tmp_path):
    from scribe.corpora.prepared import save_corpus

    random = np.random.default_rng(0)
    lines = {split: scrawls(split, 4, random) for split in ("train", "validation")}
    save_corpus(tmp_path / "corpus", "scrawls", lines, {})
    return tmp_path / "corpus"


@pytest.mark.parametrize(
    "use", [load, sample, sample_in_its_hand, evaluate, evaluate_where_it_says]
)
def test_nothing_of_a_stranger_s_run_folder_is_run(
    use, stranger, corpus, started, tmp_path, monkeypatch
):
    monkeypatch.chdir(stranger)
    use(stranger, corpus)  # imports are done once
    started.clear()

    def act():
        use(stranger, corpus)
        assert not started, started
        assert not (tmp_path / "ran").exists()
        assert "harmful_module" not in sys.modules

    assert held("a stranger's run folder", act, seconds=60.0) is None


def test_the_hook_notes_what_is_started(started):
    import subprocess

    subprocess.run([sys.executable, "-c", ""], check=True)
    assert any(event.startswith("subprocess.Popen") for event in started)
