"""Starting a training from a trained model, whose letters may be others.

So some thousand words of a new hand are enough: the model has learnt elsewhere what
letters look like.
"""

import numpy as np

from scrabblegan.models.registry import find_model
from scrabblegan.networks import (
    read_description,
    read_weights,
    set_weights,
)
from scribe.foundation.alphabet import TERMINATOR_ID, Alphabet
from scribe.foundation.errors import InputError


def start(network, alphabet: Alphabet, kind: str, name: str) -> None:
    """Gives a network the weights of a trained model.

    What belongs to a character goes with the character, whatever its id. One that the
    model does not know begins as its look-alike (ä as a), or as it is in the network.

    Args:
      network: built; a Generator or a RecognizerNetwork.
      alphabet: the network's.
      kind: that the model must be of.
      name: its run folder, or the name of a shipped one.

    Raises:
      InputError: there is no such model, or it is of another kind or size.
    """
    folder = find_model(name)
    described = read_description(folder)
    if described["kind"] != kind:
        raise InputError(
            f"{folder} is a model of kind {described['kind']!r}; wanted is a {kind}"
        )
    known = Alphabet(described.get("alphabet") or " ")
    variables, weights = network.named_weights(), read_weights(folder)
    for path, axis in network.character_axes().items():
        rows = np.moveaxis(variables[path].numpy(), axis, 0)
        learnt = np.moveaxis(weights.get(path, rows), axis, 0)
        if rows.shape[1:] == learnt.shape[1:]:
            for own_id, other_id in _counterparts(alphabet, known).items():
                rows[own_id] = learnt[other_id]
            weights[path] = np.moveaxis(rows, 0, axis)
    set_weights(folder, variables, weights)  # complains of what else does not fit


def _counterparts(alphabet: Alphabet, known: Alphabet) -> dict[int, int]:
    """Ids of an alphabet, and which of another's stand for the same."""
    found = {TERMINATOR_ID: TERMINATOR_ID}
    for own_id, character in enumerate(alphabet.characters, 1):
        like = known.adapt(character, "replace")
        if like:
            found[own_id] = int(known.encode(like)[0])
    return found
