"""From a run to a shipped model, and its figures from that model alone."""

import numpy as np
import pytest
from refusals import assert_refusal
from training_samples import tiny_dataset, tiny_trainer
from writing_samples import random_reader, saved

from scribe import publish
from scribe.foundation.command_line import status_of
from scribe.models import load_model, publishing, save_model
from scribe.reading import reader as reading

TINY = ["testing/tiny.gin"]


def run_of(folder):
    model = saved(folder)
    (folder / "config.gin").write_text(
        "DATA_DIR = '/home/me/iam'\nUNIPEN_DIR = '/home/me/unipen'\nNUM_STEPS = 1\n"
    )
    return model


@pytest.mark.unit
def test_a_shipped_model_has_half_the_precision_and_no_path_of_its_maker(tmp_path):
    run = run_of(tmp_path / "run")
    output = tmp_path / "shipped"
    arguments = ["--model", str(tmp_path / "run"), "--output", str(output)]
    assert publish.main(arguments) == 0
    with np.load(output / "weights.npz") as arrays:
        assert {arrays[name].dtype for name in arrays.files} == {np.dtype("float16")}
    shipped = load_model(output)
    assert shipped.alphabet == run.alphabet
    for name, weights in run.weights.items():
        np.testing.assert_allclose(shipped.weights[name], weights, rtol=5e-4, atol=1e-7)
    assert (output / "config.gin").read_text() == (
        "DATA_DIR = 'data/iam_ondb'\nUNIPEN_DIR = 'data/unipen'\nNUM_STEPS = 1\n"
    )


@pytest.mark.unit
def test_publishing_again_keeps_the_readme_and_the_styles(tmp_path):
    run_of(tmp_path / "run")
    output = tmp_path / "shipped"
    arguments = ["--model", str(tmp_path / "run"), "--output", str(output)]
    publish.main(arguments)
    (output / "README.md").write_text("where it comes from\n")
    (output / "styles").mkdir()
    (output / "styles" / "neat.json").write_text("{}")
    publish.main(arguments)
    assert (output / "README.md").read_text() == "where it comes from\n"
    assert (output / "styles" / "neat.json").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name[0] == "."] == []


@pytest.mark.unit
def test_weights_that_are_too_large_are_not_shipped(tmp_path, monkeypatch, capsys):
    run_of(tmp_path / "run")
    monkeypatch.setattr(publishing, "MAX_MEGABYTES", 0.001)
    output = tmp_path / "shipped"
    arguments = ["--model", str(tmp_path / "run"), "--output", str(output)]
    assert_refusal(capsys, status_of(publish.main, arguments), "0.001", "MB")
    assert not output.exists()


@pytest.mark.unit
@pytest.mark.parametrize("same", [True, False])
def test_a_run_that_cannot_be_published_is_refused(tmp_path, capsys, same):
    saved(tmp_path / "run")  # no config.gin
    output = tmp_path / ("run" if same else "shipped")
    arguments = ["--model", str(tmp_path / "run"), "--output", str(output)]
    facts = ("--model", "--output") if same else (tmp_path / "run", "config.gin")
    assert_refusal(capsys, status_of(publish.main, arguments), *facts)


@pytest.mark.slow
@pytest.mark.unit
def test_loaded_weights_are_what_a_trainer_evaluates(tiny_corpus):
    dataset = tiny_dataset(tiny_corpus)
    trained = tiny_trainer(dataset, ema_decay=0.5)
    trained.train_step(next(iter(dataset.tensors(lambda: dataset.train_batches(0)))))
    other = tiny_trainer(dataset, network={"seed": 9}, ema_decay=0.5)
    batches = list(dataset.tensors(dataset.validation_batches))
    expected = trained.evaluate(batches)
    assert other.evaluate(batches) != expected
    other.load(trained.stroke_model().weights)
    assert other.evaluate(batches) == pytest.approx(expected, rel=1e-6)


@pytest.mark.unit
def test_a_reader_is_published_as_a_writer_is(tmp_path):
    (tmp_path / "run").mkdir()
    save_model(random_reader().model, tmp_path / "run", {})
    (tmp_path / "run" / "config.gin").write_text("DATA_DIR = '/home/me/iam'\n")
    output = tmp_path / "shipped"
    assert publish.main([f"--model={tmp_path / 'run'}", f"--output={output}"]) == 0
    shipped = reading.load_reader(output).model
    for name, weights in random_reader().model.weights.items():
        np.testing.assert_allclose(shipped.weights[name], weights, rtol=5e-4, atol=1e-7)
