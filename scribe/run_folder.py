"""What sampling needs of a run folder or a shipped model: weights.npz and model.json.

NumPy only, so that a line can be written without importing TensorFlow.
"""

import dataclasses
import json
import os
import zipfile
from pathlib import Path

import numpy as np

from scribe import strokes as pen
from scribe.errors import InputError
from scribe.resources import pretrained_folder, pretrained_models
from scribe.text import Alphabet

DEFAULT_MODEL = "scribe_default"


@dataclasses.dataclass(frozen=True)
class StrokeModel:
    """A trained network as plain arrays.

    Attributes:
      folder: where it was read from.
      kind: the network's class, "attention_rnn".
      sizes: num_layers, num_units, num_mixtures, num_window_components, alphabet_size.
      alphabet: the characters it can write.
      offset_scale: float64 [2], pen units per unit of the network.
      cleaning: the steps that training applied to each line, in order.
      weights: float32 arrays by name, as AttentionRNN.named_weights.
    """

    folder: Path
    kind: str
    sizes: dict[str, int]
    alphabet: Alphabet
    offset_scale: np.ndarray
    cleaning: list[dict]
    weights: dict[str, np.ndarray]

    @property
    def reads_text(self) -> bool:
        return self.sizes["num_window_components"] > 0

    def clean(self, strokes: np.ndarray) -> np.ndarray:
        """Recorded strokes, cleaned as the training lines were: [P, 3] -> [P', 3]."""
        for step in self.cleaning:
            arguments = dict(step)
            name = arguments.pop("step")
            if name not in pen.CLEANING_STEPS:
                raise InputError(f"{self.folder}/model.json names a step {name!r}")
            strokes = getattr(pen, name)(strokes, **arguments)
        return strokes


def find(name: str | None) -> Path:
    """The folder of a model: a path, or the name of a shipped one, or the default.

    Raises:
      InputError: there is no such folder, or it holds no exported weights.
    """
    if name is None:
        name = DEFAULT_MODEL
    folder = Path(name)
    if not folder.is_dir() and folder.name == name:
        folder = pretrained_folder() / name
    if not folder.is_dir():
        shipped = ", ".join(pretrained_models()) or "none"
        raise InputError(f"there is no run folder {name} (shipped models: {shipped})")
    for file in ("model.json", "weights.npz"):
        if not (folder / file).is_file():
            raise InputError(
                f"{folder} has no {file}: its training has not reached the first "
                "validation, or it is not a run folder"
            )
    return folder


def load_model(folder: Path) -> StrokeModel:
    """Reads a model.

    Raises:
      InputError: a file is damaged or does not fit the other.
    """
    try:
        description = json.loads((folder / "model.json").read_text())
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            weights = {name: arrays[name].astype(np.float32) for name in arrays.files}
        model = StrokeModel(
            folder=folder,
            kind=description["kind"],
            sizes=description["sizes"],
            alphabet=Alphabet(description["alphabet"]),
            offset_scale=np.array(description["offset_scale"], np.float64),
            cleaning=description["cleaning"],
            weights=weights,
        )
        units, symbols = model.sizes["num_units"], model.sizes["alphabet_size"]
        fits = (
            weights["lstm_1/recurrent_kernel"].shape == (units, 4 * units)
            and weights["output/bias"].shape == (6 * model.sizes["num_mixtures"] + 1,)
            and symbols == model.alphabet.size
        )
    except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{folder} is damaged: {error!r}") from error
    if not fits:
        raise InputError(f"{folder}: weights.npz does not fit model.json")
    return model


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
    partial = folder / ".weights.part.npz"
    np.savez_compressed(
        partial, **{name: value.astype(dtype) for name, value in model.weights.items()}
    )
    os.replace(partial, folder / "weights.npz")
    description = {
        "kind": model.kind,
        "sizes": model.sizes,
        "alphabet": model.alphabet.characters,
        "offset_scale": model.offset_scale.tolist(),
        "y_down": True,
        "cleaning": model.cleaning,
        **facts,
    }
    partial = folder / ".model.part.json"
    partial.write_text(json.dumps(description, indent=2) + "\n")
    os.replace(partial, folder / "model.json")
