"""A writer with a text encoder: LSTMs that read the whole text before they write."""

import gin
import keras
import tensorflow as tf

from scribe.foundation.errors import InputError
from scribe.models.sizes import ATTENTIONS, decoder_sizes
from scribe.networks import recurrence
from scribe.networks.attention import ContentAttention, LocationAttention
from scribe.networks.attention_rnn import AttentionRNN
from scribe.networks.layers import backwards, lstm_layer


class TextEncoder(keras.layers.Layer):
    """Characters, each in the light of those before and after it.

    An embedding and a bidirectional LSTM whose two outputs are added, as in Graves and
    Schmidhuber (2005), "Framewise Phoneme Classification with Bidirectional LSTM".

    Shapes: B batch, U characters, E `num_units`.
    """

    def __init__(
        self,
        alphabet_size: int,
        embedding_dim: int,
        num_units: int,
        num_writers: int,
        form: str,
        dtype: tf.DType,
    ):
        """Creates all weights.

        Args:
          alphabet_size: with the terminator, which is read as well.
          embedding_dim: width of the embedding.
          num_units: E, cells in each direction.
          num_writers: that have a vector, which is added to all characters of a text.
          form, dtype: as scribe.networks.recurrence.run_lstm.
        """
        super().__init__(name="encoder")
        self.form, self.products = form, dtype
        self.embedding = self.add_weight(
            name="embedding",
            shape=[alphabet_size, embedding_dim],
            initializer=keras.initializers.RandomNormal(stddev=1.0),
        )
        self.forward = lstm_layer(num_units, embedding_dim, "forward")
        self.backward = lstm_layer(num_units, embedding_dim, "backward")
        self.writers = None
        if num_writers:
            self.writers = self.add_weight(
                name="writers",
                shape=[num_writers + 1, num_units],
                initializer=keras.initializers.RandomNormal(stddev=0.1),
            )
        self.built = True

    def named_weights(self) -> dict[str, keras.Variable]:
        """The weights by the names that weights.npz uses."""
        named = {"encoder/embedding": self.embedding}
        for layer in (self.forward, self.backward):
            for part in ("kernel", "recurrent_kernel", "bias"):
                named[f"encoder/{layer.name}/{part}"] = getattr(layer.cell, part)
        if self.writers is not None:
            named["encoder/writers"] = self.writers
        return named

    def call(self, text, text_mask, writer=None):
        """Reads texts.

        Args:
          text: [B, U] int32 ids with the terminator.
          text_mask: [B, U] 1.0 on characters and the terminator.
          writer: [B] int32 numbers from 1, 0 if unknown; None for all unknown.

        Returns:
          [B, U, E], zero on padding.
        """
        lengths = tf.cast(tf.reduce_sum(text_mask, axis=1), tf.int32)
        # A product, not a lookup, whose gradient would be sparse.
        one_hot = tf.one_hot(tf.transpose(text), self.embedding.shape[0])
        x = tf.einsum("ubv,vd->ubd", one_hot, self.embedding)
        there = self._run(self.forward, x)
        back = self._run(self.backward, backwards(x, lengths))
        memory = tf.transpose(there + backwards(back, lengths), [1, 0, 2])
        if self.writers is not None:
            writer = tf.zeros_like(lengths) if writer is None else writer
            who = tf.one_hot(writer, self.writers.shape[0])
            memory += tf.matmul(who, self.writers)[:, None]
        return memory * text_mask[:, :, None]

    def _run(self, layer, x):
        return recurrence.run_lstm(layer, x, self.form, self.products)


