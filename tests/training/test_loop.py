"""The training loop: what it keeps, how it resumes, and how it stops."""

import functools
import json
import logging
import math
import shutil
import signal
import time

import numpy as np
import pytest
import tensorflow as tf
from refusals import refused
from toy_training import ToyTrainer, train_toy
from training_samples import tiny_dataset, tiny_trainer

from scribe.corpora.augmentation import Augmentation
from scribe.foundation.errors import InputError, Interrupted, WorkFailed
from scribe.foundation.locks import sole_writer
from scribe.training import loop
from scribe.training.weight_noise import AdaptiveWeightNoise

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("clean_gin")]


def history(folder):
    return json.loads((folder / "metrics.json").read_text())


def saved_steps(folder):
    return sorted(
        int(path.stem.split("-")[1])
        for path in (folder / "checkpoints").glob("*.index")
    )


def with_events(**options):
    return functools.partial(ToyTrainer, **options)


def test_a_run_folder_holds_what_is_needed_to_go_on_and_to_look(tmp_path):
    train_toy(tmp_path / "run", num_steps=5)
    assert saved_steps(tmp_path / "run") == [4, 5]
    assert [row["step"] for row in history(tmp_path / "run")] == [2, 4, 5]
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert names == {
        "config.gin", "operative_config.gin", "checkpoints", "events", "metrics.json",
        "weight.npy",
    }  # fmt: skip


def test_tensorboard_gets_scalars_and_pictures(tmp_path):
    train_toy(tmp_path)
    steps = {}
    (file,) = (tmp_path / "events").iterdir()
    for event in tf.compat.v1.train.summary_iterator(str(file)):
        for value in event.summary.value:
            steps.setdefault(value.tag, []).append(event.step)
    assert steps["train/loss"] == steps["validation/loss"] == steps["writing"] == [2, 4]
    assert steps["train/points_per_second"] == [2, 4]


def test_stopping_and_going_on_sees_every_batch_once(tmp_path):
    first = train_toy(tmp_path, num_steps=3)
    second = train_toy(tmp_path, num_steps=7)
    assert first.seen == [0, 1, 2]
    assert second.seen == [3, 4, 5, 6]
    assert [row["step"] for row in history(tmp_path)] == [2, 3, 4, 6, 7]


@pytest.mark.slow
def test_the_best_weights_stay_also_over_a_stop(tmp_path):
    losses = {2: 0.5, 4: 0.3, 6: 0.4, 8: 0.2}
    trainer = with_events(losses=losses)
    exported = []
    for num_steps in (4, 6, 8):
        train_toy(tmp_path, num_steps=num_steps, trainer=trainer)
        exported.append(np.load(tmp_path / "weight.npy")[0])
    expected = [train_toy(tmp_path / str(n), num_steps=n).weight[0] for n in (4, 4, 8)]
    np.testing.assert_array_equal(exported, expected)


def test_what_is_trained_to_the_end_is_left_alone(tmp_path, caplog):
    train_toy(tmp_path, num_steps=4)
    caplog.set_level(logging.INFO, "scribe")
    assert train_toy(tmp_path, num_steps=3).seen == []
    assert "already trained to step 4; raise train.num_steps" in caplog.text


def test_epochs_count_the_batches_of_the_dataset(tmp_path):
    trainer = train_toy(tmp_path, num_steps=None, num_epochs=2)
    assert int(trainer.step) == 10


def test_validation_may_come_by_epochs(tmp_path):
    train_toy(tmp_path, num_steps=12, validate_every=None, validate_every_epochs=1)
    assert [row["step"] for row in history(tmp_path)] == [5, 10, 12]


def test_without_a_validation_loss_the_newest_weights_are_exported(tmp_path):
    class Lossless(ToyTrainer):
        def evaluate(self, batches):
            return {"distance": float(self.step)}

    trainer = train_toy(tmp_path, trainer=Lossless)
    np.testing.assert_array_equal(np.load(tmp_path / "weight.npy"), trainer.weight)


@pytest.mark.parametrize(
    ("wrong", "facts"),
    [
        ({"num_epochs": 3}, ["train.num_steps is 4", "train.num_epochs is 3", "None"]),
        ({"num_steps": None}, ["train.num_steps is None", "train.num_epochs is None"]),
        ({"num_steps": 0}, ["train.num_steps", 0, 1]),
        ({"summary_every": 0}, ["train.summary_every", 0, 1]),
        ({"validate_every": -1}, ["train.validate_every", -1, 1]),
        (
            {"validate_every": None},
            ["train.validate_every is None", "train.validate_every_epochs is None"],
        ),
    ],
)
def test_impossible_lengths_and_cadences_are_refused(wrong, facts, tmp_path):
    with refused(*facts):
        train_toy(tmp_path / "run", **wrong)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("metric", ["loss", "gradient_norm"])
