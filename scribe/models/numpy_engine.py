"""Sampling in plain NumPy: no start-up cost, for a few lines at once.

The equations are those of scribe.networks.layers, scribe.networks.attention_rnn and
scribe.networks.mixtures, whose docstrings name their sources; tests hold both sides
equal.
"""

import itertools

import numpy as np
import threadpoolctl

from scribe.models.batch_state import State
from scribe.models.bounds import (
    MAX_WINDOW_LOG,
    MIN_SOFTPLUS_WIDTH,
    MIN_WINDOW_LOG,
    SOFTPLUS_STEPS_PER_CHARACTER,
)
from scribe.models.engine import Answer, Request, Start
from scribe.models.rolling_batch import RollingBatch
from scribe.models.stroke_model import StrokeModel
from scribe.models.variant import GRAVES, Variant

_WATCH_EVERY = 20  # steps


class NumpyEngine:
    """Writes with the weights of a StrokeModel; see scribe.models.engine.Engine."""

    def __init__(self, model: StrokeModel):
        weights, sizes = model.weights, model.sizes
        self._weights = weights
        self._num_units = sizes["num_units"]
        self._num_mixtures = sizes["num_mixtures"]
        self._num_components = sizes["num_window_components"]
        self._alphabet_size = sizes["alphabet_size"]
        self._reads_text = model.reads_text
        self._variant = model.variant
        # Input and recurrent rows in one matrix: one product a step and layer.
        self._cells = [
            (
                np.concatenate(
                    [weights[f"lstm_{i}/kernel"], weights[f"lstm_{i}/recurrent_kernel"]]
                ),
                weights[f"lstm_{i}/bias"],
            )
            for i in range(1, sizes["num_layers"] + 1)
        ]
        self._output = weights["output/kernel"], weights["output/bias"]

    def write(self, request: Request) -> Answer:
        num_lines = len(request.bias)
        answers: dict[int, Answer] = {}
        batch = RollingBatch(self)
        batch.add(range(num_lines), request)
        watch = request.watch
        with one_thread():
            for t in itertools.count():
                answers.update(batch.step())
                if not len(batch):
                    break
                if watch is not None and self._reads_text and t % _WATCH_EVERY == 0:
                    watch((len(answers) + batch.shares_read().sum()) / num_lines)
        if watch is not None:
            watch(1.0)
        return _together([answers[row] for row in range(num_lines)], request)

    def activations(self, strokes, text, text_mask):
        state = self.start(text, text_mask, len(strokes))
        activations, phis = [], []
        with one_thread():
            for t in range(strokes.shape[1]):
                activations.append(self.step(strokes[:, t], state))
                phis.append(state.phi)
        phi = np.stack(phis, axis=1) if self._reads_text else None
        return np.stack(activations, axis=1), phi

    def lead(self, strokes, text, text_mask) -> tuple[Start, np.ndarray]:
        """Where a line stands that was led through strokes, and what it looks at next.

        Args:
          strokes: [1, T, 3] in the network's unit, T at least 2.
          text, text_mask: [1, U].

        Returns:
          the state before the last point is read, and phi [U] of the step reading it.
        """
        state = self.start(text, text_mask, 1)
        with one_thread():
            for t in range(strokes.shape[1] - 1):
                self.step(strokes[:, t], state)
            reached = Start(
                list(state.h), list(state.c), state.window, state.kappa, state.phi
            )
            self.step(strokes[:, -1], state)
        return reached, state.phi[0]

    def start(
        self, text, text_mask, batch: int, start: Start | None = None, writer=None
    ) -> State:
        """Where `batch` lines stand before their first step; all as in a Request."""
        if start is None:
            zeros = np.zeros([1, self._num_units], np.float32)
            layers = [zeros] * len(self._cells)
            window = np.zeros([1, self._alphabet_size], np.float32)
            kappa = np.zeros([1, self._num_components], np.float32)
            phi = np.ones([1, 1], np.float32)  # on the first character
            start = Start(layers, layers, window, kappa, phi)
        state = State(
            h=[np.repeat(h, batch, axis=0) for h in start.h],
            c=[np.repeat(c, batch, axis=0) for c in start.c],
        )
        if self._reads_text:
            state.text, state.text_mask = self._read(text, text_mask, writer), text_mask
            state.phi = np.zeros([batch, text.shape[1]], np.float32)
            state.phi[:, : start.phi.shape[1]] = start.phi[:, : text.shape[1]]
            state.window = np.repeat(start.window, batch, axis=0)
            state.kappa = np.repeat(start.kappa, batch, axis=0)
        return state

    def _read(self, text: np.ndarray, text_mask: np.ndarray, writer) -> np.ndarray:
        """What the window moves over, [B, U, V]: here the one-hot characters."""
        del text_mask, writer
        return np.eye(self._alphabet_size, dtype=np.float32)[text]

    def step(self, point: np.ndarray, state: State) -> np.ndarray:
        """Advances `state` by the input `point` [B, 3]; returns [B, 6 M + 1]."""
        variant = self._variant
        for i in range(len(self._cells)):
            has_skip = variant.has_skip(i + 1)
            parts = [point] if has_skip else []
            if i > 0:
                parts.append(state.h[i - 1])
            if self._reads_text and (variant.window_feedback if i == 0 else has_skip):
                parts.append(state.window)
            parts.append(state.h[i])
            state.h[i], state.c[i] = self._cell(i, np.concatenate(parts, 1), state.c[i])
            if i == 0 and self._reads_text:
                self._move_window(point, state)
        kernel, bias = self._output
        hidden = state.h if variant.output_skips else state.h[-1:]
        return _product(np.concatenate(hidden, axis=1), kernel) + bias

    def sample(self, activations, bias, noise) -> np.ndarray:
        """As `sample` below, within the bounds of this network."""
        return sample(activations, bias, noise, self._variant)

    def _cell(self, i: int, inputs, c):
        kernel, bias = self._cells[i]
        units = self._num_units
        z = _product(inputs, kernel) + bias
        gates_if = sigmoid(z[:, : 2 * units])
        gate_o = sigmoid(z[:, 3 * units :])
        candidate = np.tanh(z[:, 2 * units : 3 * units])
        c = gates_if[:, units:] * c + gates_if[:, :units] * candidate
        return gate_o * np.tanh(c), c

    def _move_window(self, point: np.ndarray, state: State) -> None:
        kernel, bias = self._weights["window/kernel"], self._weights["window/bias"]
        inputs = state.h[0]
        if self._variant.window_reads_input:
            inputs = np.concatenate([point, state.window, inputs], axis=1)
        raw = inputs @ kernel + bias
        alpha, beta, advance = window_parameters(raw, self._variant.window_form)
        state.kappa = state.kappa + advance
        distance = state.kappa[:, :, None] - state.characters  # [B, K, U]
        components = alpha[:, :, None] * np.exp(-beta[:, :, None] * distance**2)
        state.phi = components.sum(axis=1) * state.text_mask
        state.window = (state.phi[:, None] @ state.text)[:, 0]


