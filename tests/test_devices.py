"""Which device runs."""

import pytest
import tensorflow as tf

from scribe.errors import InputError
from scribe.training import devices

pytestmark = pytest.mark.unit


def test_without_a_gpu_automatic_is_the_cpu():
    assert devices.select("auto") == "cpu"
    assert devices.select("cpu") == "cpu"


def test_a_gpu_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="TensorFlow sees no GPU; use cpu or auto"):
        devices.select("gpu")


def test_an_unknown_device_is_refused():
    with pytest.raises(InputError, match="--device=tpu: use auto, cpu or gpu"):
        devices.select("tpu")


@pytest.mark.parametrize(
    ("asked", "system", "selected", "compiles"),
    [
        ("auto", "Linux", "gpu", True),
        ("cpu", "Linux", "cpu", True),
        ("auto", "Darwin", "cpu", True),
        ("gpu", "Darwin", "gpu", False),
    ],
)
def test_apple_s_gpu_is_used_when_asked_for_only(
    asked, system, selected, compiles, monkeypatch
):
    """On a machine with a GPU that is played here."""
    visible = ["GPU:0"]
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["GPU:0"])
    monkeypatch.setattr(tf.config, "get_visible_devices", lambda kind: visible)
    monkeypatch.setattr(
        tf.config, "set_visible_devices", lambda devices, kind: visible.clear()
    )
    grown = []
    monkeypatch.setattr(
        tf.config.experimental, "set_memory_growth", lambda gpu, on: grown.append(gpu)
    )
    monkeypatch.setattr(devices.platform, "system", lambda: system)
    assert devices.select(asked) == selected
    assert grown == (["GPU:0"] if selected == "gpu" else [])
    assert devices.may_compile() == compiles
