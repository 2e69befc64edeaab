"""The network of the reader: a bidirectional LSTM over the way of the pen."""

import gin
import keras
import tensorflow as tf

from scribe.foundation.errors import InputError
from scribe.models.sizes import FEATURE_DIM
from scribe.networks import recurrence
from scribe.networks.layers import backwards, fan_in_normal, lstm_layer


@gin.register(module="scribe")
class ReaderNetwork(keras.Model):
    """Reads strokes: bidirectional LSTM layers, then a softmax for CTC.

    As Graves et al. (2009), "A Novel Connectionist System for Unconstrained Handwriting
    Recognition", with several layers; between layers successive frames are put side by
    side (the pyramid of Chan et al. 2016, section 2.1), so that the upper layers see
    some four frames a character and take few steps.

    Shapes: B batch, T points, T' frames, F features, H `num_units` in each direction, V
    alphabet size.
    """

    def __init__(
        self,
        num_units: int,
        stacks: tuple[int, ...],
        dropout: float,
        products: str,
        alphabet_size: int,
    ):
        """Creates all weights.

        Args:
          num_units: H, cells in each direction of each layer.
          stacks: one number per layer: how many frames of what lies below are one frame
            of this layer.
          dropout: share of what enters each layer but the first that is zeroed in
            training.
          products: "float32" or "bfloat16" operands of the matrix products.
          alphabet_size: V, with the blank, which has the terminator's id 0.
        """
        super().__init__(name="reader")
        if products not in ("float32", "bfloat16"):
            raise InputError(f"products={products!r}: use float32 or bfloat16")
        if not stacks or any(not isinstance(n, int) or n < 1 for n in stacks):
            raise InputError(f"stacks={stacks!r}: must be whole numbers from 1 on")
        if not isinstance(num_units, int) or num_units < 1:
            raise InputError(f"num_units={num_units!r}: must be a whole number from 1")
        if not 0.0 <= dropout < 1.0:
            raise InputError(f"dropout={dropout}: must be in [0, 1)")
        self.num_units = num_units
        self.stacks = tuple(stacks)
        self.dropout = dropout
        self.products = products
        self.alphabet_size = alphabet_size
        self.directions = []  # per layer: forward, backward
        width = FEATURE_DIM
        for i, stack in enumerate(self.stacks, start=1):
            self.directions.append(
                [
                    lstm_layer(num_units, stack * width, f"{direction}_{i}")
                    for direction in ("forward", "backward")
                ]
            )
            width = 2 * num_units
        self.head = keras.layers.Dense(
            alphabet_size, kernel_initializer=fan_in_normal(width), name="output"
        )
        self.head.build((None, width))
        self.built = True

    def sizes(self) -> dict:
        """What model.json says of the shape of the network."""
        return {
            "num_units": self.num_units,
            "stacks": list(self.stacks),
            "alphabet_size": self.alphabet_size,
        }

    def named_weights(self) -> dict[str, keras.Variable]:
        """The weights by the names that weights.npz uses."""
        named = {}
        for layer in [layer for pair in self.directions for layer in pair]:
            named[f"{layer.name}/kernel"] = layer.cell.kernel
            named[f"{layer.name}/recurrent_kernel"] = layer.cell.recurrent_kernel
            named[f"{layer.name}/bias"] = layer.cell.bias
        named["output/kernel"] = self.head.kernel
        named["output/bias"] = self.head.bias
        return named

    def call(self, features, lengths, dropout_seed=None):
        """Scores every symbol in every frame.

        Args:
          features: [B, T, F] of `scribe.reading.reader.features`.
          lengths: [B] int32 points that count.
          dropout_seed: int32 [2] of this step; None switches dropout off.

        Returns:
          logits [B, T', V] and lengths [B] in frames.
        """
        x = tf.transpose(features, [1, 0, 2])
        for i, (stack, pair) in enumerate(
            zip(self.stacks, self.directions, strict=True)
        ):
            x, lengths = stacked(x, lengths, stack)
            if i > 0 and dropout_seed is not None and self.dropout:
                seed = tf.random.fold_in(dropout_seed, i)
                x = tf.nn.experimental.stateless_dropout(x, self.dropout, seed=seed)
            x = self._both_directions(pair, x, lengths)
        logits = recurrence.project(x, self.head.kernel, self.head.bias, tf.float32)
        return tf.transpose(logits, [1, 0, 2]), lengths

    def _both_directions(self, pair, x, lengths):
        """[T, B, D] -> [T, B, 2 H], zero beyond `lengths`."""
        forward, backward = pair
        right = self._run(forward, x)
        left = backwards(self._run(backward, backwards(x, lengths)), lengths)
        counts = tf.sequence_mask(lengths, tf.shape(x)[0], tf.float32)  # [B, T]
        return tf.concat([right, left], -1) * tf.transpose(counts)[:, :, None]

    def _run(self, layer, x):
        return recurrence.run_lstm(layer, x, "fast", tf.as_dtype(self.products))


def stacked(x, lengths, stack: int):
    """Puts `stack` successive frames side by side: [T, B, D] -> [T / stack, B, ...].

    The sizes are rounded up without negative numbers, whose quotients ONNX rounds the
    other way.
    """
    if stack == 1:
        return x, lengths
    steps, batch, width = tf.shape(x)[0], tf.shape(x)[1], x.shape[2]
    frames = (steps + stack - 1) // stack
    x = tf.pad(x, [[0, frames * stack - steps], [0, 0], [0, 0]])
    x = tf.reshape(x, [frames, stack, batch, width])
    x = tf.transpose(x, [0, 2, 1, 3])
    return tf.reshape(x, [frames, batch, stack * width]), (lengths + stack - 1) // stack
