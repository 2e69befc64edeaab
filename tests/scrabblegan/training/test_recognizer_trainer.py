"""Training the recognizer: it learns, it resumes, and validation is a plain loop."""

import json
import math

import jiwer
import numpy as np
import pytest
import tensorflow as tf
from recognizer_samples import (
    tiny_dataset,
    tiny_network,
    tiny_trainer,
    write_words,
)
from training_samples import first_batches

from scrabblegan.models import load_model
from scrabblegan.words.augmentation import ImageAugmentation
from scribe.foundation import gin_config

pytestmark = pytest.mark.unit

EXPERIMENTS = ("recognizer", "recognizer_letters")
STAGES = ("recognizer_1", "recognizer_letters_1", "recognizer_letters_2")
OTHER_CORPORA = ("recognizer_dhsd", "recognizer_gw")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return write_words(tmp_path_factory.mktemp("words") / "drawn")


@pytest.fixture(scope="module")
def trained(data_dir):
    """A trainer of 200 steps, and the loss of each."""

    def network(alphabet_size):
        sizes = {"stages": ((8,), (16, 16)), "context": (16,), "num_units": 16}
        return tiny_network(alphabet_size, **sizes)

    trainer = tiny_trainer(tiny_dataset(data_dir, batch_size=8), network)
    batches = first_batches(trainer.dataset, 200)
    return trainer, [float(trainer.train_step(batch)["loss"]) for batch in batches]


@pytest.mark.slow
def test_it_learns_to_read_words_it_has_not_seen(trained):
    trainer, losses = trained
    assert np.mean(losses[:3]) > 2.0
    words = trainer.dataset.validation
    read = trainer.recognizer().read(words.images)
    assert np.mean([a == b for a, b in zip(read, words.texts, strict=True)]) >= 0.8


@pytest.mark.slow
def test_validation_equals_a_plain_loop_over_the_words(trained):
    trainer, _ = trained
    data = trainer.dataset
    metrics = trainer.evaluate(data.tensors(data.validation_batches))
    recognizer, words = trainer.recognizer(), data.validation
    read = [recognizer.read([image])[0] for image in words.images]
    nats = [
        len(text) * recognizer.nats([image], [text])[0]
        for image, text in zip(words.images, words.texts, strict=True)
    ]
    characters = sum(len(text) for text in words.texts)
    assert metrics["loss"] == pytest.approx(sum(nats) / characters, rel=1e-3)
    expected = jiwer.cer(list(words.texts), read)
    assert metrics["character_error_rate"] == pytest.approx(expected)
    expected = jiwer.wer(list(words.texts), read)
    assert metrics["word_error_rate"] == pytest.approx(expected)


@pytest.mark.slow
def test_validation_leaves_the_weights_alone(trained):
    trainer, _ = trained
    before = [v.numpy() for v in trainer.network.weights]
    data = trainer.dataset
    trainer.evaluate(data.tensors(data.validation_batches))
    for variable, value in zip(trainer.network.weights, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)


@pytest.mark.slow
def test_what_is_exported_reads_alike(trained, tmp_path):
    trainer, _ = trained
    trainer.export(tmp_path, {"loss": 0.5})
    exported = load_model(str(tmp_path))
    assert exported.facts["step"] == 200 and exported.facts["corpus"] == "drawn words"
    assert exported.facts["validation"] == {"loss": 0.5}
    words = trainer.dataset.validation
    averaged = trainer.recognizer()
    assert exported.read(words.images) == averaged.read(words.images)
    for name, weights in averaged.weights.items():
        np.testing.assert_allclose(
            exported.weights[name], weights, rtol=1e-3, atol=1e-6
        )


@pytest.mark.slow
@pytest.mark.usefixtures("without_tracing")
def test_a_restored_training_goes_on_as_if_it_had_not_stopped(data_dir, tmp_path):
    """With augmentation and dropout, whose draws follow from the step."""
    augmentation = ImageAugmentation(
        0.1, 0.1, 0.1, 1.0, 1.0, 8, 0.5, 0.5, 0.5, 0.5, 0.5
    )

    def trainer():
        return tiny_trainer(
            tiny_dataset(data_dir),
            lambda alphabet_size: tiny_network(alphabet_size, dropout=0.3),
            augmentation=augmentation,
        )

    whole, first, second = trainer(), trainer(), trainer()
    batches = first_batches(whole.dataset, 4)
    for batch in batches:
        whole.train_step(batch)
    for batch in batches[:2]:
        first.train_step(batch)
    path = tf.train.Checkpoint(trainer=first).save(str(tmp_path / "ckpt"))
    checkpoint = tf.train.Checkpoint(trainer=second)
    checkpoint.restore(path).assert_existing_objects_matched()
    for batch in batches[2:]:
        second.train_step(batch)
    assert int(second.step) == 4
    for one, other in zip(whole.averages, second.averages, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    for one, other in zip(whole.network.weights, second.network.weights, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("experiment", [*EXPERIMENTS, *STAGES, *OTHER_CORPORA])
@pytest.mark.usefixtures("without_tracing")
def test_an_experiment_has_its_size_and_binds_nothing_in_vain(
    experiment, data_dir, clean_gin
):
    bindings = [f"DATA_DIR = {str(data_dir)!r}"]
    bindings.append("WordDataset.train_splits = ['train']")
    bindings.append("WordDataset.validation_splits = ['validation']")
    bindings.append("WordDataset.lengths = (1, 16)")
    bindings.append("RecognizerTrainer.initial = None")  # it is no tiny one
    gin_config.parse([experiment, "testing/tiny_recognizer.gin"], bindings)
    dataset, trainer = gin_config.build_trainer()
    metrics = trainer.train_step(first_batches(dataset, 1)[0])
    assert all(math.isfinite(value) for value in metrics.values())
    loop_s_own = ("train.", "NUM_STEPS")  # this test plays the loop
    assert [n for n in gin_config.unused() if not n.startswith(loop_s_own)] == []


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_the_networks_have_the_sizes_in_the_table_of_gin_files(experiment, clean_gin):
    gin_config.parse([experiment], [])
    characters = clean_gin.query_parameter("WordDataset.alphabet")
    make = clean_gin.get_configurable("make_recognizer")
    network = make(alphabet_size=len(characters) + 1)
    count = sum(math.prod(v.shape) for v in network.trainable_variables)
    readme = (gin_config.gin_folder() / "README.md").read_text()
    (row,) = [r for r in readme.splitlines() if r.startswith(f"| `{experiment}` |")]
    assert f"| {count:,} |" in row
    assert json.loads(json.dumps(network.sizes()))  # what model.json will hold
