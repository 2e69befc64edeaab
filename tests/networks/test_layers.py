"""The window and the LSTM, by hand in NumPy loops."""

import keras
import numpy as np
import pytest

from scribe.networks.layers import GaussianWindow, WindowCell, lstm_cell

pytestmark = pytest.mark.unit

BATCH, CHARACTERS, ALPHABET, UNITS, COMPONENTS = 2, 5, 4, 3, 2


@pytest.fixture
def window():
    keras.utils.set_random_seed(0)
    return GaussianWindow(COMPONENTS, UNITS)


@pytest.fixture
def text():
    """One-hot characters and mask of a text of five and one of three characters."""
    ids = np.array([[1, 2, 3, 1, 0], [3, 2, 0, 0, 0]])
    mask = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]], np.float32)
    return np.eye(ALPHABET, dtype=np.float32)[ids], mask


def random_array(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def window_by_loops(window, hidden, kappa, text, mask):
    """Equations 46 to 51 for one line."""
    kernel, bias = window.kernel.numpy(), window.bias.numpy()
    logs = [float(hidden @ kernel[:, n] + bias[n]) for n in range(3 * COMPONENTS)]
    values = np.exp(np.clip(logs, -8.0, 5.0))
    alpha, beta, step = np.split(values, 3)
    moved = [kappa[k] + step[k] for k in range(COMPONENTS)]
    phi = [
        mask[u]
        * sum(
            alpha[k] * np.exp(-beta[k] * (moved[k] - u) ** 2) for k in range(COMPONENTS)
        )
        for u in range(len(mask))
    ]
    read = sum(phi[u] * text[u] for u in range(len(mask)))
    return read, moved, phi


@pytest.mark.parametrize("scale", [1.0, 20.0], ids=["usual", "clipped"])
def test_window_equals_graves_equations_in_loops(window, text, scale):
    hidden, kappa = scale * random_array(BATCH, UNITS), np.abs(random_array(BATCH, 2))
    result = window(hidden, kappa, *text)
    for b in range(BATCH):
        expected = window_by_loops(window, hidden[b], kappa[b], text[0][b], text[1][b])
        for computed, by_hand in zip(result, expected, strict=True):
            np.testing.assert_allclose(computed[b], by_hand, rtol=1e-4, atol=1e-6)


def test_window_only_moves_forward_and_never_reads_padding(window, text):
    kappa = np.zeros([BATCH, COMPONENTS], np.float32)
    for step in range(20):
        hidden = 5.0 * random_array(BATCH, UNITS, seed=step)
        _, moved, phi = window(hidden, kappa, *text)
        assert np.all(moved > kappa)
        assert np.all(phi.numpy()[text[1] == 0.0] == 0.0)
        kappa = moved


def test_window_starts_at_the_pace_of_a_pen():
    keras.utils.set_random_seed(0)
    window = GaussianWindow(50, UNITS)
    pace = np.exp(window.bias.numpy()[100:])
    assert 12 < 1.0 / np.median(pace) < 21  # points per character


def lstm_by_loops(cell, inputs, h, c):
    """Equations 7 to 11 without peepholes; Keras' gate order is i, f, c, o."""
    kernel, recurrent = cell.kernel.numpy(), cell.recurrent_kernel.numpy()
    bias = cell.bias.numpy()
    units = len(h)
    new_h, new_c = np.zeros(units), np.zeros(units)
    for n in range(units):
        i, f, g, o = (
            float(inputs @ kernel[:, gate * units + n])
            + float(h @ recurrent[:, gate * units + n])
            + float(bias[gate * units + n])
            for gate in range(4)
        )
        new_c[n] = sigmoid(f) * c[n] + sigmoid(i) * np.tanh(g)
        new_h[n] = sigmoid(o) * np.tanh(new_c[n])
    return new_h, new_c


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def test_lstm_cell_equals_its_equations_in_loops():
    keras.utils.set_random_seed(0)
    cell = lstm_cell(UNITS, input_dim=4)
    inputs, h, c = random_array(4), random_array(UNITS, seed=1), random_array(UNITS)
    _, (new_h, new_c) = cell(inputs[None], [h[None], c[None]])
    expected_h, expected_c = lstm_by_loops(cell, inputs, h, c)
    np.testing.assert_allclose(new_h[0], expected_h, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(new_c[0], expected_c, rtol=1e-5, atol=1e-6)


def test_lstm_starts_with_a_forget_bias_of_one():
    bias = lstm_cell(UNITS, input_dim=4).bias.numpy()
    np.testing.assert_array_equal(bias, [0] * 3 + [1] * 3 + [0] * 6)


def test_window_cell_feeds_the_window_of_a_step_to_the_next(text):
    keras.utils.set_random_seed(0)
    cell = WindowCell(UNITS, 3, ALPHABET, COMPONENTS)
    inputs = random_array(2, BATCH, 3)
    states, phi = cell(inputs[0], cell.initial_states(BATCH), *text)
    states, phi = cell(inputs[1], states, *text)
    for b in range(BATCH):
        h = c = np.zeros(UNITS, np.float32)
        read, kappa = np.zeros(ALPHABET), np.zeros(COMPONENTS)
        for t in range(2):
            h, c = lstm_by_loops(cell.lstm, np.append(inputs[t, b], read), h, c)
            read, kappa, by_hand = window_by_loops(
                cell.window, h, kappa, text[0][b], text[1][b]
            )
        np.testing.assert_allclose(phi[b], by_hand, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(states[2][b], read, rtol=1e-4, atol=1e-6)
