"""The check of an installation: what it prints, and how it names what is wrong."""

import importlib.util
import sys

import pytest
import tensorflow as tf

from scribe import verify_install
from scribe.foundation import command_line
from scribe.models import shipped
from scribe.networks import device_checks

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("clean_gin")]


@pytest.fixture
def quick(monkeypatch):
    """Without writing a line and without devices, for what fails before them."""
    monkeypatch.setattr(verify_install, "check_writing", lambda: "a line")
    monkeypatch.setattr(device_checks, "logical_devices", list)


def lines_of(capsys, status):
    assert command_line.status_of(verify_install.main, []) == status
    return capsys.readouterr().out.splitlines()


@pytest.mark.smoke
@pytest.mark.integration
def test_a_working_installation_is_well(capsys):
    lines = lines_of(capsys, 0)
    assert lines[0].startswith("Python 3.")
    assert f"tensorflow {tf.__version__}" in lines[1]
    assert all(line.startswith("ok     ") for line in lines[2:-1])
    assert any("scribe_default" in line for line in lines)
    assert any("CPU:0: a product of 512 x 512 in" in line for line in lines)
    assert lines[-1] == "all is well"


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("versions", "sentence"),
    [
        (
            {"tensorflow": "2.20.0", "tensorflow-metal": "1.2.0"},
            "tensorflow-metal does not load into TensorFlow 2.20.0: pip install -r "
            "requirements-m1.txt",
        ),
        (
            {"tensorflow": "2.21.0", "tensorflow-probability": "0.25"},
            "needs the tf-keras of TensorFlow 2.21, not none",
        ),
        (
            {
                "tensorflow": "2.21.0",
                "tensorflow-probability": "0.25",
                "tf-keras": "2.18.0",
            },
            "pip install tf-keras==2.21.*",
        ),
    ],
)
def test_versions_that_do_not_go_together_are_named(
    versions, sentence, capsys, monkeypatch
):
    monkeypatch.setattr(verify_install, "installed", lambda: versions)
    (wrong,) = [x for x in lines_of(capsys, 1) if x.startswith("wrong  ")]
    assert sentence in wrong


@pytest.mark.usefixtures("quick")
def test_versions_that_go_together_pass(capsys, monkeypatch):
    versions = {"tensorflow": "2.18.1", "tensorflow-metal": "1.2.0"}
    monkeypatch.setattr(verify_install, "installed", lambda: versions)
    assert "ok     the versions go together" in lines_of(capsys, 0)


@pytest.mark.usefixtures("quick")
def test_the_folder_gin_is_not_taken_for_gin_config(capsys, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    lines = lines_of(capsys, 1)
    assert any("gin-config, which is not installed" in line for line in lines)
    assert lines[-1] == "1 of 5 checks failed"


@pytest.mark.usefixtures("quick")
def test_a_cv2_that_does_not_import_is_named(capsys, monkeypatch):
    def fail(name):
        raise ImportError("libGL.so.1: cannot open shared object file")

    monkeypatch.setattr(verify_install.importlib, "import_module", fail)
    (wrong,) = [x for x in lines_of(capsys, 1) if x.startswith("wrong  ")]
    assert "cv2 does not work (libGL.so.1" in wrong
    assert "pip install opencv-python-headless" in wrong


@pytest.mark.usefixtures("quick")
def test_a_cv2_that_is_not_there_is_not_to_be_removed(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    (wrong,) = [x for x in lines_of(capsys, 1) if x.startswith("wrong  ")]
    assert "opencv-python-headless, which is not installed" in wrong
    assert "uninstall" not in wrong


@pytest.mark.usefixtures("quick")
def test_models_that_are_not_there_are_missed(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(shipped, "pretrained_folder", lambda: tmp_path)
    (wrong,) = [x for x in lines_of(capsys, 1) if x.startswith("wrong  ")]
    assert f"no model that writes is in {tmp_path}" in wrong


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "error",
    [
        ModuleNotFoundError("No module named 'tensorflow'"),
        tf.errors.NotFoundError(None, None, "libmetal.dylib: Symbol not found\nat ..."),
    ],
)
def test_a_tensorflow_that_does_not_start_is_named(error, capsys, monkeypatch):
    def fail():
        raise error

    monkeypatch.setattr(device_checks, "logical_devices", fail)
    reason = str(error).splitlines()[0]
    expected = f"wrong  TensorFlow does not start ({reason}): pip install -r"
    assert lines_of(capsys, 1)[-1].startswith(expected)
