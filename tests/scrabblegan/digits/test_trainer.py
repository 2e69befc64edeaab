"""Training digits: schedules, checkpoints, overfitting, and what is exported."""

import itertools
import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from digit_samples import tiny_dataset, tiny_trainer, write_npz
from PIL import Image
from refusals import refused
from training_samples import first_batches

import scrabblegan
from scrabblegan.digits.trainer import DigitTrainer
from scrabblegan.images import to_network
from scribe.training import loop

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return write_npz(tmp_path_factory.mktemp("digits") / "mnist.npz")


@pytest.fixture(scope="module")
def dataset(corpus):
    return tiny_dataset(corpus)


def values(network):
    return [variable.numpy() for variable in network.trainable_variables]


@pytest.mark.slow
@pytest.mark.parametrize("critic_steps", [1, 3])
def test_the_critic_makes_a_step_per_batch_and_the_generator_one(corpus, critic_steps):
    dataset = tiny_dataset(corpus, batches_per_step=critic_steps)
    trainer = tiny_trainer(dataset)
    for i, batch in enumerate(first_batches(dataset, 2), start=1):
        metrics = trainer.train_step(batch)
        assert int(trainer.critic_optimizer.iterations) == critic_steps * i
        assert int(trainer.generator_optimizer.iterations) == i
        assert int(trainer.step) == i
        assert float(metrics["images"]) == critic_steps * 6


def test_each_optimizer_changes_its_own_network_only(dataset):
    trainer = tiny_trainer(dataset)
    seen = {"generator": set(), "critic": set()}
    for name, network, optimizer in trainer._players():
        own = {id(v) for v in network.trainable_variables}
        assert own
        assert own == {id(v) for v in optimizer._trainable_variables}
        seen[name] = own
    assert not seen["generator"] & seen["critic"]


@pytest.mark.slow
def test_rates_follow_the_epochs_and_stay_in_their_proportion(corpus):
    dataset = tiny_dataset(corpus, batch_size=30)  # three steps an epoch
    trainer = tiny_trainer(
        dataset,
        kind="dense",
        rate_decay=0.5,
        rate_decay_epochs=2,
        generator_optimizer=keras.optimizers.Adam(1e-2),
        critic_optimizer=keras.optimizers.Adam(1e-3),
    )
    rates = []
    for batch in first_batches(dataset, 13):
        metrics = trainer.train_step(batch)
        ratio = float(metrics["generator_rate"] / metrics["critic_rate"])
        assert ratio == pytest.approx(10.0)
        rates.append(float(metrics["critic_rate"]))
    expected = [1e-3] * 6 + [5e-4] * 6 + [2.5e-4]
    np.testing.assert_allclose(rates, expected, rtol=1e-5)


@pytest.mark.slow
def test_noise_is_over_after_its_epochs(corpus):
    dataset = tiny_dataset(corpus, batch_size=30)
    trainer = tiny_trainer(dataset, kind="dense", noise_start=0.4, noise_epochs=1)
    stds = [
        float(trainer.train_step(b)["noise_std"]) for b in first_batches(dataset, 5)
    ]
    np.testing.assert_allclose(stds, [0.4, 0.8 / 3, 0.4 / 3, 0.0, 0.0], atol=1e-6)


def test_real_and_fake_images_get_noise_of_equal_strength(dataset, monkeypatch):
    from scrabblegan.digits import wasserstein

    added = []
    plain = wasserstein.add_noise

    def spy(images, std, seed):
        noisy = plain(images, std, seed)
        added.append(np.std(noisy - images))
        return noisy

    monkeypatch.setattr(wasserstein, "add_noise", spy)
    trainer = tiny_trainer(dataset, noise_start=0.5, noise_epochs=1000)
    trainer.update(as_tensors(first_batches(dataset, 1)[0]))
    assert len(added) == 2 * 2 + 1  # fake and real of two steps, and the generator's
    np.testing.assert_allclose(added, 0.5, rtol=0.05)


def as_tensors(batch):
    return {name: tf.constant(array) for name, array in batch.items()}


def test_clipping_bounds_the_step_of_either_network(dataset):
    """With plain gradient descent at rate 1 a step is as long as its gradient."""
    lengths = {}
    for clip_norm in (None, 0.25):
        trainer = tiny_trainer(
            dataset,
            clip_norm=clip_norm,
            generator_optimizer=keras.optimizers.SGD(1.0),
            critic_optimizer=keras.optimizers.SGD(1.0),
        )
        lengths[clip_norm] = []
        tape_of = trainer._apply

        def spy(tape, loss, network, optimizer, clip_norm=clip_norm, apply=tape_of):
            before = values(network)
            apply(tape, loss, network, optimizer)
            moved = [a - b for a, b in zip(values(network), before, strict=True)]
            lengths[clip_norm].append(float(tf.linalg.global_norm(moved)))

        trainer._apply = spy
        trainer.update(as_tensors(first_batches(dataset, 1)[0]))
    assert max(lengths[None]) > 0.3
    assert max(lengths[0.25]) <= 0.25 + 1e-4
    assert max(lengths[0.25]) == pytest.approx(0.25, rel=1e-3)


