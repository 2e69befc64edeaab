"""From a prepared corpus to batches.

Cleaning steps and bounds are bound in gin; the batches of an epoch are a permutation
keyed by (seed, epoch), so that the batch of any step can be found without having
drawn those before it: resuming needs nothing but the step.
"""

import collections
import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence

import gin
import numpy as np

from scribe.corpora.prepared import Line, load_description, load_lines
from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError
from scribe.strokes.arrays import rescale, slant
from scribe.strokes.cleaning import CLEANING_STEPS
from scribe.strokes.measures import median_offset

for _step in CLEANING_STEPS.values():
    gin.external_configurable(_step, module="scribe.strokes")


@gin.register(module="scribe")
@dataclasses.dataclass(frozen=True)
class Augmentation:
    """Random small changes of each training line, drawn anew each epoch.

    Attributes:
      slant_std: deviation of the shear (0.1 leans by 6 degrees).
      scale_std: deviation of the logarithm of the size, for x and y apart.
    """

    slant_std: float
    scale_std: float

    def __call__(self, strokes: np.ndarray, random: np.random.Generator) -> np.ndarray:
        shear = random.normal(0.0, self.slant_std)
        scale = np.exp(random.normal(0.0, self.scale_std, 2))
        return rescale(slant(strokes, shear), scale)


