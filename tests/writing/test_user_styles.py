"""The user's own styles, by name."""

import os
from pathlib import Path

import numpy as np
import pytest
from writing_samples import saved

from scribe.foundation.errors import InputError
from scribe.writing import styles, user_styles
from scribe.writing.styles import Style


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
    styles.save(tmp_path / "anna", hand("a file"))
    assert styles.find("anna", model).text == "a file"
    styles.save(user_styles.path_of("anna"), hand("own"))
    assert user_styles.names() == ["anna"]
    assert styles.find("anna", model).text == "own"
    styles.save(model.folder / "styles" / "anna.json", hand("shipped"))
    assert styles.find("anna", model).text == "shipped"


@pytest.mark.unit
def test_the_sentence_about_a_missing_style_names_the_users_own(model):
    with pytest.raises(InputError, match="has: none$"):
        styles.find("anna", model)
    styles.save(user_styles.path_of("bert"), hand("own"))
    with pytest.raises(InputError, match="has: none; your own: bert$"):
        styles.find("anna", model)
    with pytest.raises(InputError, match="no style 'anna' in .*; it has: bert"):
        user_styles.existing("anna")
    assert user_styles.existing("bert").is_file()


@pytest.mark.unit
@pytest.mark.parametrize(
    "name",
    [
        "", "a/b", "../a", "..", ".", "a.b", "a\\b", "/etc/passwd", "a\0b", "a\nb",
        "a b", "7", "-a", "_a", "ä", "a" * 41, "con", "NUL", "lpt1", "a\n",
    ],
)  # fmt: skip
def test_names_that_could_be_more_than_names_are_refused(name, folder):
    with pytest.raises(InputError, match="a style cannot be called"):
        user_styles.path_of(name)
    assert not folder.exists()


@pytest.mark.unit
def test_files_of_other_names_are_not_styles(folder):
    folder.mkdir()
    for name in ("a b.json", ".hidden.json", "good.json", "other.txt", "7.json"):
        (folder / name).write_text("{}")
    assert user_styles.names() == ["good"]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, "{home}/.local/share/scribe/styles"),
        ("linux", {"XDG_DATA_HOME": "/data"}, "/data/scribe/styles"),
        ("darwin", {}, "{home}/Library/Application Support/scribe/styles"),
        ("win32", {"APPDATA": "/roaming"}, "/roaming/scribe/styles"),
        ("linux", {"SCRIBE_STYLES": "~/hands"}, "{home}/hands"),
    ],
)
def test_the_folder_is_where_the_platform_keeps_data(
    monkeypatch, platform, variables, expected
):
    monkeypatch.setattr(user_styles.sys, "platform", platform)
    for name in ("SCRIBE_STYLES", "XDG_DATA_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    home = os.path.expanduser("~")
    assert user_styles.folder() == Path(expected.format(home=home))
