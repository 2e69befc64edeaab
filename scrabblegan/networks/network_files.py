"""The kinds of models of this package, and the files of one: of a run, or shipped.

A model is a folder with weights.npz and model.json, which says its kind. Commands go by
what `KINDS` says of it, so that a new kind is a new row there.
"""

import dataclasses
import importlib
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from scribe.foundation.errors import InputError
from scribe.foundation.files import load_arrays, save_arrays, write_whole
from scribe.models.shipped import kind_of, pretrained_folder, pretrained_models

FILES = ("model.json", "weights.npz")


@dataclasses.dataclass(frozen=True)
class Kind:
    """What the commands need to know of a kind of models; modules by their names.

    Attributes:
      module, name: the class that a model of this kind is loaded into, by
        `load(folder)`.
      data_dir: where its corpus lies unless told otherwise.
      draws: whether it makes images: its class then has `picture`.
      evaluation: the module that measures it, with `measure` and `report`; None if
        there is none.
      judge: the shipped model that judges it; None if it needs none.
      num_samples: how many images of it are measured unless told otherwise.
    """

    module: str
    name: str
    data_dir: str
    draws: bool = False
    evaluation: str | None = None
    judge: str | None = None
    num_samples: int = 0

    def load(self, folder: Path):
        """The model in a folder.

        Raises:
          InputError: its files are damaged or do not fit each other.
        """
        module = importlib.import_module(f"scrabblegan.{self.module}")
        return getattr(module, self.name).load(folder)


KINDS = {
    "digit_generator": Kind(
        "digits.generator",
        "DigitGenerator",
        data_dir="data/mnist.npz",
        draws=True,
        evaluation="digits.evaluation",
        judge="digits_classifier",
        num_samples=10_000,
    ),
    "digit_classifier": Kind("digits.classifier", "Judge", data_dir="data/mnist.npz"),
    "recognizer": Kind(
        "models.recognizer",
        "Recognizer",
        data_dir="data/iam_words",
        evaluation="evaluation.recognizers",
        num_samples=10_000,
    ),
    "scrabblegan": Kind(
        "models.word_writer",
        "WordWriter",
        data_dir="data/iam_words",
        draws=True,
        evaluation="evaluation.words",
        judge="recognizer",
        num_samples=2000,
    ),
}


def load(name: str):
    """A model: of a run folder, or a shipped one by its name.

    Raises:
      InputError: there is no such model, or its files are damaged.
    """
    folder = find(name)
    return kind(folder).load(folder)


def kind(folder: Path) -> Kind:
    """The kind of the model in a folder.

    Raises:
      InputError: its model.json is damaged, or names a kind of another package.
    """
    named = description(folder)["kind"]
    if named not in KINDS:
        raise InputError(
            f"{folder} is a model of kind {named!r}; here are {', '.join(KINDS)}"
        )
    return KINDS[named]


def find(name: str) -> Path:
    """The folder of a model: a path, or the name of a shipped one.

    A folder of that name without a model in it does not hide the shipped one: in a
    clone, `scrabblegan` is the package, too.
    """
    folder, shipped = Path(name), pretrained_folder() / name
    if "/" not in name and not (folder / "model.json").is_file():
        folder = shipped if shipped.is_dir() or not folder.is_dir() else folder
    if not folder.is_dir():
        place = pretrained_folder()
        own = [n for n in pretrained_models() if kind_of(place / n) in KINDS]
        raise InputError(
            f"there is no model {name!r}: use a run folder or a shipped model "
            f"({', '.join(own) or 'none is here'})"
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
            found["sizes"] = {str(name): _whole(size) for name, size in sizes.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path} is damaged: {error!r}") from error
    if kind not in (None, found_kind):
        raise InputError(f"{path}: a model of kind {found_kind!r}, not {kind!r}")
    return found


def _whole(size):
    """A size as a whole number, or nested lists of them."""
    return [_whole(n) for n in size] if isinstance(size, list) else int(size)


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
                f"{folder}: weights.npz does not fit the network: {name} is {found}, "
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
