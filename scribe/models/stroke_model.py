"""What sampling needs of a run folder or a shipped model: weights.npz and model.json.

NumPy only, so that a line can be written without importing TensorFlow.
"""

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError
from scribe.foundation.files import load_arrays, save_arrays, write_whole
from scribe.models import kinds
from scribe.models.shipped import kind_of, pretrained_folder, pretrained_models
from scribe.models.variant import GRAVES, Variant
from scribe.strokes.cleaning import clean

DEFAULT_MODEL = "scribe_default"


@dataclasses.dataclass(frozen=True)
class StrokeModel:
    """A trained network as plain arrays.

    Attributes:
      folder: where it was read from.
      kind: a name in scribe.models.kinds.KINDS, of a kind that draws.
      sizes: what that kind says belongs to the network's size.
      alphabet: the characters it can write.
      offset_scale: float64 [2], pen units per unit of the network.
      cleaning: the steps that training applied to each line, in order.
      weights: float32 arrays by name, as the network's named_weights.
      variant: where it differs from Graves' equations.
      writers: names of those whose hands it learnt apart.
    """

    folder: Path
    kind: str
    sizes: dict[str, int | str]
    alphabet: Alphabet
    offset_scale: np.ndarray
    cleaning: list[dict]
    weights: dict[str, np.ndarray]
    variant: Variant = GRAVES
    writers: tuple[str, ...] = ()

    @property
    def reads_text(self) -> bool:
        return kinds.KINDS[self.kind].reads_text(self.sizes)

    def clean(self, strokes: np.ndarray) -> np.ndarray:
        """Recorded strokes, cleaned as the training lines were: [P, 3] -> [P', 3]."""
        return clean(strokes, self.cleaning, f"{self.folder}/model.json")


def find(name: str | None) -> Path:
    """The folder of a model: a path, or the name of a shipped one, or the default.

    Raises:
      InputError: there is no such folder, or it holds no exported weights.
    """
    if name is None:
        folder = pretrained_folder() / DEFAULT_MODEL
    else:
        folder = Path(name)
        if not folder.is_dir() and name in _shipped(kinds.KINDS.values()):
            folder = pretrained_folder() / name
    if not folder.is_dir():
        shipped = ", ".join(writers()) or "none"
        raise InputError(f"there is no run folder {folder} (shipped models: {shipped})")
    for file in ("model.json", "weights.npz"):
        if not (folder / file).is_file():
            raise InputError(
                f"{folder} has no {file}: its training has not reached the first "
                "validation, or it is not a run folder"
            )
    return folder


def writers() -> list[str]:
    """The names of the shipped models that draw, sorted."""
    return _shipped(kind for kind in kinds.KINDS.values() if kind.open)


def _shipped(some: Iterable[kinds.Kind]) -> list[str]:
    names = {kind.name for kind in some}
    try:
        models = pretrained_models()
        return [name for name in models if kind_of(pretrained_folder() / name) in names]
    except InputError:
        return []


def load_model(folder: Path) -> StrokeModel:
    """Reads a model that draws.

    Raises:
      InputError: a file is damaged or does not fit the other.
    """
    path = folder / "model.json"
    kind = kinds.of(folder)
    if kind.open is None:
        raise InputError(f"{path}: a model of kind {kind.name!r}, which draws nothing")
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
        sizes = {n: read(description["sizes"][n]) for n, read in kind.sizes.items()}
        alphabet = Alphabet(description["alphabet"])
        offset_scale = np.array(description["offset_scale"], np.float64)
        cleaning = [dict(step) for step in description["cleaning"]]
        variant = Variant(**description.get("variant", {}))
        writers = tuple(str(name) for name in description.get("writers", ()))
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged: {error!r}") from error
    if offset_scale.shape != (2,) or not (0 < offset_scale).all():
        raise InputError(f"{path} is damaged: offset_scale must be two numbers over 0")
    if sizes.get("alphabet_size", alphabet.size) != alphabet.size:
        raise InputError(
            f"{path} is damaged: {alphabet.size - 1} characters and an end are not "
            f"alphabet_size {sizes['alphabet_size']}"
        )
    if sizes.get("num_writers", len(writers)) != len(writers):
        raise InputError(f"{path} is damaged: it names {len(writers)} writers")
    weights = load_arrays(folder / "weights.npz")
    _check_shapes(
        folder,
        {name: w.shape for name, w in weights.items()},
        kind.weight_shapes(sizes, variant),
    )
    return StrokeModel(
        folder,
        kind.name,
        sizes,
        alphabet,
        offset_scale,
        cleaning,
        weights,
        variant,
        writers,
    )


def _check_shapes(folder: Path, found: dict, expected: dict) -> None:
    for name in sorted(expected.keys() | found.keys()):
        if found.get(name) != expected.get(name):
            raise InputError(
                f"{folder}: weights.npz does not fit model.json: {name} is "
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
        "y_down": True,
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
