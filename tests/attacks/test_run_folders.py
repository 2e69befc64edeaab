"""Run folders that were damaged: a training goes on or refuses, and loses nothing."""

import shutil

import pytest
from attacks import files_below, held
from toy_training import train_toy

pytestmark = [
    pytest.mark.slow,
    pytest.mark.integration,
    pytest.mark.usefixtures("clean_gin"),
]

DATA = "checkpoints/ckpt-4.data-00000-of-00001"
FILES = [
    "config.gin", "operative_config.gin", "metrics.json", "weight.npy",
    "checkpoints/checkpoint", "checkpoints/ckpt-4.index", DATA,
    "checkpoints/ckpt-3.index", "checkpoints/ckpt-3.data-00000-of-00001",
]  # fmt: skip
DAMAGES = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "cut in half": lambda path: path.write_bytes(_half(path)),
    "cut by a byte": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "garbage": lambda path: path.write_bytes(bytes(range(256)) * 8),
    "one bit": lambda path: path.write_bytes(_one_bit(path)),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "a link to nothing": lambda path: (path.unlink(), path.symlink_to("nothing")),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\xff" * 99),
}
FOLDERS = ["checkpoints", "events"]


def _half(path) -> bytes:
    return path.read_bytes()[: path.stat().st_size // 2]


def _one_bit(path) -> bytes:
    data = bytearray(path.read_bytes())
    if data:
        data[len(data) // 2] ^= 4
    return bytes(data)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run folder with the checkpoints of steps 3 and 4."""
    import gin

    gin.clear_config()
    folder = tmp_path_factory.mktemp("runs") / "run"
    train_toy(folder)
    return folder


def attack(run, damaged: set[str]):
    """Trains on; every whole checkpoint that was there must still be worth something.

    What is trained on begins at step 3 or 4, and a refusal leaves all as it was.
    """
    before = files_below(run)

    def act():
        try:
            trainer = train_toy(run, num_steps=6)
        except Exception:
            assert {n: d for n, d in files_below(run).items() if "events" not in n} == {
                n: d for n, d in before.items() if "events" not in n
            }, "a refusal changed the folder"
            raise
        newest = 3 if "4" in damaged else 4
        assert trainer.seen[:1] == [newest], f"it began at {trainer.seen[:1]}"

    return act


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", FILES)
def test_one_file(name, damage, trained, tmp_path):
    run = shutil.copytree(trained, tmp_path / "run")
    DAMAGES[damage](run / name)
    whole = damage == "longer" and name == DATA  # what is behind is not looked at
    damaged = set() if whole or "ckpt-4" not in name else {"4"}
    assert held("run folders", attack(run, damaged), seconds=60.0) is None


@pytest.mark.parametrize("damage", ["missing", "empty", "cut in half", "garbage"])
def test_both_checkpoints(damage, trained, tmp_path):
    run = shutil.copytree(trained, tmp_path / "run")
    for step in (3, 4):
        DAMAGES[damage](run / f"checkpoints/ckpt-{step}.index")
    fell = held("run folders", attack(run, {"3", "4"}), seconds=60.0)
    assert fell is None
    assert (run / DATA).exists()


@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("damage", ["a file", "a link to nothing"])
def test_a_folder_that_is_none(name, damage, trained, tmp_path):
    run = shutil.copytree(trained, tmp_path / "run")
    shutil.rmtree(run / name)
    if damage == "a file":
        (run / name).write_text("in the way")
    else:
        (run / name).symlink_to("nothing")

    def act():
        train_toy(run, num_steps=6)

    assert held("run folders", act, seconds=60.0) is None