@gin.register(module="scribe")
class EncoderDecoder(keras.Model):
    """Text encoder, attention, and Graves' network as the decoder.

    The decoder is that of scribe.networks.attention_rnn: LSTM layers that read the
    pen's last offset and the attention's context, all of which feed a mixture of M
    bivariate Gaussians and a Bernoulli pen. It looks at what the encoder made of the
    characters where Graves' looks at the characters. `attention` says how:

    - "gaussian": Graves' window (2013, section 5.1), whose centres only move forward,
    - "content": additive attention (Bahdanau et al. 2015),
    - "location": the same that sees where it has just looked (Chorowski et al. 2015).

    Shapes: B batch, T pen steps, U characters, E `encoder_units`.
    """

    kind = "encoder_decoder"
    reads_text = True

    def __init__(
        self,
        num_layers: int,
        num_units: int,
        num_mixtures: int,
        embedding_dim: int,
        encoder_units: int,
        attention: str,
        num_window_components: int,
        attention_units: int,
        location_filters: int,
        location_width: int,
        dropout: float,
        recurrence: str,
        products: str,
        alphabet_size: int,
        num_writers: int = 0,
    ):
        """Creates all weights.

        Args:
          num_layers, num_units, num_mixtures: of the decoder.
          embedding_dim: width of a character's embedding.
          encoder_units: E, cells of the encoder in each direction.
          attention: "gaussian", "content" or "location".
          num_window_components: Gaussians of the window, for "gaussian".
          attention_units: hidden units of the energies, for the other two.
          location_filters, location_width: filters and their width in characters, for
            "location".
          dropout, recurrence, products: as AttentionRNN, of encoder and decoder.
          alphabet_size: with the terminator.
          num_writers: writers whose hands are learnt as a vector each, of a corpus that
            names them (StrokeDataset.known_writers).
        """
        super().__init__(name=self.kind)
        if attention not in ATTENTIONS:
            raise InputError(f"attention={attention!r}: use {', '.join(ATTENTIONS)}")
        self._sizes = {
            "num_layers": num_layers,
            "num_units": num_units,
            "num_mixtures": num_mixtures,
            "embedding_dim": embedding_dim,
            "encoder_units": encoder_units,
            "attention": attention,
            "num_window_components": num_window_components,
            "attention_units": attention_units,
            "location_filters": location_filters,
            "location_width": location_width,
            "alphabet_size": alphabet_size,
            "num_writers": num_writers,
        }
        for name, size in self._sizes.items():
            least = 0 if name == "num_writers" else 1
            if name != "attention" and (not isinstance(size, int) or size < least):
                raise InputError(
                    f"{name}={size!r}: must be a whole number from {least} on"
                )
        layers = {
            "gaussian": None,
            "content": lambda: ContentAttention(
                num_units, encoder_units, attention_units
            ),
            "location": lambda: LocationAttention(
                num_units,
                encoder_units,
                attention_units,
                location_filters,
                location_width,
            ),
        }
        self.decoder = AttentionRNN(
            **decoder_sizes(self._sizes),
            dropout=dropout,
            recurrence=recurrence,
            products=products,
            attention=layers[attention],
        )
        self.encoder = TextEncoder(
            alphabet_size,
            embedding_dim,
            encoder_units,
            num_writers,
            self.decoder.recurrence,
            tf.as_dtype(products),
        )
        self.variant = self.decoder.variant
        self.num_writers = num_writers
        self.built = True

    def sizes(self) -> dict[str, int | str]:
        """What model.json says of the shape of the network."""
        return dict(self._sizes)

    def named_weights(self) -> dict[str, keras.Variable]:
        """The weights by the names that weights.npz uses."""
        return self.encoder.named_weights() | self.decoder.named_weights()

    def call(self, strokes, text, text_mask, writer=None, dropout_seed=None):
        """Predicts, at every step, the mixture of the next offset.

        Args:
          strokes: [B, T, 3] offsets so far, normalised.
          text: [B, U] int32 ids with the terminator.
          text_mask: [B, U] 1.0 on characters and the terminator.
          writer: [B] int32 numbers from 1, 0 if unknown; None for all unknown.
          dropout_seed: int32 [2] of this step; None switches dropout off.

        Returns:
          [B, T, 6 M + 1] activations, see scribe.networks.mixtures.
        """
        return self.run(strokes, text, text_mask, writer, dropout_seed)[0]

    def run(self, strokes, text, text_mask, writer=None, dropout_seed=None):
        """As `call`; returns also phi [B, T, U] and what AttentionRNN calls kappa."""
        memory = self.read(text, text_mask, writer)
        return self.decoder.decode(strokes, memory, text_mask, dropout_seed)

    def read(self, text, text_mask, writer=None):
        """The encoder's outputs as the attention takes them: [B, U, E or more]."""
        memory = self.encoder(text, text_mask, writer)
        return self.decoder.first.window.prepare(memory)

    def initial_states(self, batch_size, num_characters=1):
        """As AttentionRNN.initial_states."""
        return self.decoder.initial_states(batch_size, num_characters)

    def step(self, strokes, states, memory, text_mask):
        """As AttentionRNN.step; `memory` as `read`."""
        return self.decoder.step(strokes, states, memory, text_mask)

    def position(self, states, phi):
        """As AttentionRNN.position."""
        return self.decoder.position(states, phi)

    def carried(self, kappa, phi):
        """As AttentionRNN.carried."""
        return self.decoder.carried(kappa, phi)
