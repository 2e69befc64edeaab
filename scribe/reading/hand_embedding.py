"""An embedding of hands: lines of one writer lie near each other. NumPy only.

A convolutional network on the path of the pen, trained by
scribe.training.embedding_trainer to tell writers apart by the way they write, not by
what. It is blind to size and speed: the line is brought to one height, and its points
to equal distances.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scribe.foundation.errors import InputError
from scribe.models import StrokeModel, find_model, load_model
from scribe.models.numpy_layers import one_thread
from scribe.models.sizes import HAND_FEATURE_DIM
from scribe.reading.lines import cleaned_line

KIND = "hand_embedding"
SHIPPED = "hand_embedding"
# A line of IAM-OnDB has some 1,500 points along its path.
MAX_POINTS = 100_000
NORM_EPSILON = 1e-5
# Jumps of the pen beyond this many vertical spreads are as good as this many.
_LONGEST_JUMP = 6.0


@dataclasses.dataclass(frozen=True, eq=False)
class HandEmbedding:
    """A trained embedding.

    Shapes: P points, T' frames, C channels, D `embedding_dim`.

    Attributes:
      model: its network.
    """

    model: StrokeModel

    def embed(self, lines: Sequence[np.ndarray]) -> np.ndarray:
        """Where each line lies among hands.

        Args:
          lines: [P, 3] each (dx, dy, end_of_stroke), y down, in any unit and at any
            point rate.

        Returns:
          float32 [lines, D] of length 1.

        Raises:
          InputError: a line has another shape, numbers that are not finite, or more
            than MAX_POINTS points.
        """
        dim = self.model.sizes["embedding_dim"]
        with one_thread():
            found = [self._network(features(self.clean(line))) for line in lines]
        return np.array(found, np.float32).reshape(len(found), dim)

    def clean(self, strokes: np.ndarray) -> np.ndarray:
        """A line as training saw it: [P, 3] -> [P', 3]."""
        return cleaned_line(strokes, self.model, "measure", MAX_POINTS)

    def _network(self, x: np.ndarray) -> np.ndarray:
        """[P, F] features of a line -> [D], as EmbeddingNetwork computes it."""
        weights, sizes = self.model.weights, self.model.sizes
        for i, stride in enumerate(sizes["strides"], start=1):
            x = convolution(x, weights[f"convolution_{i}/kernel"], stride)
            x = x - x.mean(axis=-1, keepdims=True)
            x /= np.sqrt((x * x).mean(axis=-1, keepdims=True) + NORM_EPSILON)
            x = x * weights[f"norm_{i}/gain"] + weights[f"norm_{i}/bias"]
            x = np.maximum(x, 0.0)
        deviation = np.sqrt(x.var(axis=0) + NORM_EPSILON)
        pooled = np.concatenate([x.mean(axis=0), deviation])
        place = pooled @ weights["output/kernel"] + weights["output/bias"]
        return place / np.linalg.norm(place)


def convolution(x: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """[T, C], [W, C, C'] -> [ceil(T / stride), C']; frame t is centred at stride t."""
    width = len(kernel)
    reach = width // 2
    padded = np.pad(x, [(reach, reach), (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, width, axis=0)[::stride]
    columns = windows.swapaxes(1, 2).reshape(len(windows), -1)  # [T', W C]
    return columns @ kernel.reshape(-1, kernel.shape[2])


def features(strokes: np.ndarray) -> np.ndarray:
    """What the network sees of each point.

    Args:
      strokes: [P, 3] of a cleaned line.

    Returns:
      float32 [P, 6]: cosine and sine of the ink's direction, height in the line; and
      where the pen was lifted, in place of a direction, its jump in x and y and 1.
    """
    offsets = np.asarray(strokes, np.float64)[:, :2]
    lifted = np.concatenate([[True], np.asarray(strokes)[:-1, 2] > 0.5])[:, None]
    y = np.cumsum(offsets[:, 1])
    length = np.hypot(offsets[:, 0], offsets[:, 1])[:, None]
    direction = offsets / np.maximum(length, 1e-9)
    jump = np.clip(offsets, -_LONGEST_JUMP, _LONGEST_JUMP) / 2.0
    found = np.zeros([len(strokes), HAND_FEATURE_DIM], np.float32)
    found[:, :2] = np.where(lifted, 0.0, direction)
    found[:, 2] = y - np.median(y)
    found[:, 3:5] = np.where(lifted, jump, 0.0)
    found[:, 5:] = lifted
    return found


def load_embedding(save_dir: str | Path | None = None) -> HandEmbedding:
    """Loads a trained embedding.

    Args:
      save_dir: a run folder, or the name of a shipped one; None for SHIPPED.

    Raises:
      InputError: there is no such embedding, or its files are damaged.
    """
    name = SHIPPED if save_dir is None else str(save_dir)
    model = load_model(find_model(name, kinds=(KIND,)))
    if model.kind != KIND:
        raise InputError(
            f"{model.folder}: a model of kind {model.kind!r}, not a {KIND}"
        )
    return HandEmbedding(model)
