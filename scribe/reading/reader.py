"""A reader of pen strokes: from strokes back to text. NumPy only.

A bidirectional LSTM with connectionist temporal classification (Graves et al. 2006),
trained by scribe.training.reader_trainer. It measures what the writers write and helps
`write_best` to choose; two readers from different seeds are shipped, so that the one
that chooses is not the one that measures.
"""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scribe.foundation.alphabet import TERMINATOR_ID, Alphabet
from scribe.foundation.errors import InputError
from scribe.foundation.files import load_arrays, save_arrays, write_whole
from scribe.models.numpy_layers import backwards, log_softmax, lstm, one_thread
from scribe.models.shipped import pretrained_folder, pretrained_models
from scribe.strokes.arrays import rescale
from scribe.strokes.cleaning import clean

KIND = "reader"
MEASURING = "reader"
CHOOSING = "reader_chooser"
FEATURE_DIM = 4
# A line of IAM-OnDB has some 500 points after cleaning.
MAX_POINTS = 20_000
# Lines that are read together.
_BATCH = 32


@dataclasses.dataclass(frozen=True, eq=False)
class Reader:
    """A trained reader.

    Shapes: P points, T' frames, V alphabet size with the blank (id 0).

    Attributes:
      folder: where it was read from.
      sizes: num_units, stacks, alphabet_size; see ReaderNetwork.
      alphabet: the characters it can read.
      offset_scale: float64 [2], units of the cleaned strokes per unit of the network.
      cleaning: the steps that training applied to each line, in order.
      weights: float32 arrays by name, as ReaderNetwork.named_weights.
      facts: what model.json says beside, e.g. step and validation results.
    """

    folder: Path
    sizes: dict
    alphabet: Alphabet
    offset_scale: np.ndarray
    cleaning: list[dict]
    weights: dict[str, np.ndarray]
    facts: dict

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
        return [
            self._collapse(logits.argmax(axis=-1)) for logits in self.scores(strokes)
        ]

    def _collapse(self, path: np.ndarray) -> str:
        """Graves et al. (2006), equation 1: repetitions merge, then blanks go."""
        starts = np.diff(path, prepend=TERMINATOR_ID) != 0
        ids = path[starts & (path != TERMINATOR_ID)]
        return "".join(self.alphabet.characters[i - 1] for i in ids)

    def nats(self, strokes: Sequence[np.ndarray], texts: Sequence[str]) -> np.ndarray:
        """How little each line looks like its text, in nats per character: [lines].

        Args:
          strokes: as for `read`, a sequence.
          texts: what each line should say; characters that the reader does not know are
            passed over.
        """
        nats = []
        for scores, text in zip(self.scores(strokes), texts, strict=True):
            label = self.alphabet.encode(self.alphabet.adapt(text, "skip"))[:-1]
            nats.append(text_nats(scores, label) / max(len(label), 1))
        return np.array(nats)

    def scores(self, strokes: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The network's logits of every frame of each line: arrays [T', V]."""
        lines = [self._prepared(line) for line in strokes]
        order = sorted(range(len(lines)), key=lambda i: len(lines[i]))
        scores: dict[int, np.ndarray] = {}
        with one_thread():
            for start in range(0, len(order), _BATCH):
                batch = order[start : start + _BATCH]
                logits = self._network([lines[i] for i in batch])
                scores.update(zip(batch, logits, strict=True))
        return [scores[i] for i in range(len(lines))]

    def clean(self, strokes: np.ndarray) -> np.ndarray:
        """A line as training saw it, in the network's unit: [P, 3] -> [P', 3]."""
        strokes = np.asarray(strokes, np.float32)
        if strokes.ndim != 2 or strokes.shape[1] != 3 or len(strokes) < 2:
            raise InputError(
                f"a line to read must be [P, 3] with 2 points or more, not "
                f"{list(strokes.shape)}"
            )
        if not np.isfinite(strokes).all():
            raise InputError("a line to read has numbers that are not finite")
        cleaned = clean(strokes, self.cleaning)
        if len(cleaned) > MAX_POINTS:
            raise InputError(
                f"a line of {len(cleaned):,} points along its path is too long to read "
                f"(at most {MAX_POINTS:,})"
            )
        return rescale(cleaned, 1.0 / self.offset_scale)

    def _prepared(self, strokes: np.ndarray) -> np.ndarray:
        return features(self.clean(strokes))

    def _network(self, lines: list[np.ndarray]) -> list[np.ndarray]:
        """[P, F] features of each line -> its logits [T', V]."""
        lengths = np.array([len(line) for line in lines])
        x = np.zeros([max(lengths), len(lines), FEATURE_DIM], np.float32)
        for b, line in enumerate(lines):
            x[: len(line), b] = line
        for i, stack in enumerate(self.sizes["stacks"], start=1):
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
        logits = x @ self.weights["output/kernel"] + self.weights["output/bias"]
        return [logits[:length, b] for b, length in enumerate(lengths)]

    def _lstm(self, name: str, x: np.ndarray) -> np.ndarray:
        """[T, B, D] -> h [T, B, H], from zero states."""
        projected = x @ self.weights[f"{name}/kernel"] + self.weights[f"{name}/bias"]
        return lstm(projected, self.weights[f"{name}/recurrent_kernel"])


def text_nats(logits: np.ndarray, label: np.ndarray) -> float:
    """Minus the logarithm of the probability that CTC gives a labelling.

    Graves et al. (2006), equations 6 to 8, in log space: alpha[s] sums all paths that
    have come to entry s of the label with blanks (id 0) around its symbols.

    Args:
      logits: [T, V] scores of a line.
      label: [U] ids without blanks.

    Returns:
      nats; infinite if there are too few frames for the label.
    """
    log_p, extended, skips = trellis(logits, label)
    alpha = np.full(len(extended), -np.inf)
    alpha[:2] = log_p[0, extended[:2]]
    for frame in log_p[1:].astype(np.float64):
        stay = alpha
        advance = np.concatenate([[-np.inf], alpha[:-1]])
        skip = np.concatenate([[-np.inf, -np.inf], alpha[:-2]])[: len(alpha)]
        skip = np.where(skips, skip, -np.inf)
        alpha = np.logaddexp(np.logaddexp(stay, advance), skip) + frame[extended]
    return -float(np.logaddexp.reduce(alpha[-2:]))


def trellis(
    logits: np.ndarray, label: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the paths of a labelling run through (Graves et al. 2006, section 4.1).

    Args:
      logits: [T, V] scores of a line.
      label: [U] ids without blanks.

    Returns:
      log probabilities [T, V]; the label with blanks around its symbols, [2 U + 1];
      whether each entry may follow the one before the last, as a symbol may if the
      symbol before it is another, [2 U + 1].
    """
    extended = np.full(2 * len(label) + 1, TERMINATOR_ID)
    extended[1::2] = label
    skips = np.zeros(len(extended), bool)
    skips[3::2] = label[1:] != label[:-1]
    return log_softmax(logits), extended, skips


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


def load(save_dir: str | Path | None = None) -> Reader:
    """Loads a trained reader.

    Args:
      save_dir: a run folder, or the name of a shipped reader; None for the one that
        measures.

    Raises:
      InputError: there is no such reader, or its files are damaged.
    """
    name = MEASURING if save_dir is None else str(save_dir)
    folder = Path(name)
    shipped = pretrained_models(KIND)
    if not folder.is_dir() and name in shipped:
        folder = pretrained_folder() / name
    for file in ("model.json", "weights.npz"):
        if not (folder / file).is_file():
            raise InputError(
                f"there is no reader in {folder}: {file} is missing (shipped readers: "
                f"{', '.join(shipped) or 'none'})"
            )
    path = folder / "model.json"
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        kind = facts.pop("kind")
        sizes = facts.pop("sizes")
        sizes = {
            "num_units": int(sizes["num_units"]),
            "stacks": [int(n) for n in sizes["stacks"]],
            "alphabet_size": int(sizes["alphabet_size"]),
        }
        alphabet = Alphabet(facts.pop("alphabet"))
        offset_scale = np.array(facts.pop("offset_scale"), np.float64)
        cleaning = [dict(step) for step in facts.pop("cleaning")]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path} is damaged: {error!r}") from error
    if kind != KIND:
        raise InputError(f"{path}: a model of kind {kind!r}, not a {KIND}")
    if offset_scale.shape != (2,) or not (0 < offset_scale).all():
        raise InputError(f"{path} is damaged: offset_scale must be two numbers over 0")
    if sizes["alphabet_size"] != alphabet.size or min(sizes["stacks"], default=0) < 1:
        raise InputError(f"{path} is damaged: its sizes fit no reader")
    weights = load_arrays(folder / "weights.npz")
    found = {name: weight.shape for name, weight in weights.items()}
    if found != weight_shapes(sizes):
        raise InputError(f"{folder}: weights.npz does not fit model.json")
    return Reader(folder, sizes, alphabet, offset_scale, cleaning, weights, facts)


def weight_shapes(sizes: dict) -> dict[str, tuple[int, ...]]:
    """The shapes of ReaderNetwork.named_weights for a network of these sizes."""
    units, width = sizes["num_units"], FEATURE_DIM
    shapes: dict[str, tuple[int, ...]] = {}
    for i, stack in enumerate(sizes["stacks"], start=1):
        for name in (f"forward_{i}", f"backward_{i}"):
            shapes[f"{name}/kernel"] = (stack * width, 4 * units)
            shapes[f"{name}/recurrent_kernel"] = (units, 4 * units)
            shapes[f"{name}/bias"] = (4 * units,)
        width = 2 * units
    shapes["output/kernel"] = (width, sizes["alphabet_size"])
    shapes["output/bias"] = (sizes["alphabet_size"],)
    return shapes


def save(reader: Reader, folder: Path, dtype: str = "float32") -> None:
    """Writes weights.npz and model.json, each whole or not at all.

    Args:
      reader: its `folder` is ignored.
      folder: an existing folder.
      dtype: of the stored weights; float16 halves a shipped model.
    """
    save_arrays(folder / "weights.npz", reader.weights, dtype)
    description = {
        "kind": KIND,
        "sizes": reader.sizes,
        "alphabet": reader.alphabet.characters,
        "offset_scale": reader.offset_scale.tolist(),
        "cleaning": reader.cleaning,
        **reader.facts,
    }
    text = json.dumps(description, indent=2) + "\n"
    write_whole(folder / "model.json", text.encode())
