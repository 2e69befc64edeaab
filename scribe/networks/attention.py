"""Attention that looks at all characters at once, in place of the Gaussian window.

These layers do what scribe.networks.layers.GaussianWindow does for the first layer of a
network: from its output they find a weight for each character and return the weighted
mean. What is carried from step to step are these weights. Nothing makes them move
forward.

Shapes: B batch, U characters, E width of what stands for a character, Q width of the
query, A `num_units`.
"""

import keras
import tensorflow as tf

from scribe.networks.layers import fan_in_normal


class ContentAttention(keras.layers.Layer):
    """Additive attention of Bahdanau et al. (2015), appendix A.1.2.

    energy(u) = v . tanh(W q + V m(u) + b), weights phi = softmax over the characters.
    V m(u) is the same at every step: `prepare` puts it beside m(u) once.
    """

    def __init__(self, query_dim: int, memory_dim: int, num_units: int):
        super().__init__(name="attention")
        self.memory_dim, self.num_units = memory_dim, num_units
        self.query = self._kernel("query", query_dim)
        self.keys = self._kernel("keys", memory_dim)
        self.bias = self.add_weight(name="bias", shape=[num_units], initializer="zeros")
        self.energy = self.add_weight(
            name="energy", shape=[num_units], initializer=fan_in_normal(num_units)
        )
        self.built = True

    def _kernel(self, name: str, input_dim: int):
        return self.add_weight(
            name=name,
            shape=[input_dim, self.num_units],
            initializer=fan_in_normal(input_dim),
        )

    def named_weights(self) -> dict[str, keras.Variable]:
        """The weights by the names that weights.npz uses."""
        return {
            f"attention/{name}": getattr(self, name)
            for name in ("query", "keys", "bias", "energy")
        }

    def prepare(self, memory):
        """m and V m side by side: [B, U, E] -> [B, U, E + A]."""
        return tf.concat([memory, tf.einsum("bue,ea->bua", memory, self.keys)], -1)

    def initial_state(self, batch_size, num_characters):
        """Weights [B, U] before the first step: all on the first character."""
        return tf.repeat(tf.one_hot([0], num_characters), batch_size, axis=0)

    def position(self, weights, phi):
        """Where the weights lie in the mean, in characters: [B, 1]."""
        del weights
        u = tf.range(tf.shape(phi)[1], dtype=phi.dtype)
        return tf.reduce_sum(phi * u, axis=1, keepdims=True)

    def carried(self, kappa, phi):
        """What is carried to the next step, of these two: phi [B, U]."""
        del kappa
        return phi

    def call(self, inputs, weights, text, text_mask):
        """Looks at the text once.

        Args:
          inputs: [B, Q] output of the first LSTM at this step.
          weights: [B, U] of the step before.
          text: [B, U, E + A] as `prepare`.
          text_mask: [B, U] 1.0 on characters and the terminator, 0.0 on padding.

        Returns:
          window [B, E], weights [B, U], phi [B, U], the same.
        """
        memory, keys = tf.split(text, [self.memory_dim, self.num_units], axis=-1)
        query = tf.matmul(inputs, self.query) + self.bias
        parts = query[:, None] + keys + self._where(weights)
        energies = tf.einsum("bua,a->bu", tf.tanh(parts), self.energy)
        phi = tf.nn.softmax(tf.where(text_mask > 0.0, energies, -1e9))
        return tf.matmul(phi[:, None], memory)[:, 0], phi, phi

    def _where(self, weights):
        """What the weights of the step before add to the energies' inputs."""
        del weights
        return 0.0


class LocationAttention(ContentAttention):
    """Location-sensitive attention of Chorowski et al. (2015), equations 8 and 9.

    The weights of the step before, convolved with `num_filters` learnt filters of
    `width` characters, take part: energy(u) = v . tanh(W q + V m(u) + U f(u) + b).
    """

    def __init__(
        self,
        query_dim: int,
        memory_dim: int,
        num_units: int,
        num_filters: int,
        width: int,
    ):
        super().__init__(query_dim, memory_dim, num_units)
        self.filters = self.add_weight(
            name="filters",
            shape=[width, 1, num_filters],
            initializer=fan_in_normal(width),
        )
        self.location = self._kernel("location", num_filters)

    def named_weights(self) -> dict[str, keras.Variable]:
        return super().named_weights() | {
            "attention/filters": self.filters,
            "attention/location": self.location,
        }

    def _where(self, weights):
        found = tf.nn.conv1d(weights[:, :, None], self.filters, 1, "SAME")
        return tf.einsum("buf,fa->bua", found, self.location)
