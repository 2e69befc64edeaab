"""The kinds: their facts, and the rooms that do something with each."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
from refusals import assert_refusal, refused
from writing_samples import saved

import scribe
from scribe import evaluate, export, publish, sample
from scribe.evaluation import EVALUATIONS
from scribe.foundation.command_line import status_of
from scribe.foundation.errors import InputError
from scribe.models import NUMPY_ENGINES, kinds, load_model
from scribe.models.kinds import KINDS, Kind
from scribe.models.shipped import pretrained_folder, pretrained_models
from scribe.writing import opening
from scribe.writing.modes import Job
from scribe.writing.opening import MODES

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_facts_of_a_kind_are_those_of_its_shipped_models(kind):
    names = pretrained_models([kind.name])
    assert names and KINDS[kind.name] is kind
    for name in names:
        model = load_model(pretrained_folder() / name)
        assert model.sizes.keys() == kind.sizes.keys()
        shapes = {name: weights.shape for name, weights in model.weights.items()}
        assert shapes == kind.weight_shapes(model.sizes, model.variant)
        assert model.reads_text is kind.reads_text(model.sizes)


def test_what_can_be_done_with_a_kind_stands_in_the_rooms():
    from scribe.networks.programs import PROGRAMS
    from scribe.networks.tensorflow_engine import NETWORKS

    drawing = {name for name, kind in KINDS.items() if kind.draws}
    assert opening.OPENED.keys() == MODES.keys() == EVALUATIONS.keys() == drawing
    assert NUMPY_ENGINES.keys() == NETWORKS.keys() < drawing
    assert PROGRAMS.keys() < KINDS.keys()
    for name in drawing:
        assert MODES[name] and all(map(callable, MODES[name].values()))


def test_every_shipped_model_that_draws_is_opened():
    for name in pretrained_models(kinds.DRAWING):
        opened = scribe.load(name)
        assert type(opened) is opening.OPENED[opened.model.kind]


def test_opening_a_model_loads_no_tensorflow():
    program = (
        "import sys, scribe; scribe.load(); scribe.load('sketch_rnn')\n"
        "import scribe.evaluation\n"
        "print(sorted({'tensorflow', 'keras', 'matplotlib'} & sys.modules.keys()))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True)
    assert found.stdout.decode().strip() == "[]"


@pytest.mark.parametrize("name", ["digit_generator", 7, None, ["attention_rnn"]])
def test_a_kind_that_nobody_knows_is_named(tmp_path, name):
    (tmp_path / "model.json").write_text(json.dumps({"kind": name}))
    with refused(
        tmp_path / "model.json", "attention_rnn, encoder_decoder, sketch_rnn, reader"
    ):
        load_model(tmp_path)


@pytest.mark.parametrize("content", ["{}", "[]", "not JSON", '{"kind"'])
def test_a_description_without_a_kind_is_damaged(tmp_path, content):
    (tmp_path / "model.json").write_text(content)
    with refused(tmp_path / "model.json"):
        load_model(tmp_path)


def test_what_a_kind_cannot_do_is_said_in_one_sentence(tmp_path, capsys):
    with refused("'reader'"):
        scribe.load("reader")
    for main, *arguments in (
        (evaluate.main, "--model=reader"),
        (export.main, "--model=sketch_rnn", f"--output={tmp_path / 'out'}"),
    ):
        if main is export.main:
            arguments.append("--format=saved_model")
        kind = arguments[0].removeprefix("--model=")
        assert_refusal(capsys, status_of(main, arguments), repr(kind), "attention_rnn")


@pytest.fixture
def doodler(monkeypatch, tmp_path):
    """A run folder of a kind that draws what it is asked for by mode."""
    saved(tmp_path / "run")
    line = scribe.load(tmp_path / "run").write("a fox")[0]

    def mode(name):
        def job(opened, options):
            if options.num_samples > 2:
                raise InputError(f"{name} makes two at most")
            return Job([name] * options.num_samples, lambda: [line])

        return job

    facts = KINDS["attention_rnn"]
    kind = Kind("doodler", facts.sizes, facts.weight_shapes)
    monkeypatch.setitem(KINDS, "doodler", kind)
    monkeypatch.setitem(
        opening.OPENED, "doodler", lambda model, engine: SimpleNamespace(model=model)
    )
    modes = {"free": mode("free"), "reconstruct": mode("reconstruct")}
    monkeypatch.setitem(MODES, "doodler", modes)
    path = tmp_path / "run" / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"kind": "doodler"}))
    (tmp_path / "run" / "config.gin").write_text("NUM_STEPS = 1\n")
    monkeypatch.chdir(tmp_path)
    return "--model=run"


def test_another_kind_draws_by_its_own_modes(doodler, capsys):
    assert sample.main([doodler]) == 0
    assert sample.main([doodler, "--mode=reconstruct"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "logs/figures/free_0.svg",
        "logs/figures/reconstruct_0.svg",
    ]


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["--mode=spell"], ["--mode=spell", "free", "reconstruct"]),
        (["--num_samples=3"], ["free", "two"]),
        (["--plot=attention"], ["--plot=attention"]),
    ],
)
def test_a_mode_that_cannot_be_is_refused(doodler, capsys, arguments, facts):
    arguments = [doodler, "--output=a.svg", *arguments]
    assert_refusal(capsys, status_of(sample.main, arguments), *facts)


def test_another_kind_is_published(doodler, tmp_path):
    assert publish.main([doodler, "--output=shipped"]) == 0
    kept = json.loads((tmp_path / "shipped" / "model.json").read_text())
    assert kept["kind"] == "doodler"


def test_a_writer_has_one_mode(tmp_path, capsys):
    saved(tmp_path / "run")
    arguments = [f"--model={tmp_path / 'run'}", "--output=a.svg", "--mode=free"]
    status = status_of(sample.main, arguments)
    assert_refusal(capsys, status, "--mode=free", tmp_path / "run", "write")