def _together(answers: list[Answer], request: Request) -> Answer:
    """Answers of one line each as one: zeros fill the shorter lines and texts."""
    num_steps = max(answer.lengths[0] for answer in answers)

    def padded(name: str, width: int) -> np.ndarray:
        whole = np.zeros([len(answers), num_steps, width], np.float32)
        for row, answer in enumerate(answers):
            part = getattr(answer, name)[0]
            whole[row, : part.shape[0], : part.shape[1]] = part
        return whole

    reads_text = request.text is not None
    return Answer(
        strokes=padded("strokes", 3),
        phi=padded("phi", request.text.shape[1]) if reads_text else None,
        kappa=padded("kappa", answers[0].kappa.shape[2]) if reads_text else None,
        lengths=np.concatenate([answer.lengths for answer in answers]),
        finished=np.concatenate([answer.finished for answer in answers]),
    )


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


def _product(rows: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """rows @ kernel; two or three rows one by one, which takes OpenBLAS half the time.

    For more than one row it first copies the kernel, a new one at every step.
    """
    if len(rows) in (2, 3):
        return np.stack([row @ kernel for row in rows])
    return rows @ kernel


def one_thread():
    """A product of one step is too small to share: BLAS threads wait for each other.

    On a busy machine that waiting makes a line take seconds instead of tenths.
    """
    return threadpoolctl.threadpool_limits(limits=1, user_api="blas")


def mixture_from_activations(
    activations: np.ndarray, bias: np.ndarray, variant: Variant = GRAVES
) -> dict:
    """As scribe.networks.mixtures.mixture_from_activations: arrays [..., M] by name.

    Args:
      activations: [..., 6 M + 1].
      bias: [...].
      variant: the network's; its bounds hold.

    Returns:
      pi, mu_x, mu_y, sigma_x, sigma_y, rho [..., M] and pen_probability [...].
    """
    num_mixtures = activations.shape[-1] // 6
    parts = np.split(activations, num_mixtures * np.arange(1, 7), axis=-1)
    bias = bias[..., None]
    logits = parts[0] * (1.0 + bias)
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return {
        "pi": weights / weights.sum(axis=-1, keepdims=True),
        "mu_x": parts[1],
        "mu_y": parts[2],
        "sigma_x": np.exp(np.maximum(parts[3], variant.min_log_sigma) - bias),
        "sigma_y": np.exp(np.maximum(parts[4], variant.min_log_sigma) - bias),
        "rho": variant.max_rho * np.tanh(parts[5]),
        "pen_probability": sigmoid(parts[6][..., 0]),
    }


def sample(
    activations: np.ndarray,
    bias: np.ndarray,
    noise: np.ndarray,
    variant: Variant = GRAVES,
) -> np.ndarray:
    """Draws the next points: [B, 6 M + 1], [B], [B, 4] -> float32 [B, 3]."""
    mixture = mixture_from_activations(activations, bias, variant)
    pi, pen_probability = mixture["pi"], mixture["pen_probability"]
    if variant.min_probability:
        # The most probable component stays, however many there are.
        least = np.minimum(variant.min_probability, pi.max(axis=1, keepdims=True))
        pi = np.where(pi < least, 0.0, pi)
        pi = pi / pi.sum(axis=1, keepdims=True)
        rare = pen_probability < variant.min_probability
        pen_probability = np.where(rare, 0.0, pen_probability)
    cumulative = np.cumsum(pi, axis=1)
    component = (cumulative < noise[:, 0:1]).sum(axis=1)
    component = np.minimum(component, cumulative.shape[1] - 1)
    rows = np.arange(len(component))
    mu_x, mu_y, sigma_x, sigma_y, rho = (
        mixture[name][rows, component]
        for name in ("mu_x", "mu_y", "sigma_x", "sigma_y", "rho")
    )
    correlated = rho * noise[:, 1] + np.sqrt(1.0 - rho**2) * noise[:, 2]
    limit = noise[:, 3] if variant.pen_threshold is None else variant.pen_threshold
    lifted = limit < pen_probability
    return np.stack(
        [mu_x + sigma_x * noise[:, 1], mu_y + sigma_y * correlated, lifted], axis=1
    ).astype(np.float32)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Logistic function by tanh, which cannot overflow."""
    return 0.5 * np.tanh(0.5 * x) + 0.5
