"""What runs inside a job: its code, and a run folder that survives the machine."""

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from refusals import assert_refusal, refused
from repository import ROOT, listed, requirements

from scribe import train
from scribe.foundation.command_line import status_of
from scribe.training import mirror, mirrored
from scribe.training.mirror import NEWEST, Mirror
from scribe.training.vertex import code_archive
from scribe.training.vertex.job import DEFAULT_IMAGE

VERTEX = ROOT / "scribe" / "training" / "vertex"
PATIENCE_SECONDS = 120


class Trainer:
    """Writes the files that a training writes, with its step in each of them."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.step = 0

    def goes_on(self) -> None:
        self.step += 1
        stamp = f"step {self.step}"
        self._write("config.gin", "the same")
        self._write("events/events.out", "\n".join(map(str, range(self.step))))
        self._write("weights.npz", stamp)
        for end in (".data-00000-of-00001", ".index"):
            self._write(f"checkpoints/ckpt-{self.step}{end}", stamp)
        newest = f'model_checkpoint_path: "ckpt-{self.step}"\n'
        self._write(NEWEST, newest)
        for end in (".data-00000-of-00001", ".index"):
            old = self.folder / f"checkpoints/ckpt-{self.step - 2}{end}"
            old.unlink(missing_ok=True)

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def whole_checkpoint(folder: Path) -> int:
    """The step of the checkpoint that `folder` calls its newest; 0 for none."""
    note = folder / NEWEST
    if not note.is_file():
        return 0
    name = note.read_text().split('"')[1]
    for end in (".data-00000-of-00001", ".index"):
        stamp = (folder / "checkpoints" / f"{name}{end}").read_text()
        assert stamp == f"step {name.removeprefix('ckpt-')}"
    return int(name.removeprefix("ckpt-"))


@pytest.mark.unit
def test_a_mirror_holds_what_the_run_folder_holds(tmp_path):
    local, remote = tmp_path / "local", tmp_path / "remote"
    trainer, copy = Trainer(local), Mirror(local, remote)
    for _ in range(4):
        trainer.goes_on()
        assert copy.update() > 0
        assert contents(remote) == contents(local)
        assert copy.update() == 0
    other = Mirror(tmp_path / "other machine", remote)
    assert other.restore() == len(contents(local))
    assert contents(tmp_path / "other machine") == contents(local)
    assert other.update() == 0


@pytest.mark.unit
def test_files_that_are_being_written_are_not_copied(tmp_path):
    local, remote = tmp_path / "local", tmp_path / "remote"
    trainer, copy = Trainer(local), Mirror(local, remote)
    trainer.goes_on()
    copy.update()
    before = contents(remote)
    for name in (".weights.npz.1.part", "checkpoints/ckpt-2_temp/part-0.data"):
        trainer._write(name, "half")
    trainer._write("checkpoints/ckpt-2.data-00000-of-00001.tempstate7", "half")
    assert copy.update() == 0
    assert contents(remote) == before


@pytest.mark.unit
@pytest.mark.parametrize("survived", range(8))
def test_wherever_a_copy_is_interrupted_the_training_can_go_on(
    tmp_path, monkeypatch, survived
):
    local, remote = tmp_path / "local", tmp_path / "remote"
    trainer, copy = Trainer(local), Mirror(local, remote)
    trainer.goes_on()
    copy.update()
    trainer.goes_on()
    trainer.goes_on()  # ckpt-1, the only one in the bucket, is gone here
    written = []

    def write(path, data):
        if len(written) == survived:
            raise OSError("the machine was taken away")
        written.append(path)
        return real(path, data)

    real = mirror.write_whole
    monkeypatch.setattr(mirror, "write_whole", write)
    try:
        copy.update()
    except OSError:
        pass
    assert whole_checkpoint(remote) in (1, 3)
    monkeypatch.undo()
    copy.update()
    assert whole_checkpoint(remote) == 3
    assert contents(remote) == contents(local)


@pytest.mark.unit
def test_a_checkpoint_that_is_replaced_while_it_is_copied_is_not_named(
    tmp_path, monkeypatch
):
    local, remote = tmp_path / "local", tmp_path / "remote"
    trainer, copy = Trainer(local), Mirror(local, remote)
    trainer.goes_on()
    copy.update()
    real, files = mirror.write_whole, mirror._files

    def list_slowly(folder):
        names = files(folder)
        if folder == local and trainer.step == 1:
            for _ in range(3):  # meanwhile
                trainer.goes_on()
        return names

    monkeypatch.setattr(mirror, "_files", list_slowly)
    copy.update()
    assert whole_checkpoint(remote) == 1
    monkeypatch.setattr(mirror, "write_whole", real)
    copy.update()
    assert whole_checkpoint(remote) == 4


WITH_CHIEF = {"chief": ["a:1"], "worker": ["b:1", "c:1"]}
WORKERS = {"worker": ["b:1", "c:1"]}


@pytest.mark.unit
@pytest.mark.parametrize(
    ("cluster", "name", "index", "expected"),
    [
        (WITH_CHIEF, "chief", 0, True),
        (WITH_CHIEF, "worker", 0, False),
        (WITH_CHIEF, "worker", 1, False),
        (WORKERS, "worker", 0, True),
        (WORKERS, "worker", 1, False),
    ],
)
def test_one_machine_of_several_keeps_the_run_folder(cluster, name, index, expected):
    members = {"cluster": cluster, "task": {"type": name, "index": index}}
    assert mirrored.is_chief({"TF_CONFIG": json.dumps(members)}) is expected


@pytest.mark.unit
def test_a_machine_that_is_alone_keeps_the_run_folder():
    assert mirrored.is_chief({})
    assert mirrored.is_chief({"TF_CONFIG": "{}"})


@pytest.mark.unit
@pytest.mark.parametrize("text", ["{", "[]", '{"task": {"index": 0}}'])
def test_members_that_cannot_be_understood_are_named(text):
    with refused("TF_CONFIG"):
        mirrored.is_chief({"TF_CONFIG": text})


@pytest.mark.unit
def test_data_that_are_not_there_are_named(tmp_path, capsys):
    arguments = [f"--data_dir={tmp_path}/x", f"--mirror={tmp_path}/run"]
    status = status_of(train.main, ["--gin_file=demo", *arguments])
    assert_refusal(capsys, status, f"--data_dir={tmp_path}/x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.unit
@pytest.mark.parametrize(
    "arguments",
    [[], ["--data_dir=.", "--save_dir=x"], ["--data_dir=.", "--dry_run"]],
)
def test_what_a_mirror_cannot_be_combined_with_is_refused(arguments, tmp_path, capsys):
    mirrored = ["--gin_file=demo", f"--mirror={tmp_path}/run"]
    assert_refusal(capsys, status_of(train.main, [*mirrored, *arguments]), "--mirror")
    assert list(tmp_path.iterdir()) == []


COUNTING = """
import signal, time
count = 0
def told(*_):
    global count
    count += 1
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, told)
print("ready", flush=True)
end = time.monotonic() + 60
while not count and time.monotonic() < end:
    time.sleep(0.02)