def test_a_metric_that_is_not_finite_stops_and_keeps_the_checkpoint(
    metric, value, tmp_path
):
    trainer = with_events(events={3: lambda: {metric: value}})
    with pytest.raises(WorkFailed) as failure:
        train_toy(tmp_path, trainer=trainer)
    assert f"{metric} is {value} at step 3" in str(failure.value)
    assert str(tmp_path / "checkpoints" / "ckpt-2") in str(failure.value)
    assert saved_steps(tmp_path) == [1, 2]
    assert train_toy(tmp_path).seen == [2, 3]


def test_a_validation_loss_that_is_not_finite_stops_too(tmp_path):
    trainer = with_events(losses={2: 0.1, 4: math.nan})
    with refused("validation loss", "nan", "step 4", "ckpt-3", error=WorkFailed):
        train_toy(tmp_path, trainer=trainer)
    assert [row["step"] for row in history(tmp_path)] == [2]
    assert saved_steps(tmp_path) == [2, 3]


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_a_signal_ends_the_step_saves_and_says_how_to_go_on(number, status, tmp_path):
    handlers = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
    trainer = with_events(events={2: lambda: signal.raise_signal(number)})
    with pytest.raises(Interrupted) as interruption:
        train_toy(tmp_path, trainer=trainer, checkpoint_every_seconds=1e6)
    assert interruption.value.status == status
    assert f"--save_dir={tmp_path} goes on from there" in str(interruption.value)
    assert saved_steps(tmp_path) == [2]
    assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)] == handlers
    assert train_toy(tmp_path).seen == [2, 3]


def test_a_second_ctrl_c_stops_at_once(tmp_path):
    def twice():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        train_toy(tmp_path, trainer=with_events(events={2: twice}))
    assert saved_steps(tmp_path) == [1]


def test_other_settings_are_refused_and_named(tmp_path, clean_gin):
    clean_gin.parse_config("train.seed = 1\ntrain.deterministic = False\nNUM_STEPS = 4")
    train_toy(tmp_path)
    kept = (tmp_path / "config.gin").read_text()
    clean_gin.clear_config()
    clean_gin.parse_config("train.seed = 2\nNUM_STEPS = 9")
    with pytest.raises(InputError) as failure:
        train_toy(tmp_path, num_steps=9)
    assert "train.seed: 1 -> 2" in str(failure.value)
    assert "train.deterministic: False -> unbound" in str(failure.value)
    assert "NUM_STEPS" not in str(failure.value)
    assert (tmp_path / "config.gin").read_text() == kept


def test_other_length_and_cadence_are_accepted_and_kept(tmp_path, clean_gin):
    clean_gin.parse_config("NUM_STEPS = 4\ntrain.summary_every = 2")
    train_toy(tmp_path)
    clean_gin.clear_config()
    clean_gin.parse_config("NUM_STEPS = 6\ntrain.summary_every = 3")
    assert train_toy(tmp_path, num_steps=6).seen == [4, 5]
    assert "NUM_STEPS = 6\n" in (tmp_path / "config.gin").read_text()


def test_a_run_that_died_before_its_first_checkpoint_may_start_otherwise(
    tmp_path, clean_gin
):
    clean_gin.parse_config("train.seed = 1")

    def breaks(dataset):
        raise InputError("a wrong binding")

    with refused("a wrong binding"):
        train_toy(tmp_path, trainer=breaks)
    clean_gin.clear_config()
    clean_gin.parse_config("train.seed = 2")
    assert train_toy(tmp_path).seen == [0, 1, 2, 3]


def test_what_a_killed_save_left_is_removed(tmp_path):
    train_toy(tmp_path, num_steps=2)
    checkpoints = tmp_path / "checkpoints"
    (checkpoints / "ckpt-9_temp").mkdir()
    half_written = [
        checkpoints / "ckpt-9_temp" / "part-00000-of-00001.data-00000-of-00001",
        checkpoints / "ckpt-8.data-00000-of-00001",
        tmp_path / ".metrics.json.1234.part",
    ]
    for leftover in half_written:
        leftover.write_bytes(b"half")
    assert train_toy(tmp_path, num_steps=3).seen == [2]
    assert not any(leftover.exists() for leftover in half_written)
    assert not (checkpoints / "ckpt-9_temp").exists()
    assert len(list(checkpoints.iterdir())) == 1 + 2 * 2


