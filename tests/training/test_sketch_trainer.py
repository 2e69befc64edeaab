"""Training a SketchRNN: the loss with its floor, overfitting, resuming, its files."""

import dataclasses
import math
import re

import numpy as np
import pytest
from refusals import refused
from sketch_samples import tiny_trainer
from training_samples import tiny_dataset

from scribe.corpora.prepared import load_lines, save_corpus
from scribe.foundation import gin_config
from scribe.models.stroke_model import load_model

tf = pytest.importorskip("tensorflow")

import keras  # noqa: E402

from scribe.models.sizes import sketch_rnn_shapes  # noqa: E402
from scribe.training.run_files import RunFiles  # noqa: E402
from scribe.writing.sketcher import Sketcher  # noqa: E402

pytestmark = pytest.mark.unit


def first_batch(trainer):
    return next(iter(trainer.dataset.tensors(lambda: trainer.dataset.train_batches(0))))


def weights(trainer):
    return {n: v.numpy() for n, v in trainer.network.named_weights().items()}


@pytest.mark.slow
def test_below_the_floor_the_kl_has_no_gradient(tiny_corpus, without_tracing):
    """A step under a floor that nothing reaches is one without any weight of the KL."""
    free = tiny_trainer(tiny_corpus, kl_floor=1e3)
    without = tiny_trainer(tiny_corpus, kl_weight=0.0)
    bound = tiny_trainer(tiny_corpus, kl_floor=0.0, kl_start=1.0)
    metrics = [t.train_step(first_batch(t)) for t in (free, without, bound)]
    for name, weight in weights(free).items():
        np.testing.assert_array_equal(weight, weights(without)[name])
    changed = weights(bound)["latent/kernel"] - weights(free)["latent/kernel"]
    assert np.abs(changed).max() > 1e-4
    # The floor itself is in the loss, for both kinds of term.
    weight = float(metrics[0]["kl_weight"])
    assert float(metrics[0]["loss"]) == pytest.approx(
        float(metrics[1]["loss"]) + weight * 1e3, rel=1e-4
    )


def test_the_loss_is_reconstruction_over_the_longest_and_weighted_mean_kl(
    tiny_corpus, without_tracing
):
    trainer = tiny_trainer(tiny_corpus, kl_floor=0.0, kl_start=1.0)
    batch = first_batch(trainer)
    metrics = {n: float(v) for n, v in trainer.train_step(batch).items()}
    longest = max(len(line.strokes) for line in trainer.dataset.train)
    nats = metrics["nats_per_point"] * metrics["points"] / len(batch["strokes"])
    expected = nats / longest + 0.5 * metrics["kl"] / 4
    assert metrics["loss"] == pytest.approx(expected, rel=1e-5)
    assert metrics["points"] == float(tf.reduce_sum(batch["stroke_mask"]))


def test_two_shards_learn_what_one_does_but_for_their_noise(
    tiny_corpus, without_tracing
):
    no_noise = {"latent_dim": 0, "dropout": 0.0}
    one = tiny_trainer(tiny_corpus, no_noise)
    two = tiny_trainer(tiny_corpus, no_noise, num_shards=2)
    for trainer in (one, two):
        trainer.train_step(first_batch(trainer))
    for name, weight in weights(one).items():
        np.testing.assert_allclose(weight, weights(two)[name], rtol=1e-4, atol=1e-6)


def first_strokes(line, count):
    ends = np.flatnonzero(line.strokes[:, 2])
    return dataclasses.replace(line, strokes=line.strokes[: ends[count - 1] + 1])


@pytest.mark.slow
@pytest.mark.parametrize("latent_dim", [0, 8])
def test_it_learns_a_few_drawings_by_heart(tiny_corpus, tmp_path, latent_dim):
    lines = [first_strokes(line, 2) for line in load_lines(tiny_corpus, ["train"])[:4]]
    few = {"train": lines[:3], "test": lines[3:], "validation": lines}
    save_corpus(tmp_path / "few", "few", few, {})
    scale = tiny_dataset(tiny_corpus).offset_scale
    network = {"latent_dim": latent_dim, "encoder_units": 24, "decoder_units": 48}
    # The letters are straight lines, whose ever narrower densities have gradients that
    # would drown the pen's under a tight clip.
    trainer = tiny_trainer(
        tmp_path / "few",
        network | {"dropout": 0.0},
        dataset=tiny_dataset(tmp_path / "few", offset_scale=scale),
        optimizer=keras.optimizers.Adam(0.005),
        clip_norm=100.0,
        ema_decay=0.5,
    )
    data = trainer.dataset
    before = trainer.evaluate(data.tensors(data.validation_batches))
    for batch in data.tensors(lambda: data.train_batches(0)).take(450):
        trainer.train_step(batch)
    after = trainer.evaluate(data.tensors(data.validation_batches))
    assert after["nats_per_point"] < before["nats_per_point"] - 2.0
    assert after["pen_accuracy"] > 0.95
    if latent_dim:
        assert after["active_dims"] > 0
        sketcher = Sketcher(trainer.stroke_model())
        words = [line.strokes for line in data.train]
        drawn = sketcher.decode(sketcher.encode_cleaned(words)[0], temperature=0.0)
        for word, line in zip(words, drawn, strict=True):
            assert len(line.strokes) == pytest.approx(len(word), abs=2)


