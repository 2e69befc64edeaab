"""Making a whole data set: workers, crashes, full disks, and going on."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from factory_samples import files_in, model_in, plan_of
from refusals import refused
from repository import ROOT

from scribe.factory import receipts, runner
from scribe.factory.store import Folder
from scribe.foundation.errors import Interrupted, WorkFailed

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("clean_gin")]


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return plan_of(model_in(tmp_path_factory.mktemp("models") / "scribbler"))


@pytest.fixture(scope="module")
def whole(plan, tmp_path_factory):
    """A data set that was made in one go: folder and its files."""
    folder = tmp_path_factory.mktemp("sets") / "whole"
    runner.make(plan, folder)
    return folder, files_in(folder)


def test_all_samples_are_there_once(whole):
    _, files = whole
    rows = [json.loads(row) for row in files["train/metadata.jsonl"].splitlines()]
    names = [row["file_name"] for row in rows]
    assert len(names) == len(set(names)) == 12
    assert {f"train/{name}" for name in names} == {f for f in files if ".png" in f}
    facts = json.loads(files["dataset.json"])
    assert facts["finished"] and facts["splits"] == {"train": 12}
    assert facts["seed"] == 3 and "RandomCharacters.groups" in facts["config"]


@pytest.mark.slow
def test_workers_write_the_same_bytes(plan, whole, tmp_path):
    runner.make(plan, tmp_path / "set", workers=2)
    assert files_in(tmp_path / "set") == whole[1]


def test_a_finished_data_set_is_only_checked(plan, whole, monkeypatch):
    def make(workshop, store, missing, keep):
        assert not missing

    monkeypatch.setattr(runner, "_make_here", make)
    assert runner.make(plan, whole[0])["finished"]


@pytest.mark.parametrize("damage", ["missing", "short", "no receipt", "half receipt"])
def test_what_is_missing_or_damaged_is_made_again(plan, whole, tmp_path, damage):
    folder = tmp_path / "set"
    shutil.copytree(whole[0], folder)
    picture = sorted(folder.glob("train/00001/*.png"))[2]
    receipt = folder / ".shards" / "00001.json"
    if damage == "missing":
        picture.unlink()
    elif damage == "short":
        picture.write_bytes(picture.read_bytes()[:-1])
    elif damage == "no receipt":
        receipt.unlink()
    else:
        receipt.write_bytes(receipt.read_bytes()[:40])
    (folder / "train" / ".00000-000009.png.123.part").write_bytes(b"half")
    runner.make(plan, folder)
    assert files_in(folder) == whole[1]


def test_another_data_set_in_the_folder_is_refused(plan, whole):
    import dataclasses

    for change in ({"seed": 9}, {"num_samples": 13}, {"config": plan.config + "\n"}):
        with refused(*change):
            runner.make(dataclasses.replace(plan, **change), whole[0])
    assert files_in(whole[0]) == whole[1]


def test_a_full_disk_says_what_is_kept(plan, tmp_path, monkeypatch):
    write, written = Folder.write, []

    def full(store, path, data):
        written.append(path)
        if len(written) > 12:
            raise OSError(28, "No space left on device", str(path))
        write(store, path, data)

    monkeypatch.setattr(Folder, "write", full)
    with refused("No space left on device", 1, 3, error=WorkFailed):
        runner.make(plan, tmp_path / "set")
    monkeypatch.undo()
    assert runner.make(plan, tmp_path / "set")["finished"]


def test_ctrl_c_says_how_to_go_on(plan, whole, tmp_path):
    def press(num_samples):
        if num_samples >= 5:
            raise KeyboardInterrupt

    with refused(1, 3, error=Interrupted) as caught:
        runner.make(plan, tmp_path / "set", progress=press)
    assert caught.value.status == 130
    runner.make(plan, tmp_path / "set")
    assert files_in(tmp_path / "set") == whole[1]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_after_a_kill_the_same_command_makes_the_same_data_set(
    plan, whole, tmp_path, number
):
    (tmp_path / "recipe.gin").write_text(plan.config)
    command = [sys.executable, "-m", "scribe.dataset", "--output", tmp_path / "set"]
    command += ["--gin_file", tmp_path / "recipe.gin", "--seed=3", "--num_samples=12"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(
        [*command, "--workers=2"], env=environment, stderr=subprocess.PIPE, text=True
    )
    receipts = tmp_path / "set" / ".shards"
    deadline = time.monotonic() + 60
    while not list(receipts.glob("*.json")) and time.monotonic() < deadline:
        time.sleep(0.01)
    child.send_signal(number)
    _, said = child.communicate(timeout=60)
    if number == signal.SIGTERM:
        assert child.returncode in (143, 0), said
        assert "Traceback" not in said
    again = subprocess.run(
        [*command, "--workers=1"], env=environment, capture_output=True, text=True
    )
    assert again.returncode == 0, again.stderr
    assert files_in(tmp_path / "set") == whole[1]


@pytest.mark.parametrize(
    "damaged", [b"", b"[1]", b'"x"', b"[" * 100_000, b'{"seed": 1e999}', b"\xff"]
)
def test_a_damaged_description_is_that_of_another_data_set(plan, tmp_path, damaged):
    (tmp_path / "dataset.json").write_bytes(damaged)
    with refused("another data set"):
        runner.make(plan, tmp_path)
    assert (tmp_path / "dataset.json").read_bytes() == damaged


@pytest.mark.parametrize("damaged", [b"", b"[1]", b"[" * 100_000, b'{"shard": 1e999}'])
def test_a_damaged_receipt_is_that_of_no_shard(tmp_path, damaged):
    store = Folder(tmp_path)
    receipt = receipts.Receipt(0, "train", 1, ["train/a.png"], "0" * 64, {})
    receipts.write(store, receipt)
    assert receipts.read(store, 0) == receipt
    (path,) = (tmp_path / receipts.FOLDER).iterdir()
    path.write_bytes(damaged)
    assert receipts.read(store, 0) is None
