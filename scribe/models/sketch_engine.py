"""SketchRNN in plain NumPy: no start-up cost, for some drawings at once.

The equations are those of scribe.networks.sketch_rnn and scribe.networks.sketch_losses,
whose docstrings name their sources; tests hold both sides equal.

Shapes: B drawings, T steps, N latent_dim, M num_mixtures.
"""

from collections.abc import Sequence

import numpy as np

from scribe.models.numpy_layers import backwards, lstm, lstm_step, one_thread, softmax
from scribe.models.numpy_mixtures import (
    choose,
    draw_offsets,
    mixture_from_activations,
)
from scribe.models.sizes import PEN_STATES, STROKE_DIM
from scribe.models.stroke_model import StrokeModel
from scribe.strokes.arrays import stroke5_from_stroke3

# Logits over less than this are those of the most probable choice.
_LEAST_TEMPERATURE = 1e-4
_END = 2  # of the pen states
# Nats of KL, and variance of mu over drawings, above which a latent dimension is used;
# the second criterion is that of Burda et al. (2016), section 5.2.
ACTIVE_NATS = 0.01
ACTIVE_VARIANCE = 0.01


class SketchEngine:
    """Encodes and draws with the weights of a StrokeModel, in the network's unit."""

    def __init__(self, model: StrokeModel):
        self._weights = model.weights
        self._latent_dim = model.sizes["latent_dim"]
        self._decoder_units = model.sizes["decoder_units"]

    def encode(self, drawings: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Means and log variances [B, N] of drawings [P, 3]."""
        lengths = np.array([len(drawing) for drawing in drawings])
        x = _padded(drawings).swapaxes(0, 1)
        columns = np.arange(len(drawings))
        with one_thread():
            last = [
                self._lstm(f"encoder_{name}", rows)[lengths - 1, columns]
                for name, rows in (
                    ("forward", x),
                    ("backward", backwards(x, lengths)),
                )
            ]
        both = self._dense("latent", np.concatenate(last, axis=1))
        return both[:, : self._latent_dim], both[:, self._latent_dim :]

    def activations(
        self, drawings: Sequence[np.ndarray], z: np.ndarray | None
    ) -> list[np.ndarray]:
        """What the decoder foresees along drawings that are given.

        Args:
          drawings: B arrays [P, 3].
          z: [B, N]; None for a decoder alone.

        Returns:
          B arrays [P, 6 M + 3]: row t foresees point t + 1, the last one the end.
        """
        x = _padded(drawings).swapaxes(0, 1)
        with one_thread():
            _, latent, h, c = self._start(z, len(drawings))
            outputs = self._dense("output", self._lstm("decoder", x, latent, h, c))
        return [outputs[: len(d), b] for b, d in enumerate(drawings)]

    def draw(
        self, z: np.ndarray | None, noise: np.ndarray, temperature: float
    ) -> tuple[list[np.ndarray], np.ndarray]:
        """Draws point by point until the pen state says that it is the end.

        Args:
          z: [B, N]; None for a decoder alone.
          noise: [B, T, 4] of scribe.models.engine.random_numbers; T points at most.
          temperature: divides the logits of mixture and pen and multiplies sigma^2
            (Ha & Eck 2017, equation 8).

        Returns:
          B arrays [P, 3] with the first point, and bool [B], whether each came to its
          end.
        """
        batch, num_steps = noise.shape[:2]
        kernel, bias = self._kernel("decoder")
        drawn = np.zeros([num_steps + 1, batch, 3], np.float32)
        lengths = np.full(batch, num_steps + 1)
        row = np.tile(np.array([0, 0, 1, 0, 0], np.float32), (batch, 1))
        with one_thread():
            _, latent, h, c = self._start(z, batch)
            for t in range(num_steps):
                inputs = np.concatenate([row, h], axis=1) @ kernel + bias + latent
                h, c = lstm_step(inputs, c)
                row = sample(self._dense("output", h), noise[:, t], temperature)
                drawn[t + 1] = row[:, [0, 1, 3]]
                over = (row[:, 2 + _END] > 0.5) & (lengths > num_steps)
                lengths[over] = t + 1
                if (lengths <= num_steps).all():
                    break
        drawings = [drawn[:length, b] for b, length in enumerate(lengths)]
        for drawing in drawings:
            drawing[-1, 2] = 1.0  # nothing follows
        return drawings, lengths <= num_steps

    def _start(self, z, batch: int):
        """z, its share [B or 1, 4 D] of every step's gates, and the first h and c."""
        if z is None:
            zeros = np.zeros([batch, self._decoder_units], np.float32)
            return z, np.zeros([1, 1], np.float32), zeros, zeros
        z = np.asarray(z, np.float32)
        latent = z @ self._weights["decoder/kernel"][STROKE_DIM:]
        return z, latent, *np.split(np.tanh(self._dense("start", z)), 2, axis=1)

    def _kernel(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the stroke and of h in one matrix: one product a step."""
        stroke = self._weights[f"{name}/kernel"][:STROKE_DIM]
        recurrent = self._weights[f"{name}/recurrent_kernel"]
        return np.concatenate([stroke, recurrent]), self._weights[f"{name}/bias"]

    def _lstm(self, name: str, x: np.ndarray, latent=0.0, h=None, c=None) -> np.ndarray:
        """[T, B, 5] -> h [T, B, H]."""
        kernel, bias = self._kernel(name)
        projected = x @ kernel[:STROKE_DIM] + bias + latent
        return lstm(projected, kernel[STROKE_DIM:], h, c)

    def _dense(self, name: str, x: np.ndarray) -> np.ndarray:
        return x @ self._weights[f"{name}/kernel"] + self._weights[f"{name}/bias"]


def sample(activations: np.ndarray, noise: np.ndarray, temperature: float):
    """Draws the next rows: [B, 6 M + 3], [B, 4] -> stroke-5 [B, 5]."""
    temperature = max(temperature, _LEAST_TEMPERATURE)
    num_mixtures = (activations.shape[1] - PEN_STATES) // 6
    logits = activations[:, :num_mixtures] / temperature
    mixture = mixture_from_activations(
        np.concatenate([logits, activations[:, num_mixtures : 1 - PEN_STATES]], axis=1),
        bias=np.zeros(len(activations), np.float32),
    )
    dx, dy = draw_offsets(mixture, noise, np.sqrt(temperature))
    pen = softmax(activations[:, -PEN_STATES:] / temperature)
    state = choose(pen, noise[:, 3])
    drawn = np.zeros([len(state), STROKE_DIM], np.float32)
    drawn[:, 0], drawn[:, 1] = dx, dy
    drawn[np.arange(len(state)), 2 + state] = 1.0
    return drawn


def _padded(drawings: Sequence[np.ndarray]) -> np.ndarray:
    """[B, T, 5] stroke-5 rows, as scribe.networks.sketch_losses.stroke5 makes them."""
    longest = max(len(drawing) for drawing in drawings)
    return np.stack([stroke5_from_stroke3(drawing, longest) for drawing in drawings])


def latent_figures(kl: np.ndarray, variance: np.ndarray) -> dict[str, int]:
    """How many latent dimensions are used, by two criteria.

    Args:
      kl: [N] mean nats of each dimension.
      variance: [N] of mu over drawings.
    """
    return {
        "active_dims": int((np.asarray(kl) > ACTIVE_NATS).sum()),
        "active_dims_by_variance": int((np.asarray(variance) > ACTIVE_VARIANCE).sum()),
    }
