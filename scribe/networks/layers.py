"""The soft window over the text, and the cell that drives it."""

import keras
import tensorflow as tf

from scribe.models.variant import (
    GRAVES,
    MAX_WINDOW_LOG,
    MIN_SOFTPLUS_WIDTH,
    MIN_WINDOW_LOG,
    SOFTPLUS_STEPS_PER_CHARACTER,
    Variant,
)


class GaussianWindow(keras.layers.Layer):
    """Soft window that slides over the text while the pen writes it.

    Graves (2013), section 5.1, equations 46 to 51: a sum of `num_components` Gaussians
    on the character axis whose centres `kappa` only move forward, which makes the model
    read left to right. Characters are counted from 0; the slot after the last one is
    the terminator. What differs: the logarithms of alpha, beta and delta kappa are
    clipped to [-8, 5] (or `form` says otherwise), and the biases start so that the
    window is some two characters wide and moves by a character in about 16 points, as a
    pen does.

    Shapes: B batch, U characters, V alphabet size, D `input_dim`, K `num_components`.
    """

    def __init__(
        self, num_components: int, input_dim: int, form: str = "clipped_exp", **kwargs
    ):
        super().__init__(**kwargs, autocast=False)  # kappa stays float64
        self.num_components = num_components
        self.form = form
        self.build((None, input_dim))

    def build(self, input_shape):
        num_components = self.num_components
        start = tf.repeat([0.0, -1.5, -2.8], num_components)

        def initial_bias(shape, dtype=None):
            return tf.cast(start, dtype) + 0.3 * keras.random.normal(shape)

        self.kernel = self.add_weight(
            name="kernel",
            shape=[input_shape[-1], 3 * num_components],
            initializer=fan_in_normal(input_shape[-1]),
        )
        self.bias = self.add_weight(
            name="bias", shape=[3 * num_components], initializer=initial_bias
        )
        self.built = True

    def named_weights(self) -> dict[str, keras.Variable]:
        """The weights by the names that weights.npz uses."""
        return {"window/kernel": self.kernel, "window/bias": self.bias}

    def prepare(self, memory):
        """What `call` takes as text, of what the window is to read: the same."""
        return memory

    def initial_state(self, batch_size, num_characters):
        """kappa [B, K] before the first step."""
        del num_characters
        return tf.zeros([batch_size, self.num_components])

    def position(self, kappa, phi):
        """Where the window stands, in characters: kappa [B, K]."""
        del phi
        return kappa

    # What is carried to the next step, of these two, is the first as well.
    carried = position

    def call(self, inputs, kappa, text, text_mask):
        """Advances the window by one pen step and reads the text under it.

        Args:
          inputs: [B, D] output of the first LSTM at this step.
          kappa: [B, K] window centres after the previous step, in characters; float64
            where they are sums of hundreds of steps that must not differ.
          text: [B, U, V] one-hot characters, or what an encoder made of them.
          text_mask: [B, U] 1.0 on characters and the terminator, 0.0 on padding.

        Returns:
          window [B, V], kappa [B, K], phi [B, U] (not normalised).
        """
        raw = tf.matmul(inputs, self.kernel) + self.bias
        alpha, beta, step = window_parameters(raw, self.form)
        kappa = kappa + tf.cast(step, kappa.dtype)  # [B, K]
        phi = window_weights(alpha, beta, kappa, text_mask)
        window = tf.einsum("bu,buv->bv", phi, text)
        return window, kappa, phi


def window_parameters(raw, form: str):
    """alpha, beta and delta kappa [.., K] from [.., 3 K], see
    scribe.models.variant.Variant.

    The softplus form is that of a program that this project imports: delta kappa is
    divided by 25, and beta, at least 0.01, divides the squared distance.
    """
    if form == "softplus":
        alpha, width, step = tf.split(tf.nn.softplus(raw), 3, axis=-1)
        beta = 1.0 / tf.maximum(width, MIN_SOFTPLUS_WIDTH)
        return alpha, beta, step / SOFTPLUS_STEPS_PER_CHARACTER
    if form == "clipped_exp":
        raw = tf.clip_by_value(raw, MIN_WINDOW_LOG, MAX_WINDOW_LOG)
    return tf.split(tf.exp(raw), 3, axis=-1)


