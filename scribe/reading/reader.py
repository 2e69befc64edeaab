"""A reader of pen strokes: from strokes back to text. NumPy only.

A bidirectional LSTM with connectionist temporal classification (Graves et al. 2006),
trained by scribe.training.reader_trainer. It measures what the writers write and helps
`write_best` to choose; two readers from different seeds are shipped, so that the one
that chooses is not the one that measures.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError
from scribe.models import StrokeModel, find_model, load_model
from scribe.models.numpy_layers import (
    backwards,
    lstm,
    num_workers,
    one_thread,
    shared,
)
from scribe.models.sizes import FEATURE_DIM
from scribe.reading.ctc import collapse, text_nats
from scribe.reading.lines import cleaned_line
from scribe.strokes.arrays import rescale

KIND = "reader"
MEASURING = "reader"
CHOOSING = "reader_chooser"
# A line of IAM-OnDB has some 500 points after cleaning.
MAX_POINTS = 20_000
# Lines that are read together.
_BATCH = 32


@dataclasses.dataclass(frozen=True, eq=False)
class Reader:
    """A trained reader.

    Shapes: P points, T' frames, V alphabet size with the blank (id 0).

    Attributes:
      model: its network.
    """

    model: StrokeModel

    @property
    def alphabet(self) -> Alphabet:
        """The characters it can read."""
        return self.model.alphabet

    def read(self, strokes: np.ndarray | Sequence[np.ndarray]):
        """Reads lines: the most probable symbol of each frame (best path decoding).

        Args:
          strokes: [P, 3] (dx, dy, end_of_stroke), y down, in any unit and at any point
            rate; or a sequence of such lines.

        Returns:
          the text, or a list of texts.

        Raises:
          InputError: a line has another shape, numbers that are not finite, or more
            than MAX_POINTS points.
        """
        if isinstance(strokes, np.ndarray) and strokes.ndim == 2:
            return self.read([strokes])[0]
        return [self.decoded(logits) for logits in self.scores(strokes)]

    def decoded(self, logits: np.ndarray) -> str:
        """What `read` returns of one of the `scores` [T', V]."""
        ids = collapse(logits.argmax(axis=-1))
        return "".join(self.alphabet.characters[i - 1] for i in ids)

    def text_nats(self, logits: np.ndarray, text: str) -> float:
        """Minus the logarithm of the probability of a text; see `ctc.text_nats`.

        Args:
          logits: one of the `scores` [T', V].
          text: in characters of the alphabet.
        """
        return text_nats(logits, self.alphabet.encode(text)[:-1])

    def nats(self, strokes: Sequence[np.ndarray], texts: Sequence[str]) -> np.ndarray:
        """How little each line looks like its text, in nats per character: [lines].

        Args:
          strokes: as for `read`, a sequence.
          texts: what each line should say; characters that the reader does not know are
            passed over.
        """
        return self.check(strokes, texts)[0]

    def check(
        self, strokes: Sequence[np.ndarray], texts: Sequence[str]
    ) -> tuple[np.ndarray, np.ndarray]:
        """As `nats`, and whether each line reads as its text: bool [lines].

        A line of a text with characters that the reader does not know never does.
        """
        nats, right = [], []
        for scores, text in zip(self.scores(strokes), texts, strict=True):
            known = self.alphabet.adapt(text, "skip")
            nats.append(self.text_nats(scores, known) / max(len(known), 1))
            right.append(self.decoded(scores) == text)
        return np.array(nats), np.array(right)

    def scores(self, strokes: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The network's logits of every frame of each line: arrays [T', V]."""
        lines = [self.prepared(line) for line in strokes]
        order = sorted(range(len(lines)), key=lambda i: len(lines[i]))
        workers = num_workers(len(lines))
        size = max(1, min(_BATCH, -(-len(lines) // workers)))
        batches = [order[start : start + size] for start in range(0, len(order), size)]
        scores: dict[int, np.ndarray] = {}

        def read_share(worker: int) -> None:
            for batch in batches[worker::workers]:
                logits = self._network([lines[i] for i in batch])
                scores.update(zip(batch, logits, strict=True))

        with one_thread():
            shared(read_share, workers)
        return [scores[i] for i in range(len(lines))]

    def clean(self, strokes: np.ndarray) -> np.ndarray:
        """A line as training saw it, in the network's unit: [P, 3] -> [P', 3]."""
        cleaned = cleaned_line(strokes, self.model, "read", MAX_POINTS)
        return rescale(cleaned, 1.0 / self.model.offset_scale)

    def prepared(self, strokes: np.ndarray) -> np.ndarray:
        """What the network sees of a line: [P, 3] -> float32 [P', F]."""
        return features(self.clean(strokes))

    def _network(self, lines: list[np.ndarray]) -> list[np.ndarray]:
        """[P, F] features of each line -> its logits [T', V]."""
        lengths = np.array([len(line) for line in lines])
        x = np.zeros([max(lengths), len(lines), FEATURE_DIM], np.float32)
        for b, line in enumerate(lines):
            x[: len(line), b] = line
        for i, stack in enumerate(self.model.sizes["stacks"], start=1):
            frames = -(-len(x) // stack)
            x = np.pad(x, [(0, frames * stack - len(x)), (0, 0), (0, 0)])
            x = x.reshape(frames, stack, len(lines), -1).swapaxes(1, 2)
            x = x.reshape(frames, len(lines), -1)
            lengths = -(-lengths // stack)
            back = self._lstm(f"backward_{i}", backwards(x, lengths))
            both = [self._lstm(f"forward_{i}", x), backwards(back, lengths)]
            x = np.concatenate(both, axis=-1)
            t = np.arange(frames)[:, None]
            x *= (t < lengths)[:, :, None]
        weights = self.model.weights
        logits = x.reshape(-1, x.shape[-1]) @ weights["output/kernel"]
        logits = logits.reshape(*x.shape[:2], -1) + weights["output/bias"]
        return [logits[:length, b] for b, length in enumerate(lengths)]

    def _lstm(self, name: str, x: np.ndarray) -> np.ndarray:
        """[T, B, D] -> h [T, B, H], from zero states."""
        weights = self.model.weights
        # As one product: NumPy makes one for each step of a stack of matrices.
        rows = x.reshape(-1, x.shape[-1]) @ weights[f"{name}/kernel"]
        projected = rows.reshape(*x.shape[:2], -1) + weights[f"{name}/bias"]
        return lstm(projected, weights[f"{name}/recurrent_kernel"])


def features(strokes: np.ndarray) -> np.ndarray:
    """What the network sees of each point.

    Args:
      strokes: [P, 3] of a cleaned line.

    Returns:
      float32 [P, 4]: dx, dy, end_of_stroke, and the height of the point in the line,
      standardised.
    """
    y = np.cumsum(strokes[:, 1], dtype=np.float64)
    y = (y - y.mean()) / (y.std() + 1e-3)
    return np.concatenate([strokes, y[:, None]], axis=1).astype(np.float32)


def load_reader(save_dir: str | Path | None = None) -> Reader:
    """Loads a trained reader.

    Args:
      save_dir: a run folder, or the name of a shipped reader; None for the one that
        measures.

    Raises:
      InputError: there is no such reader, or its files are damaged.
    """
    name = MEASURING if save_dir is None else str(save_dir)
    model = load_model(find_model(name, kinds=(KIND,)))
    if model.kind != KIND:
        raise InputError(
            f"{model.folder}: a model of kind {model.kind!r}, not a {KIND}"
        )
    return Reader(model)