@pytest.mark.slow
def test_the_auxiliary_losses_are_cross_entropies_of_the_asked_digits(dataset):
    """Each loss grows by its weight times the nats, and by nothing else."""
    (batch,) = first_batches(dataset, 1)
    tensors = as_tensors(batch)
    losses = {}
    for weights in ((0.0, 0.0), (2.0, 0.0), (0.0, 3.0)):
        trainer = tiny_trainer(dataset, num_classes=10, class_weights=weights)
        logits = trainer.critic.judge(
            to_network(tensors["image"][0]), tensors["digit"][0]
        )[1].numpy()
        seed = tf.constant([5, 6])
        real = trainer._critic_step(
            tensors["image"][0], tensors["digit"][0], 0.0, seed
        )["critic_loss"]
        trainer = tiny_trainer(dataset, num_classes=10, class_weights=weights)
        fake = trainer._generator_step(tensors["digit"][0], 0.0, seed)
        losses[weights] = float(real), float(fake["generator_loss"])
    digits = batch["digit"][0]
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    nats = -np.log(shares[np.arange(6), digits]).mean()
    plain = losses[0.0, 0.0]
    assert losses[2.0, 0.0] == pytest.approx((plain[0] + 2 * nats, plain[1]), rel=1e-4)
    # Close to ln 10 nats for a critic that knows nothing yet.
    assert losses[0.0, 3.0][0] == pytest.approx(plain[0], rel=1e-4)
    assert (losses[0.0, 3.0][1] - plain[1]) / 3 == pytest.approx(np.log(10), abs=0.7)


@pytest.mark.slow
def test_the_compiled_step_is_the_eager_one(dataset):
    (batch,) = first_batches(dataset, 1)
    compiled, eager = tiny_trainer(dataset), tiny_trainer(dataset)
    one = compiled.train_step(batch)
    other = eager.update(as_tensors(batch))
    for name in one:
        assert float(one[name]) == pytest.approx(float(other[name]), rel=1e-3, abs=1e-5)


@pytest.mark.slow
def test_the_exported_generator_is_the_average_if_there_is_one(dataset):
    trainer = tiny_trainer(dataset, ema_decay=0.9)
    start = [v.numpy() for v in trainer.generator.named_weights().values()]
    expected = [v.copy() for v in start]
    for step, batch in enumerate(first_batches(dataset, 4), start=1):
        trainer.train_step(batch)
        decay = min(0.9, (1 + step) / (10 + step))
        now = [v.numpy() for v in trainer.generator.named_weights().values()]
        expected = [decay * e + (1 - decay) * n for e, n in zip(expected, now)]  # noqa: B905
    found = trainer.digit_generator().weights
    for value, average in zip(found.values(), expected, strict=True):
        np.testing.assert_allclose(value, average, rtol=1e-4, atol=1e-6)


def test_validation_is_the_critic_s_mean_over_held_out_images(dataset):
    trainer = tiny_trainer(dataset)
    metrics = trainer.evaluate(dataset.tensors(dataset.validation_batches))
    images = to_network(dataset.corpus.held_out_images)[..., None]
    assert metrics["real_score"] == pytest.approx(
        float(np.mean(trainer.critic(images))), rel=1e-3, abs=1e-5
    )
    assert "loss" not in metrics  # no number says which weights are best


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.parametrize("kind", ["dense", "conv"])
def test_trained_on_one_image_it_draws_that_image(corpus, kind):
    """The overfit test of this family of models."""
    dataset = tiny_dataset(corpus, batch_size=16, batches_per_step=2)
    image = dataset.corpus.train_images[3]
    dataset.corpus.train_images[:] = image
    changes = {}
    if kind == "dense":
        from scrabblegan.digits import networks as digits

        changes["generator"] = digits.DenseGenerator(5, 64, 0.0)
        changes["critic"] = digits.DenseCritic(64, 0.0)
    trainer = overfitting_trainer(dataset, kind, **changes)
    for batch in first_batches(dataset, 250):
        trainer.train_step(batch)
    drawn = trainer.digit_generator().sample(8, seed=3)
    difference = np.abs(drawn.astype(float) - image).mean() / 255
    blank = np.abs(255.0 - image).mean() / 255
    assert difference < 0.25 * blank


