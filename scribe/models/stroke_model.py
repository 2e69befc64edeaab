"""A trained network of strokes: weights.npz and model.json of a run, or shipped.

NumPy only, so that a line can be written without importing TensorFlow.
"""

import dataclasses
import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError
from scribe.foundation.files import (
    decoded,
    load_arrays,
    read_file,
    save_arrays,
    write_whole,
)
from scribe.foundation.json_files import read_json
from scribe.models.kinds import DRAWING, KINDS, Kind
from scribe.models.shipped import pretrained_folder, pretrained_models, shipped_model
from scribe.models.variant import GRAVES, Variant
from scribe.strokes.cleaning import clean

DEFAULT_MODEL = "scribe_default"


@dataclasses.dataclass(frozen=True)
class StrokeModel:
    """A trained network as plain arrays.

    Attributes:
      folder: where it was read from.
      kind: a name in scribe.models.kinds.KINDS.
      sizes: what that kind says belongs to the network's size.
      alphabet: the characters it can write or read.
      offset_scale: float64 [2], pen units per unit of the network.
      cleaning: the steps that training applied to each line, in order.
      weights: float32 arrays by name, as the network's named_weights.
      variant: where it differs from Graves' equations.
      writers: names of those whose hands it learnt apart.
    """

    folder: Path
    kind: str
    sizes: dict
    alphabet: Alphabet
    offset_scale: np.ndarray
    cleaning: list[dict]
    weights: dict[str, np.ndarray]
    variant: Variant = GRAVES
    writers: tuple[str, ...] = ()

    @property
    def reads_text(self) -> bool:
        return KINDS[self.kind].reads_text(self.sizes)

    def clean(self, strokes: np.ndarray) -> np.ndarray:
        """Recorded strokes, cleaned as the training lines were: [P, 3] -> [P', 3]."""
        return clean(strokes, self.cleaning, f"{self.folder}/model.json")


def find_model(name: str | None, kinds: Sequence[str] = DRAWING) -> Path:
    """The folder of a model: a path, or the name of a shipped one, or the default.

    Args:
      name: a folder with a model goes before a shipped one of its name. One without a
        model does not hide it: in a clone, `scrabblegan` is the package, too. None for
        DEFAULT_MODEL.
      kinds: of the shipped models that are named to who misspells one.

    Raises:
      InputError: there is no such folder, or it holds no exported weights.
    """
    if name is None:
        folder = pretrained_folder() / DEFAULT_MODEL
    else:
        folder = Path(name)
        if not (folder / "model.json").is_file():
            folder = shipped_model(name) or folder
    if not folder.is_dir():
        names = ", ".join(pretrained_models(kinds)) or "none"
        raise InputError(f"there is no run folder {folder} (shipped models: {names})")
    for file in ("model.json", "weights.npz"):
        if not (folder / file).is_file():
            raise InputError(
                f"{folder} has no {file}: its training has not reached the first "
                "validation, or it is not a run folder"
            )
    return folder


def data_dir_of_training(folder: Path) -> str:
    """The corpus that the configuration beside a model names.

    Raises:
      InputError: it names none.
    """
    config = folder / "config.gin"
    text = decoded(read_file(config, 1_000_000), config) if config.is_file() else ""
    named = re.search(r"(?m)^DATA_DIR = (['\"])(.+)\1$", text)
    if not named:
        raise InputError(f"{folder} does not say which corpus it is of: add --data_dir")
    return named[2]


def load_model(folder: Path) -> StrokeModel:
    """Reads a model of any kind.

    Raises:
      InputError: a file is damaged or does not fit the other, or the kind is none that
        scribe knows.
    """
    path = folder / "model.json"
    description = read_json(path)
    try:
        kind = description["kind"]
    except (KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged: {error!r}") from error
    if not isinstance(kind, str) or kind not in KINDS:
        raise InputError(
            f"{path}: a model of kind {kind!r}; scribe knows {', '.join(KINDS)}"
        )
    try:
        model = _described(folder, KINDS[kind], description)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise InputError(f"{path} is damaged: {error!r}") from error
    _check_description(model)
    model = dataclasses.replace(model, weights=load_arrays(folder / "weights.npz"))
    _check_shapes(model)
    return model


def _described(folder: Path, kind: Kind, description: dict) -> StrokeModel:
    """What a model.json says, without weights."""
    return StrokeModel(
        folder,
        kind.name,
        sizes={n: read(description["sizes"][n]) for n, read in kind.sizes.items()},
        alphabet=Alphabet(description["alphabet"]),
        offset_scale=np.array(description["offset_scale"], np.float64),
        cleaning=[dict(step) for step in description["cleaning"]],
        weights={},
        variant=Variant(**description.get("variant", {})),
        writers=tuple(str(name) for name in description.get("writers", ())),
    )


def _check_description(model: StrokeModel) -> None:
    path = model.folder / "model.json"
    scale, num_characters = model.offset_scale, model.alphabet.size
    if scale.shape != (2,) or not (0 < scale).all():
        raise InputError(f"{path} is damaged: offset_scale must be two numbers over 0")
    if model.sizes.get("alphabet_size", num_characters) != num_characters:
        raise InputError(
            f"{path} is damaged: {num_characters - 1} characters and an end are not "
            f"alphabet_size {model.sizes['alphabet_size']}"
        )
    if model.sizes.get("num_writers", len(model.writers)) != len(model.writers):
        raise InputError(f"{path} is damaged: it names {len(model.writers)} writers")


def _check_shapes(model: StrokeModel) -> None:
    expected = KINDS[model.kind].weight_shapes(model.sizes, model.variant)
    found = {name: weights.shape for name, weights in model.weights.items()}
    for name in sorted(expected.keys() | found.keys()):
        if found.get(name) != expected.get(name):
            raise InputError(
                f"{model.folder}: weights.npz does not fit model.json: {name} is "
                f"{found.get(name, 'missing')}, not {expected.get(name, 'expected')}"
            )


def save_model(
    model: StrokeModel, folder: Path, facts: dict, dtype: str = "float32"
) -> None:
    """Writes weights.npz and model.json, each whole or not at all.

    Args:
      model: the network; its `folder` is ignored.
      folder: an existing folder.
      facts: what model.json says beside what sampling needs, e.g. step and metrics.
      dtype: of the stored weights; float16 halves a shipped model.
    """
    save_arrays(folder / "weights.npz", model.weights, dtype)
    description = {
        "kind": model.kind,
        "sizes": model.sizes,
        "alphabet": model.alphabet.characters,
        "offset_scale": model.offset_scale.tolist(),
        **({"y_down": True} if KINDS[model.kind].draws else {}),
        "cleaning": model.cleaning,
        **facts,
    }
    if model.writers:
        description["writers"] = list(model.writers)
    departures = model.variant.departures()
    if departures:
        description["variant"] = departures
    text = json.dumps(description, indent=2) + "\n"
    write_whole(folder / "model.json", text.encode())
