"""SketchRNN: a drawing as a point in a latent space, and back."""

import gin
import keras
import tensorflow as tf

from scribe.foundation.errors import InputError
from scribe.models.sizes import PEN_STATES, STROKE_DIM
from scribe.networks import recurrence
from scribe.networks.layers import backwards, fan_in_normal, lstm_layer


@gin.register(module="scribe")
class SketchRNN(keras.Model):
    """A variational autoencoder of whole drawings, here of words.

    Ha & Eck (2017), section 3.2: a bidirectional LSTM reads the drawing, its last
    outputs give the mean and the log variance of a latent vector z, and an LSTM that
    starts from tanh(W z) and sees z at every step draws it again, point by point, from
    a mixture of bivariate Gaussians and a choice of three pen states. With a
    `latent_dim` of 0 the decoder stands alone and draws unconditionally (section 3.3).

    What differs: plain LSTMs without layer normalisation; dropout on the decoder's
    outputs in place of recurrent dropout, which a hand-written gradient has no room
    for; log sigma and rho are bounded, as in scribe.networks.mixtures.

    Shapes: B batch, T pen steps, E `encoder_units`, D `decoder_units`, N `latent_dim`,
    M `num_mixtures`.
    """

    kind = "sketch_rnn"

    def __init__(
        self,
        encoder_units: int,
        decoder_units: int,
        latent_dim: int,
        num_mixtures: int,
        dropout: float,
        products: str,
    ):
        """Creates all weights.

        Args:
          encoder_units: E, cells of the encoder in each direction.
          decoder_units: D, cells of the decoder.
          latent_dim: N, numbers that a drawing becomes; 0 for a decoder alone.
          num_mixtures: M, Gaussians in the output.
          dropout: share of the decoder's outputs zeroed in training.
          products: "float32" or "bfloat16" operands of the matrix products.
        """
        super().__init__(name="sketch_rnn")
        if products not in ("float32", "bfloat16"):
            raise InputError(f"products={products!r}: use float32 or bfloat16")
        if not 0.0 <= dropout < 1.0:
            raise InputError(f"dropout={dropout}: must be in [0, 1)")
        for name, size in (
            ("encoder_units", encoder_units),
            ("decoder_units", decoder_units),
            ("num_mixtures", num_mixtures),
        ):
            if not isinstance(size, int) or size < 1:
                raise InputError(f"{name}={size!r}: must be a whole number from 1 on")
        if not isinstance(latent_dim, int) or latent_dim < 0:
            raise InputError(
                f"latent_dim={latent_dim!r}: must be a whole number, 0 for a decoder "
                "alone"
            )
        self.encoder_units = encoder_units
        self.decoder_units = decoder_units
        self.latent_dim = latent_dim
        self.num_mixtures = num_mixtures
        self.dropout = dropout
        self.products = products
        if latent_dim:
            self.encoders = [
                lstm_layer(encoder_units, STROKE_DIM, f"encoder_{direction}")
                for direction in ("forward", "backward")
            ]
            self.latent = _dense(2 * encoder_units, 2 * latent_dim, "latent")
            self.start = _dense(latent_dim, 2 * decoder_units, "start")
        self.decoder = lstm_layer(decoder_units, STROKE_DIM + latent_dim, "decoder")
        self.head = _dense(decoder_units, 6 * num_mixtures + PEN_STATES, "output")
        self.built = True

    def sizes(self) -> dict[str, int]:
        """What model.json says of the shape of the network."""
        return {
            "encoder_units": self.encoder_units,
            "decoder_units": self.decoder_units,
            "latent_dim": self.latent_dim,
            "num_mixtures": self.num_mixtures,
        }

    def named_weights(self) -> dict[str, keras.Variable]:
        """The weights by the names that weights.npz uses."""
        named = {}
        recurrent, dense = [self.decoder], [self.head]
        if self.latent_dim:
            recurrent = [*self.encoders, self.decoder]
            dense = [self.latent, self.start, self.head]
        for layer in recurrent:
            named[f"{layer.name}/kernel"] = layer.cell.kernel
            named[f"{layer.name}/recurrent_kernel"] = layer.cell.recurrent_kernel
            named[f"{layer.name}/bias"] = layer.cell.bias
        for layer in dense:
            named[f"{layer.name}/kernel"] = layer.kernel
            named[f"{layer.name}/bias"] = layer.bias
        return named

    def encode(self, drawings, lengths):
        """What a drawing may be in the latent space (equations 2 and 3).

        Args:
          drawings: [B, T, 5] stroke-5 rows.
          lengths: [B] int32, rows of each that count.

        Returns:
          mu [B, N] and log sigma^2 [B, N].
        """
        x = tf.transpose(drawings, [1, 0, 2])
        turned = backwards(x, lengths)
        last = tf.stack([lengths - 1, tf.range(tf.shape(lengths)[0])], axis=1)
        outputs = [
            tf.gather_nd(self._run(layer, self._projected(layer, rows)), last)
            for layer, rows in zip(self.encoders, (x, turned), strict=True)
        ]
        return tf.split(self.latent(tf.concat(outputs, axis=-1)), 2, axis=-1)

    def decode(self, drawings, z=None, dropout_seed=None):
        """Predicts, at every step, the mixture of the next row (equations 6 to 8).

        Args:
          drawings: [B, T, 5] rows so far.
          z: [B, N] latent vectors; None for a decoder alone.
          dropout_seed: int32 [2] of this step; None switches dropout off.

        Returns:
          [B, T, 6 M + 3] activations, see scribe.networks.sketch_losses.
        """
        x = tf.transpose(drawings, [1, 0, 2])
        if z is None:
            h = self._run(self.decoder, self._projected(self.decoder, x))
        else:
            stroke_kernel, latent_kernel = tf.split(
                self.decoder.cell.kernel, [STROKE_DIM, self.latent_dim]
            )
            projected = recurrence.project(
                x, stroke_kernel, self.decoder.cell.bias, tf.float32
            )
            projected += tf.matmul(z, latent_kernel)  # the same at every step
            initial = tf.split(tf.tanh(self.start(z)), 2, axis=-1)
            h = self._run(self.decoder, projected, initial)
        if dropout_seed is not None and self.dropout:
            h = tf.nn.experimental.stateless_dropout(h, self.dropout, seed=dropout_seed)
        activations = recurrence.project(
            h, self.head.kernel, self.head.bias, tf.as_dtype(self.products)
        )
        return tf.transpose(activations, [1, 0, 2])

    def _projected(self, layer, x):
        return recurrence.project(x, layer.cell.kernel, layer.cell.bias, tf.float32)

    def _run(self, layer, projected, initial=None):
        """[T, B, 4 H] -> [T, B, H]."""
        return recurrence.fast_lstm(
            projected,
            tf.convert_to_tensor(layer.cell.recurrent_kernel),
            tf.as_dtype(self.products),
            initial,
        )


def _dense(inputs: int, outputs: int, name: str) -> keras.layers.Dense:
    layer = keras.layers.Dense(
        outputs, kernel_initializer=fan_in_normal(inputs), name=name
    )
    layer.build((None, inputs))
    return layer
