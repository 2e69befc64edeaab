"""The fast recurrence against the portable one, an independent one and differences."""

import numpy as np
import pytest
import tensorflow as tf
from network_samples import copy_weights, loss_and_gradients, relative_difference
from training_samples import random_batch, tiny_network

from scribe.networks import mixtures, recurrence

pytestmark = pytest.mark.unit


SIZES = {
    "synthesis, 1 layer": {"num_layers": 1},
    "synthesis, 2 layers": {"num_layers": 2, "num_units": 7},
    "synthesis, 3 layers, 1 component": {"num_layers": 3, "num_window_components": 1},
    "prediction, 1 layer": {"num_layers": 1, "num_window_components": 0},
    "prediction, 3 layers": {"num_layers": 3, "num_window_components": 0},
    "dropout": {"num_layers": 2, "dropout": 0.4},
}


@pytest.mark.slow
@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_fast_and_portable_form_give_equal_losses_and_gradients(sizes):
    portable = tiny_network(recurrence="portable", seed=1, **sizes)
    fast = tiny_network(recurrence="fast", seed=2, **sizes)
    copy_weights(portable, fast)
    batch = random_batch()
    seed = tf.constant([3, 4]) if "dropout" in sizes else None
    expected_loss, expected = loss_and_gradients(portable, batch, seed)
    loss, gradients = loss_and_gradients(fast, batch, seed)
    assert loss == pytest.approx(expected_loss, rel=1e-5)
    for name, gradient in gradients.items():
        assert relative_difference(gradient, expected[name]) < 1e-4, name


@pytest.mark.slow
def test_both_forms_stop_the_gradient_where_the_window_is_clipped():
    portable = tiny_network(recurrence="portable", num_layers=1)
    fast = tiny_network(recurrence="fast", num_layers=1)
    bias = portable.named_weights()["window/bias"]
    # alpha of the first component above the bound, a delta kappa below it.
    bias.assign([9.0, 0.0, -1.5, -1.5, -12.0, -2.0])
    copy_weights(portable, fast)
    _, expected = loss_and_gradients(portable, random_batch())
    _, gradients = loss_and_gradients(fast, random_batch())
    for name, gradient in gradients.items():
        assert relative_difference(gradient, expected[name]) < 1e-4, name
    assert gradients["window/bias"][0] == gradients["window/bias"][4] == 0.0
    assert np.all(gradients["window/bias"][[1, 2, 3, 5]] != 0.0)


@pytest.mark.slow
@pytest.mark.parametrize("num_window_components", [0, 2])
def test_gradient_predicts_how_the_loss_changes(num_window_components):
    network = tiny_network(num_window_components=num_window_components, seed=5)
    batch, random = random_batch(seed=5), np.random.default_rng(0)
    _, gradients = loss_and_gradients(network, batch)
    for name, variable in network.named_weights().items():
        start = variable.numpy()
        # Mostly along the gradient, so that rounding is small beside the change.
        direction = gradients[name] / np.linalg.norm(gradients[name])
        noise = random.normal(size=start.shape)
        direction = direction + 0.3 * noise / np.linalg.norm(noise)
        losses = []
        for step in (0.01, -0.01):
            variable.assign(start + step * direction)
            losses.append(loss_of(network, batch))
        variable.assign(start)
        slope = (losses[0] - losses[1]) / 0.02
        assert slope == pytest.approx(np.sum(direction * gradients[name]), rel=0.02)


def loss_of(network, batch):
    text = (batch["text"], batch["text_mask"]) if network.reads_text else ()
    activations = network(batch["strokes"][:, :-1], *text)
    nats = -mixtures.log_likelihood(activations, batch["strokes"][:, 1:])
    mask = batch["stroke_mask"][:, 1:]
    return float(tf.reduce_sum(mask * nats) / tf.reduce_sum(mask))


@pytest.mark.slow
@pytest.mark.parametrize("num_window_components", [0, 2])
def test_bfloat16_products_stay_close_to_float32(num_window_components):
    sizes = {"num_units": 32, "num_window_components": num_window_components}
    exact = tiny_network(products="float32", **sizes)
    rounded = tiny_network(products="bfloat16", **sizes)
    copy_weights(exact, rounded)
    batch = random_batch(max_points=20)
    expected_loss, expected = loss_and_gradients(exact, batch)
    loss, gradients = loss_and_gradients(rounded, batch)
    assert loss != expected_loss
    assert loss == pytest.approx(expected_loss, rel=0.01)
    for name, gradient in gradients.items():
        assert gradient.dtype == np.float32
        assert relative_difference(gradient, expected[name]) < 0.03, name


def test_fast_lstm_equals_tensorflow_s_block_lstm():
    random = np.random.default_rng(0)
    steps, batch, width, units = 12, 3, 4, 5
    inputs = random.normal(size=(steps, batch, width)).astype(np.float32)
    kernel = random.normal(size=(width, 4 * units)).astype(np.float32)
    recurrent = random.normal(size=(units, 4 * units)).astype(np.float32)
    bias = random.normal(size=4 * units).astype(np.float32)
    projected = recurrence.project(inputs, kernel, bias, tf.float32)
    result = recurrence.fast_lstm(projected, tf.constant(recurrent))

    def in_tf1_order(x):  # i, f, c, o -> i, c, f, o
        i, f, c, o = np.split(x, 4, axis=-1)
        return np.concatenate([i, c, f, o], axis=-1)

    zeros, no_peephole = np.zeros([batch, units], np.float32), np.zeros(units, "f4")
    expected = tf.raw_ops.BlockLSTM(
        seq_len_max=steps,
        x=inputs,
        cs_prev=zeros,
        h_prev=zeros,
        w=in_tf1_order(np.concatenate([kernel, recurrent])),
        wci=no_peephole,
        wcf=no_peephole,
        wco=no_peephole,
        b=in_tf1_order(bias),
        forget_bias=0.0,
        cell_clip=-1.0,
        use_peephole=False,
    ).h
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.slow
def test_a_line_of_one_step_works_in_both_forms():
    for form in ("fast", "portable"):
        network = tiny_network(recurrence=form)
        batch = random_batch(num_lines=1, max_points=2)
        loss, gradients = loss_and_gradients(network, batch)
        assert np.isfinite(loss)
        assert all(np.all(np.isfinite(g)) for g in gradients.values())


def test_gradients_reach_the_states_before_the_first_step():
    random = np.random.default_rng(8)
    steps, batch, units = 5, 3, 4

    def draw(*shape):
        return tf.constant(random.normal(size=shape), tf.float32)

    arguments = [draw(steps, batch, 4 * units), draw(units, 4 * units)]
    arguments += [draw(batch, units), draw(batch, units)]
    weights = draw(steps, batch, units)

    def plain(projected, recurrent_kernel, h, c):
        outputs = []
        for z in tf.unstack(projected):
            i, f, g, o = tf.split(z + h @ recurrent_kernel, 4, axis=-1)
            c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
            h = tf.sigmoid(o) * tf.tanh(c)
            outputs.append(h)
        return tf.stack(outputs)

    def fast(projected, recurrent_kernel, h, c):
        return recurrence.fast_lstm(projected, recurrent_kernel, initial=(h, c))

    results = []
    for form in (plain, fast):
        with tf.GradientTape() as tape:
            tape.watch(arguments)
            h = form(*arguments)
            loss = tf.reduce_sum(weights * h)
        results.append([h, *tape.gradient(loss, arguments)])
    for expected, found in zip(*results, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
