"""Runs of earlier versions go on: their trainers held the same under other names."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from digit_samples import tiny_dataset as digit_dataset
from digit_samples import write_npz
from scrabble_samples import tiny_print_trainer
from training_samples import first_batches, tiny_dataset, tiny_trainer
from word_samples import prepared_words, tiny_word_dataset

from scrabblegan.digits.classifier_trainer import DigitClassifierTrainer
from scrabblegan.digits.networks import DigitClassifier
from scribe.training.run_files import RunFiles
from scribe.training.weight_noise import AdaptiveWeightNoise

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("without_tracing")]


def stroke_trainer(folder, tiny_corpus):
    noise = AdaptiveWeightNoise(0.1, 1e-3, 0.9)
    return tiny_trainer(tiny_dataset(tiny_corpus), ema_decay=0.9, weight_noise=noise)


def print_trainer(folder, tiny_corpus):
    texts = {"train": ["noon", "lane"] * 3, "validation": ["noon"]}
    words = prepared_words(folder / "words", texts)
    return tiny_print_trainer(tiny_word_dataset(words))


def classifier_trainer(folder, tiny_corpus):
    keras.utils.set_random_seed(0)
    return DigitClassifierTrainer(
        digit_dataset(write_npz(folder / "mnist.npz"), batches_per_step=1),
        classifier=DigitClassifier(num_channels=3, num_features=8, dropout=0.0),
        optimizer=keras.optimizers.Adam(1e-3),
        ema_decay=0.9,
        seed=1,
    )


# What each trainer's variables were reached by, and where they are now.
EARLIER = {
    stroke_trainer: {
        "model": "network",
        "_variables": "_variables",
        "_weights": "_weights",
        "averages": "averages",
        "weight_noise": "weight_noise",
    },
    print_trainer: {"generator": "network", "weights": "_values"},
    classifier_trainer: {
        "classifier": "network",
        "variables_to_train": "_variables",
        "weights": "_values",
        "averages": "averages",
    },
}


@pytest.mark.parametrize("make", EARLIER, ids=lambda make: make.__name__)
def test_a_run_of_an_earlier_version_goes_on_where_it_stopped(
    make, tmp_path, tiny_corpus
):
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    trainer = make(tmp_path / "first", tiny_corpus)
    before, after = first_batches(trainer.dataset, 2)
    trainer.train_step(before)
    earlier = tf.Module()
    earlier.optimizer, earlier.step = trainer.optimizer, trainer.step
    for name, now in EARLIER[make].items():
        setattr(earlier, name, getattr(trainer, now))
    earlier_run = RunFiles(tmp_path / "run", earlier, checkpoints_kept=1)
    earlier_run.checkpoints.restore()
    earlier_run.checkpoints.save(1)
    expected = trainer.train_step(after)

    resumed = make(tmp_path / "second", tiny_corpus)
    RunFiles(tmp_path / "run", resumed, checkpoints_kept=1).restore()
    assert int(resumed.step) == 1
    metrics = resumed.train_step(after)
    assert {n: float(v) for n, v in metrics.items()} == {
        n: float(v) for n, v in expected.items()
    }
    for one, other in zip(resumed._values, trainer._values, strict=True):
        np.testing.assert_array_equal(one, other)