def window_weights(alpha, beta, kappa, text_mask):
    """phi(t, u) of equation 46 for all characters u: [B, K] three times -> [B, U]."""
    u = tf.range(tf.shape(text_mask)[1], dtype=kappa.dtype)
    distance = tf.cast(kappa[:, :, None] - u, alpha.dtype)  # [B, K, U]
    components = alpha[:, :, None] * tf.exp(-beta[:, :, None] * tf.square(distance))
    return tf.reduce_sum(components, axis=1) * text_mask


class WindowCell(keras.layers.Layer):
    """First layer of the synthesis network: an LSTM cell and its window.

    Graves (2013), section 5.2, equation 52: the LSTM reads the pen's offset and the
    window of the previous step; its output then moves the window. `variant` may take
    the first connection away, and add to the second what the LSTM has read.

    Shapes as in `GaussianWindow`; D is the width of the input, H `num_units`.
    """

    def __init__(
        self,
        num_units: int,
        input_dim: int,
        alphabet_size: int,
        num_components: int,
        variant: Variant = GRAVES,
        attention=None,
    ):
        """`attention` is a layer of scribe.networks.attention; None for a
        GaussianWindow."""
        super().__init__(name="window_cell", autocast=False)  # of kappa
        self.alphabet_size = alphabet_size
        self.variant = variant
        read = input_dim + alphabet_size
        self.lstm = lstm_cell(num_units, read if variant.window_feedback else input_dim)
        self.is_fast = attention is None and variant.has_fast_window
        self.window = attention or GaussianWindow(
            num_components,
            num_units + (read if variant.window_reads_input else 0),
            variant.window_form,
            name="window",
        )
        self.built = True

    def initial_states(self, batch_size, num_characters=1):
        """h [B, H], c [B, H], window [B, V], kappa [B, K], all zero."""
        widths = [self.lstm.units, self.lstm.units, self.alphabet_size]
        zeros = tuple(tf.zeros([batch_size, width]) for width in widths)
        return (*zeros, self.window.initial_state(batch_size, num_characters))

    def call(self, inputs, states, text, text_mask):
        """One pen step.

        Args:
          inputs: [B, D].
          states: as `initial_states`.
          text: [B, U, V] one-hot characters.
          text_mask: [B, U].

        Returns:
          new states, phi [B, U].
        """
        h, c, window, kappa = states
        read = tf.concat([inputs, window], axis=-1)
        _, (h, c) = self.lstm(read if self.variant.window_feedback else inputs, [h, c])
        moves = tf.concat([read, h], axis=-1) if self.variant.window_reads_input else h
        window, kappa, phi = self.window(moves, kappa, text, text_mask)
        return (h, c, window, kappa), phi


def fan_in_normal(fan_in: int) -> keras.initializers.Initializer:
    """N(0, 1 / fan_in): keeps the variance of what passes through."""
    return keras.initializers.RandomNormal(stddev=fan_in**-0.5)


def lstm_options(num_units: int, input_dim: int) -> dict:
    """Arguments of every LSTM here: forget bias 1, weights by fan in."""
    fan_in = input_dim + num_units
    return {
        "units": num_units,
        "kernel_initializer": fan_in_normal(fan_in),
        "recurrent_initializer": fan_in_normal(fan_in),
        "unit_forget_bias": True,
    }


def lstm_cell(num_units: int, input_dim: int) -> keras.layers.LSTMCell:
    """A built LSTM cell."""
    cell = keras.layers.LSTMCell(**lstm_options(num_units, input_dim))
    cell.build((None, input_dim))
    return cell


def lstm_layer(num_units: int, input_dim: int, name: str) -> keras.layers.LSTM:
    """A built LSTM that returns all steps; on a GPU TensorFlow runs it in cuDNN."""
    layer = keras.layers.LSTM(
        return_sequences=True, name=name, **lstm_options(num_units, input_dim)
    )
    layer.build((None, None, input_dim))
    return layer


def backwards(x: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
    """Each sequence read from its end; the padding stays behind it.

    Args:
      x: [T, B, ...].
      lengths: int [B], steps of each sequence that count.
    """
    return tf.reverse_sequence(x, lengths, seq_axis=0, batch_axis=1)
