"""What sampling needs of a run folder or a shipped model: weights.npz and model.json.

NumPy only, so that a line can be written without importing TensorFlow.
"""

import dataclasses
import json
from pathlib import Path

import numpy as np

from scribe import strokes as pen
from scribe.errors import InputError
from scribe.files import load_arrays, save_arrays, write_whole
from scribe.resources import pretrained_folder, pretrained_models
from scribe.text import Alphabet
from scribe.variant import GRAVES, Variant, input_widths

DEFAULT_MODEL = "scribe_default"
KIND = "attention_rnn"
SIZES = (
    "num_layers",
    "num_units",
    "num_mixtures",
    "num_window_components",
    "alphabet_size",
)


@dataclasses.dataclass(frozen=True)
class StrokeModel:
    """A trained network as plain arrays.

    Attributes:
      folder: where it was read from.
      kind: the network's class, KIND.
      sizes: the numbers named in SIZES.
      alphabet: the characters it can write.
      offset_scale: float64 [2], pen units per unit of the network.
      cleaning: the steps that training applied to each line, in order.
      weights: float32 arrays by name, as AttentionRNN.named_weights.
      variant: where it differs from Graves' equations.
    """

    folder: Path
    kind: str
    sizes: dict[str, int]
    alphabet: Alphabet
    offset_scale: np.ndarray
    cleaning: list[dict]
    weights: dict[str, np.ndarray]
    variant: Variant = GRAVES

    @property
    def reads_text(self) -> bool:
        return self.sizes["num_window_components"] > 0

    def clean(self, strokes: np.ndarray) -> np.ndarray:
        """Recorded strokes, cleaned as the training lines were: [P, 3] -> [P', 3]."""
        return pen.clean(strokes, self.cleaning, f"{self.folder}/model.json")


def find(name: str | None) -> Path:
    """The folder of a model: a path, or the name of a shipped one, or the default.

    Raises:
      InputError: there is no such folder, or it holds no exported weights.
    """
    if name is None:
        folder = pretrained_folder() / DEFAULT_MODEL
    else:
        folder = Path(name)
        if not folder.is_dir() and name in _shipped():
            folder = pretrained_folder() / name
    if not folder.is_dir():
        shipped = ", ".join(_shipped()) or "none"
        raise InputError(f"there is no run folder {folder} (shipped models: {shipped})")
    for file in ("model.json", "weights.npz"):
        if not (folder / file).is_file():
            raise InputError(
                f"{folder} has no {file}: its training has not reached the first "
                "validation, or it is not a run folder"
            )
    return folder


def _shipped() -> list[str]:
    try:
        return pretrained_models(KIND)
    except InputError:
        return []


def load_model(folder: Path) -> StrokeModel:
    """Reads a model.

    Raises:
      InputError: a file is damaged or does not fit the other.
    """
    path = folder / "model.json"
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
        kind = description["kind"]
        sizes = {name: int(description["sizes"][name]) for name in SIZES}
        alphabet = Alphabet(description["alphabet"])
        offset_scale = np.array(description["offset_scale"], np.float64)
        cleaning = [dict(step) for step in description["cleaning"]]
        variant = Variant(**description.get("variant", {}))
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged: {error!r}") from error
    if kind != KIND:
        raise InputError(f"{path}: a model of kind {kind!r}, this command needs {KIND}")
    if offset_scale.shape != (2,) or not (0 < offset_scale).all():
        raise InputError(f"{path} is damaged: offset_scale must be two numbers over 0")
    if sizes["alphabet_size"] != alphabet.size:
        raise InputError(
            f"{path} is damaged: {alphabet.size - 1} characters and an end are not "
            f"alphabet_size {sizes['alphabet_size']}"
        )
    weights = load_arrays(folder / "weights.npz")
    _check_shapes(
        folder,
        {name: w.shape for name, w in weights.items()},
        weight_shapes(sizes, variant),
    )
    return StrokeModel(
        folder, kind, sizes, alphabet, offset_scale, cleaning, weights, variant
    )


def _check_shapes(folder: Path, found: dict, expected: dict) -> None:
    for name in sorted(expected.keys() | found.keys()):
        if found.get(name) != expected.get(name):
            raise InputError(
                f"{folder}: weights.npz does not fit model.json: {name} is "
                f"{found.get(name, 'missing')}, not {expected.get(name, 'expected')}"
            )


def weight_shapes(
    sizes: dict[str, int], variant: Variant = GRAVES
) -> dict[str, tuple[int, ...]]:
    """The shapes of AttentionRNN.named_weights for a network of these sizes."""
    units, widths = sizes["num_units"], input_widths(sizes, variant)
    outputs = 6 * sizes["num_mixtures"] + 1
    components = sizes["num_window_components"]
    shapes: dict[str, tuple[int, ...]] = {}
    for i in range(1, sizes["num_layers"] + 1):
        shapes[f"lstm_{i}/kernel"] = (widths[f"lstm_{i}"], 4 * units)
        shapes[f"lstm_{i}/recurrent_kernel"] = (units, 4 * units)
        shapes[f"lstm_{i}/bias"] = (4 * units,)
    if components:
        shapes["window/kernel"] = (widths["window"], 3 * components)
        shapes["window/bias"] = (3 * components,)
    shapes["output/kernel"] = (widths["output"], outputs)
    shapes["output/bias"] = (outputs,)
    return shapes


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
    departures = model.variant.departures()
    if departures:
        description["variant"] = departures
    text = json.dumps(description, indent=2) + "\n"
    write_whole(folder / "model.json", text.encode())
