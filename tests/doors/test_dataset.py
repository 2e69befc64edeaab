"""python -m scribe.dataset."""

import json

import cv2
import pytest
from factory_samples import BINDINGS, model_in
from ink_samples import tiny_ink
from refusals import assert_refusal

from scribe import dataset
from scribe.foundation.command_line import status_of

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("clean_gin")]


@pytest.fixture
def arguments(tmp_path):
    model = model_in(tmp_path / "model")
    bindings = [*BINDINGS, f"Recipe.model = '{model.as_posix()}'"]
    return [
        f"--output={tmp_path / 'set'}", "--num_samples=6", "--workers=1",
        *(f"--gin_param={binding}" for binding in bindings),
    ]  # fmt: skip


def test_the_command_writes_pictures_with_their_labels(arguments, tmp_path, capsys):
    assert status_of(dataset.main, arguments) == 0
    said = capsys.readouterr().out
    assert "6 samples in" in said and "terms:" in said
    rows = (tmp_path / "set/train/metadata.jsonl").read_text().splitlines()
    for row in map(json.loads, rows):
        path = tmp_path / "set/train" / row["file_name"]
        picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert picture.shape == (row["height"], row["width"])
        assert row["text"] == row["lines"][0]["words"][0]["text"]


@pytest.mark.parametrize(
    ("more", "facts"),
    [
        (["--temp_location=x"], ["--temp_location=x"]),
        (["--workers=0"], ["--workers=0", 1]),
        (["--num_samples=0"], ["num_samples=0", 1]),
        (["--seed=-1"], ["seed=-1", 0]),
        (["--format=papyrus"], ["papyrus", "folder"]),
        (["--gin_file=nowhere.gin"], ["nowhere.gin"]),
        (["--gin_param=Recipe.kinds = 'words'"], ["kinds"]),
        (["--gin_param=Recipe.model = 'reader'"], ["reader"]),
        (["--gin_param=Recipe.model = 'sketch_rnn'"], ["sketch_rnn"]),
        (["--ink=blood"], ["'blood'"]),
        (["--ink=reader"], ["reader"]),
    ],
)
def test_wrong_arguments_are_answered_in_a_sentence(
    arguments, tmp_path, capsys, more, facts
):
    assert_refusal(capsys, status_of(dataset.main, arguments + more), *facts)
    assert not (tmp_path / "set").exists()


def test_a_network_of_ink_draws_the_pictures_and_is_named(arguments, tmp_path, capsys):
    ink = tiny_ink(tmp_path / "ink")
    more = [f"--ink={ink}", "--gin_param=Crop.height = 64"]
    assert status_of(dataset.main, [*arguments, *more]) == 0
    facts = json.loads((tmp_path / "set/dataset.json").read_text())
    assert facts["ink"]["name"] == "ink" and len(facts["ink"]["sha256"]) == 64
    assert "Ink: " in capsys.readouterr().out
    rows = (tmp_path / "set/train/metadata.jsonl").read_text().splitlines()
    for row in map(json.loads, rows):
        path = tmp_path / "set/train" / row["file_name"]
        picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert picture.shape == (64, row["width"])
        # On the paper of the network, which has 230 to 250 of 255.
        assert 225 <= picture.max() <= 251
    # Other ink, another data set.
    (tmp_path / "set/train/metadata.jsonl").unlink()
    status = status_of(dataset.main, [*arguments, "--gin_param=Crop.height = 64"])
    assert_refusal(capsys, status, "ink")
