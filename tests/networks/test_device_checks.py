"""What a device computes, against NumPy and an LSTM as loops."""

import numpy as np
import pytest
import tensorflow as tf
from refusals import refused

from scribe.foundation.errors import WorkFailed
from scribe.networks import device_checks

pytestmark = pytest.mark.unit


def test_a_device_that_computes_something_else_is_named(monkeypatch):
    right = device_checks.lstm_step("/device:CPU:0")
    assert "CPU:0" in device_checks.check_device("/device:CPU:0", right)
    with refused("/device:CPU:0", "--device=cpu", error=WorkFailed):
        device_checks.check_device("/device:CPU:0", right + 0.1)


def test_a_device_that_cannot_compute_is_named(monkeypatch):
    def fail(device):
        raise tf.errors.InvalidArgumentError(None, None, "no kernel\nfor it")

    monkeypatch.setattr(device_checks, "lstm_step", fail)
    with refused("/device:CPU:0", "no kernel", "--device=cpu", error=WorkFailed):
        device_checks.check_device("/device:CPU:0", np.zeros(2))


def test_the_step_is_that_of_an_lstm_written_as_loops():
    random = np.random.default_rng(1)
    sizes = (device_checks.BATCH, device_checks.STEPS, device_checks.INPUTS)
    inputs = random.normal(size=sizes).astype(np.float32)
    units = device_checks.UNITS
    shapes = [(sizes[2], 4 * units), (units, 4 * units), (4 * units,)]
    kernel, recurrent, bias = (random.normal(size=s) / units**0.5 for s in shapes)

    def sigmoid(x):
        return 1.0 / (1.0 + np.exp(-x))

    squares = []
    for sequence in inputs:
        h, c = np.zeros(units), np.zeros(units)
        for x in sequence:
            i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
            squares.append(h**2)
    loss, norm = device_checks.lstm_step("/device:CPU:0")
    assert loss == pytest.approx(np.mean(squares), rel=1e-5)
    assert norm > 0.0