time.sleep(0.3)
print(f"told {count} times")
"""


@pytest.mark.integration
@pytest.mark.parametrize(
    ("number", "stop"),
    [(signal.SIGTERM, os.kill), (signal.SIGINT, os.killpg)],
    ids=["a service", "a terminal"],
)
def test_a_training_is_told_once_to_stop(number, stop):
    program = (
        "import sys\nfrom scribe.training import mirrored as t\n"
        f"process = t._start([sys.executable, '-c', {COUNTING!r}])\n"
        "sys.exit(t._watch(process, None, lambda: None, 60.0))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr.readline() == "ready\n"
    stop(process.pid, number)
    assert process.communicate(timeout=PATIENCE_SECONDS)[1] == "told 1 times\n"
    assert process.returncode == 0


TOY = """
import toy_configurables
import scribe.training.loop
train.dataset = @toy_dataset
train.trainer = @ToyTrainer
toy_dataset.data_dir = %DATA_DIR
train.num_steps = 100000000
train.num_epochs = None
train.summary_every = 1000
train.validate_every = 100000000
train.checkpoint_every_seconds = 0.1
train.checkpoints_kept = 2
train.seed = 1
train.deterministic = False
"""


def training(gin_file: Path, data, run: Path) -> subprocess.Popen:
    """The command in a session of its own so that all of it can die."""
    return subprocess.Popen(
        [
            *(
                sys.executable,
                "-m",
                "scribe.train",
                f"--gin_file={gin_file}",
                "--allow_imports=toy_configurables",
            ),
            *(f"--data_dir={data}", f"--mirror={run}", "--mirror_every=0.1"),
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT / "tests" / "samples")},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def wait_for(condition, process) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.integration
def test_a_job_goes_on_after_its_machine_was_taken_away(tmp_path):
    """Once without any warning, and once with the signal that comes before."""
    gin_file, run = tmp_path / "submitted.gin", tmp_path / "bucket" / "run"
    gin_file.write_text(TOY)
    data = tmp_path / "numbers.npz"
    data.touch()

    def newest() -> int:
        note = run / NEWEST
        return (
            int(note.read_text().split('"')[1].split("-")[1]) if note.is_file() else 0
        )

    process = training(gin_file, data, run)
    wait_for(lambda: newest() > 0, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = newest()

    process = training(gin_file, data, run)
    wait_for(lambda: newest() > before, process)
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(PATIENCE_SECONDS) == 128 + signal.SIGTERM
    log = (run / mirrored.LOG).read_text()
    assert f"resuming at step {before} " in log
    assert f"stopped at step {newest()}, which is saved" in log


@pytest.mark.integration
def test_the_code_that_is_sent_runs_by_itself(tmp_path):
    (tmp_path / "code.zip").write_bytes(code_archive.pack())
    with zipfile.ZipFile(tmp_path / "code.zip") as archive:
        names = archive.namelist()
        archive.extractall(tmp_path)
    assert not [name for name in names if "pretrained" in name or "pycache" in name]
    program = (
        "import scribe, scrabblegan, scribe.foundation.gin_config as config\n"
        "print(scribe.__file__, config.gin_folder(), sep='\\n')"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.splitlines() == [
        str(tmp_path / "scribe" / "__init__.py"),
        str(tmp_path / "scribe" / "gin_files"),
    ]


@pytest.mark.unit
def test_the_same_code_gives_the_same_archive():
    assert code_archive.pack() == code_archive.pack()


@pytest.mark.unit
def test_a_job_installs_what_setup_cfg_requires():
    wanted = {
        *listed("options", "install_requires"),
        *listed("options.extras_require", "train"),
    }
    assert requirements("scribe/training/vertex/requirements.txt") == sorted(wanted)


@pytest.mark.unit
def test_the_image_has_a_tensorflow_within_our_range():
    packaging = pytest.importorskip("packaging.requirements")
    (tensorflow,) = [
        line
        for line in listed("options.extras_require", "train")
        if "tensorflow>" in line
    ]
    version = DEFAULT_IMAGE.split(":")[1].removesuffix("-gpu")
    assert version in packaging.Requirement(tensorflow).specifier
    assert f"FROM {DEFAULT_IMAGE}\n" in (VERTEX / "Dockerfile").read_text()
