"""Log losses of recorded lines, and the units in which they compare."""

import dataclasses
import json

import numpy as np
import pytest
from refusals import assert_refusal, refused
from training_samples import scrawls, tiny_dataset, tiny_trainer
from writing_samples import saved, scribbler

from scribe import evaluate
from scribe.corpora.prepared import Line, load_lines, save_corpus
from scribe.evaluation import likelihood_units
from scribe.foundation.command_line import status_of
from scribe.strokes.cleaning import CLEANING_STEPS, deskew

pytestmark = pytest.mark.usefixtures("without_tracing")

FULL_RATE = [{"step": "deskew"}]


@pytest.fixture(scope="module")
def lines(tiny_corpus):
    return load_lines(tiny_corpus, ["validation"])


def full_rate(**sizes):
    return dataclasses.replace(scribbler(**sizes), cleaning=FULL_RATE)


@pytest.mark.slow
@pytest.mark.unit
def test_the_log_loss_is_what_the_trainer_finds(tiny_corpus, lines):
    from scribe.evaluation.log_loss import predict

    trainer = tiny_trainer(tiny_dataset(tiny_corpus))
    metrics = trainer.evaluate(trainer.dataset.validation_batches())
    figures = predict(trainer.stroke_model(), lines).figures()
    assert figures["nats_per_step"] == pytest.approx(metrics["loss"], rel=1e-5)
    for name in ("nats_per_line", "squared_error", "pen_accuracy"):
        assert figures[name] == pytest.approx(metrics[name], rel=1e-5)
    assert figures["nats_per_batch"] == pytest.approx(32 * metrics["nats_per_line"])
    low, high = figures["nats_per_step_interval"]
    assert low < figures["nats_per_step"] < high


@pytest.mark.unit
@pytest.mark.parametrize("reads_text", [True, False])
def test_another_unit_is_what_a_network_of_that_unit_would_find(lines, reads_text):
    """Equal densities in tablet units: weights that undo a change of the scale."""
    from scribe.evaluation.log_loss import predict

    model = full_rate(reads_text=reads_text)
    factor = np.array([1.7, 0.6])
    weights = dict(model.weights)
    for i in (1, 2):  # inputs are divided by the factor, so that the kernel undoes it
        kernel = weights[f"lstm_{i}/kernel"].copy()
        kernel[:2] *= factor[:, None]
        weights[f"lstm_{i}/kernel"] = kernel
    m = model.sizes["num_mixtures"]
    for name in ("output/kernel", "output/bias"):
        output = weights[name].copy()
        for k in (0, 1):
            means = slice((1 + k) * m, (2 + k) * m)
            output[..., means] /= factor[k]
            if name == "output/bias":
                sigmas = slice((3 + k) * m, (4 + k) * m)
                output[sigmas] -= np.log(factor[k])
        weights[name] = output
    unit = model.offset_scale * factor
    other = dataclasses.replace(model, weights=weights, offset_scale=unit)
    expected = predict(other, lines).figures()
    found = predict(model, lines).figures(unit)
    for name in ("nats_per_step", "nats_per_line", "squared_error", "pen_accuracy"):
        assert found[name] == pytest.approx(expected[name], rel=1e-4)
    assert found["nats_per_700_steps"] == pytest.approx(700 * found["nats_per_step"])


@pytest.mark.unit
def test_unit_b_leaves_out_each_axis_s_own_jumps(tmp_path):
    random = np.random.default_rng(0)
    lines = []
    for i in range(40):
        strokes = random.normal(0.0, (30.0, 20.0, 0.0), [50, 3]).astype(np.float32)
        strokes[:, 2] = 0.0
        strokes[0] = 0.0
        strokes[7, 0], strokes[9, 1] = 900.0, -400.0
        strokes[-1, 2] = 1.0
        lines.append(Line(strokes, "ab", f"line-{i}", f"form-{i}"))
    splits = {"train": lines[:20], "test": lines[20:38], "validation": lines[38:]}
    save_corpus(tmp_path / "corpus", "jumps", splits, dropped={})
    found = likelihood_units.corpus_units(tmp_path / "corpus")

    for k in (0, 1):
        every, near = [], []
        for line in lines[:38]:
            for offset in line.strokes[1:, k]:
                every.append(float(offset))
                if abs(offset) <= 500.0:
                    near.append(float(offset))
        for name, offsets in (("A", every), ("B", near)):
            mean = sum(offsets) / len(offsets)
            variance = sum((o - mean) ** 2 for o in offsets) / len(offsets)
            assert found[name][k] == pytest.approx(variance**0.5, rel=1e-6)
    assert found["B"][0] < found["A"][0]
    assert found["B"][1] == pytest.approx(found["A"][1])  # -400 is no jump
    # A log loss in the smaller unit is larger.
    assert likelihood_units.nats_per_step(found["A"], found["A"]) == pytest.approx(0.0)
    assert likelihood_units.nats_per_step(found["B"], found["A"]) > 0.0


