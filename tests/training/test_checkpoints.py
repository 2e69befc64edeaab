"""Checkpoints that were damaged, lost, or listed wrongly: none is lost with them."""

import json
import shutil

import pytest
from refusals import refused
from toy_training import train_toy

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("clean_gin")]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run folder with the checkpoints of steps 3 and 4."""
    folder = tmp_path_factory.mktemp("checkpoints") / "run"
    train_toy(folder)
    return folder


@pytest.fixture
def run(trained, tmp_path):
    return shutil.copytree(trained, tmp_path / "run")


def files(run) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (run / "checkpoints").glob("ckpt-*")}


def cut(path, share=0.5):
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])


LISTS = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "cut off": cut,
    "cut off in a name": lambda path: path.write_bytes(b'model_checkpoint_path: "ck'),
    "garbage": lambda path: path.write_bytes(bytes(range(256))),
    "of no checkpoint": lambda path: path.write_text('model_checkpoint_path: "x"\n'),
    "of an older one": lambda path: path.write_text(
        'model_checkpoint_path: "ckpt-3"\nall_model_checkpoint_paths: "ckpt-3"\n'
    ),
}


@pytest.mark.parametrize("damage", LISTS.values(), ids=LISTS)
def test_a_damaged_list_costs_no_step(run, damage):
    damage(run / "checkpoints" / "checkpoint")
    assert train_toy(run, num_steps=6).seen == [4, 5]
    assert {"ckpt-5.index", "ckpt-6.index"} <= files(run).keys()


def test_a_folder_in_place_of_the_list_is_named(run):
    (run / "checkpoints" / "checkpoint").unlink()
    (run / "checkpoints" / "checkpoint").mkdir()
    before = files(run)
    with refused(run / "checkpoints" / "checkpoint"):
        train_toy(run, num_steps=6)
    assert files(run) == before


def test_a_list_from_elsewhere_lets_no_file_outside_be_removed(run, tmp_path):
    precious = tmp_path / "precious.index"
    precious.write_bytes(b"precious")
    (run / "checkpoints" / "checkpoint").write_text(
        'model_checkpoint_path: "ckpt-4"\n'
        + "".join(
            f'all_model_checkpoint_paths: "{name}"\n'
            for name in (precious.with_suffix(""), "../../precious", "ckpt-4")
        )
    )
    assert train_toy(run, num_steps=8, checkpoints_kept=1).seen == [4, 5, 6, 7]
    assert precious.read_bytes() == b"precious"


DAMAGES = {
    "data cut off": lambda stem: cut(stem.with_suffix(".data-00000-of-00001")),
    "data empty": lambda stem: cut(stem.with_suffix(".data-00000-of-00001"), 0),
    "data missing": lambda stem: stem.with_suffix(".data-00000-of-00001").unlink(),
    "data garbage": lambda stem: stem.with_suffix(".data-00000-of-00001").write_bytes(
        bytes(stem.with_suffix(".data-00000-of-00001").stat().st_size)
    ),
    "index cut off": lambda stem: cut(stem.with_suffix(".index")),
    "index empty": lambda stem: cut(stem.with_suffix(".index"), 0),
    "index garbage": lambda stem: stem.with_suffix(".index").write_bytes(b"rubbish"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_the_older_checkpoint_is_used_and_the_damaged_one_named(run, damage, caplog):
    damage(run / "checkpoints" / "ckpt-4")
    assert train_toy(run).seen == [3]
    assert str(run / "checkpoints" / "ckpt-4") in caplog.text


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_without_a_whole_checkpoint_nothing_is_trained_and_nothing_removed(run, damage):
    for step in (3, 4):
        damage(run / "checkpoints" / f"ckpt-{step}")
    before = files(run)
    with refused("ckpt-3", "ckpt-4"):
        train_toy(run)
    assert files(run) == before


def test_a_list_without_checkpoints_is_not_trained_over(run):
    for path in (run / "checkpoints").glob("ckpt-*"):
        path.unlink()
    with refused(run / "checkpoints"):
        train_toy(run)


@pytest.mark.parametrize(
    "content",
    [b"", b"[", b"\xff", b"7", b"[7]", b'[{"loss": 1}]', b"[" * 99_999],
)
def test_a_damaged_history_is_named_before_anything_is_trained(run, content):
    (run / "metrics.json").write_bytes(content)
    before = files(run)
    with refused(run / "metrics.json"):
        train_toy(run, num_steps=6)
    assert files(run) == before
    assert (run / "metrics.json").read_bytes() == content


@pytest.mark.parametrize("name", ["events", "checkpoints"])
def test_a_file_in_place_of_a_folder_is_named(run, name):
    shutil.rmtree(run / name)
    (run / name).write_text("in the way")
    with refused(run / name):
        train_toy(run)


def test_a_configuration_that_is_no_text_is_named(run):
    (run / "config.gin").write_bytes(b"\xff\xfe")
    with refused(run / "config.gin", "UTF-8"):
        train_toy(run, num_steps=6)
    assert [row["step"] for row in json.loads((run / "metrics.json").read_bytes())] == [
        2,
        4,
    ]
