"""Opens a model for drawing: which class draws with each kind, and in which modes."""

from pathlib import Path

from scribe.foundation.errors import InputError
from scribe.models import find_model, load_model
from scribe.writing import modes, sketch_modes
from scribe.writing.sketcher import Sketcher
from scribe.writing.writer import Writer

ENGINES = ("auto", "numpy", "tensorflow")

# By kind: (model, name of an engine) -> what draws with it.
OPENED = {
    "attention_rnn": Writer,
    "encoder_decoder": Writer,
    "sketch_rnn": Sketcher,
}

# By kind, the modes of scribe.sample, the default first: (what draws, options) -> Job.
_WRITER_MODES = {"write": modes.write}
MODES = {
    "attention_rnn": _WRITER_MODES,
    "encoder_decoder": _WRITER_MODES,
    "sketch_rnn": {
        "free": sketch_modes.free,
        "reconstruct": sketch_modes.reconstruct,
        "interpolate": sketch_modes.interpolate,
    },
}


def load(save_dir: str | Path | None = None, engine: str = "auto") -> Writer | Sketcher:
    """Loads a trained network for drawing.

    Args:
      save_dir: a run folder, or the name of a shipped model; None for the default one.
      engine: "numpy" (starts at once), "tensorflow" (many lines at once), or "auto".

    Raises:
      InputError: there is no such model, it is damaged or draws nothing, or the engine
        is unknown.
    """
    if engine not in ENGINES:
        raise InputError(f"engine={engine!r}: use auto, numpy or tensorflow")
    model = load_model(find_model(None if save_dir is None else str(save_dir)))
    if model.kind not in OPENED:
        raise InputError(
            f"{model.folder}: a model of kind {model.kind!r}, which draws nothing"
        )
    return OPENED[model.kind](model, engine)
