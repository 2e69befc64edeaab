"""The trainer of stroke networks: what a step does and what validation says."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from training_samples import first_batches, tiny_dataset, tiny_trainer

from scribe.networks import mixtures
from scribe.training.weight_noise import AdaptiveWeightNoise

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def dataset(tiny_corpus):
    return tiny_dataset(tiny_corpus)


def weights_of(trainer):
    return [weight.numpy() for weight in trainer._weights]


def loss_by_loops(trainer, batch):
    """Nats of each point of each line, line by line without any padding."""
    nats, squared, right = [], [], []
    for b in range(len(batch["strokes"])):
        points = int(batch["stroke_mask"][b].sum())
        characters = int(batch["text_mask"][b].sum())
        strokes = batch["strokes"][b : b + 1, :points]
        text = batch["text"][b : b + 1, :characters]
        mask = batch["text_mask"][b : b + 1, :characters]
        activations = trainer.network(strokes[:, :-1], text, mask)
        targets = strokes[:, 1:]
        nats.append(-mixtures.log_likelihood(activations, targets).numpy()[0])
        squared.append(mixtures.squared_error(activations, targets).numpy()[0])
        right.append(mixtures.pen_accuracy(activations, targets).numpy()[0])
    return nats, squared, right


@pytest.mark.slow
@pytest.mark.integration
def test_training_on_one_batch_learns_it(dataset):
    """The overfit test of this family of models."""
    trainer = tiny_trainer(
        dataset,
        {"num_units": 24, "num_mixtures": 3},
        optimizer=keras.optimizers.Adam(0.02),
        clip_norm=5.0,
    )
    (batch,) = first_batches(dataset, 1)
    losses = [float(trainer.train_step(batch)["loss"]) for _ in range(120)]
    assert losses[0] > 1.5
    assert np.mean(losses[-5:]) < losses[0] - 2.5
    assert int(trainer.step) == 120


@pytest.mark.usefixtures("without_tracing")
def test_metrics_of_a_step_are_means_over_points_and_lines(dataset):
    trainer = tiny_trainer(dataset)
    (batch,) = first_batches(dataset, 1)
    nats, squared, _ = loss_by_loops(trainer, batch)
    metrics = trainer.train_step(batch)
    assert float(metrics["loss"]) == pytest.approx(
        np.concatenate(nats).mean(), rel=1e-5
    )
    assert float(metrics["nats_per_line"]) == pytest.approx(
        np.mean([line.sum() for line in nats]), rel=1e-5
    )
    assert float(metrics["squared_error"]) == pytest.approx(
        np.concatenate(squared).mean(), rel=1e-5
    )
    assert float(metrics["points"]) == sum(len(line) for line in nats)
    assert float(metrics["learning_rate"]) == pytest.approx(0.01)


@pytest.mark.slow
@pytest.mark.usefixtures("without_tracing")
def test_validation_equals_a_plain_loop_over_lines(dataset):
    trainer = tiny_trainer(dataset)
    nats, squared, right = [], [], []
    for batch in dataset.validation_batches():
        for collected, found in zip(
            (nats, squared, right), loss_by_loops(trainer, batch), strict=True
        ):
            collected.extend(found)
    assert len(nats) == 8
    metrics = trainer.evaluate(dataset.validation_batches())
    expected = {
        "loss": np.concatenate(nats).mean(),
        "nats_per_line": np.mean([line.sum() for line in nats]),
        "squared_error": np.concatenate(squared).mean(),
        "pen_accuracy": np.concatenate(right).mean(),
    }
    assert metrics == pytest.approx(expected, rel=1e-5)


@pytest.mark.slow
def test_padding_changes_neither_loss_nor_gradient(dataset):
    (batch,) = first_batches(dataset, 1)
    wider = {
        name: np.pad(x, [[0, 2], [0, 7], [0, 0]][: x.ndim]) for name, x in batch.items()
    }
    results = []
    for padded in (batch, wider):
        # With plain descent, the change of the weights is the gradient.
        trainer = tiny_trainer(dataset, optimizer=keras.optimizers.SGD(1.0))
        before = weights_of(trainer)
        metrics = trainer.train_step(padded)
        change = [a - b for a, b in zip(weights_of(trainer), before, strict=True)]
        results.append((metrics, change))
    (metrics, change), (padded_metrics, padded_change) = results
    for name, value in metrics.items():
        assert float(padded_metrics[name]) == pytest.approx(float(value), rel=1e-5)
    for one, other in zip(change, padded_change, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-4, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("num_lines", [1, 4])
def test_shards_change_neither_loss_nor_gradient(dataset, num_lines):
    (batch,) = first_batches(dataset, 1)
    batch = {name: x[:num_lines] for name, x in batch.items()}
    results = []
    for num_shards in (1, 3):
        trainer = tiny_trainer(
            dataset, optimizer=keras.optimizers.SGD(1.0), num_shards=num_shards
        )
        metrics = trainer.train_step(batch)
        results.append((metrics, weights_of(trainer)))
    (metrics, weights), (sharded_metrics, sharded_weights) = results
    for name, value in metrics.items():
        assert float(sharded_metrics[name]) == pytest.approx(float(value), rel=1e-5)
    for one, other in zip(weights, sharded_weights, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-4, atol=1e-6)


@pytest.mark.usefixtures("without_tracing")
def test_the_gradient_is_clipped_by_its_global_norm(dataset):
    (batch,) = first_batches(dataset, 1)
    changes = []
    for clip_norm in (None, 0.1):
        trainer = tiny_trainer(
            dataset, optimizer=keras.optimizers.SGD(1.0), clip_norm=clip_norm
        )
        before = weights_of(trainer)
        norm = float(trainer.train_step(batch)["gradient_norm"])
        changes.append(
            [a - b for a, b in zip(weights_of(trainer), before, strict=True)]
        )
    whole = np.sqrt(sum(np.sum(c**2) for c in changes[0]))
    assert norm == pytest.approx(whole, rel=1e-4)
    assert norm > 0.1
    for clipped, change in zip(changes[1], changes[0], strict=True):
        np.testing.assert_allclose(clipped, change * 0.1 / norm, rtol=1e-3, atol=1e-6)


@pytest.mark.slow
@pytest.mark.usefixtures("without_tracing")
def test_averages_follow_their_formula_and_are_what_validation_judges(dataset):
    trainer = tiny_trainer(dataset, ema_decay=0.5)
    averages = weights_of(trainer)
    for step, batch in enumerate(first_batches(dataset, 8), start=1):
        trainer.train_step(batch)
        decay = min(0.5, (1 + step) / (10 + step))
        averages = [
            decay * a + (1 - decay) * w
            for a, w in zip(averages, weights_of(trainer), strict=True)
        ]
    assert decay == 0.5
    for average, expected in zip(trainer.averages, averages, strict=True):
        np.testing.assert_allclose(average, expected, rtol=1e-4, atol=1e-6)
    current = weights_of(trainer)
    judged = trainer.evaluate(dataset.validation_batches())
    for weight, kept in zip(trainer._weights, current, strict=True):
        np.testing.assert_array_equal(weight, kept)
    without = tiny_trainer(dataset)
    without._assign(averages)
    expected = without.evaluate(dataset.validation_batches())
    assert judged == pytest.approx(expected, rel=1e-4)


@pytest.mark.slow
@pytest.mark.usefixtures("without_tracing")
def test_dropout_and_noise_disturb_training_only(dataset):
    (batch,) = first_batches(dataset, 1)
    plain = tiny_trainer(dataset)
    disturbed = tiny_trainer(
        dataset, {"dropout": 0.5}, weight_noise=AdaptiveWeightNoise(0.3, 1e-3, 0.9)
    )
    for one, other in zip(weights_of(plain), weights_of(disturbed), strict=True):
        np.testing.assert_array_equal(one, other)
    evaluated = [t.evaluate([batch])["loss"] for t in (plain, disturbed)]
    assert evaluated[0] == evaluated[1]
    trained = [float(t.train_step(batch)["loss"]) for t in (plain, disturbed)]
    assert trained[0] == pytest.approx(evaluated[0], rel=1e-5)
    assert abs(trained[1] - trained[0]) > 0.01


@pytest.mark.usefixtures("without_tracing")
def test_weight_noise_leaves_the_step_to_the_means(dataset):
    noise = AdaptiveWeightNoise(0.1, 1e-3, 0.9)
    trainer = tiny_trainer(
        dataset, optimizer=keras.optimizers.SGD(0.0), weight_noise=noise
    )
    before = weights_of(trainer)
    metrics = trainer.train_step(first_batches(dataset, 1)[0])
    for weight, kept in zip(trainer._weights, before, strict=True):
        np.testing.assert_array_equal(weight, kept)
    assert float(metrics["weight_nats"]) > 0.0
    assert noise.points_per_epoch == dataset.points_per_epoch


@pytest.mark.slow
def test_the_compiled_step_of_xla_equals_the_plain_one(dataset):
    results = []
    for jit_compile in (False, True):
        trainer = tiny_trainer(
            dataset, optimizer=keras.optimizers.SGD(0.1), ema_decay=0.9,
            jit_compile=jit_compile,
        )  # fmt: skip
        (batch,) = dataset.tensors(dataset.validation_batches).take(1)
        results.append((trainer.train_step(batch), weights_of(trainer)))
    (metrics, weights), (compiled_metrics, compiled_weights) = results
    for name, value in metrics.items():
        assert float(compiled_metrics[name]) == pytest.approx(float(value), rel=1e-4)
    for one, other in zip(weights, compiled_weights, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-3, atol=1e-5)


def test_batches_for_xla_come_in_few_shapes(dataset):
    trainer = tiny_trainer(dataset, jit_compile=True)
    shapes = {
        tuple(
            tuple(x.shape)
            for x in trainer._padded(tf.nest.map_structure(tf.constant, batch)).values()
        )
        for batch in first_batches(dataset, 40)
    }
    lengths = {strokes[1] for strokes, *_ in shapes}
    assert shapes == {((4, n, 3), (4, n), (4, 7), (4, 7)) for n in lengths}
    assert lengths <= set(range(0, 101, 10))


@pytest.mark.usefixtures("without_tracing")
def test_an_exported_network_is_what_was_trained(dataset, tmp_path):
    trainer = tiny_trainer(dataset, ema_decay=0.5)
    trainer.train_step(first_batches(dataset, 1)[0])
    trainer.export(tmp_path, {"loss": 1.25})
    description = json.loads((tmp_path / "model.json").read_text())
    assert description["step"] == 1
    assert description["validation"] == {"loss": 1.25}
    assert description["alphabet"] == dataset.alphabet.characters
    assert description["offset_scale"] == dataset.offset_scale.tolist()
    with np.load(tmp_path / "weights.npz") as arrays:
        assert list(arrays) == list(trainer.describe())
        for values, average in zip(arrays.values(), trainer.averages, strict=True):
            np.testing.assert_array_equal(values, average)


@pytest.mark.parametrize("texts", [["dab?", "???"], ["???"], []])
def test_pictures_replace_what_the_alphabet_lacks(dataset, texts):
    trainer = tiny_trainer(dataset, picture_texts=texts)
    pictures = trainer.pictures()
    assert list(pictures) == (["writing"] if "dab?" in texts else [])
    for picture in pictures.values():
        assert picture.dtype == np.uint8
        assert picture.shape[-1] == 3


def test_a_network_without_text_draws_what_it_writes_freely(dataset):
    trainer = tiny_trainer(dataset, {"num_window_components": 0})
    assert list(trainer.pictures()) == ["writing"]


def test_a_line_that_runs_for_metres_does_not_stop_a_training(dataset):
    trainer = tiny_trainer(dataset, picture_texts=["abcd" * 9])
    kernel, bias = trainer.network.head.kernel, trainer.network.head.bias
    kernel.assign(tf.zeros_like(kernel))
    values = np.zeros(bias.shape, np.float32)
    values[2:4] = 1e5  # mu_x of both components: the pen leaps and never comes back
    values[6:10] = -5.0
    values[-1] = 20.0  # every point a stroke of its own, so that none is long
    bias.assign(values)
    assert trainer.pictures() == {}
