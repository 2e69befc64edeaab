"""A reader that TensorFlow runs, for thousands of lines.

The network is scribe.networks.reader_network's, without what its training needs: the
loop over time keeps no gates, and takes both directions in one step.
"""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from scribe.models.sizes import FEATURE_DIM
from scribe.networks.layers import backwards
from scribe.networks.reader_network import stacked
from scribe.reading import Reader

# Lines that are read together; the arrays of more do not fit into a cache.
_BATCH = 64


class CompiledReader:
    """Scores lines as a Reader does.

    Shapes: B lines, P points, T' frames, F features, H units, V alphabet.
    """

    def __init__(self, reader: Reader, products: str):
        """
        Args:
          reader: whose network it is.
          products: "float32" or "bfloat16" operands of matrix products.
        """
        weights = reader.model.weights
        self._reader = reader
        self._dtype = tf.as_dtype(products)
        # Of each layer, for both directions: input and recurrent rows in one matrix.
        self._layers = [
            [
                (
                    tf.constant(
                        np.concatenate(
                            [
                                weights[f"{name}/kernel"],
                                weights[f"{name}/recurrent_kernel"],
                            ]
                        ),
                        self._dtype,
                    ),
                    tf.constant(weights[f"{name}/bias"]),
                )
                for name in (f"forward_{i}", f"backward_{i}")
            ]
            for i in range(1, len(reader.model.sizes["stacks"]) + 1)
        ]
        self._head = tf.constant(weights["output/kernel"], self._dtype)
        self._head_bias = tf.constant(weights["output/bias"])
        self._compiled = tf.function(
            self._network,
            input_signature=[
                tf.TensorSpec([None, None, FEATURE_DIM]),
                tf.TensorSpec([None], tf.int32),
            ],
        )

    def scores(self, strokes: Sequence[np.ndarray]) -> list[np.ndarray]:
        """As Reader.scores."""
        lines = [self._reader.prepared(line) for line in strokes]
        order = sorted(range(len(lines)), key=lambda i: len(lines[i]))
        scores: dict[int, np.ndarray] = {}
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            lengths = np.array([len(lines[i]) for i in batch], np.int32)
            x = np.zeros([lengths.max(), len(batch), FEATURE_DIM], np.float32)
            for b, i in enumerate(batch):
                x[: len(lines[i]), b] = lines[i]
            logits, lengths = (array.numpy() for array in self._compiled(x, lengths))
            for b, i in enumerate(batch):
                scores[i] = logits[: lengths[b], b]
        return [scores[i] for i in range(len(lines))]

    def _network(self, x, lengths):
        """[P, B, F] and lengths [B] -> logits [T', B, V] and lengths in frames."""
        for stack, layer in zip(
            self._reader.model.sizes["stacks"], self._layers, strict=True
        ):
            x, lengths = stacked(x, lengths, stack)
            x = self._both_directions(x, lengths, layer)
        logits = tf.cast(tf.cast(x, self._dtype) @ self._head, tf.float32)
        return logits + self._head_bias, lengths

    def _both_directions(self, x, lengths, layer):
        """[T', B, D] -> [T', B, 2 H], zero beyond `lengths`.

        Inputs are multiplied step by step: what comes of all of them is larger than a
        cache.
        """
        steps, batch = tf.shape(x)[0], tf.shape(x)[1]
        sides = [tf.cast(side, self._dtype) for side in (x, backwards(x, lengths))]
        sources = [
            tf.TensorArray(self._dtype, steps, element_shape=[None, None]).unstack(side)
            for side in sides
        ]
        units = layer[0][1].shape[0] // 4
        empty = tf.TensorArray(tf.float32, steps, element_shape=[None, units])
        zeros = tf.zeros([batch, units])

        def step(t, states, outputs):
            new, written = [], []
            for k, (kernel, bias) in enumerate(layer):
                h, c = states[k]
                rows = tf.concat([sources[k].read(t), tf.cast(h, self._dtype)], axis=1)
                z = tf.cast(tf.matmul(rows, kernel), tf.float32) + bias
                gate_i, gate_f, candidate, gate_o = tf.split(z, 4, axis=1)
                c = tf.sigmoid(gate_f) * c + tf.sigmoid(gate_i) * tf.tanh(candidate)
                h = tf.sigmoid(gate_o) * tf.tanh(c)
                new.append((h, c))
                written.append(outputs[k].write(t, h))
            return t + 1, new, written

        _, _, (right, left) = tf.while_loop(
            lambda t, *_: t < steps,
            step,
            (0, [(zeros, zeros)] * 2, [empty] * 2),
            parallel_iterations=1,
        )
        both = tf.concat([right.stack(), backwards(left.stack(), lengths)], axis=-1)
        counts = tf.sequence_mask(lengths, steps, tf.float32)  # [B, T']
        return both * tf.transpose(counts)[:, :, None]