@gin.register(module="scribe")
@dataclasses.dataclass(frozen=True)
class RareCharacters:
    """How often each training line comes in an epoch, by its rarest character.

    A capital X stands in one line of IAM-OnDB among hundreds, and what is seen so
    rarely is written badly. A line whose rarest character is in n lines comes
    (common_lines / n) ** exponent times.

    Attributes:
      common_lines: characters that are in so many lines or more are not rare.
      exponent: 0 repeats nothing; 1 shows every character equally often.
      max_repeats: no line comes more often in one epoch.
    """

    common_lines: int
    exponent: float
    max_repeats: float

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Mean number of times per epoch for each text: float64 [lines], 1 or more."""
        counts: collections.Counter[str] = collections.Counter()
        for text in texts:
            counts.update(set(text))
        rarest = np.array([min(counts[c] for c in text) for text in texts])
        repeats = (self.common_lines / rarest) ** self.exponent
        return np.clip(repeats, 1.0, self.max_repeats)


@gin.register(module="scribe")
class StrokeDataset:
    """Lines of a prepared corpus, cleaned, normalised and batched.

    Attributes:
      alphabet: of the corpus.
      offset_scale: float64 [2], the deviation of the training offsets by which all
        offsets are divided (Graves 2013, section 4.2); the model's unit.
      train, validation: lists of Line in the model's unit.
      dropped: number of lines left out, by reason.
      writers: whose lines were trained on, if batches name them; number i + 1 in a
        batch is writers[i], and 0 is unknown.
    """

    MAY_CHANGE = ("data_dir",)

    def __init__(
        self,
        data_dir: str,
        train_splits: Sequence[str],
        validation_splits: Sequence[str],
        steps: Sequence[Callable],
        max_points: int,
        points_per_character: tuple[float, float],
        max_offset: float,
        batch_size: int,
        bucket_points: int,
        seed: int,
        augmentation: Augmentation | None,
        alphabet: str | None = None,
        offset_scale: Sequence[float] | None = None,
        repeats: RareCharacters | None = None,
        known_writers: float | None = None,
    ):
        """Loads and cleans the corpus (seconds).

        Args:
          data_dir: folder made by `python -m scribe.prepare_data`.
          train_splits, validation_splits: names of splits in that corpus.
          steps: functions strokes -> strokes, applied in order to every line.
          max_points: longer lines (after `steps`) are left out.
          points_per_character: lines outside these bounds (after `steps`) are left out.
          max_offset: lines with an offset longer than so many median offsets are left
            out: a sensor's glitch, not a pen.
          batch_size: lines per batch.
          bucket_points: lines are batched with lines of like length, in buckets of this
            many points.
          seed: of the order and the augmentation.
          augmentation: None for none.
          alphabet: the characters of a network that is to be trained further; lines
            with others are left out. None for those of the corpus.
          offset_scale: x and y unit of that network; None for the deviation.
          repeats: how often each training line comes in an epoch; None for once.
          known_writers: for corpora whose `form` is the writer, as DeepWriting's: share
            of the training lines whose batches name him, so that the network learns the
            unknown writer from the others. None for batches without writers.
        """
        if known_writers is not None and not 0.0 <= known_writers <= 1.0:
            raise InputError(f"known_writers={known_writers}: must be from 0 to 1")
        if batch_size < 1 or bucket_points < 1:
            raise InputError(
                f"batch_size={batch_size}, bucket_points={bucket_points}: both must be "
                "1 or more"
            )
        corpus = load_description(data_dir)
        self.alphabet = corpus.alphabet if alphabet is None else Alphabet(alphabet)
        self.corpus_name = corpus.name
        self.batch_size = batch_size
        self.bucket_points = bucket_points
        self.seed = seed
        self.augmentation = augmentation
        self.dropped: dict[str, int] = {}
        self._steps = list(steps)

        def reason_to_drop(line: Line) -> str | None:
            points = len(line.strokes)
            low, high = points_per_character
            if not line.text:
                return "no text"
            if self.alphabet.unknown(line.text):
                return "characters that the alphabet lacks"
            if points < 2:
                return "fewer than 2 points"
            if points > max_points:
                return f"more than {max_points} points"
            if not low <= points / len(line.text) <= high:
                return f"not {low:g} to {high:g} points per character"
            longest = np.hypot(line.strokes[:, 0], line.strokes[:, 1]).max()
            if longest > max_offset * median_offset(line.strokes):
                return f"an offset over {max_offset:g} times the median"
            return None

        def load(splits):
            kept = []
            for line in load_lines(data_dir, splits):
                line = dataclasses.replace(line, strokes=self.clean(line.strokes))
                reason = reason_to_drop(line)
                if reason is None:
                    kept.append(line)
                else:
                    self.dropped[reason] = self.dropped.get(reason, 0) + 1
            if not kept:
                raise InputError(
                    f"no line of {data_dir} ({', '.join(splits)}) is within the bounds "
                    "of the dataset's gin file"
                )
            return kept

        train, validation = load(train_splits), load(validation_splits)
        if offset_scale is None:
            offsets = np.concatenate([line.strokes[1:, :2] for line in train])
            offset_scale = offsets.std(axis=0, dtype=np.float64)
            if not np.all(offset_scale > 0.0):
                raise InputError(
                    f"the training offsets of {data_dir} deviate by {offset_scale} in "
                    "x and y: they cannot be normalised"
                )
        self.offset_scale = np.array(offset_scale, np.float64)
        if self.offset_scale.shape != (2,) or not np.all(self.offset_scale > 0.0):
            raise InputError(
                f"StrokeDataset.offset_scale={offset_scale}: must be two numbers over 0"
            )
        self._known_writers = known_writers
        named = {line.form for line in train} if known_writers is not None else ()
        self.writers = sorted(named)
        self._writer_ids = {name: i for i, name in enumerate(self.writers, start=1)}
        self.train = [self._normalise(line) for line in train]
        self.validation = [self._normalise(line) for line in validation]
        texts = [line.text for line in self.train]
        times = np.ones(len(texts)) if repeats is None else repeats(texts)
        # So many lines that every epoch has the same number of batches.
        self._repeats = times * math.ceil(times.sum()) / times.sum()

    def clean(self, strokes: np.ndarray) -> np.ndarray:
        """`steps` applied to one line, in the corpus's unit."""
        for step in self._steps:
            strokes = step(strokes)
        return strokes

    def cleaning(self) -> list[dict]:
        """The steps by name with their bound arguments, for model.json."""
        return [
            {"step": step.__name__, **gin.get_bindings(step, resolve_references=True)}
            for step in self._steps
        ]

    def _normalise(self, line: Line) -> Line:
        strokes = rescale(line.strokes, 1.0 / self.offset_scale)
        return dataclasses.replace(line, strokes=strokes)

    @property
    def steps_per_epoch(self) -> int:
        return len(self._order(0))

    @property
    def points_per_epoch(self) -> int:
        points = [len(line.strokes) - 1 for line in self.train]
        return round(np.dot(self._repeats, points))

    @property
    def max_characters(self) -> int:
        """Of any training line, with the terminator."""
        return max(len(line.text) for line in self.train) + 1

    def describe(self) -> str:
        """One sentence for the start of a training."""
        lengths = [len(line.strokes) for line in self.train]
        dropped = "".join(f", {n} lines dropped: {r}" for r, n in self.dropped.items())
        return (
            f"{self.corpus_name}: {len(self.train)} training lines of "
            f"{np.mean(lengths):.0f} points on average, {len(self.validation)} "
            f"validation lines, {self.alphabet.size} symbols, offset scale "
            f"{self.offset_scale[0]:.4g} x {self.offset_scale[1]:.4g}{dropped}"
        )

    def _order(self, epoch: int) -> list[np.ndarray]:
        """Indices of the lines of each batch of an epoch."""
        random = np.random.default_rng([self.seed, epoch])
        lengths = np.array([len(line.strokes) for line in self.train])
        shuffled = random.permutation(self._lines_of_epoch(epoch))
        buckets = lengths[shuffled] // self.bucket_points
        by_bucket = shuffled[np.argsort(buckets, kind="stable")]
        num_batches = math.ceil(len(by_bucket) / self.batch_size)
        batches = np.array_split(by_bucket, num_batches)
        return [batches[i] for i in random.permutation(num_batches)]

    def _lines_of_epoch(self, epoch: int) -> np.ndarray:
        """Indices of the lines of an epoch, those that come twice standing twice.

        The fractions of `_repeats` are rounded by systematic sampling: the sum of all
        numbers up to each line is rounded with one offset, so that the total is exact.
        """
        if not (self._repeats > 1.0).any():
            return np.arange(len(self.train))
        offset = np.random.default_rng([self.seed, epoch, 2]).random()
        ends = np.floor(np.cumsum(self._repeats) + offset)
        ends[-1] = round(self._repeats.sum())
        return np.repeat(
            np.arange(len(self.train)), np.diff(ends, prepend=0).astype(int)
        )

    def train_batches(self, first_step: int) -> Iterator[dict[str, np.ndarray]]:
        """Training batches from `first_step` on, without end."""
        epoch, position = divmod(first_step, self.steps_per_epoch)
        while True:
            for i, indices in enumerate(self._order(epoch)[position:], start=position):
                random = np.random.default_rng([self.seed, epoch, i, 1])
                yield self._batch([self.train[j] for j in indices], random)
            epoch, position = epoch + 1, 0

    def validation_batches(self) -> Iterator[dict[str, np.ndarray]]:
        """All validation lines once, sorted by length, not augmented."""
        lines = sorted(self.validation, key=lambda line: len(line.strokes))
        for start in range(0, len(lines), self.batch_size):
            yield self._batch(lines[start : start + self.batch_size], None)

    def _batch(self, lines: Sequence[Line], random) -> dict[str, np.ndarray]:
        strokes = [line.strokes for line in lines]
        if random is not None and self.augmentation is not None:
            strokes = [self.augmentation(s, random) for s in strokes]
        texts = [self.alphabet.encode(line.text) for line in lines]
        batch = pad_batch(strokes, texts)
        if self.writers:
            ids = [self._writer_ids.get(line.form, 0) for line in lines]
            batch["writer"] = np.array(ids, np.int32)
            if random is not None:
                batch["writer"][random.random(len(lines)) >= self._known_writers] = 0
        return batch

    def signature(self):
        """tf.TensorSpec of each part of a batch."""
        import tensorflow as tf

        writer = {"writer": tf.TensorSpec([None], tf.int32)} if self.writers else {}
        return batch_signature() | writer

    def tensors(self, batches: Callable[[], Iterator[dict[str, np.ndarray]]]):
        """A tf.data.Dataset of what `batches()` yields, prefetched."""
        import tensorflow as tf

        return tf.data.Dataset.from_generator(
            batches, output_signature=self.signature()
        ).prefetch(2)