def test_two_do_not_train_in_one_folder_at_once(tmp_path):
    train_toy(tmp_path / "run", num_steps=2)
    with sole_writer(tmp_path / "run"), refused(tmp_path / "run"):
        train_toy(tmp_path / "run", num_steps=4)
    assert train_toy(tmp_path / "run", num_steps=4).seen == [2, 3]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_checkpoint_of_another_network_is_refused(tmp_path):
    train_toy(tmp_path, num_steps=2)
    with refused(tmp_path / "checkpoints" / "ckpt-2", (3,), (4,)):
        train_toy(tmp_path, trainer=functools.partial(ToyTrainer, size=4))


def test_a_dry_run_says_what_it_built_and_creates_nothing(tmp_path, caplog):
    caplog.set_level(logging.INFO, "scribe")
    trainer = train_toy(tmp_path / "run", dry_run=True)
    assert trainer.seen == []
    assert list(tmp_path.iterdir()) == []
    assert "weight                       [3]" in caplog.text
    assert "; 3 parameters" in caplog.text


def test_a_binding_without_effect_is_named(tmp_path, caplog, clean_gin):
    clean_gin.parse_config("Augmentation.slant_std = 0.1")
    train_toy(tmp_path)
    assert "binding of Augmentation.slant_std has no effect" in caplog.text


def test_rates_leave_validation_and_saving_out(tmp_path, caplog, monkeypatch):
    """With a clock that a step moves by 2 s and a validation by 100 s."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    class Slow(ToyTrainer):
        def train_step(self, batch):
            now[0] += 2.0
            return super().train_step(batch)

        def evaluate(self, batches):
            now[0] += 100.0
            return super().evaluate(batches)

    caplog.set_level(logging.INFO, "scribe")
    train_toy(tmp_path, num_steps=8, trainer=Slow)
    lines = [line for line in caplog.messages if line.startswith("step ")]
    assert "0.50 steps_per_second; 5.00 points_per_second; 0:00:12 left" in lines[0]
    assert "0.50 steps_per_second; 5.00 points_per_second; 0:00:08 left" in lines[1]
    assert "0:00:00 left" in lines[-1]
    assert "first step: 2.0 s" in caplog.text


def test_checkpoints_come_by_the_clock(tmp_path, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def later():
        now[0] += 10.0

    trainer = with_events(events=dict.fromkeys(range(1, 8), later))
    options = {"checkpoint_every_seconds": 25.0, "checkpoints_kept": 9}
    train_toy(tmp_path, num_steps=7, trainer=trainer, **options)
    assert saved_steps(tmp_path) == [3, 6, 7]


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.usefixtures("determinism")
def test_going_on_equals_never_having_stopped(tiny_corpus, tmp_path):
    """Bit by bit, for 2 n steps in one go and n + n steps, with all that is random on:
    averages, dropout, weight noise, augmentation."""

    def train(folder, num_steps):
        made = []

        def make_trainer(dataset):
            made.append(
                tiny_trainer(
                    dataset,
                    {"dropout": 0.3},
                    clip_norm=1.0,
                    ema_decay=0.9,
                    weight_noise=AdaptiveWeightNoise(0.05, 1e-3, 0.9),
                )
            )
            return made[0]

        loop.train(
            save_dir=str(folder),
            dataset=lambda: tiny_dataset(
                tiny_corpus, augmentation=Augmentation(0.1, 0.1)
            ),
            trainer=make_trainer,
            num_steps=num_steps,
            num_epochs=None,
            summary_every=10,
            validate_every=4,
            checkpoint_every_seconds=1e6,
            checkpoints_kept=1,
            seed=1,
            deterministic=True,
        )
        return made[0]

    # 12 steps cross the end of the first epoch, at step 8.
    whole = train(tmp_path / "whole", 12)
    train(tmp_path / "parts", 6)
    parts = train(tmp_path / "parts", 12)
    assert int(parts.step) == int(whole.step) == 12
    one, other = (checkpointed(tmp_path / name) for name in ("whole", "parts"))
    assert one.keys() == other.keys()
    assert len(one) > 20
    for name in one:
        np.testing.assert_array_equal(one[name], other[name], name)
    assert history(tmp_path / "parts")[-1] == history(tmp_path / "whole")[-1]


def checkpointed(folder):
    """Every value in the last checkpoint, by name."""
    reader = tf.train.load_checkpoint(str(folder / "checkpoints"))
    names = reader.get_variable_to_shape_map().keys() - {
        "_CHECKPOINTABLE_OBJECT_GRAPH",
        "save_counter/.ATTRIBUTES/VARIABLE_VALUE",
    }
    return {name: reader.get_tensor(name) for name in names}


def test_a_folder_that_was_removed_while_training_ends_with_one_sentence(tmp_path):
    def vanish():
        shutil.rmtree(tmp_path / "run")
        (tmp_path / "run").write_text("in the way")

    with refused("step 2", tmp_path / "run", "ckpt-1", error=WorkFailed):
        train_toy(tmp_path / "run", trainer=with_events(events={2: vanish}))
