"""The Keras networks of word images, their layers and losses, and a network's files.

ScrabbleGAN's three players are the `generator`, the `discriminator` and the
`recognizer_network`. Each file is a network, a layer or losses, as functions of
tensors; only they import TensorFlow. `network_files` reads and writes weights.npz and
model.json, for all kinds of models.
"""

from scrabblegan.networks.network_files import (
    read_description,
    read_weights,
    save_network,
    set_weights,
)

__all__ = ["read_description", "read_weights", "save_network", "set_weights"]
