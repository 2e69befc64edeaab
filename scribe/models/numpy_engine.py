"""Sampling in plain NumPy: no start-up cost, for a few lines at once.

The equations are those of scribe.networks.layers, scribe.networks.attention_rnn and
scribe.networks.mixtures, whose docstrings name their sources; tests hold both sides
equal.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from scribe.models import numpy_mixtures
from scribe.models.batch_state import State
from scribe.models.engine import Answer, Request, Start
from scribe.models.numpy_layers import (
    lstm_step,
    num_workers,
    one_thread,
    product,
    shared,
    window_parameters,
)
from scribe.models.rolling_batch import RollingBatch
from scribe.models.stroke_model import StrokeModel

_WATCH_EVERY = 20  # steps


class NumpyEngine:
    """Writes with the weights of a StrokeModel; see scribe.models.engine.Engine."""

    def __init__(self, model: StrokeModel):
        weights, sizes = model.weights, model.sizes
        self._weights = weights
        self._num_units = sizes["num_units"]
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
        """As Engine.write; several threads share many lines."""
        num_lines, watch = len(request.bias), request.watch
        workers = num_workers(num_lines)
        # In turns, since lines that stand next to each other are of like length.
        shares = [range(first, num_lines, workers) for first in range(workers)]
        read = [0.0] * workers  # texts that the window of each has passed over

        def write_share(worker: int) -> dict[int, Answer]:
            rows, answers, steps = shares[worker], {}, 0
            batch = RollingBatch(self)
            batch.add(rows, _rows(request, rows))
            while len(batch):
                answers.update(batch.step())
                if self._reads_text and steps % _WATCH_EVERY == 0:
                    read[worker] = len(answers) + batch.shares_read().sum()
                    if watch is not None and worker == 0:
                        watch(float(sum(read)) / num_lines)
                steps += 1
            return answers

        answers: dict[int, Answer] = {}
        with one_thread():
            for share in shared(write_share, workers):
                answers.update(share)
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
            kappa = np.zeros([1, self._num_components])
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
            kernel, bias = self._cells[i]
            z = product(np.concatenate(parts, axis=1), kernel) + bias
            state.h[i], state.c[i] = lstm_step(z, state.c[i])
            if i == 0 and self._reads_text:
                self._move_window(point, state)
        kernel, bias = self._output
        hidden = state.h if variant.output_skips else state.h[-1:]
        return product(np.concatenate(hidden, axis=1), kernel) + bias

    def sample(self, activations, bias, noise) -> np.ndarray:
        """As scribe.models.numpy_mixtures.sample, within the bounds of this network."""
        return numpy_mixtures.sample(activations, bias, noise, self._variant)

    def _move_window(self, point: np.ndarray, state: State) -> None:
        kernel, bias = self._weights["window/kernel"], self._weights["window/bias"]
        inputs = state.h[0]
        if self._variant.window_reads_input:
            inputs = np.concatenate([point, state.window, inputs], axis=1)
        raw = inputs @ kernel + bias
        alpha, beta, advance = window_parameters(raw, self._variant.window_form)
        state.kappa = state.kappa + advance
        distance = state.kappa[:, :, None] - state.characters  # [B, K, U]
        distance = distance.astype(np.float32)
        components = alpha[:, :, None] * np.exp(-beta[:, :, None] * distance**2)
        state.phi = components.sum(axis=1) * state.text_mask
        state.window = (state.phi[:, None] @ state.text)[:, 0]


def _rows(request: Request, rows: Sequence[int]) -> Request:
    """Some of the lines of a request."""
    picked = {
        name: getattr(request, name)[rows]
        for name in ("text", "text_mask", "first", "bias", "noise", "writer")
        if getattr(request, name) is not None
    }
    return dataclasses.replace(request, **picked)


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
