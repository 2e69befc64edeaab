"""Models by their names: which folder is found, and what is done by kind."""

import pytest
from refusals import refused
from scrabble_samples import random_writer

import scrabblegan
from scrabblegan.evaluation import EVALUATIONS
from scrabblegan.models import find_model
from scrabblegan.models.kinds import KINDS
from scrabblegan.models.programs import PROGRAMS
from scrabblegan.models.registry import LOADERS
from scribe.foundation import json_files
from scribe.models import shipped

pytestmark = pytest.mark.unit


@pytest.mark.slow
def test_a_folder_of_the_same_name_does_not_hide_a_shipped_model(tmp_path, monkeypatch):
    """A clone has the package scrabblegan beside the model scrabblegan."""
    folder = tmp_path / "shipped" / "writer"
    folder.mkdir(parents=True)
    random_writer(folder)
    monkeypatch.setattr(shipped, "pretrained_folder", lambda: folder.parent)
    monkeypatch.chdir(tmp_path)
    (tmp_path / folder.name).mkdir()
    assert find_model(folder.name) == folder
    (tmp_path / "empty").mkdir()
    with refused("empty", "model.json"):
        find_model("empty")
    with refused("'nowhere'", "(writer)"):
        find_model("nowhere")


def test_loading_a_shipped_model_reads_no_other(monkeypatch):
    opened = set()
    read_file = json_files.read_file

    def spy(path, *arguments, **options):
        opened.add(path)
        return read_file(path, *arguments, **options)

    monkeypatch.setattr(json_files, "read_file", spy)
    model = scrabblegan.load("digits")
    read = {path for path in opened if path.name == "model.json"}
    assert read == {model.folder / "model.json"}


def test_every_kind_can_be_loaded_and_nothing_is_done_with_others():
    assert LOADERS.keys() == KINDS.keys()
    assert EVALUATIONS.keys() | PROGRAMS.keys() <= KINDS.keys()
