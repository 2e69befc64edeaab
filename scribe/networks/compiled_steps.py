"""Steps of Graves' network compiled by TensorFlow, for a batch whose lines come and go.

A rolling batch (scribe.networks.compiled_batch) lets lines join and leave between two
calls, each of several steps. With bfloat16 operands a processor that multiplies these
(AVX-512 BF16, AMX) takes about half the time; sums, gates and the window stay float32.
"""

import numpy as np
import tensorflow as tf

from scribe.foundation.errors import InputError
from scribe.models.engine import MAX_STEPS_AFTER_TEXT
from scribe.models.stroke_model import StrokeModel
from scribe.networks.layers import window_parameters, window_weights
from scribe.networks.tensorflow_engine import sample

PRODUCTS = ("float32", "bfloat16")
# Of the state, as scribe.models.batch_state.Ending counts.
COUNTS = ("focus", "stalled_for", "past_for")


class CompiledSteps:
    """A network's steps as one graph.

    Shapes: B lines, U characters, V alphabet, K window components, H units, M mixtures,
    N steps of a call.

    Attributes:
      model: the network's weights and sizes.
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
        self.model = model
        sizes, weights = model.sizes, model.weights
        self._variant = model.variant
        self._dtype = tf.as_dtype(products)
        layers = range(1, sizes["num_layers"] + 1)
        self._kernels = [
            tf.constant(
                np.concatenate(
                    [weights[f"lstm_{i}/kernel"], weights[f"lstm_{i}/recurrent_kernel"]]
                ),
                self._dtype,
            )
            for i in layers
        ]
        self._biases = [tf.constant(weights[f"lstm_{i}/bias"]) for i in layers]
        self._head = tf.constant(weights["output/kernel"], self._dtype)
        self._head_bias = tf.constant(weights["output/bias"])
        self._window = [tf.constant(weights[f"window/{n}"]) for n in ("kernel", "bias")]

        def spec(*shape, dtype=tf.float32):
            return tf.TensorSpec(shape, dtype)

        states = [spec(None, sizes["num_units"])] * len(self._kernels)
        counts = spec(None, dtype=tf.int32)
        self.run = tf.function(
            self._run,
            input_signature=[
                {
                    "point": spec(None, 3),
                    "h": states,
                    "c": states,
                    "window": spec(None, sizes["alphabet_size"]),
                    "kappa": spec(
                        None, sizes["num_window_components"], dtype=tf.float64
                    ),
                    **dict.fromkeys(COUNTS, counts),
                },
                {
                    "text": spec(None, None, dtype=tf.int32),
                    "text_mask": spec(None, None),
                    "bias": spec(None),
                    "end": counts,
                    "max_stall": counts,
                    "left": counts,
                },
                spec(None, None, 4),
            ],
        )

    def empty_state(self) -> dict:
        """The arrays of a state, of no line."""
        sizes = self.model.sizes
        layers = range(sizes["num_layers"])

        def empty(width: int) -> np.ndarray:
            return np.zeros([0, width], np.float32)

        return {
            "point": empty(3),
            "h": [empty(sizes["num_units"]) for _ in layers],
            "c": [empty(sizes["num_units"]) for _ in layers],
            "window": empty(sizes["alphabet_size"]),
            "kappa": np.zeros([0, sizes["num_window_components"]]),
            **{name: np.zeros(0, np.int32) for name in COUNTS},
        }

    def _run(self, state: dict, lines: dict, noise):
        """Several steps.

        Args:
          state: where the lines stand; the last three as in
            scribe.models.batch_state.Ending.
          lines: text and text_mask [B, U], bias [B], end [B] the column at which a text
            has ended, max_stall [B], left [B] steps that a line may still take, 0 for
            none.
          noise: [N, B, 4].

        Returns:
          the state, in which a line that is over stands as before it read its last
          point; points [N, B, 3], phi [N, B, U] and kappa [N, B, K] of the steps; how
          many of them count [B]; and whether the line came to its end, bool [B].
        """
        batch = tf.shape(noise)[1]
        arrays = tuple(
            tf.TensorArray(tf.float32, tf.shape(noise)[0], element_shape=shape)
            for shape in ([None, 3], [None, None], state["kappa"].shape)
        )
        # Of each line the numbers of its characters in one row for all lines.
        alphabet_size = self.model.sizes["alphabet_size"]
        cells = lines["text"] + alphabet_size * tf.range(batch)[:, None]

        def step(t, state, going, lengths, ended, arrays):
            new, activations, phi = self._step(state, lines["text_mask"], cells)
            new["point"] = sample(activations, lines["bias"], noise[t], self._variant)
            kappa = tf.cast(new["kappa"], tf.float32)
            written = zip(arrays, (new["point"], phi, kappa), strict=True)
            arrays = tuple(array.write(t, value) for array, value in written)
            ends, stalls = _watch(new, state, phi, lines)
            over = ends | stalls | (t + 1 >= lines["left"])
            lengths += tf.cast(going, tf.int32)
            ended = ended | (going & ends)
            new = tf.nest.map_structure(
                lambda one, other: tf.where(_beside(going, one), one, other), new, state
            )
            return t + 1, new, going & ~over, lengths, ended, arrays

        _, state, _, lengths, ended, arrays = tf.while_loop(
            lambda t, state, going, *_: (t < tf.shape(noise)[0]) & tf.reduce_any(going),
            step,
            (
                0,
                state,
                lines["left"] > 0,
                tf.zeros([batch], tf.int32),
                tf.zeros([batch], tf.bool),
                arrays,
            ),
            parallel_iterations=1,
        )
        return state, [array.stack() for array in arrays], lengths, ended

    def _step(self, state: dict, text_mask, cells):
        """The network's next state, its activations and phi."""
        variant = self._variant
        point, window, kappa = state["point"], state["window"], state["kappa"]
        new = dict(state, h=[], c=[])
        phi = None
        for i, (kernel, bias) in enumerate(
            zip(self._kernels, self._biases, strict=True)
        ):
            has_skip = variant.has_skip(i + 1)
            parts = [point] if has_skip else []
            if i > 0:
                parts.append(new["h"][i - 1])
            if variant.window_feedback if i == 0 else has_skip:
                parts.append(window)
            z = self._product([*parts, state["h"][i]], kernel) + bias
            gate_i, gate_f, candidate, gate_o = tf.split(z, 4, axis=1)
            c = tf.sigmoid(gate_f) * state["c"][i]
            c += tf.sigmoid(gate_i) * tf.tanh(candidate)
            new["c"].append(c)
            new["h"].append(tf.sigmoid(gate_o) * tf.tanh(c))
            if i == 0:
                window, kappa, phi = self._moved(
                    point, new["h"][0], window, kappa, text_mask, cells
                )
        new["window"], new["kappa"] = window, kappa
        hidden = new["h"] if variant.output_skips else new["h"][-1:]
        return new, self._product(hidden, self._head) + self._head_bias, phi

    def _moved(self, point, h, window, kappa, text_mask, cells):
        """The window after a step: what it shows, where it stands, phi."""
        variant, (kernel, bias) = self._variant, self._window
        moves = h
        if variant.window_reads_input:
            moves = tf.concat([point, window, h], axis=1)
        alpha, beta, advance = window_parameters(
            moves @ kernel + bias, variant.window_form
        )
        kappa = kappa + tf.cast(advance, kappa.dtype)
        phi = window_weights(alpha, beta, kappa, text_mask)
        # As the product with the one-hot characters, most of which are zeros.
        shown = tf.math.unsorted_segment_sum(phi, cells, tf.size(window))
        return tf.reshape(shown, tf.shape(window)), kappa, phi

    def _product(self, parts, kernel):
        rows = tf.concat([tf.cast(part, self._dtype) for part in parts], axis=1)
        return tf.cast(tf.matmul(rows, kernel), tf.float32)


def _watch(new: dict, old: dict, phi, lines: dict):
    """As scribe.models.batch_state.Ending.update: ended, stalled, bool [B]."""
    focus = tf.argmax(phi, axis=1, output_type=tf.int32)
    moved = focus > old["focus"]
    past = focus >= lines["end"]
    new["focus"] = tf.maximum(focus, old["focus"])
    new["stalled_for"] = tf.where(moved, 0, old["stalled_for"] + 1)
    new["past_for"] = tf.where(past, old["past_for"] + 1, 0)
    lifted = new["point"][:, 2] > 0.5
    ended = past & (lifted | (new["past_for"] > MAX_STEPS_AFTER_TEXT))
    return ended, ~past & (new["stalled_for"] > lines["max_stall"])


def _beside(rows, array):
    """bool [B] in as many dimensions as an array [B, ...]."""
    return tf.reshape(rows, [-1] + [1] * (array.shape.rank - 1))
