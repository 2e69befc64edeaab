"""Names that become parts of paths."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusals import refused

from scribe.foundation.errors import InputError
from scribe.foundation.names import check_split, inside

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("name", ["train", "validation_large", "fold-3", "0"])
def test_splits_have_plain_names(name):
    assert check_split(name, "corpus.json") == name


@pytest.mark.parametrize("name", ["", "..", "../evil", "/evil", "a/b", "a.b", 7])
def test_a_split_cannot_have_the_name_of_a_path(name):
    with refused("corpus.json", name):
        check_split(name, "corpus.json")


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "..", "x\0", "\ud800"])
def test_a_name_does_not_lead_out_of_its_folder(tmp_path, name):
    with refused(repr(name)):
        inside(tmp_path, name)
    with refused(repr(name)):
        inside(".", name)


@pytest.mark.parametrize("name", ["x.png", "a/b/x.png", "a/../x.png", "./x", "..x"])
def test_names_below_a_folder_are_its_files(tmp_path, name):
    assert inside(tmp_path, name) == tmp_path / name


@pytest.mark.property
@given(
    st.text(alphabet="./\\ab\0~", max_size=12), st.sampled_from(["/top", "top", "."])
)
def test_whatever_a_name_is_its_path_is_inside(name, folder):
    try:
        path = inside(folder, name)
    except InputError:
        return
    assert Path(os.path.abspath(path)).is_relative_to(os.path.abspath(folder))
