"""Exported programs compute what the network does; the documented loops write."""

import dataclasses
import json
import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from refusals import assert_refusal, refused
from writing_samples import random_reader, scribbler

import scrabblegan
from scrabblegan import export as export_images
from scrabblegan.digits.generator import latents
from scribe import export
from scribe.foundation.command_line import status_of
from scribe.models.engine import Request, random_numbers
from scribe.models.numpy_engine import NumpyEngine
from scribe.models.stroke_model import StrokeModel, save_model
from scribe.networks import programs, runtimes

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "operate" / "EXPORT.md"
NEEDED = {"onnx": ("tf2onnx", "onnxruntime"), "tflite": ("ai_edge_litert",)}
FORMS = list(runtimes.FILES)
TEXT, NUM_STEPS = "fox jumps", 300


def documented(name: str) -> str:
    """The block of code after a marker in docs/operate/EXPORT.md."""
    pattern = rf"<!-- code: {name} -->\n```python\n(.*?)^```$"
    (block,) = re.findall(pattern, DOCUMENT.read_text(), re.M | re.S)
    return block


def need(form: str) -> None:
    for package in NEEDED.get(form, ()):
        pytest.importorskip(package, reason=f"{form} needs {package}")


def small_model(**options) -> StrokeModel:
    """A scribbler whose weights lose nothing in half precision."""
    model = scribbler(num_units=24, **options)
    weights = {n: np.float32(np.float16(w)) for n, w in model.weights.items()}
    return dataclasses.replace(model, weights=weights)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Names of the documented code, run where small_model() was exported to."""
    folders = {}

    def run(form: str, half: bool = False) -> dict:
        need(form)
        if (form, half) not in folders:
            folder = tmp_path_factory.mktemp(form)
            program = programs.stroke_step(small_model())
            path = runtimes.write_program(program, folder / "exported", form, half)
            assert path == folder / "exported" / runtimes.FILES[form]
            folders[form, half] = folder
        os.chdir(folders[form, half])
        names = {}
        exec(documented("loop") + documented(form), names)
        return names

    return run


def written_here(model, noise, text=TEXT, bias=1.0) -> np.ndarray:
    """The line that the engine writes with the same random numbers, in pen units."""
    first = [[0.0, 0.0, float(model.variant.starts_lifted)]]
    ids = model.alphabet.encode(text)[None]
    answer = NumpyEngine(model).write(
        Request(
            text=ids,
            text_mask=np.ones(ids.shape, np.float32),
            first=np.array(first, np.float32),
            bias=np.full(1, bias, np.float32),
            noise=noise[None],
            max_stall=NUM_STEPS,
        )
    )
    assert answer.finished[0] and answer.lengths[0] < NUM_STEPS
    return answer.strokes[0, : answer.lengths[0]] * [*model.offset_scale, 1.0]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_the_documented_loop_writes_what_the_engines_write(exported, form, half):
    names = exported(form, half)
    noise = random_numbers(3, 0, 0, NUM_STEPS)
    strokes = names["write"](names["step"], TEXT, noise)
    np.testing.assert_allclose(strokes, written_here(small_model(), noise), atol=1e-4)
    exec(documented("use"), names)
    assert names["strokes"].shape[1] == 3


@pytest.mark.integration
@pytest.mark.parametrize("form", FORMS)
def test_a_batch_is_as_its_lines_are(exported, form):
    names = exported(form)
    inputs = names["program"]["inputs"]
    random = np.random.default_rng(0)
    feed = {}
    for name, entry in inputs.items():
        shape = [{"lines": 3, "characters": 5}.get(n, n) for n in entry["shape"]]
        feed[name] = random.random(shape).astype(np.float32)
    feed["text"] = random.integers(0, 9, [3, 5]).astype(np.int32)
    feed["text_mask"] = np.ones([3, 5], np.float32)
    feed["text"][1, 3:] = feed["text_mask"][1, 3:] = 0
    together = names["step"](**feed)
    for line, width in ((0, 5), (1, 3)):
        alone = {name: x[line : line + 1] for name, x in feed.items()}
        for name in ("text", "text_mask"):
            alone[name] = alone[name][:, :width]
        for name, value in names["step"](**alone).items():
            expected = together[name][line : line + 1]
            if name == "phi":
                assert not expected[:, width:].any()
                expected = expected[:, :width]
            np.testing.assert_allclose(value, expected, atol=1e-5, err_msg=name)


@pytest.mark.integration
def test_a_network_without_text_is_exported_as_well():
    model = small_model(reads_text=False, seed=1)
    runtimes.write_program(programs.stroke_step(model), Path("exported"), "saved_model")
    names = {}
    exec(documented("loop") + documented("saved_model"), names)
    program, step = names["program"], names["step"]
    assert not {"text", "text_mask", "window"} & program["inputs"].keys()
    noise = random_numbers(0, 0, 0, 20)
    states = {
        name: np.zeros([1, program["inputs"][name]["shape"][1]], np.float32)
        for name in program["states"]
    }
    point, bias, written = np.zeros([1, 3], np.float32), np.ones(1, np.float32), []
    for numbers in noise:
        outputs = step(point=point, noise=numbers[None], bias=bias, **states)
        states = {name: outputs[new] for name, new in program["states"].items()}
        point = outputs["next_point"]
        written.append(point[0])
    request = Request(
        text=None, text_mask=None, first=np.zeros([1, 3], np.float32), bias=bias,
        noise=noise[None], max_stall=20,
    )  # fmt: skip
    expected = NumpyEngine(model).write(request).strokes[0]
    np.testing.assert_allclose(written, expected, atol=1e-4)


@pytest.mark.integration
@pytest.mark.parametrize("form", FORMS)
def test_half_precision_halves_the_weights(exported, form):
    sizes = []
    for half in (False, True):
        described = exported(form, half)["program"]
        assert described["weights"] == ("float16" if half else "float32")
        path = Path("exported") / runtimes.FILES[form]
        files = [path] if path.is_file() else path.rglob("*")
        sizes.append(sum(file.stat().st_size for file in files if file.is_file()))
    num_weights = sum(w.size for w in small_model().weights.values())
    assert sizes[0] - sizes[1] > 0.9 * 2 * num_weights


# Readers and generators


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.parametrize("form", ["saved_model", "onnx"])
def test_a_reader_reads_the_same_elsewhere(form):
    need(form)
    trained = random_reader(stacks=(2, 3))
    Path("trained").mkdir()
    save_model(trained.model, Path("trained"), {})
    arguments = ["--model=trained", f"--format={form}", "--output=exported"]
    assert export.main(arguments) == 0
    names = {}
    exec(documented(form), names)
    random = np.random.default_rng(0)
    lines = [np.float32(random.normal(size=[n, 4])) for n in (25, 12)]
    features = np.zeros([2, 25, 4], np.float32)
    for row, line in enumerate(lines):
        features[row, : len(line)] = line
    outputs = names["step"](features=features, lengths=np.array([25, 12], np.int32))
    for row, expected in enumerate(trained._network(lines)):
        assert outputs["frames"][row] == len(expected)
        found = outputs["logits"][row, : len(expected)]
        np.testing.assert_allclose(found, expected, atol=1e-4)
    described = json.loads(Path("exported/program.json").read_text())
    assert described["alphabet"] == trained.alphabet.characters
    assert described["cleaning"] == trained.model.cleaning


@pytest.mark.unit
def test_a_reader_is_not_for_litert(capsys):
    Path("trained").mkdir()
    save_model(random_reader().model, Path("trained"), {})
    arguments = ["--model=trained", "--format=tflite", "--output=exported"]
    status = status_of(export.main, arguments)
    assert_refusal(capsys, status, "'tflite'", "saved_model", "onnx")
    assert [path.name for path in Path().iterdir()] == ["trained"]


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.parametrize(
    ("model", "form"),
    [("digits", "tflite"), *(("digits_conditional", form) for form in FORMS)],
)
def test_a_generator_draws_the_same_elsewhere(model, form):
    need(form)
    generator = scrabblegan.load(model)
    arguments = [f"--model={model}", f"--format={form}", "--output=exported"]
    assert export_images.main(arguments) == 0
    names = {}
    exec(documented(form), names)
    inputs = {"z": latents(7, generator.sizes["latent_dim"], seed=5)}
    if generator.is_conditional:
        inputs["digits"] = np.arange(7, dtype=np.int32)
    images = names["step"](**inputs)["images"]
    assert images.dtype == np.uint8
    difference = images.astype(int) - generator.sample(7, seed=5)
    assert np.abs(difference).max() <= 1
    if form == "onnx" and generator.is_conditional:
        exec(documented("digits"), names)
        assert names["images"].shape == (4, 28, 28)


# Files and refusals


@pytest.mark.unit
def test_program_json_says_what_goes_in_and_comes_out():
    save_model(small_model(), make("run"), {})
    arguments = ["--model=run", "--format=saved_model", "--output=a/exported"]
    assert export.main(arguments) == 0
    assert sorted(p.name for p in Path("a/exported").iterdir()) == [
        "program.json", "saved_model",
    ]  # fmt: skip
    described = json.loads(Path("a/exported/program.json").read_text())
    loaded = tf.saved_model.load("a/exported/saved_model")
    _, wanted = loaded.signatures["serving_default"].structured_input_signature
    assert described["inputs"].keys() == wanted.keys()
    for name, entry in described["inputs"].items():
        sizes = [n if isinstance(n, int) else None for n in entry["shape"]]
        assert wanted[name].shape.as_list() == sizes
        assert wanted[name].dtype.name == entry["dtype"]
    given = loaded.signatures["serving_default"].structured_outputs
    assert described["outputs"] == {n: t.dtype.name for n, t in given.items()}
    assert {*described["states"].values(), "next_point", "phi"} == given.keys()


def make(name: str) -> Path:
    Path(name).mkdir()
    return Path(name)


@pytest.mark.unit
def test_nothing_is_overwritten_or_left_behind(capsys, monkeypatch):
    save_model(small_model(), make("run"), {})
    (make("exported") / "mine.txt").write_text("mine")
    arguments = ["--model=run", "--format=onnx", "--output=exported"]
    assert_refusal(capsys, status_of(export.main, arguments), "exported")
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    arguments[2] = "--output=new"
    status = status_of(export.main, arguments)
    assert_refusal(capsys, status, "tf2onnx", "pip install")
    assert sorted(path.name for path in Path().iterdir()) == ["exported", "run"]
    assert [path.name for path in Path("exported").iterdir()] == ["mine.txt"]


@pytest.mark.unit
def test_models_that_are_not_there_are_named(capsys):
    arguments = ["--format=onnx", "--output=new"]
    status = status_of(export.main, ["--model=nowhere", *arguments])
    assert_refusal(capsys, status, "nowhere", "scribe_default")
    status = status_of(export_images.main, ["--model=nowhere", *arguments])
    assert_refusal(capsys, status, "'nowhere'", "recognizer", "scrabblegan")
    with refused("'coreml'", "saved_model", "onnx", "tflite"):
        runtimes.write_program(programs.stroke_step(scribbler()), Path("new"), "coreml")
