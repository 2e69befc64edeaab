"""Trained networks as plain arrays, and the NumPy that runs them. Never TensorFlow.

`find_model` and `load_model` turn the name of a run folder or of a shipped model into a
StrokeModel; `NUMPY_ENGINES` are the classes that run those that write lines, by kind.
"""

from scribe.models.encoder_decoder_engine import EncoderDecoderEngine
from scribe.models.numpy_engine import NumpyEngine
from scribe.models.stroke_model import (
    StrokeModel,
    find_model,
    load_model,
    save_model,
)

__all__ = ["NUMPY_ENGINES", "StrokeModel", "find_model", "load_model", "save_model"]

NUMPY_ENGINES = {
    "attention_rnn": NumpyEngine,
    "encoder_decoder": EncoderDecoderEngine,
}
