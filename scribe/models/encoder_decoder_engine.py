"""Sampling from an encoder-decoder in plain NumPy.

The equations are those of scribe.networks.encoder_decoder and
scribe.networks.attention, whose docstrings name their sources; tests hold both sides
equal.
"""

import dataclasses

import numpy as np

from scribe.models.batch_state import State
from scribe.models.numpy_engine import NumpyEngine
from scribe.models.numpy_layers import backwards, lstm, softmax
from scribe.models.sizes import decoder_sizes
from scribe.models.stroke_model import StrokeModel


class EncoderDecoderEngine(NumpyEngine):
    """Writes with the weights of an encoder-decoder; see scribe.models.engine.Engine.

    What stands for the characters in a State is what the encoder made of them; with
    another attention than the Gaussian window also their keys.
    """

    def __init__(self, model: StrokeModel):
        self._attention = model.sizes["attention"]
        self._weights = model.weights
        super().__init__(dataclasses.replace(model, sizes=decoder_sizes(model.sizes)))

    def _read(self, text, text_mask, writer) -> np.ndarray:
        weights = self._weights
        x = weights["encoder/embedding"][text].swapaxes(0, 1)  # [U, B, D]
        lengths = text_mask.sum(axis=1).astype(int)
        back = self._encode("backward", backwards(x, lengths))
        memory = self._encode("forward", x) + backwards(back, lengths)
        memory = np.ascontiguousarray(memory.swapaxes(0, 1))  # read at every step
        if "encoder/writers" in weights:
            writer = np.zeros(len(text), int) if writer is None else writer
            memory = memory + weights["encoder/writers"][writer][:, None]
        memory = memory * text_mask[:, :, None]
        if self._attention == "gaussian":
            return memory
        return np.concatenate([memory, memory @ weights["attention/keys"]], axis=-1)

    def _encode(self, name: str, x: np.ndarray) -> np.ndarray:
        """An LSTM over texts from zero states: [U, B, D] -> [U, B, E]."""
        kernel, recurrent, bias = (
            self._weights[f"encoder/{name}/{part}"]
            for part in ("kernel", "recurrent_kernel", "bias")
        )
        projected = x.swapaxes(0, 1) @ kernel + bias  # text by text
        return lstm(projected.swapaxes(0, 1), recurrent)

    def _move_window(self, point: np.ndarray, state: State) -> None:
        if self._attention == "gaussian":
            super()._move_window(point, state)
            return
        weights = self._weights
        units = len(weights["attention/energy"])
        memory, keys = state.text[..., :-units], state.text[..., -units:]
        query = state.h[0] @ weights["attention/query"] + weights["attention/bias"]
        parts = query[:, None] + keys
        if self._attention == "location":
            parts = parts + self._where(state.phi)
        energies = np.tanh(parts) @ weights["attention/energy"]
        energies = np.where(state.text_mask > 0, energies, -1e9)
        state.phi = softmax(energies)
        state.window = (state.phi[:, None] @ memory)[:, 0]
        state.kappa = state.phi @ state.characters[:, None]

    def _where(self, phi: np.ndarray) -> np.ndarray:
        """As LocationAttention: [B, U] of the step before -> [B, U, A]."""
        filters = self._weights["attention/filters"][:, 0]  # [width, F]
        width = len(filters)
        before = (width - 1) // 2
        padded = np.pad(phi, [(0, 0), (before, width - 1 - before)])
        seen = np.lib.stride_tricks.sliding_window_view(padded, width, axis=1)
        return seen @ filters @ self._weights["attention/location"]