def overfitting_trainer(dataset, kind, **networks):
    from scrabblegan.digits import networks as digits

    keras.utils.set_random_seed(0)
    generator = networks.get("generator") or digits.ConvGenerator(5, 16, 0)
    critic = networks.get("critic") or digits.ConvCritic(8, 0)
    rates = {"dense": (2e-3, 1e-3), "conv": (2e-3, 1e-3)}[kind]
    return DigitTrainer(
        dataset, generator=generator, critic=critic,
        generator_optimizer=keras.optimizers.Adam(rates[0], beta_1=0.5, beta_2=0.9),
        critic_optimizer=keras.optimizers.Adam(rates[1], beta_1=0.5, beta_2=0.9),
        penalty_weight=10.0, clip_norm=None, noise_start=0.0, noise_epochs=0,
        rate_decay=1.0, rate_decay_epochs=1, class_weights=(0.0, 0.0), ema_decay=0.9,
        seed=1, jit_compile=False,
    )  # fmt: skip


def test_a_conditional_generator_needs_a_conditional_critic(dataset):
    trainer = tiny_trainer(dataset)
    conditional = tiny_trainer(dataset, num_classes=10)
    with refused("conditional", "num_classes"):
        DigitTrainer(
            dataset, generator=conditional.generator, critic=trainer.critic,
            generator_optimizer=None, critic_optimizer=None,
            penalty_weight=10.0, clip_norm=None, noise_start=0.0, noise_epochs=0,
            rate_decay=1.0, rate_decay_epochs=1, class_weights=(0.0, 0.0),
            ema_decay=0.0, seed=1, jit_compile=False,
        )  # fmt: skip


def train(folder, corpus, num_steps, **changes):
    """Runs the loop with a checkpoint at each step; returns the trainer."""
    made = []

    def make(dataset):
        made.append(tiny_trainer(dataset, kind="dense", ema_decay=0.9))
        return made[0]

    options = {
        "num_steps": num_steps,
        "num_epochs": None,
        "summary_every": 3,
        "validate_every": 2,
        "checkpoint_every_seconds": 0.0,
        "checkpoints_kept": 1,
        "seed": 1,
        "deterministic": True,
    }
    loop.train(
        save_dir=str(folder),
        dataset=lambda: tiny_dataset(corpus),
        trainer=make,
        **(options | changes),
    )
    return made[0]


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.usefixtures("clean_gin", "determinism")
def test_a_resumed_training_ends_where_an_uninterrupted_one_does(tmp_path, corpus):
    """Both networks, optimizers, averages, rates and random numbers come back."""
    whole = train(tmp_path / "whole", corpus, 4)
    train(tmp_path / "parts", corpus, 2)
    parts = train(tmp_path / "parts", corpus, 4)
    pairs = [
        (whole.generator.weights, parts.generator.weights),
        (whole.critic.weights, parts.critic.weights),
        (whole.averages, parts.averages),
        (whole.critic_optimizer.variables, parts.critic_optimizer.variables),
        (whole.generator_optimizer.variables, parts.generator_optimizer.variables),
    ]
    for one, other in pairs:
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a.numpy(), b.numpy())


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.usefixtures("clean_gin", "determinism")
def test_a_run_leaves_weights_grids_a_film_and_metrics(tmp_path, corpus):
    folder = tmp_path / "run"
    trainer = train(folder, corpus, 4)
    frames = sorted(path.name for path in (folder / "pictures").iterdir())
    assert frames == ["samples_0000002.png", "samples_0000004.png"]
    with Image.open(folder / "samples.gif") as film:
        assert film.n_frames == 2
        assert film.size == (280, 280)
    facts = json.loads((folder / "model.json").read_text())
    assert (facts["step"], facts["critic_steps"]) == (4, 8)
    loaded = scrabblegan.load(str(folder))
    kept = trainer.digit_generator()
    for name, value in kept.weights.items():
        np.testing.assert_allclose(loaded.weights[name], value, rtol=1e-3, atol=1e-6)
    one, other = loaded.sample(20).astype(int), kept.sample(20).astype(int)
    assert np.abs(one - other).max() <= 2
    events = b"".join(path.read_bytes() for path in (folder / "events").iterdir())
    for name in ("critic_loss", "generator_loss", "gradient_norm", "real_score"):
        assert f"train/{name}".encode() in events
    assert b"train/fake_score" in events and b"samples" in events


def test_first_steps_are_drawn_from_the_permutation_of_the_first_epoch(dataset):
    batches = list(itertools.islice(dataset.train_batches(0), 1))
    order = np.random.default_rng([1, 0]).permutation(200)[:12]
    np.testing.assert_array_equal(
        batches[0]["digit"].ravel(), dataset.corpus.train_digits[order]
    )
