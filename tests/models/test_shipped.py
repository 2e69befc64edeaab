"""Shipped models: found by their names, without reading the others."""

import json
import shutil
import subprocess
import sys

import pytest
from refusals import assert_names
from repository import ROOT

from scribe.foundation.errors import InputError
from scribe.models import find_model, shipped
from scribe.models.shipped import pretrained_folder, pretrained_models, shipped_model

pytestmark = pytest.mark.unit

COUNTING = """
import sys
opened = []
def watch(event, arguments):
    if event == "open" and str(arguments[0]).endswith("model.json"):
        opened.append(str(arguments[0]))
sys.addaudithook(watch)
{program}
print(*opened, sep="\\n")
"""


def opened_by(program: str) -> list[str]:
    """The names of the models whose model.json a program opens, in their order."""
    done = subprocess.run(
        [sys.executable, "-c", COUNTING.format(program=program)],
        capture_output=True,
        check=True,
        text=True,
        cwd=ROOT,
    )
    return [path.split("/")[-2] for path in done.stdout.split()]


@pytest.mark.parametrize(
    ("program", "names"),
    [
        ("import scribe; scribe.load()", ["scribe_default"]),
        ("import scribe; scribe.load('synthesis')", ["synthesis_half_rate"]),
        ("import scribe; scribe.load('sketch_rnn')", ["sketch_rnn"]),
        ("from scribe.reading import load_reader; load_reader()", ["reader"]),
        (
            "from scribe.typesetting.choice import shipped_reader; shipped_reader()",
            ["reader_chooser"],
        ),
        (
            "from scribe.writing.best_of import shipped_chooser; shipped_chooser()",
            ["reader_chooser"],
        ),
        (
            "from scribe.models.shipped import shipped_model\n"
            "shipped_model('synthesis'); shipped_model('nobody')",
            [],
        ),
    ],
)
def test_only_the_model_that_is_asked_for_is_read(program, names):
    assert opened_by(program) == names


def test_names_are_listed_by_kind():
    assert pretrained_models(["reader"]) == ["reader", "reader_chooser"]
    everything = pretrained_models()
    assert set(pretrained_models(["sketch_rnn", "reader"])) < set(everything)
    folders = [path.name for path in pretrained_folder().iterdir() if path.is_dir()]
    assert everything == sorted(folders)


def test_a_damaged_model_is_not_listed(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "pretrained_folder", lambda: tmp_path)
    for name, content in (("a", '{"kind": "reader"}'), ("b", "{"), ("c", "{}")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.json").write_text(content)
    (tmp_path / "d").mkdir()
    assert pretrained_models() == ["a"]


@pytest.mark.parametrize("name", ["", ".", "..", "reader/", "../pretrained/reader"])
def test_a_path_is_no_name_of_a_shipped_model(name):
    assert shipped_model(name) is None


def test_an_old_name_finds_its_model_and_says_the_new_one(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(shipped.ALIASES, "old_hand", "scribe_default")
    assert find_model("old_hand") == pretrained_folder() / "scribe_default"
    assert_names(capsys.readouterr().err, "old_hand", "scribe_default")


def test_a_run_folder_goes_before_an_old_name(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(shipped.ALIASES, "old_hand", "scribe_default")
    shutil.copytree(pretrained_folder() / "synthesis_half_rate", "old_hand")
    assert find_model("old_hand").resolve() == tmp_path / "old_hand"
    assert not capsys.readouterr().err


def test_a_name_that_nothing_has_is_answered_with_those_that_draw():
    with pytest.raises(InputError) as refusal:
        find_model("nobody")
    assert "sketch_rnn, synthesis" in str(refusal.value)
    assert "reader" not in str(refusal.value)


def test_every_alias_leads_to_a_model():
    for old, new in shipped.ALIASES.items():
        assert old not in pretrained_models()
        facts = json.loads((pretrained_folder() / new / "model.json").read_text())
        assert facts["kind"]
