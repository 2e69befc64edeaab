"""The layers of the networks in NumPy, a few rows at a time.

They compute what scribe.networks.layers and Keras' LSTM compute; tests hold both sides
equal.

Shapes: B rows, T steps, H units, K window components.
"""

import contextlib
import os

import numpy as np

from scribe.models.variant import (
    MAX_WINDOW_LOG,
    MIN_SOFTPLUS_WIDTH,
    MIN_WINDOW_LOG,
    SOFTPLUS_STEPS_PER_CHARACTER,
)

MAX_WORKERS = 4
ROWS_OF_WORKER = 8


def one_thread():
    """A product of one step is too small to share: BLAS threads wait for each other.

    On a busy machine that waiting makes a line take seconds instead of tenths. Without
    threadpoolctl nothing holds them back here; the commands do, before NumPy starts
    them (scribe.foundation.threads).
    """
    try:
        import threadpoolctl
    except ModuleNotFoundError:
        return contextlib.nullcontext()
    return threadpoolctl.threadpool_limits(limits=1, user_api="blas")


def num_workers(num_rows: int) -> int:
    """Threads that share rows of a batch with profit.

    Products and functions of arrays let other threads run; with fewer rows each, what
    Python does between them takes longer than they do.
    """
    known = hasattr(os, "sched_getaffinity")
    cores = len(os.sched_getaffinity(0)) if known else os.cpu_count() or 1
    return max(1, min(cores, MAX_WORKERS, num_rows // ROWS_OF_WORKER))


def shared(work, num_parts: int) -> list:
    """What `work(0)`, `work(1)`, ... return, each in a thread of its own.

    The first one runs in the thread of the caller.
    """
    if num_parts == 1:
        return [work(0)]
    # Which a cold start of plain writing does without.
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(num_parts - 1) as pool:
        others = [pool.submit(work, part) for part in range(1, num_parts)]
        return [work(0), *(other.result() for other in others)]


def product(rows: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """rows @ kernel; two or three rows one by one, which takes OpenBLAS half the time.

    For more than one row it first copies the kernel, a new one at every step.
    """
    if len(rows) in (2, 3):
        return np.stack([row @ kernel for row in rows])
    return rows @ kernel


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Logistic function by tanh, which cannot overflow."""
    return 0.5 * np.tanh(0.5 * x) + 0.5


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities over the last axis."""
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Logarithms of probabilities over the last axis."""
    below = logits - logits.max(axis=-1, keepdims=True)
    return below - np.log(np.exp(below).sum(axis=-1, keepdims=True))


def lstm_step(z: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One step of an LSTM without peepholes, as Keras computes it.

    Hochreiter & Schmidhuber (1997) with the forget gate of Gers et al. (2000).

    Args:
      z: [B, 4 H] what enters the gates, in the order input, forget, candidate, output.
      c: [B, H] the cells before the step.

    Returns:
      h and c after it, [B, H] each.
    """
    units = c.shape[1]
    gates_if = sigmoid(z[:, : 2 * units])
    gate_o = sigmoid(z[:, 3 * units :])
    candidate = np.tanh(z[:, 2 * units : 3 * units])
    c = gates_if[:, units:] * c + gates_if[:, :units] * candidate
    return gate_o * np.tanh(c), c


def lstm(
    projected: np.ndarray,
    recurrent_kernel: np.ndarray,
    h: np.ndarray | None = None,
    c: np.ndarray | None = None,
) -> np.ndarray:
    """An LSTM over sequences whose inputs are projected already.

    Args:
      projected: [T, B, 4 H] the inputs' share of the gates, with the bias.
      recurrent_kernel: [H, 4 H].
      h, c: [B, H] before the first step; None for zeros.

    Returns:
      h of every step, float32 [T, B, H].
    """
    if h is None:
        h = c = np.zeros([projected.shape[1], len(recurrent_kernel)], np.float32)
    outputs = np.empty([len(projected), *h.shape], np.float32)
    for t, inputs in enumerate(projected):
        h, c = lstm_step(inputs + h @ recurrent_kernel, c)
        outputs[t] = h
    return outputs


def backwards(x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Each sequence read from its end; the padding stays behind it.

    Args:
      x: [T, B, ...].
      lengths: int [B], steps of each sequence that count.
    """
    t = np.arange(len(x))[:, None]
    return x[np.where(t < lengths, lengths - 1 - t, t), np.arange(x.shape[1])]


def window_parameters(raw: np.ndarray, form: str) -> list[np.ndarray]:
    """As scribe.networks.layers.window_parameters: [B, 3 K] -> alpha, beta, delta
    kappa."""
    if form == "softplus":
        alpha, width, step = np.split(np.logaddexp(0.0, raw), 3, axis=1)
        beta = 1.0 / np.maximum(width, MIN_SOFTPLUS_WIDTH)
        return [alpha, beta, step / SOFTPLUS_STEPS_PER_CHARACTER]
    if form == "clipped_exp":
        raw = np.clip(raw, MIN_WINDOW_LOG, MAX_WINDOW_LOG)
    return np.split(np.exp(raw), 3, axis=1)
