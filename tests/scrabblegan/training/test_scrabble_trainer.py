"""Training words: schedule, owners, what stays frozen, resuming, what is exported."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from recognizer_samples import tiny_network
from refusals import refused
from scrabble_samples import random_writer, tiny_print_trainer, tiny_scrabble_trainer
from training_samples import first_batches
from word_samples import prepared_words, tiny_word_dataset

import scrabblegan
from scrabblegan.networks import save_network
from scrabblegan.words.printed import printed
from scribe.training import loop

pytestmark = pytest.mark.unit

LETTERS = "abcde"
WORDS = ["a", "be", "cab", "dead", "bead", "ace", "ed", "cede"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("corpora") / "words"
    return prepared_words(path, {"train": 4 * WORDS, "validation": WORDS})


@pytest.fixture(scope="module")
def dataset(folder):
    return tiny_word_dataset(folder, alphabet=LETTERS)


def as_tensors(batch):
    return {name: tf.constant(array) for name, array in batch.items()}


def values(network):
    return {name: v.numpy() for name, v in network.named_weights().items()}


@pytest.mark.slow
@pytest.mark.usefixtures("without_tracing")
def test_the_generator_makes_a_step_at_every_nth_step(dataset):
    trainer = tiny_scrabble_trainer(dataset, discriminator_steps=3)
    for step, batch in enumerate(first_batches(dataset, 7), start=1):
        metrics = trainer.train_step(batch)
        assert ("fake_nats" in metrics) == (step % 3 == 0)
        assert float(metrics["words"]) == 4
        assert int(trainer.discriminator_optimizer.iterations) == step
        assert int(trainer.recognizer_optimizer.iterations) == step
        assert int(trainer.generator_optimizer.iterations) == step // 3


@pytest.mark.slow
def test_each_variable_has_one_owner(dataset):
    trainer = tiny_scrabble_trainer(dataset)
    owned = []
    for _, network, optimizer in trainer._players():
        own = {id(variable) for variable in network.trainable_variables}
        assert own == {id(variable) for variable in optimizer._trainable_variables}
        owned.append(own)
    assert len(set.union(*owned)) == sum(map(len, owned))


@pytest.mark.slow
@pytest.mark.usefixtures("without_tracing")
def test_the_recognizer_is_frozen_towards_the_generator(dataset):
    """Weights and batch norm's averages: fakes leave no trace in it."""
    trainer = tiny_scrabble_trainer(
        dataset, recognizer_learns=False, discriminator_steps=1
    )
    before, generator = values(trainer.recognizer), values(trainer.generator)
    for batch in first_batches(dataset, 2):
        trainer.train_step(batch)
    for name, value in values(trainer.recognizer).items():
        np.testing.assert_array_equal(value, before[name])
    moved = values(trainer.generator)
    assert any(np.any(moved[name] != generator[name]) for name in moved)


@pytest.mark.slow
@pytest.mark.usefixtures("without_tracing")
def test_the_recognizer_learns_from_real_words_alone(dataset):
    """The same whether there are fakes of one seed or of another."""
    trainers = [tiny_scrabble_trainer(dataset) for _ in range(2)]
    trainers[1].generator.embedding.bank.assign_add(
        tf.ones_like(trainers[1].generator.embedding.bank)
    )
    for batch in first_batches(dataset, 2):
        for trainer in trainers:
            trainer.train_step(batch)
    one, other = (values(trainer.recognizer) for trainer in trainers)
    for name in one:
        np.testing.assert_array_equal(one[name], other[name])


@pytest.mark.slow
@pytest.mark.parametrize("bias", [0.0, -3.0])
def test_the_reused_backward_pass_is_the_generator_s_own(dataset, bias):
    """A bias of -3 puts all fakes where the hinge is flat."""
    trainer = tiny_scrabble_trainer(dataset)
    trainer.discriminator.output_layer.bias.assign([bias])
    trainer.discriminator.iterate_norms = lambda: None
    random = np.random.default_rng(0)
    real, fake = (
        tf.constant(random.standard_normal([4, 32, 48, 1]), tf.float32)
        for _ in range(2)
    )
    rows = {name: tf.constant([[1, 2, 3]] * 4) for name in ("text", "lexicon_text")}
    expected = trainer._discriminator_gradient(fake, rows["lexicon_text"])
    _, found = trainer._discriminator_step(rows, real, fake)
    assert float(tf.reduce_max(tf.abs(expected))) > 0
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-8)


@pytest.mark.slow
def test_the_compiled_step_is_the_eager_one_for_all_widths(dataset):
    """Without reuse, which other tests cover, the step does all that there is to do."""
    options = {"reuse_backward": False, "discriminator_steps": 1}
    compiled = tiny_scrabble_trainer(dataset, **options)
    eager = tiny_scrabble_trainer(dataset, **options)
    for batch in first_batches(dataset, 2):
        one = compiled.train_step(batch)
        other = eager.update(as_tensors(batch))
        for name in one:
            found, expected = float(one[name]), float(other[name])
            assert found == pytest.approx(expected, rel=1e-2, abs=1e-4)
    assert len(compiled._updates[True]._list_all_concrete_functions()) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("without_tracing")
def test_the_exported_generator_is_the_average(dataset):
    trainer = tiny_scrabble_trainer(dataset, ema_decay=0.9, discriminator_steps=1)
    expected = values(trainer.generator)
    for step, batch in enumerate(first_batches(dataset, 3), start=1):
        trainer.train_step(batch)
        decay = min(0.9, (1 + step) / (10 + step))
        for name, value in values(trainer.generator).items():
            expected[name] = decay * expected[name] + (1 - decay) * value
    for name, value in trainer.word_writer().weights.items():
        np.testing.assert_allclose(value, expected[name], rtol=1e-4, atol=1e-6)


