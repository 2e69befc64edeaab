"""The files of a model: weights.npz and model.json, of a run or shipped."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from scribe.errors import InputError
from scribe.files import load_arrays, save_arrays, write_whole
from scribe.resources import pretrained_folder, pretrained_models

FILES = ("model.json", "weights.npz")


def load(name: str):
    """A generator: of a run folder, or a shipped model by its name.

    Raises:
      InputError: there is no such model, or this package cannot draw with it.
    """
    folder = find(name)
    kind = description(folder)["kind"]
    if kind != "digit_generator":
        raise InputError(f"{folder} is a model of kind {kind!r}, not a generator")
    from scrabblegan.digit_generator import DigitGenerator

    return DigitGenerator.load(folder)


def find(name: str) -> Path:
    """The folder of a model: a path, or the name of a shipped one."""
    folder = Path(name)
    if not folder.is_dir() and "/" not in name:
        folder = pretrained_folder() / name
    if not folder.is_dir():
        shipped = pretrained_models("digit")
        raise InputError(
            f"there is no model {name!r}: use a run folder or a shipped model "
            f"({', '.join(shipped) or 'none is here'})"
        )
    for file in FILES:
        if not (folder / file).is_file():
            raise InputError(
                f"{folder} has no {file}: its training has not reached the first "
                "validation, or it is not a run folder"
            )
    return folder


def description(folder: Path, kind: str | None = None) -> dict:
    """What model.json says.

    Raises:
      InputError: it is damaged, or of another kind than `kind`.
    """
    path = folder / "model.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        found_kind, sizes = found["kind"], found["sizes"]
        if kind is not None:
            found["network"] = str(found["network"])
            found["sizes"] = {str(name): int(size) for name, size in sizes.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path} is damaged: {error!r}") from error
    if kind not in (None, found_kind):
        raise InputError(f"{path}: a model of kind {found_kind!r}, not {kind!r}")
    return found


def load_weights(folder: Path) -> dict[str, np.ndarray]:
    """The arrays of weights.npz, float32.

    Raises:
      InputError: the file is damaged.
    """
    return load_arrays(folder / "weights.npz")


def assign(folder: Path, variables: dict, weights: dict[str, np.ndarray]) -> None:
    """Gives variables their stored values.

    Raises:
      InputError: names or shapes differ.
    """
    for name in sorted(variables.keys() | weights.keys()):
        expected = tuple(variables[name].shape) if name in variables else "expected"
        found = weights[name].shape if name in weights else "missing"
        if expected != found:
            raise InputError(
                f"{folder}: weights.npz does not fit model.json: {name} is {found}, "
                f"not {expected}"
            )
        variables[name].assign(weights[name])


def save(folder: Path, description: dict, weights: dict[str, np.ndarray]) -> None:
    """Writes weights.npz (float16: at most 0.1 % off) and model.json."""
    save_arrays(folder / "weights.npz", weights, "float16")
    text = f"{json.dumps(description, indent=2)}\n"
    write_whole(folder / "model.json", text.encode())


def replace(path: Path, write: Callable) -> None:
    """Gives `write` a file in memory and puts it to `path`, whole or not at all."""
    data = io.BytesIO()
    write(data)
    write_whole(path, data.getvalue())