@pytest.mark.slow
def test_validation_judges_the_averages_and_repeats_itself(
    tiny_corpus, without_tracing
):
    trainer = tiny_trainer(tiny_corpus)
    data = trainer.dataset
    for batch in data.tensors(lambda: data.train_batches(0)).take(2):
        trainer.train_step(batch)
    before = weights(trainer)
    one = trainer.evaluate(data.tensors(data.validation_batches))
    assert one == trainer.evaluate(data.tensors(data.validation_batches))
    for name, value in weights(trainer).items():
        np.testing.assert_array_equal(value, before[name])
    trainer._assign(trainer.averages)
    assert trainer.evaluate(data.tensors(data.validation_batches)) == one
    longest = trainer.longest
    expected = one["nats_per_drawing"] / longest + 0.5 * max(
        one["kl_per_drawing"] / 4, 0.2
    )
    assert one["loss"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.slow
def test_a_resumed_training_is_the_uninterrupted_one(
    tiny_corpus, tmp_path, without_tracing
):
    def trained(trainer, first, last):
        data = trainer.dataset
        batches = data.tensors(lambda: data.train_batches(first))
        for batch in batches.take(last - first):
            trainer.train_step(batch)

    whole = tiny_trainer(tiny_corpus)
    trained(whole, 0, 6)
    first = tiny_trainer(tiny_corpus)
    trained(first, 0, 3)
    files = RunFiles(tmp_path, first, 1)
    files.restore()
    files.save()
    second = tiny_trainer(tiny_corpus)
    RunFiles(tmp_path, second, 1).restore()
    assert int(second.step.numpy()) == 3
    trained(second, 3, 6)
    for a, b in zip(whole.averages, second.averages, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_an_exported_model_is_the_averaged_one(tiny_corpus, tmp_path, without_tracing):
    trainer = tiny_trainer(tiny_corpus)
    trainer.train_step(first_batch(trainer))
    trainer.export(tmp_path, {"loss": 1.0})
    model = load_model(tmp_path)
    assert model.kind == "sketch_rnn"
    for name, average in trainer.averaged_weights().items():
        np.testing.assert_array_equal(model.weights[name], average)
    picture = trainer.pictures()["reconstructions"]
    assert picture.dtype == np.uint8 and picture.ndim == 3


@pytest.mark.parametrize(
    "changes",
    [{"kl_weight": -0.1}, {"kl_start": 1.5}, {"kl_rate": 1.1}, {"kl_floor": -1.0}],
)
def test_a_weight_of_the_kl_that_cannot_be_is_refused(tiny_corpus, changes):
    with refused(*(f"{name}={value}" for name, value in changes.items()), 0):
        tiny_trainer(tiny_corpus, **changes)


EXPERIMENTS = {
    "sketch_rnn": "128, 256, N 128",
    "sketch_rnn_paper": "256, 512, N 128",
    "sketch_rnn_words": "256, 512, N 128",
}


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_an_experiment_has_its_size_and_binds_nothing_in_vain(
    experiment, tiny_corpus, clean_gin, without_tracing
):
    gin_config.parse([experiment], [])
    network = clean_gin.get_configurable("SketchRNN")()
    shapes = {n: tuple(v.shape) for n, v in network.named_weights().items()}
    assert shapes == sketch_rnn_shapes(network.sizes())
    count = sum(math.prod(shape) for shape in shapes.values())
    readme = (gin_config.gin_folder() / "README.md").read_text()
    assert f"| `{experiment}` | {EXPERIMENTS[experiment]} | {count:,} |" in readme

    folders = re.findall(r"(?m)^(\w+_DIR) = ", gin_config.config_text())
    bindings = [f"{name} = {str(tiny_corpus)!r}" for name in folders]
    gin_config.parse([experiment, "testing/tiny_sketch_rnn.gin"], bindings)
    dataset, trainer = gin_config.build_trainer()
    metrics = trainer.train_step(next(dataset.train_batches(0)))
    assert all(math.isfinite(value) for value in metrics.values())
    loop_s_own = ("train.", "NUM_STEPS")  # this test plays the loop
    assert [n for n in gin_config.unused() if not n.startswith(loop_s_own)] == []