def batch_signature():
    """tf.TensorSpec of what every batch has; batch, points and characters vary."""
    import tensorflow as tf

    return {
        "strokes": tf.TensorSpec([None, None, 3], tf.float32),
        "stroke_mask": tf.TensorSpec([None, None], tf.float32),
        "text": tf.TensorSpec([None, None], tf.int32),
        "text_mask": tf.TensorSpec([None, None], tf.float32),
    }


def pad_batch(
    strokes: Sequence[np.ndarray], texts: Sequence[np.ndarray]
) -> dict[str, np.ndarray]:
    """Puts lines of different lengths into rectangular arrays.

    Args:
      strokes: B arrays [P_b, 3].
      texts: B arrays [U_b] of ids.

    Returns:
      strokes [B, P, 3], stroke_mask [B, P], text [B, U], text_mask [B, U]; the masks
      are 1.0 where there is something.
    """
    max_points = max(len(s) for s in strokes)
    max_characters = max(len(t) for t in texts)
    batch = {
        "strokes": np.zeros([len(strokes), max_points, 3], np.float32),
        "stroke_mask": np.zeros([len(strokes), max_points], np.float32),
        "text": np.zeros([len(texts), max_characters], np.int32),
        "text_mask": np.zeros([len(texts), max_characters], np.float32),
    }
    for b, (points, ids) in enumerate(zip(strokes, texts, strict=True)):
        batch["strokes"][b, : len(points)] = points
        batch["stroke_mask"][b, : len(points)] = 1.0
        batch["text"][b, : len(ids)] = ids
        batch["text_mask"][b, : len(ids)] = 1.0
    return batch
