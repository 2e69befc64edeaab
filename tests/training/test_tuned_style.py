"""Tuning a style of the user's own: what is kept, and when nothing is."""

import dataclasses

import numpy as np
import pytest
from refusals import refused
from writing_samples import saved

pytest.importorskip("tensorflow")

from scribe.models import load_model  # noqa: E402
from scribe.training import hand_tuning, tuned_style  # noqa: E402
from scribe.writing import Style, Writer, adaptation, own_styles, styles  # noqa: E402

pytestmark = pytest.mark.integration

# What fits the tiny network of the tests.
SMALL = (
    "HandTuner.num_steps = 4",
    "HandTuner.products = 'float32'",
    "HandTuner.dropout = 0.0",
    "HandTuner.anchors = 0",
    "WarmupHoldDecay.peak = 3e-3",
    "WarmupHoldDecay.final = 3e-3",
)


@pytest.fixture
def model(tmp_path, monkeypatch, clean_gin):
    monkeypatch.setenv("SCRIBE_STYLES", str(tmp_path / "own"))
    saved(tmp_path / "run")
    return load_model(tmp_path / "run")


@pytest.fixture
def mine(model):
    """The file of a hand of five lines that leans to the right."""
    lines = []
    for line in Writer(model).write(["abc", "cab", "bca", "aabb", "ccab"], seed=5):
        strokes = line.strokes.copy()
        strokes[:, 0] -= 0.4 * strokes[:, 1]
        lines.append(Style(line.text, strokes))
    path = own_styles.path_of("mine")
    styles.save_style(path, styles.of_lines(lines))
    return path


def test_what_was_learnt_lies_beside_the_style_and_is_written(model, mine):
    found = tuned_style.tune_style("mine", model, SMALL)
    assert found.after < found.before
    kept = adaptation.load_adaptation(own_styles.adaptation_path(mine))
    assert kept.fingerprint == adaptation.fingerprint(model)
    assert sorted(path.name for path in mine.parent.iterdir()) == [
        "mine.json",
        "mine.npz",
    ]
    writer = Writer(model)
    style = writer.style("mine")
    assert style.adaptation is not None and style.text == "abc"  # one line primes
    (tuned,) = writer.write("bab", style=style)
    (plain,) = writer.write("bab", style=writer.style("mine", likeness=0.0))
    assert not np.array_equal(tuned.strokes, plain.strokes)
    own_styles.forget(mine)
    assert writer.style("mine").adaptation is None


def test_a_hand_that_is_no_better_is_not_kept(model, mine):
    wild = [*SMALL[:-2], "WarmupHoldDecay.peak = 3.0", "WarmupHoldDecay.final = 3.0"]
    found = tuned_style.tune_style("mine", model, wild)
    assert found.adaptation is None
    assert not own_styles.adaptation_path(mine).exists()


def test_another_model_s_half_tuned_hand_is_not_gone_on_with(model, mine):
    def stop(step, steps):
        if step == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tuned_style.tune_style("mine", model, SMALL, stop)
    assert own_styles.unfinished_folder(mine).is_dir()
    weights = {name: 0.9 * value for name, value in model.weights.items()}
    told = []
    tuned_style.tune_style(
        "mine",
        dataclasses.replace(model, weights=weights),
        SMALL,
        lambda step, steps: told.append(step),
    )
    assert told[0] == 0
    assert not own_styles.unfinished_folder(mine).exists()


def test_a_tuning_that_ends_as_its_result_is_written_learns_nothing_twice(
    model, mine, monkeypatch
):
    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(hand_tuning, "_SAVED_EVERY", 2)
    with monkeypatch.context() as patch:
        patch.setattr(adaptation.Adaptation, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            tuned_style.tune_style("mine", model, SMALL)
    assert not own_styles.adaptation_path(mine).exists()
    told = []
    tuned_style.tune_style("mine", model, SMALL, lambda *step: told.append(step))
    assert told == [(4, 4)]
    assert own_styles.adaptation_path(mine).is_file()
    assert not own_styles.unfinished_folder(mine).exists()


def test_who_has_no_such_style_or_too_few_lines_is_told(model, mine):
    with refused("yours", "mine"):
        tuned_style.tune_style("yours", model, SMALL)
    line = styles.load_style(mine, model).lines[0]
    styles.save_style(own_styles.path_of("short"), line)
    with refused("3 lines", 1):
        tuned_style.tune_style("short", model, SMALL)
