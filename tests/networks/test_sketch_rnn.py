"""SketchRNN: its losses by their formulas, masks, the latent space, NumPy's equal."""

import math

import numpy as np
import pytest
import tensorflow as tf
from refusals import refused
from sketch_samples import SIZES, doodler, drawings

from scribe.corpora.batches import pad_batch
from scribe.models.sizes import sketch_rnn_shapes
from scribe.models.sketch_engine import SketchEngine, sample
from scribe.networks import sketch_losses
from scribe.networks.sketch_rnn import SketchRNN

pytestmark = pytest.mark.unit


def network(**changes) -> SketchRNN:
    options = SIZES | {"dropout": 0.0, "products": "float32"}
    return SketchRNN(**(options | changes))


def of_model(model) -> SketchRNN:
    made = network(latent_dim=model.sizes["latent_dim"])
    for name, variable in made.named_weights().items():
        variable.assign(model.weights[name])
    return made


def batch_of(strokes):
    """Inputs, targets and mask of a padded batch."""
    batch = pad_batch(strokes, [np.zeros(1, np.int32)] * len(strokes))
    mask = tf.constant(batch["stroke_mask"])
    return *sketch_losses.stroke5(tf.constant(batch["strokes"]), mask), mask


def test_the_kl_is_that_of_two_normal_distributions():
    tfd = pytest.importorskip("tensorflow_probability").distributions
    random = np.random.default_rng(0)
    mu, log_variance = random.normal(0.0, 2.0, [2, 3, 5]).astype(np.float32)
    posterior = tfd.Normal(mu, np.exp(log_variance / 2))
    np.testing.assert_allclose(
        sketch_losses.kl_nats(mu, log_variance),
        tfd.kl_divergence(posterior, tfd.Normal(0.0, 1.0)),
        rtol=1e-4,
        atol=1e-5,
    )
    assert not np.any(sketch_losses.kl_nats(np.zeros(4, "f4"), np.zeros(4, "f4")))


def test_the_weight_of_the_kl_grows_to_its_full_value():
    steps = (0, 1, 100, 10_000)
    weights = [float(sketch_losses.annealed(0.5, 0.01, 0.99, t)) for t in steps]
    expected = [0.5 * (1 - 0.99 * 0.99**t) for t in steps]
    np.testing.assert_allclose(weights, expected, rtol=1e-5)
    assert weights[0] == pytest.approx(0.005)
    assert weights[-1] == pytest.approx(0.5)


def test_the_targets_are_the_next_rows_and_then_the_end():
    strokes = drawings((4, 2))
    inputs, targets, mask = batch_of(strokes)
    np.testing.assert_array_equal(inputs[0, 0], [0, 0, 1, 0, 0])
    np.testing.assert_array_equal(targets[0, :3], inputs[0, 1:4])
    np.testing.assert_array_equal(targets[0, 3], [0, 0, 0, 0, 1])
    np.testing.assert_array_equal(targets[1, 1:], [[0, 0, 0, 0, 1]] * 3)
    np.testing.assert_array_equal(np.sum(inputs[..., 2:], axis=-1), np.ones([2, 4]))
    np.testing.assert_array_equal(mask, [[1, 1, 1, 1], [1, 1, 0, 0]])


def test_the_reconstruction_is_the_sum_over_points_and_pen_states():
    random = np.random.default_rng(1)
    strokes = drawings((5, 3))
    _, targets, mask = batch_of(strokes)
    num_mixtures = 2
    activations = random.normal(size=[2, 5, 6 * num_mixtures + 3]).astype(np.float32)
    offset, pen = sketch_losses.reconstruction_nats(activations, targets, mask)
    for b, drawing in enumerate(strokes):
        expected_offset = expected_pen = 0.0
        for t in range(len(drawing)):
            a = activations[b, t].astype(float)
            logits = a[-3:]
            is_last = t == len(drawing) - 1
            state = 2 if is_last else int(drawing[t + 1, 2])
            expected_pen -= logits[state] - math.log(sum(np.exp(logits)))
            if is_last:
                continue
            density = 0.0
            for m in range(num_mixtures):
                pi, mu_x, mu_y, sx, sy, rho = a[m : 6 * num_mixtures : num_mixtures]
                pi = math.exp(pi) / sum(np.exp(a[:num_mixtures]))
                sx, sy, rho = math.exp(sx), math.exp(sy), 0.995 * math.tanh(rho)
                x = (drawing[t + 1, 0] - mu_x) / sx
                y = (drawing[t + 1, 1] - mu_y) / sy
                z = (x * x + y * y - 2 * rho * x * y) / (2 * (1 - rho * rho))
                root = math.sqrt(1 - rho * rho)
                density += pi * math.exp(-z) / (2 * math.pi * sx * sy * root)
            expected_offset -= math.log(density)
        assert float(offset[b]) == pytest.approx(expected_offset, rel=1e-4)
        assert float(pen[b]) == pytest.approx(expected_pen, rel=1e-4)


def test_pen_states_are_right_where_the_highest_logit_is_the_target():
    _, targets, mask = batch_of(drawings((5, 3)))
    activations = np.zeros([2, 5, 9], np.float32)
    activations[..., -3:] = targets[..., 2:]
    right = sketch_losses.pens_right(activations, targets, mask)
    np.testing.assert_array_equal(right, [5, 3])
    activations[..., -3:] *= -1.0
    activations[..., -1] += 0.5  # now a wrong one is always the highest
    activations[0, 4, -3:] = [0, 0, 1]
    right = sketch_losses.pens_right(activations, targets, mask)
    np.testing.assert_array_equal(right, [1, 0])


