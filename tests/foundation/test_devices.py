"""Which device runs, and that nothing asks it for what some do not have."""

import ast
from pathlib import Path

import pytest
import tensorflow as tf
from refusals import refused

from scribe.foundation import devices

pytestmark = pytest.mark.unit


def test_without_a_gpu_automatic_is_the_cpu():
    assert devices.select("auto") == "cpu"
    assert devices.select("cpu") == "cpu"


def test_a_gpu_that_is_not_there_is_refused():
    with refused("--device=gpu", "cpu", "auto"):
        devices.select("gpu")


def test_an_unknown_device_is_refused():
    with refused("--device=tpu", "auto", "cpu", "gpu"):
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
    asked, system, selected, compiles, monkeypatch, caplog
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
    soft = []
    monkeypatch.setattr(tf.config, "set_soft_device_placement", soft.append)
    monkeypatch.setattr(devices.platform, "system", lambda: system)
    assert devices.select(asked) == selected
    assert grown == (["GPU:0"] if selected == "gpu" else [])
    assert devices.may_compile() == compiles
    on_metal = system == "Darwin" and selected == "gpu"
    assert soft == ([True] if on_metal else [])
    assert ("Metal may be slower" in caplog.text) == on_metal
    assert ("XLA does not work on Metal" in caplog.text) == on_metal


def test_xla_is_left_out_on_several_replicas(monkeypatch, caplog):
    class Two:
        num_replicas_in_sync = 2

    monkeypatch.setattr(tf.distribute, "get_strategy", Two)
    assert not devices.may_compile()
    assert "across several replicas: jit_compile is ignored" in caplog.text


def test_random_numbers_of_tensors_come_from_stateless_operations():
    """tf.random.Generator has no kernel on Metal, and a state no (seed, step)."""
    root = Path(devices.__file__).parents[2]
    modules = [
        p for name in ("scribe", "scrabblegan") for p in (root / name).rglob("*")
    ]
    found = []
    for path in (path for path in modules if path.suffix == ".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and _is_stateful(ast.unparse(node)):
                found.append(f"{path.name}:{node.lineno}: {ast.unparse(node)}")
    assert found == []


STATELESS = ("tf.random.stateless_", "tf.random.experimental", "tf.random.split")


def _is_stateful(name: str) -> bool:
    if name.startswith("tf.random."):
        return not name.startswith((*STATELESS, "tf.random.fold_in"))
    return name in ("tf.nn.dropout", "keras.layers.Dropout", "keras.random.dropout")


def test_a_stateful_operation_would_be_found():
    assert _is_stateful("tf.random.normal")
    assert _is_stateful("tf.random.Generator.from_seed")
    assert not _is_stateful("tf.random.stateless_normal")
    assert not _is_stateful("np.random.default_rng")