@pytest.mark.slow
@pytest.mark.usefixtures("without_tracing")
def test_validation_tells_what_shows_a_collapse(dataset):
    trainer = tiny_scrabble_trainer(dataset)
    metrics = trainer.evaluate(dataset.tensors(dataset.validation_batches))
    assert "loss" not in metrics  # no number says which weights are best
    assert 0.0 <= metrics["fake_words_read"] <= 1.0
    assert metrics["style_variation"] > 0.0
    bank = trainer.averaged.embedding.bank
    bank.assign(tf.zeros_like(bank))
    for block in trainer.averaged.blocks:
        for norm in block.norms:
            norm.gain.assign(tf.zeros_like(norm.gain))
            norm.bias.assign(tf.zeros_like(norm.bias))
    collapsed = trainer.evaluate(dataset.tensors(dataset.validation_batches))
    assert collapsed["style_variation"] == pytest.approx(0.0, abs=1e-6)


def recognizer():
    return tiny_network(alphabet_size=len(LETTERS) + 1).named_weights()


@pytest.mark.slow
def test_a_training_can_start_from_other_models(dataset, tmp_path):
    writer, reader = tmp_path / "writer", tmp_path / "reader"
    writer.mkdir()
    reader.mkdir()
    kept = random_writer(writer)
    read = {name: v.numpy() + 1.0 for name, v in recognizer().items()}
    facts = {"kind": "recognizer", "sizes": {}, "alphabet": LETTERS}
    save_network(reader, facts, read)
    trainer = tiny_scrabble_trainer(
        dataset, initial_generator=str(writer), initial_recognizer=str(reader)
    )
    for network, weights in (
        (trainer.generator, kept.weights),
        (trainer.averaged, kept.weights),
        (trainer.recognizer, read),
    ):
        for name, value in values(network).items():
            np.testing.assert_allclose(value, weights[name], rtol=1e-2, atol=1e-4)
    with refused(writer, "recognizer"):
        tiny_scrabble_trainer(dataset, initial_recognizer=str(writer))


def test_no_step_of_the_discriminator_is_refused(dataset):
    with refused("discriminator_steps=0", 1):
        tiny_scrabble_trainer(dataset, discriminator_steps=0)


def train(folder, corpus, num_steps):
    """Runs the loop with a checkpoint at each step; returns the trainer."""
    made = []

    def make(dataset):
        made.append(tiny_scrabble_trainer(dataset))
        return made[0]

    loop.train(
        save_dir=str(folder),
        dataset=lambda: tiny_word_dataset(corpus, alphabet=LETTERS),
        trainer=make,
        num_steps=num_steps,
        num_epochs=None,
        summary_every=3,
        validate_every=2,
        checkpoint_every_seconds=0.0,
        checkpoints_kept=1,
        seed=1,
        deterministic=True,
    )
    return made[0]


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.usefixtures("clean_gin", "determinism", "without_tracing")
def test_a_resumed_training_ends_where_an_uninterrupted_one_does(tmp_path, folder):
    """Also where it was interrupted between two steps of the generator."""
    whole = train(tmp_path / "whole", folder, 3)
    train(tmp_path / "parts", folder, 1)
    parts = train(tmp_path / "parts", folder, 3)
    pairs = [
        (whole.weights, parts.weights),
        *(
            (getattr(whole, name).variables, getattr(parts, name).variables)
            for name in (
                "generator_optimizer",
                "discriminator_optimizer",
                "recognizer_optimizer",
            )
        ),
    ]
    for one, other in pairs:
        assert len(one) == len(other) > 0
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a.numpy(), b.numpy())
    run = tmp_path / "whole"
    frames = sorted(path.name for path in (run / "pictures").iterdir())
    assert frames == ["samples_0000002.png", "samples_0000003.png"]
    with Image.open(run / "samples.gif") as film:
        assert film.size == (3 * 16 + 10, 8 * 32)
    assert json.loads((run / "model.json").read_text())["kind"] == "scrabblegan"
    assert scrabblegan.load(str(run)).write("cab").shape == (32, 48)


@pytest.mark.slow
def test_a_generator_learns_to_print(dataset):
    """The overfit test of the generator."""
    trainer = tiny_print_trainer(dataset, rate=2e-2)
    before = trainer.evaluate(dataset.validation_batches())["loss"]
    for batch in first_batches(dataset, 40):
        trainer.train_step(batch)
    after = trainer.evaluate(dataset.validation_batches())["loss"]
    assert after < 0.6 * before
    assert trainer.pictures()["samples"].shape == (8 * 32, 3 * 16 + 10, 1)


def test_printed_letters_stand_in_their_columns_whatever_the_style():
    z = keras.random.normal([8], seed=0).numpy()
    word = printed("lll", z)
    assert word.shape == (32, 48)
    assert word.min() < -0.8 and word.max() == 1.0
    for i in range(3):
        alone = printed("l", z)
        middle = slice(16 * i + 5, 16 * i + 11)
        np.testing.assert_allclose(word[:, middle], alone[:, 5:11], atol=1e-6)
    bold, light = printed("l", np.full(8, 3.0)), printed("l", np.full(8, -3.0))
    assert bold.mean() < light.mean()