def test_padding_changes_nothing():
    model = network()
    strokes = drawings((9, 4))
    inputs, targets, mask = batch_of(strokes)
    lengths = tf.constant([9, 4])
    mu, log_variance = model.encode(inputs, lengths)
    together = model.decode(inputs, mu)
    alone_inputs, alone_targets, alone_mask = batch_of(strokes[1:])
    alone_mu, alone_log_variance = model.encode(alone_inputs, lengths[1:])
    alone = model.decode(alone_inputs, alone_mu)
    np.testing.assert_allclose(mu[1:], alone_mu, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(log_variance[1:], alone_log_variance, 1e-5, 1e-6)
    np.testing.assert_allclose(together[1, :4], alone[0], rtol=1e-4, atol=1e-6)
    for padded, own in zip(
        sketch_losses.reconstruction_nats(together, targets, mask),
        sketch_losses.reconstruction_nats(alone, alone_targets, alone_mask),
        strict=True,
    ):
        np.testing.assert_allclose(padded[1:], own, rtol=1e-4)


def test_the_encoder_is_keras_bidirectional_lstm():
    import keras

    model = network()
    (strokes,) = drawings((7,))
    inputs, _, _ = batch_of([strokes])
    both = keras.layers.Bidirectional(keras.layers.LSTM(SIZES["encoder_units"]))
    both.build(inputs.shape)
    both.set_weights(
        [w for layer in model.encoders for w in layer.cell.get_weights()]
    )  # fmt: skip
    expected = model.latent(both(inputs))
    found = tf.concat(model.encode(inputs, tf.constant([7])), axis=-1)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("latent_dim", [0, 4])
def test_the_engine_computes_what_tensorflow_does(latent_dim):
    model = doodler(latent_dim)
    made, engine = of_model(model), SketchEngine(model)
    strokes = drawings()
    inputs, _, mask = batch_of(strokes)
    z = None
    if latent_dim:
        z, log_variance = engine.encode(strokes)
        lengths = tf.cast(tf.reduce_sum(mask, axis=1), tf.int32)
        expected = made.encode(inputs, lengths)
        np.testing.assert_allclose(z, expected[0], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(log_variance, expected[1], rtol=1e-4, atol=1e-5)
    expected = made.decode(inputs, z).numpy()
    for b, activations in enumerate(engine.activations(strokes, z)):
        np.testing.assert_allclose(
            activations, expected[b, : len(activations)], rtol=1e-4, atol=1e-5
        )


def test_weights_have_the_shapes_that_loading_expects():
    for latent_dim in (0, 4):
        made = network(latent_dim=latent_dim)
        shapes = {n: tuple(v.shape) for n, v in made.named_weights().items()}
        assert shapes == sketch_rnn_shapes(made.sizes())


def test_drawing_is_foreseeing_step_by_step():
    model = doodler()
    engine = SketchEngine(model)
    z = np.random.default_rng(2).normal(size=[3, 4])
    noise = np.random.default_rng(3).random([3, 40, 4])
    drawn, finished = engine.draw(z, noise, temperature=0.5)
    assert finished.any()
    for b, strokes in enumerate(drawn):
        np.testing.assert_array_equal(strokes[0, :2], [0, 0])
        (activations,) = engine.activations([strokes], z[b : b + 1])
        for t in range(len(strokes) - 1):
            row = sample(activations[t : t + 1], noise[b : b + 1, t], 0.5)[0]
            np.testing.assert_allclose(row[:2], strokes[t + 1, :2], atol=1e-4)
        if finished[b] and len(strokes) < 40:
            assert sample(activations[-1:], noise[b : b + 1, t + 1], 0.5)[0, 4] == 1.0
        assert strokes[-1, 2] == 1.0


def test_the_temperature_divides_logits_and_multiplies_the_variance():
    num, temperature = 60_000, 0.3
    random = np.random.default_rng(4)
    activations = random.normal(size=15).astype(np.float32)
    activations[6:10] = [-1.0, -0.5, 0.2, 0.1]  # log sigma
    noise = random.random([num, 4])
    noise[:, 1:3] = random.normal(size=[num, 2])
    drawn = sample(np.tile(activations, (num, 1)), noise, temperature)
    pi = np.exp(activations[:2] / temperature)
    pi /= pi.sum()
    mu = activations[2:4]
    variance = np.exp(2 * activations[6:8]) * temperature
    mean = pi @ mu
    expected_variance = pi @ (variance + mu**2) - mean**2
    assert drawn[:, 0].mean() == pytest.approx(mean, abs=0.02)
    assert drawn[:, 0].var() == pytest.approx(expected_variance, rel=0.05)
    pens = np.exp(activations[-3:] / temperature)
    np.testing.assert_allclose(drawn[:, 2:].mean(axis=0), pens / pens.sum(), atol=0.01)


def test_at_temperature_0_the_most_probable_is_drawn():
    activations = np.zeros([1, 15], np.float32)
    activations[0, :6] = [0.0, 0.1, 3.0, -2.0, 5.0, 4.0]
    activations[0, -3:] = [0.2, 0.3, 0.1]
    for noise in ([[0.01, 3.0, 3.0, 0.99]], [[0.99, -3.0, 0.0, 0.01]]):
        drawn = sample(activations, np.array(noise), 0.0)
        np.testing.assert_allclose(drawn, [[-2.0, 4.0, 0, 1, 0]], atol=0.05)


@pytest.mark.parametrize(
    "changes",
    [{"encoder_units": 0}, {"decoder_units": 2.5}, {"latent_dim": -1},
     {"num_mixtures": 0}, {"dropout": 1.0}, {"products": "float8"}],
)  # fmt: skip
def test_a_network_of_impossible_size_is_refused(changes):
    with refused(*(f"{name}={value!r}" for name, value in changes.items())):
        network(**changes)
