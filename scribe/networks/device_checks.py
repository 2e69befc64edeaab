"""Whether a device computes a product as NumPy and a step of an LSTM as the CPU."""

import time
from collections.abc import Callable

import numpy as np

from scribe.foundation.errors import WorkFailed

SIZE = 512  # of the product, rows and columns
BATCH, STEPS, INPUTS, UNITS = 4, 20, 3, 64  # of the LSTM
# Devices add up in different orders, and GPUs may round the operands of products.
TOLERANCE = 1e-2
ADVICE = "train with --device=cpu"


def logical_devices() -> list[str]:
    """The names of all devices that compute, the CPU first."""
    import tensorflow as tf

    names = [device.name for device in tf.config.list_logical_devices()]
    return [name for name in names if ":CPU:" in name or ":GPU:" in name]


def check_device(device: str, reference: np.ndarray) -> str:
    """A product and a step of an LSTM.

    Args:
      device: name of a logical device.
      reference: what `lstm_step` answers on the CPU.

    Raises:
      WorkFailed: the device computes something else, or nothing.
    """
    import tensorflow as tf

    try:
        a, b = np.random.default_rng(0).normal(size=(2, SIZE, SIZE)) / SIZE**0.5
        product = _product(device, a, b)
        product_seconds = _timed(lambda: _product(device, a, b))
        found = lstm_step(device)
        lstm_seconds = _timed(lambda: lstm_step(device))
    except tf.errors.OpError as error:
        reason = str(error).strip().splitlines()[0]
        raise WorkFailed(f"{device} cannot compute ({reason}): {ADVICE}") from error
    if not np.allclose(product, a @ b, rtol=TOLERANCE, atol=TOLERANCE):
        raise WorkFailed(f"{device}: a product of matrices is wrong: {ADVICE}")
    if not np.allclose(found, reference, rtol=TOLERANCE, atol=TOLERANCE):
        raise WorkFailed(
            f"{device}: loss and gradient of an LSTM are {found}, those of the CPU "
            f"{reference}: {ADVICE}"
        )
    return (
        f"{device}: a product of {SIZE} x {SIZE} in {1e3 * product_seconds:.1f} ms, a "
        f"step of an LSTM in {1e3 * lstm_seconds:.0f} ms"
    )


def _timed(work: Callable) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def _product(device: str, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    import tensorflow as tf

    with tf.device(device):
        return (tf.constant(a, tf.float32) @ tf.constant(b, tf.float32)).numpy()


def lstm_step(device: str) -> np.ndarray:
    """Loss of an LSTM and the norm of its gradient, with weights from NumPy: [2]."""
    import keras
    import tensorflow as tf

    random = np.random.default_rng(1)
    inputs = random.normal(size=(BATCH, STEPS, INPUTS)).astype(np.float32)
    with tf.device(device):
        layer = keras.layers.LSTM(UNITS, return_sequences=True)
        layer.build([None, None, INPUTS])
        shapes = [weight.shape for weight in layer.trainable_weights]
        layer.set_weights([random.normal(size=s) / UNITS**0.5 for s in shapes])
        weights = [weight.value for weight in layer.trainable_weights]
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(layer(inputs)))
        norm = tf.linalg.global_norm(tape.gradient(loss, weights))
    return np.array([loss.numpy(), norm.numpy()])
