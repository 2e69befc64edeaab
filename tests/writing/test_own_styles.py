"""The user's own styles, by name."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from platformdirs.macos import MacOS
from platformdirs.unix import Unix
from refusals import refused
from writing_samples import saved

from scribe.writing import Style, own_styles, styles


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SCRIBE_STYLES", str(tmp_path / "own"))
    return tmp_path / "own"


@pytest.fixture
def model(tmp_path):
    return saved(tmp_path / "run")


def hand(text):
    return Style(text, np.eye(3)[np.full(12, 1)].astype(np.float32))


@pytest.mark.unit
def test_own_styles_are_found_after_shipped_ones_and_before_files(
    tmp_path, model, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    styles.save_style(tmp_path / "anna", hand("a file"))
    assert styles.find_style("anna", model).text == "a file"
    styles.save_style(own_styles.path_of("anna"), hand("own"))
    assert own_styles.names() == ["anna"]
    assert styles.find_style("anna", model).text == "own"
    styles.save_style(model.folder / "styles" / "anna.json", hand("shipped"))
    assert styles.find_style("anna", model).text == "shipped"


@pytest.mark.unit
def test_the_sentence_about_a_missing_style_names_the_users_own(model):
    with refused("'anna'", model.folder, "none"):
        styles.find_style("anna", model)
    styles.save_style(own_styles.path_of("bert"), hand("own"))
    with refused("'anna'", "none", "bert"):
        styles.find_style("anna", model)
    with refused("'anna'", "bert"):
        own_styles.existing("anna")
    assert own_styles.existing("bert").is_file()


@pytest.mark.unit
@pytest.mark.parametrize(
    "name",
    [
        "", "a/b", "../a", "..", ".", "a.b", "a\\b", "/etc/passwd", "a\0b", "a\nb",
        "a b", "7", "-a", "_a", "ä", "a" * 41, "con", "NUL", "lpt1", "a\n",
    ],
)  # fmt: skip
def test_names_that_could_be_more_than_names_are_refused(name, folder):
    with refused(repr(name), "39"):
        own_styles.path_of(name)
    assert not folder.exists()


@pytest.mark.unit
def test_files_of_other_names_are_not_styles(folder):
    folder.mkdir()
    for name in ("a b.json", ".hidden.json", "good.json", "other.txt", "7.json"):
        (folder / name).write_text("{}")
    assert own_styles.names() == ["good"]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("platform", "system", "variables", "expected"),
    [
        ("linux", Unix, {}, "{home}/.local/share/scribe/styles"),
        ("linux", Unix, {"XDG_DATA_HOME": "/data"}, "/data/scribe/styles"),
        ("linux", Unix, {"XDG_DATA_HOME": " "}, "{home}/.local/share/scribe/styles"),
        ("darwin", MacOS, {}, "{home}/Library/Application Support/scribe/styles"),
        ("win32", None, {"APPDATA": "/roaming"}, "/roaming/scribe/styles"),
        ("win32", None, {}, "{home}/AppData/Roaming/scribe/styles"),
    ],
)
def test_the_folder_is_where_the_platform_keeps_data(
    monkeypatch, platform, system, variables, expected
):
    for name in ("SCRIBE_STYLES", "XDG_DATA_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    if system is not None:  # that of Windows asks Windows
        asked = system("scribe", appauthor=False, roaming=True)
        assert asked.user_data_path / "styles" == Path(
            expected.format(home=os.path.expanduser("~"))
        )
    monkeypatch.setattr(sys, "platform", platform)
    home = os.path.expanduser("~")
    assert own_styles.folder() == Path(expected.format(home=home))


@pytest.mark.unit
def test_the_folder_may_be_named(monkeypatch):
    monkeypatch.setenv("SCRIBE_STYLES", "~/hands")
    assert own_styles.folder() == Path(os.path.expanduser("~")) / "hands"


@pytest.mark.unit
def test_a_style_of_one_s_own_needs_nothing_but_numpy(folder, model, monkeypatch):
    styles.save_style(model.folder / "styles" / "anna.json", hand("shipped"))
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    assert styles.find_style("anna", model).text == "shipped"
    assert own_styles.folder() == folder
    monkeypatch.delenv("SCRIBE_STYLES")
    with refused("bert"):
        styles.find_style("bert", model)
