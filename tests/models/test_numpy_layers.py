"""The layers of the NumPy engines, each beside its formula in plain loops."""

import math
import warnings

import numpy as np
import pytest
import threadpoolctl

from scribe.models import numpy_layers
from scribe.models.variant import MAX_WINDOW_LOG, MIN_WINDOW_LOG

EXTREME = np.array([[-1e4, -90.0, -1.0, 0.0, 1.0, 90.0, 1e4]], np.float32)


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(0, 1, shape).astype(np.float32)


def logistic(x):
    return 1.0 / (1.0 + math.exp(-x))


def step_in_plain_loops(z, c):
    """h and c [H] from z [4 H] and c [H]."""
    units, h, new_c = len(c), [], []
    for unit in range(units):
        gate_i, gate_f, candidate, gate_o = (float(x) for x in z[unit::units])
        cell = logistic(gate_f) * c[unit] + logistic(gate_i) * math.tanh(candidate)
        new_c.append(cell)
        h.append(logistic(gate_o) * math.tanh(cell))
    return h, new_c


@pytest.mark.unit
def test_a_step_of_the_lstm():
    z, c = 2 * normal(3, 4 * 5), normal(3, 5, seed=1)
    h, new_c = numpy_layers.lstm_step(z, c)
    assert h.dtype == new_c.dtype == np.float32
    for row in range(3):
        expected_h, expected_c = step_in_plain_loops(z[row], c[row])
        np.testing.assert_allclose(h[row], expected_h, atol=1e-6)
        np.testing.assert_allclose(new_c[row], expected_c, atol=1e-6)


@pytest.mark.unit
@pytest.mark.parametrize("from_zeros", [True, False])
def test_an_lstm_over_sequences(from_zeros):
    projected, recurrent = normal(6, 2, 4 * 3), normal(3, 4 * 3, seed=1)
    first = [np.zeros([2, 3], np.float32)] * 2
    if not from_zeros:
        first = [normal(2, 3, seed=2), normal(2, 3, seed=3)]
    outputs = numpy_layers.lstm(projected, recurrent, *([] if from_zeros else first))
    assert outputs.shape == (6, 2, 3)
    for b in range(2):
        h, c = (list(map(float, state[b])) for state in first)
        for t in range(6):
            z = [
                projected[t, b, column]
                + sum(h[unit] * recurrent[unit, column] for unit in range(3))
                for column in range(4 * 3)
            ]
            h, c = step_in_plain_loops(z, c)
            np.testing.assert_allclose(outputs[t, b], h, atol=1e-5)


@pytest.mark.integration
def test_the_lstm_is_that_of_keras():
    from scribe.networks.layers import lstm_layer

    layer = lstm_layer(3, 4, "layer")
    x = normal(6, 2, 4)
    kernel, recurrent, bias = (np.asarray(w) for w in layer.get_weights())
    expected = np.asarray(layer(x.swapaxes(0, 1))).swapaxes(0, 1)
    found = numpy_layers.lstm(x @ kernel + bias, recurrent)
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.unit
@pytest.mark.parametrize("num_rows", [1, 2, 3, 4, 7])
def test_a_product_of_any_number_of_rows(num_rows):
    rows, kernel = normal(num_rows, 5), normal(5, 4, seed=1)
    expected = [
        [sum(row[i] * kernel[i, j] for i in range(5)) for j in range(4)] for row in rows
    ]
    np.testing.assert_allclose(numpy_layers.product(rows, kernel), expected, atol=1e-5)


@pytest.mark.unit
def test_a_sigmoid_cannot_overflow():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = numpy_layers.sigmoid(EXTREME)[0]
    np.testing.assert_allclose(
        found, [0, 0, logistic(-1), 0.5, logistic(1), 1, 1], atol=1e-6
    )


@pytest.mark.unit
def test_probabilities_and_their_logarithms():
    logits = np.concatenate([EXTREME, normal(3, 7)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        probabilities = numpy_layers.softmax(logits)
        logs = numpy_layers.log_softmax(logits)
    for row in range(len(logits)):
        top = float(max(logits[row]))
        below = [float(x) - top for x in logits[row]]
        total = math.log(sum(math.exp(x) for x in below))
        np.testing.assert_allclose(logs[row], [x - total for x in below], rtol=1e-5)
        expected = [math.exp(x - total) for x in below]
        np.testing.assert_allclose(probabilities[row], expected, atol=1e-6)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-6)


@pytest.mark.unit
def test_sequences_are_read_backwards_within_their_lengths():
    from scribe.networks import layers

    x, lengths = normal(5, 4, 2), np.array([5, 1, 3, 0])
    turned = numpy_layers.backwards(x, lengths)
    for b, length in enumerate(lengths):
        for t in range(5):
            source = length - 1 - t if t < length else t
            np.testing.assert_array_equal(turned[t, b], x[source, b])
    np.testing.assert_array_equal(numpy_layers.backwards(turned, lengths), x)
    np.testing.assert_array_equal(layers.backwards(x, lengths), turned)


@pytest.mark.unit
@pytest.mark.parametrize("form", ["clipped_exp", "exp"])
def test_the_parameters_of_the_window(form):
    """Graves (2013), equations 48 to 50; tests/models/test_variant.py has softplus."""
    raw = np.linspace(-9, 6, 12, dtype=np.float32)[None]
    alpha, beta, step = numpy_layers.window_parameters(raw, form)
    for i, values in enumerate((alpha, beta, step)):
        for k in range(4):
            x = float(raw[0, 4 * i + k])
            if form == "clipped_exp":
                x = min(max(x, MIN_WINDOW_LOG), MAX_WINDOW_LOG)
            assert values[0, k] == pytest.approx(math.exp(x), rel=1e-5)


@pytest.mark.unit
def test_one_thread_holds_inside_only():
    def threads():
        return [
            pool["num_threads"]
            for pool in threadpoolctl.threadpool_info()
            if pool["user_api"] == "blas"
        ]

    before = threads()
    with numpy_layers.one_thread():
        assert set(threads()) <= {1}
    assert threads() == before
