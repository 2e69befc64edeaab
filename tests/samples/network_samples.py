"""Losses and gradients of stroke networks, and how far two arrays differ."""

import numpy as np
import tensorflow as tf

from scribe.networks import mixtures


def loss_and_gradients(network, batch, dropout_seed=None):
    """Masked mean loss and its gradient by weight name, compiled as in training."""
    variables = {n: v.value for n, v in network.named_weights().items()}

    @tf.function
    def compute():
        with tf.GradientTape() as tape:
            text = (batch["text"], batch["text_mask"]) if network.reads_text else ()
            activations = network(
                batch["strokes"][:, :-1], *text, dropout_seed=dropout_seed
            )
            nats = -mixtures.log_likelihood(activations, batch["strokes"][:, 1:])
            mask = batch["stroke_mask"][:, 1:]
            loss = tf.reduce_sum(mask * nats) / tf.reduce_sum(mask)
        return loss, tape.gradient(loss, list(variables.values()))

    loss, gradients = compute()
    return float(loss), dict(
        zip(variables, (np.asarray(g) for g in gradients), strict=True)
    )


def copy_weights(source, target):
    for name, variable in target.named_weights().items():
        variable.assign(source.named_weights()[name])


def relative_difference(a, b):
    return np.linalg.norm(a - b) / (np.linalg.norm(b) + 1e-12)
