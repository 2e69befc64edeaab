"""Steps of Graves' network compiled by TensorFlow, for a rolling batch of many lines.

The rolling batch (scribe.models.rolling_batch) lets lines join and leave at any step,
which a loop inside TensorFlow cannot; with a hundred lines a step is long enough to be
called from outside. With bfloat16 operands a processor that multiplies these (AVX-512
BF16, AMX) takes about half the time; sums, gates and the window stay float32.
"""

import numpy as np
import tensorflow as tf

from scribe.foundation.errors import InputError
from scribe.models.batch_state import State
from scribe.models.numpy_engine import NumpyEngine
from scribe.models.stroke_model import StrokeModel
from scribe.networks.layers import window_parameters, window_weights

PRODUCTS = ("float32", "bfloat16")


class CompiledSteps(NumpyEngine):
    """A NumpyEngine whose steps TensorFlow takes.

    Shapes: B lines, U characters, V alphabet, K window components, H units, M mixtures.
    """

    def __init__(self, model: StrokeModel, products: str):
        """
        Args:
          model: of the kind "attention_rnn", with text.
          products: operands of matrix products, of PRODUCTS.

        Raises:
          InputError: another kind, or other products.
        """
        if model.kind != "attention_rnn" or products not in PRODUCTS:
            raise InputError(
                f"{products!r} steps of a model of kind {model.kind!r}: only those of "
                f"attention_rnn are compiled, with {' or '.join(PRODUCTS)}"
            )
        super().__init__(model)
        self._dtype = tf.as_dtype(products)
        self._kernels = [tf.cast(kernel, self._dtype) for kernel, _ in self._cells]
        self._head = tf.cast(self._output[0], self._dtype)
        self._text: tuple[np.ndarray, tf.Tensor] | None = None

        def spec(*shape):
            return tf.TensorSpec(shape, tf.float32)

        states = [spec(None, self._num_units)] * len(self._cells)
        self._compiled = tf.function(
            self._step,
            input_signature=[
                spec(None, 3),
                states,
                states,
                spec(None, self._alphabet_size),
                spec(None, self._num_components),
                spec(None, None, self._alphabet_size),
                spec(None, None),
            ],
        )

    def step(self, point: np.ndarray, state: State) -> np.ndarray:
        if self._text is None or self._text[0] is not state.text:
            # The same for many steps, and large.
            self._text = state.text, tf.constant(state.text)
        activations, h, c, window, kappa, phi = self._compiled(
            point, state.h, state.c, state.window, state.kappa,
            self._text[1], state.text_mask,
        )  # fmt: skip
        state.h, state.c = ([x.numpy() for x in each] for each in (h, c))
        state.window, state.kappa, state.phi = (x.numpy() for x in (window, kappa, phi))
        return activations.numpy()

    def _step(self, point, h, c, window, kappa, text, text_mask):
        variant = self._variant
        h, c = list(h), list(c)
        for i, (kernel, (_, bias)) in enumerate(
            zip(self._kernels, self._cells, strict=True)
        ):
            has_skip = variant.has_skip(i + 1)
            parts = [point] if has_skip else []
            if i > 0:
                parts.append(h[i - 1])
            if variant.window_feedback if i == 0 else has_skip:
                parts.append(window)
            z = self._product(tf.concat([*parts, h[i]], axis=1), kernel) + bias
            gate_i, gate_f, candidate, gate_o = tf.split(z, 4, axis=1)
            c[i] = tf.sigmoid(gate_f) * c[i] + tf.sigmoid(gate_i) * tf.tanh(candidate)
            h[i] = tf.sigmoid(gate_o) * tf.tanh(c[i])
            if i == 0:
                window, kappa, phi = self._moved(
                    point, h[0], window, kappa, text, text_mask
                )
        hidden = h if variant.output_skips else h[-1:]
        activations = self._product(tf.concat(hidden, axis=1), self._head)
        return activations + self._output[1], h, c, window, kappa, phi

    def _moved(self, point, h, window, kappa, text, text_mask):
        """The window after a step: what it shows, where it stands, phi."""
        variant, weights = self._variant, self._weights
        moves = h
        if variant.window_reads_input:
            moves = tf.concat([point, window, h], axis=1)
        raw = moves @ weights["window/kernel"] + weights["window/bias"]
        alpha, beta, advance = window_parameters(raw, variant.window_form)
        kappa = kappa + advance
        phi = window_weights(alpha, beta, kappa, text_mask)
        return tf.matmul(phi[:, None], text)[:, 0], kappa, phi

    def _product(self, rows, kernel):
        return tf.cast(tf.matmul(tf.cast(rows, self._dtype), kernel), tf.float32)
