"""The classifier that judges generators: it learns, and it is what was exported."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from digit_samples import tiny_dataset, write_npz
from refusals import refused
from training_samples import first_batches

from scrabblegan.digits.classifier_trainer import (
    DigitClassifier,
    DigitClassifierTrainer,
    Judge,
    shifted,
)

pytestmark = pytest.mark.unit


def make_trainer(data_dir):
    keras.utils.set_random_seed(0)
    return DigitClassifierTrainer(
        tiny_dataset(data_dir, batch_size=20, batches_per_step=1),
        classifier=DigitClassifier(num_channels=6, num_features=16, dropout=0.0),
        optimizer=keras.optimizers.Adam(0.01),
        ema_decay=0.9,
        seed=1,
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("classifier")
    trainer = make_trainer(write_npz(folder / "mnist.npz"))
    losses = [
        float(trainer.train_step(batch)["loss"])
        for batch in first_batches(trainer.dataset, 160)
    ]
    return trainer, losses


@pytest.mark.slow
def test_it_learns_drawn_digits(trained):
    trainer, losses = trained
    assert np.mean(losses[:3]) > 2.0
    data = trainer.dataset
    metrics = trainer.evaluate(data.tensors(data.validation_batches))
    assert metrics["accuracy"] >= 0.8
    assert metrics["loss"] < 1.0


@pytest.mark.slow
def test_validation_equals_a_plain_loop(trained):
    trainer, _ = trained
    data = trainer.dataset
    metrics = trainer.evaluate(data.tensors(data.validation_batches))
    corpus = data.corpus
    judge = trainer._judge()
    nats, right = [], []
    for image, digit in zip(
        corpus.held_out_images, corpus.held_out_digits, strict=True
    ):
        _, shares = judge.judge(image[None])
        nats.append(-np.log(shares[0, digit]))
        right.append(shares[0].argmax() == digit)
    assert metrics["loss"] == pytest.approx(np.mean(nats), rel=1e-3)
    assert metrics["accuracy"] == pytest.approx(np.mean(right))


@pytest.mark.slow
def test_what_is_exported_judges_alike(trained, tmp_path):
    trainer, _ = trained
    trainer.export(tmp_path, {"accuracy": 0.9})
    judge = Judge.load(tmp_path)
    images = trainer.dataset.corpus.held_out_images
    features, shares = judge.judge(images)
    expected_features, expected_shares = trainer._judge().judge(images)
    assert features.shape == (50, 16)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-5)
    np.testing.assert_allclose(shares, expected_shares, atol=0.02)
    np.testing.assert_allclose(features, expected_features, rtol=0.05, atol=0.05)
    assert judge.facts["validation"] == {"accuracy": 0.9}


def test_shifts_move_an_image_by_two_pixels_at_most_and_bring_in_paper():
    image = np.full([400, 28, 28, 1], 1.0, np.float32)
    image[:, 14, 10] = -1.0
    moved = shifted(tf.constant(image), [1, 2]).numpy()[..., 0]
    places = np.argwhere(moved < 0)
    assert len(places) == 400  # exactly one pixel of ink in each
    offsets = {(int(y) - 14, int(x) - 10) for _, y, x in places}
    assert offsets == {(y, x) for y in range(-2, 3) for x in range(-2, 3)}


@pytest.mark.slow
def test_another_kind_of_model_is_refused(trained, tmp_path):
    trainer, _ = trained
    trainer.export(tmp_path, {})
    path = tmp_path / "model.json"
    changed = json.loads(path.read_text()) | {"kind": "attention_rnn"}
    path.write_text(json.dumps(changed))
    with refused("'attention_rnn'", "'digit_classifier'"):
        Judge.load(tmp_path)


@pytest.mark.slow
def test_weights_of_other_sizes_are_refused(trained):
    trainer, _ = trained
    weights = trainer._judge().weights
    with refused("model", "weights.npz"):
        Judge(Path("model"), {"num_channels": 3, "num_features": 8}, weights)
