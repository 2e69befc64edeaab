"""Schedules by their values, RMSProp by the equations of the paper."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from refusals import refused

from scribe.training import optimizers  # noqa: F401  registers what gin files name
from scribe.training.optimizers import ReduceOnPlateau, WarmupHoldDecay

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("step", "rate"),
    [
        (0, 0.001),
        (4, 0.005),
        (9, 0.01),
        (10, 0.01),
        (60, 0.01),
        (80, 0.001),
        (100, 0.0001),
        (1000, 0.0001),
    ],
)
def test_the_rate_warms_up_holds_and_decays(step, rate):
    schedule = WarmupHoldDecay(0.01, 0.0001, 10, 100, 0.6)
    assert float(schedule(tf.constant(step))) == pytest.approx(rate, rel=1e-5)


def test_without_warm_up_and_hold_the_rate_decays_from_the_start():
    schedule = WarmupHoldDecay(1.0, 0.01, 0, 10, 0.0)
    rates = [float(schedule(step)) for step in range(11)]
    np.testing.assert_allclose(rates, 0.01 ** (np.arange(11) / 10), rtol=1e-5)


def test_an_optimizer_follows_the_schedule():
    variable = keras.Variable(0.0)
    optimizer = keras.optimizers.SGD(WarmupHoldDecay(1.0, 0.01, 2, 4, 0.5))
    steps = []
    for _ in range(4):
        before = float(variable)
        optimizer.apply_gradients([(tf.constant(-1.0), variable)])
        steps.append(float(variable) - before)
    np.testing.assert_allclose(steps, [0.5, 1.0, 1.0, 0.1], rtol=1e-4)


def plateau(**changes):
    options = {"peak": 0.8, "final": 0.1, "warmup_steps": 4}
    options |= {"factor": 0.5, "patience": 2, "min_gain": 0.01}
    return ReduceOnPlateau(**options | changes)


def test_the_rate_falls_when_the_loss_does_not():
    schedule = plateau()
    losses = [3.0, 2.0, 1.995, 1.9, 1.895, 1.899, 1.8, 1.8, 1.8, 1.8, 1.8, 1.8, 1.8]
    rates = []
    for loss in losses:
        schedule.saw(loss)
        rates.append(float(schedule(100)))
    expected = [0.8] * 5 + [0.4] * 3 + [0.2] * 2 + [0.1] * 3
    np.testing.assert_allclose(rates, expected)


def test_a_plateau_s_rate_warms_up():
    schedule = plateau()
    rates = [float(schedule(step)) for step in range(6)]
    np.testing.assert_allclose(rates, [0.2, 0.4, 0.6, 0.8, 0.8, 0.8])


@pytest.mark.parametrize("changes", [{"factor": 1.0}, {"factor": 0}, {"patience": 0}])
def test_a_plateau_that_could_not_end_is_refused(changes):
    with refused(*(f"{name}={value}" for name, value in changes.items()), 0, 1):
        plateau(**changes)


@pytest.mark.slow
def test_trainer_and_optimizer_of_the_gin_file_share_a_plateau(
    tiny_corpus, tmp_path, clean_gin, without_tracing
):
    """Validation moves the rate, and a checkpoint keeps it."""
    from scribe.foundation import gin_config

    experiment = ["encoder_decoder_plateau", "testing/tiny_encoder_decoder.gin"]
    values = {"warmup_steps": 0, "patience": 1, "min_gain": 1e6}
    bindings = [
        f"plateau/ReduceOnPlateau.{name} = {value}" for name, value in values.items()
    ]

    def trainer():
        gin_config.parse(experiment, [f"DATA_DIR = {str(tiny_corpus)!r}", *bindings])
        found = clean_gin.get_bindings("scribe.train")
        return found["trainer"](dataset=found["dataset"]())

    learner = trainer()
    batch = next(learner.dataset.train_batches(0))
    rates = [float(learner.train_step(batch)["learning_rate"])]
    for _ in range(2):  # the first loss is a gain over none
        learner.evaluate([batch])
        rates.append(float(learner.train_step(batch)["learning_rate"]))
    np.testing.assert_allclose(rates, [1e-3, 1e-3, 5e-4])
    path = tf.train.Checkpoint(trainer=learner).save(str(tmp_path / "kept"))
    resumed = trainer()
    status = tf.train.Checkpoint(trainer=resumed).restore(path)
    status.assert_existing_objects_matched()
    assert float(resumed.plateau.rate) == pytest.approx(5e-4)
    assert float(resumed.optimizer.learning_rate) == pytest.approx(5e-4)
    assert float(resumed.plateau.best) == float(learner.plateau.best)


def test_rmsprop_of_the_gin_file_is_that_of_the_paper(clean_gin):
    """Graves (2013), equations 38 to 45, as a loop over single numbers."""
    from scribe.foundation import gin_config

    gin_config.parse(["optimization/graves_rmsprop.gin"], ["NUM_STEPS = 1"])
    optimizer = clean_gin.get_configurable("RMSprop")()
    random = np.random.default_rng(0)
    gradients = (10.0 ** random.uniform(-6, 0, (1, 5))) * random.normal(size=(30, 5))
    variable = keras.Variable(np.zeros(5, np.float32))
    weights = np.zeros(5)
    n, g, delta = np.zeros(5), np.zeros(5), np.zeros(5)
    for gradient in gradients.astype(np.float32):
        optimizer.apply_gradients([(tf.constant(gradient), variable)])
        for i in range(5):
            n[i] = 0.95 * n[i] + 0.05 * gradient[i] ** 2
            g[i] = 0.95 * g[i] + 0.05 * gradient[i]
            root = np.sqrt(n[i] - g[i] ** 2 + 1e-4 / 620**2)
            delta[i] = 0.9 * delta[i] - 1e-4 * gradient[i] / root
            weights[i] += delta[i]
        np.testing.assert_allclose(variable.numpy(), weights, rtol=1e-3)
