"""Graves' prediction and synthesis networks."""

import gin
import keras
import tensorflow as tf

from scribe.foundation.errors import InputError
from scribe.models.sizes import attention_rnn_inputs
from scribe.models.variant import GRAVES, Variant
from scribe.networks import recurrence
from scribe.networks.layers import WindowCell, fan_in_normal, lstm_layer

STROKE_DIM = 3

gin.register(Variant, module="scribe")


# model.json has no place for another attention; EncoderDecoder's has.
@gin.register(module="scribe", denylist=["attention"])
class AttentionRNN(keras.Model):
    """LSTM layers with skip connections that predict the next pen offset.

    Graves (2013): with `num_window_components` > 0 the synthesis network of section
    5.2, which reads the text through a Gaussian window; with 0 the prediction network
    of section 4. The pen's offset feeds every layer, every layer feeds the output, and
    the window of step t feeds the upper layers at t and the first layer at t + 1. No
    peepholes. `variant` can take connections away and change the window.

    Shapes: B batch, T pen steps, U characters, V alphabet size, H `num_units`, K
    `num_window_components`, M `num_mixtures`.
    """

    kind = "attention_rnn"
    num_writers = 0

    def __init__(
        self,
        num_layers: int,
        num_units: int,
        num_mixtures: int,
        num_window_components: int,
        dropout: float,
        recurrence: str,
        products: str,
        alphabet_size: int,
        variant: Variant = GRAVES,
        attention=None,
    ):
        """Creates all weights.

        Args:
          num_layers: LSTM layers.
          num_units: H, cells per layer.
          num_mixtures: M, Gaussians in the output.
          num_window_components: K; 0 for a network without text.
          dropout: share of each layer's outputs zeroed on their way up, in training;
            the recurrent connections are left alone (Zaremba et al. 2014).
          recurrence: "fast" (hand-written gradient, for CPUs), "portable" (Keras
            layers, cuDNN on a GPU) or "auto" (portable where there is a GPU). The first
            layer of some variants has the portable form alone.
          products: "float32" or "bfloat16" operands of the fast form's products.
          alphabet_size: V, with the terminator; the width of what stands for a
            character, where that is not its one-hot vector
            (scribe.networks.encoder_decoder).
          variant: where the network differs from Graves' equations.
          attention: callable() -> layer of scribe.networks.attention in place of the
            Gaussian window; None for that.
        """
        super().__init__(name="attention_rnn")
        if recurrence not in ("auto", "fast", "portable"):
            raise InputError(f"recurrence={recurrence!r}: use auto, fast or portable")
        if products not in ("float32", "bfloat16"):
            raise InputError(f"products={products!r}: use float32 or bfloat16")
        for name, size in (
            ("num_layers", num_layers),
            ("num_units", num_units),
            ("num_mixtures", num_mixtures),
        ):
            if not isinstance(size, int) or size < 1:
                raise InputError(f"{name}={size!r}: must be a whole number from 1 on")
        if not isinstance(num_window_components, int) or num_window_components < 0:
            raise InputError(
                f"num_window_components={num_window_components!r}: must be a whole "
                "number, 0 for a network without text"
            )
        if not 0.0 <= dropout < 1.0:
            raise InputError(f"dropout={dropout}: must be in [0, 1)")
        if recurrence == "auto":
            has_gpu = bool(tf.config.get_visible_devices("GPU"))
            recurrence = "portable" if has_gpu else "fast"
        self.num_layers = num_layers
        self.num_units = num_units
        self.num_mixtures = num_mixtures
        self.num_window_components = num_window_components
        self.alphabet_size = alphabet_size
        self.dropout = dropout
        self.recurrence = recurrence
        self.products = products
        self.variant = variant
        self._build_layers(attention)
        self.built = True

    @property
    def reads_text(self) -> bool:
        return self.num_window_components > 0

    def sizes(self) -> dict[str, int]:
        """What model.json says of the shape of the network."""
        return {
            "num_layers": self.num_layers,
            "num_units": self.num_units,
            "num_mixtures": self.num_mixtures,
            "num_window_components": self.num_window_components,
            "alphabet_size": self.alphabet_size,
        }

    def _build_layers(self, attention):
        widths = attention_rnn_inputs(self.sizes(), self.variant)
        if self.reads_text:
            self.first = WindowCell(
                self.num_units,
                STROKE_DIM,
                self.alphabet_size,
                self.num_window_components,
                self.variant,
                attention and attention(),
            )
        else:
            self.first = lstm_layer(self.num_units, STROKE_DIM, "lstm_1")
        self.upper = [
            lstm_layer(self.num_units, widths[f"lstm_{i}"], f"lstm_{i}")
            for i in range(2, self.num_layers + 1)
        ]
        hidden_dim = widths["output"]
        self.head = keras.layers.Dense(
            6 * self.num_mixtures + 1,
            kernel_initializer=fan_in_normal(hidden_dim),
            name="output",
        )
        self.head.build((None, hidden_dim))

    def named_weights(self) -> dict[str, keras.Variable]:
        """The weights by the names that weights.npz uses."""
        first = self.first.lstm if self.reads_text else self.first.cell
        cells = [first] + [layer.cell for layer in self.upper]
        named = {}
        for i, cell in enumerate(cells, start=1):
            named[f"lstm_{i}/kernel"] = cell.kernel
            named[f"lstm_{i}/recurrent_kernel"] = cell.recurrent_kernel
            named[f"lstm_{i}/bias"] = cell.bias
        if self.reads_text:
            named |= self.first.window.named_weights()
        named["output/kernel"] = self.head.kernel
        named["output/bias"] = self.head.bias
        return named

    def call(self, strokes, text=None, text_mask=None, dropout_seed=None):
        """Predicts, at every step, the mixture of the next offset.

        Args:
          strokes: [B, T, 3] offsets so far, normalised.
          text: [B, U] int32 ids with the terminator; None without a window.
          text_mask: [B, U] 1.0 on characters and the terminator.
          dropout_seed: int32 [2] of this step; None switches dropout off.

        Returns:
          [B, T, 6 M + 1] activations, see scribe.networks.mixtures.
        """
        return self.run(strokes, text, text_mask, dropout_seed)[0]

    def run(self, strokes, text=None, text_mask=None, dropout_seed=None):
        """As `call`; returns also phi [B, T, U] and kappa [B, T, K] (None, None)."""
        memory = self.read(text, text_mask) if self.reads_text else None
        return self.decode(strokes, memory, text_mask, dropout_seed)

    def read(self, text, text_mask, writer=None):
        """What the window moves over: [B, U, V], here the one-hot characters."""
        del text_mask, writer
        return tf.one_hot(text, self.alphabet_size)

    def decode(self, strokes, memory=None, text_mask=None, dropout_seed=None):
        """As `run`, of a text that is read already: memory [B, U, V]."""
        x = tf.transpose(strokes, [1, 0, 2])  # [T, B, 3]
        window = phi = kappa = None
        if self.reads_text:
            h, window, kappa, phi = self._run_first(x, memory, text_mask)
        else:
            h = self._run_lstm(self.first, x)
        hidden = [self._drop(h, dropout_seed, 0)]
        for i, layer in enumerate(self.upper, start=1):
            inputs = self._upper_inputs(i + 1, x, hidden[-1], window)
            h = self._run_lstm(layer, inputs)
            hidden.append(self._drop(h, dropout_seed, i))
        if self.recurrence == "fast":
            activations = recurrence.project(
                self._head_inputs(hidden), self.head.kernel, self.head.bias, tf.float32
            )
        else:
            activations = self.head(self._head_inputs(hidden))
        activations = tf.transpose(activations, [1, 0, 2])
        if self.reads_text:
            phi, kappa = tf.transpose(phi, [1, 0, 2]), tf.transpose(kappa, [1, 0, 2])
        return activations, phi, kappa

    def _upper_inputs(self, layer: int, x, below, window):
        """What layer number `layer` reads; `window` is None without text."""
        if not self.variant.has_skip(layer):
            return below
        parts = [x, below] + ([window] if self.reads_text else [])
        return tf.concat(parts, axis=-1)

    def _head_inputs(self, hidden):
        """What the output reads of the layers' outputs."""
        return tf.concat(hidden if self.variant.output_skips else hidden[-1:], axis=-1)

    def _run_first(self, x, memory, text_mask):
        if self.recurrence == "portable" or not self.first.is_fast:
            return recurrence.portable_window_lstm(self.first, x, memory, text_mask)
        cell, window = self.first.lstm, self.first.window
        stroke_kernel, feedback_kernel = tf.split(
            cell.kernel, [STROKE_DIM, self.alphabet_size]
        )
        dtype = tf.as_dtype(self.products)
        return recurrence.fast_window_lstm(
            recurrence.product_of_all_steps(x, stroke_kernel, dtype),
            tf.convert_to_tensor(cell.recurrent_kernel),
            tf.convert_to_tensor(cell.bias),
            feedback_kernel,
            tf.convert_to_tensor(window.kernel),
            tf.convert_to_tensor(window.bias),
            memory,
            text_mask,
            dtype,
        )

    def _run_lstm(self, layer, inputs):
        """[T, B, D] -> [T, B, H]."""
        dtype = tf.as_dtype(self.products)
        return recurrence.run_lstm(layer, inputs, self.recurrence, dtype)

    def _drop(self, h, seed, layer: int):
        if seed is None or self.dropout == 0.0:
            return h
        seed = tf.random.fold_in(seed, layer)
        return tf.nn.experimental.stateless_dropout(h, self.dropout, seed=seed)

    def initial_states(self, batch_size, num_characters=1):
        """States of all layers before the first step, all zero.

        Returns:
          list of tuples: the first layer's (h, c, window, kappa), or (h, c) without
          text, then (h, c) of each upper layer. What stands for kappa may be [B, U]
          with another attention, U being `num_characters`.
        """
        zeros = tf.zeros([batch_size, self.num_units])
        if self.reads_text:
            first = self.first.initial_states(batch_size, num_characters)
        else:
            first = (zeros, zeros)
        return [first] + [(zeros, zeros) for _ in self.upper]

    def step(self, strokes, states, memory=None, text_mask=None):
        """One step of the network with its states in the open, for sampling.

        Args:
          strokes: [B, 3] the last point.
          states: as `initial_states`.
          memory: as `read`; None without a window.
          text_mask: [B, U].

        Returns:
          activations [B, 6 M + 1], new states, phi [B, U] (None without text).
        """
        phi = window = None
        if self.reads_text:
            first, phi = self.first(strokes, states[0], memory, text_mask)
            window = first[2]
        else:
            _, first = self.first.cell(strokes, list(states[0]))
        hidden, new_states = [first[0]], [tuple(first)]
        upper = zip(self.upper, states[1:], strict=True)
        for i, (layer, state) in enumerate(upper, start=2):
            inputs = self._upper_inputs(i, strokes, hidden[-1], window)
            _, (h, c) = layer.cell(inputs, list(state))
            hidden.append(h)
            new_states.append((h, c))
        return self.head(self._head_inputs(hidden)), new_states, phi

    def position(self, states, phi):
        """Where the window stands, [B, K] in characters, after a step gave these."""
        return self.first.window.position(states[0][3], phi)

    def carried(self, kappa, phi):
        """What `initial_states` has in place of kappa, of a line that goes on."""
        return self.first.window.carried(kappa, phi)