@pytest.mark.unit
def test_a_corpus_with_nothing_to_train_on_has_no_unit(tmp_path):
    lines = scrawls("form", 3, np.random.default_rng(0))
    save_corpus(tmp_path / "corpus", "scrawls", {"validation": lines}, dropped={})
    with refused(tmp_path / "corpus", "training lines"):
        likelihood_units.corpus_units(tmp_path / "corpus")


@pytest.mark.unit
@pytest.mark.parametrize("step", sorted(set(CLEANING_STEPS) - {"deskew"}))
def test_whatever_moves_points_keeps_a_model_out_of_the_table(step):
    assert likelihood_units.obstacle(FULL_RATE) is None
    assert likelihood_units.obstacle([]) is None
    assert step in likelihood_units.obstacle([*FULL_RATE, {"step": step}])


@pytest.mark.property
def test_levelling_keeps_every_point_and_all_areas():
    strokes = np.random.default_rng(0).normal(1.0, 1.0, [30, 3])
    level = deskew(strokes)
    slope = (strokes[:, 1] - level[:, 1]) / strokes[:, 0]
    assert level.shape == strokes.shape
    assert slope == pytest.approx(slope[0])
    assert np.linalg.det([[1.0, 0.0], [-slope[0], 1.0]]) == pytest.approx(1.0)


@pytest.mark.unit
def test_characters_that_a_model_lacks_are_replaced_and_counted(lines):
    from scribe.evaluation.log_loss import predict

    strange = [dataclasses.replace(lines[0], text="caf\u00e9")]
    assert predict(full_rate(), strange).adapted == 1
    assert predict(full_rate(), lines[:1]).adapted == 0
    with refused("'\U0001f600'"):
        predict(full_rate(), [dataclasses.replace(lines[0], text="\U0001f600")])


@pytest.mark.unit
def test_a_line_of_one_point_is_named(lines):
    from scribe.evaluation.log_loss import predict

    dot = dataclasses.replace(lines[0], strokes=np.array([[0, 0, 1]], np.float32))
    with refused(lines[0].name):
        predict(full_rate(), [dot])


@pytest.fixture
def full_rate_run(tmp_path):
    folder = tmp_path / "run"
    saved(folder)
    description = json.loads((folder / "model.json").read_text())
    description["cleaning"] = FULL_RATE
    (folder / "model.json").write_text(json.dumps(description))
    return folder


@pytest.mark.integration
def test_the_command_prints_and_writes_units_a_and_b(
    tmp_path, tiny_corpus, full_rate_run, capsys
):
    file = tmp_path / "figures.json"
    arguments = ["--model", str(full_rate_run), "--data_dir", str(tiny_corpus)]
    assert evaluate.main([*arguments, "--split=test", "--json", str(file)]) == 0
    found = json.loads(file.read_text())
    printed = capsys.readouterr().out
    assert "on 10 lines" in printed and "split test" in printed
    for unit in ("own_unit", "unit_A", "unit_B"):
        assert f"{found[unit]['nats_per_step']:.4f}" in printed
        assert f"{found[unit]['nats_per_batch']:.0f}" in printed
        assert f"{found[unit]['pen_accuracy']:.2%}" in printed
    units = likelihood_units.corpus_units(tiny_corpus)
    assert found["units"]["B"] == pytest.approx(units["B"].tolist())
    a, b = (found[f"unit_{name}"]["nats_per_step"] for name in "AB")
    assert a == pytest.approx(b)  # there are no jumps


@pytest.mark.integration
def test_a_model_of_other_points_gets_a_sentence_instead(tmp_path, tiny_corpus, capsys):
    saved(tmp_path / "run", reads_text=False)
    arguments = ["--model", str(tmp_path / "run"), "--data_dir", str(tiny_corpus)]
    assert evaluate.main(arguments) == 0
    printed = capsys.readouterr().out
    assert "not defined" in printed and "decimate" in printed
    assert "x 700" in printed and "Unit A  " not in printed


@pytest.mark.unit
@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        ([], ["--data_dir"]),
        (
            ["--data_dir", "{corpus}", "--split", "nothing"],
            ["'nothing'", "train", "validation"],
        ),
        (["--data_dir", "{corpus}/nothing"], ["nothing", "scribe.prepare_data"]),
    ],
)
def test_what_cannot_be_measured_is_said_in_a_sentence(
    tmp_path, tiny_corpus, capsys, arguments, facts
):
    saved(tmp_path / "run")
    arguments = [a.format(corpus=tiny_corpus) for a in arguments]
    run = ["--model", str(tmp_path / "run")]
    assert_refusal(capsys, status_of(evaluate.main, [*run, *arguments]), *facts)


@pytest.mark.unit
def test_the_corpus_of_the_training_is_the_default(tmp_path, tiny_corpus, capsys):
    saved(tmp_path / "run")
    (tmp_path / "run" / "config.gin").write_text(f"DATA_DIR = {str(tiny_corpus)!r}\n")
    assert evaluate.main(["--model", str(tmp_path / "run")]) == 0
    assert "on 8 lines" in capsys.readouterr().out
