"""The registry of kinds: every entry leads somewhere, and nothing is loaded early."""

import importlib
import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
from writing_samples import saved

import scribe
from scribe import publish, sample
from scribe.foundation.command_line import status_of
from scribe.foundation.errors import InputError
from scribe.models import kinds
from scribe.writing.modes import Job

pytestmark = pytest.mark.unit


def later_parts(kind):
    values = [*vars(kind).values(), *kind.modes.values()]
    return [value.path for value in values if isinstance(value, kinds.Later)]


@pytest.mark.parametrize("kind", kinds.KINDS.values(), ids=kinds.KINDS)
def test_every_part_of_a_kind_is_there(kind):
    assert kinds.KINDS[kind.name] is kind
    parts = later_parts(kind)
    assert parts
    for path in parts:
        module, _, name = path.partition(":")
        assert callable(getattr(importlib.import_module(module), name)), path
    if kind.open is not None:  # it draws
        assert kind.modes and kind.sizes and kind.weight_shapes and kind.reads_text
    if kind.open == kinds.Later("scribe.writing.writer:Writer"):
        assert kind.numpy_engine and kind.tensorflow_engine


def test_the_registry_loads_no_module_of_a_kind():
    program = (
        "import sys; from scribe import kinds\n"
        "heavy = {'numpy', 'tensorflow', 'keras', 'scribe.models.stroke_model'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True)
    assert found.stdout.decode().strip() == "[]"


@pytest.mark.parametrize("name", ["digit_generator", 7, None, ["attention_rnn"]])
def test_a_kind_that_nobody_knows_is_named(tmp_path, name):
    (tmp_path / "model.json").write_text(json.dumps({"kind": name}))
    with pytest.raises(InputError, match="scribe knows attention_rnn"):
        kinds.of(tmp_path)


@pytest.mark.parametrize("content", ["{}", "[]", "not JSON", '{"kind"'])
def test_a_description_without_a_kind_is_damaged(tmp_path, content):
    (tmp_path / "model.json").write_text(content)
    with pytest.raises(InputError, match="model.json is damaged"):
        kinds.of(tmp_path)


def test_what_a_kind_has_not_is_said_in_one_sentence(tmp_path):
    with pytest.raises(InputError, match="kind 'reader', which has no 'evaluate'"):
        kinds.KINDS["reader"].need("evaluate", tmp_path)
    with pytest.raises(InputError, match="kind 'reader', which has no 'open'"):
        scribe.load("reader")


@pytest.fixture
def doodler(monkeypatch, tmp_path):
    """A run folder of a kind that draws what it is asked for by mode."""
    model = saved(tmp_path / "run")
    line = scribe.load(tmp_path / "run").write("a fox")[0]

    def mode(name):
        def job(opened, options):
            if options.num_samples > 2:
                raise InputError(f"{name} makes two at most")
            return Job([name] * options.num_samples, lambda: [line])

        return job

    kind = kinds.Kind(
        name="doodler",
        load=lambda folder: model,
        open=lambda model, engine: SimpleNamespace(
            model=SimpleNamespace(kind="doodler", folder=model.folder)
        ),
        modes={"free": mode("free"), "reconstruct": mode("reconstruct")},
    )
    monkeypatch.setitem(kinds.KINDS, "doodler", kind)
    path = tmp_path / "run" / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"kind": "doodler"}))
    (tmp_path / "run" / "config.gin").write_text("NUM_STEPS = 1\n")
    monkeypatch.chdir(tmp_path)
    return "--save_dir=run"


def test_another_kind_draws_by_its_own_modes(doodler, capsys):
    assert sample.main([doodler]) == 0
    assert sample.main([doodler, "--mode=reconstruct"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "logs/figures/free_0.svg",
        "logs/figures/reconstruct_0.svg",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--mode=spell"], "run can free, reconstruct"),
        (["--num_samples=3"], "free makes two at most"),
        (["--plot=attention"], "--plot=attention: not of what this model draws"),
    ],
)
def test_a_mode_that_cannot_be_is_refused(doodler, capsys, arguments, sentence):
    arguments = [doodler, "--output=a.svg", *arguments]
    assert status_of(sample.main, arguments) == 2
    assert sentence in capsys.readouterr().err


def test_another_kind_is_published(doodler, tmp_path):
    assert publish.main([doodler, "--output=shipped"]) == 0
    kept = json.loads((tmp_path / "shipped" / "model.json").read_text())
    assert kept["kind"] == "doodler"


def test_a_writer_has_one_mode(tmp_path, capsys):
    saved(tmp_path / "run")
    arguments = [f"--save_dir={tmp_path / 'run'}", "--output=a.svg", "--mode=free"]
    assert status_of(sample.main, arguments) == 2
    assert "can write" in capsys.readouterr().err
