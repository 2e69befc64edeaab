"""The files of a trained network, of a run or shipped: weights.npz and model.json.

model.json says what kind of model the network belongs to, and its sizes.
"""

import json
from pathlib import Path

import numpy as np

from scribe.foundation.errors import InputError
from scribe.foundation.files import load_arrays, save_arrays, write_whole
from scribe.foundation.json_files import read_json

MAX_SIZE = 10_000  # units, channels or characters of a network


def read_description(folder: Path, kind: str | None = None) -> dict:
    """What model.json says.

    Args:
      folder: of the model.
      kind: that it must be of; its sizes are then checked to be whole numbers.

    Raises:
      InputError: it is damaged, or of another kind.
    """
    path = folder / "model.json"
    found = read_json(path)
    try:
        found_kind, sizes = str(found["kind"]), found["sizes"]
        if kind is not None:
            found["network"] = str(found["network"])
            found["sizes"] = {str(name): _whole(size) for name, size in sizes.items()}
        else:
            _check_sizes(sizes)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise InputError(f"{path} is damaged: {error!r}") from error
    if kind not in (None, found_kind):
        raise InputError(f"{path}: a model of kind {found_kind!r}, not {kind!r}")
    return found


def _whole(size):
    """A size as a whole number, or nested lists of them."""
    if isinstance(size, list):
        return [_whole(n) for n in size]
    _check_sizes(int(size))
    return int(size)


def _check_sizes(sizes) -> None:
    """Refuses sizes of networks that no machine could build."""
    if isinstance(sizes, dict | list):
        for size in sizes.values() if isinstance(sizes, dict) else sizes:
            _check_sizes(size)
    elif isinstance(sizes, int | float) and not 0 <= sizes <= MAX_SIZE:
        raise ValueError(f"the size {sizes!r} must be from 0 to {MAX_SIZE:,}")


def read_weights(folder: Path) -> dict[str, np.ndarray]:
    """The arrays of weights.npz, float32.

    Raises:
      InputError: the file is damaged.
    """
    return load_arrays(folder / "weights.npz")


def set_weights(folder: Path, variables: dict, weights: dict[str, np.ndarray]) -> None:
    """Gives variables their stored values.

    Args:
      folder: where the weights were read from, for the message of an error.
      variables: of Keras, by name.
      weights: by the same names.

    Raises:
      InputError: names or shapes differ.
    """
    for name in sorted(variables.keys() | weights.keys()):
        expected = tuple(variables[name].shape) if name in variables else "expected"
        found = weights[name].shape if name in weights else "missing"
        if expected != found:
            raise InputError(
                f"{folder}: weights.npz does not fit the network: {name} is {found}, "
                f"not {expected}"
            )
        variables[name].assign(weights[name])


def save_network(
    folder: Path, description: dict, weights: dict[str, np.ndarray]
) -> None:
    """Writes weights.npz (float16: at most 0.1 % off) and model.json."""
    save_arrays(folder / "weights.npz", weights, "float16")
    text = f"{json.dumps(description, indent=2)}\n"
    write_whole(folder / "model.json", text.encode())
