"""From a prepared corpus to batches.

Cleaning steps and bounds are bound in gin; `scribe.corpora.epochs` has the order.
"""

import dataclasses
from collections.abc import Callable, Iterator, Sequence

import gin
import numpy as np

from scribe.corpora import cleaning_steps
from scribe.corpora.augmentation import Augmentation, RareCharacters
from scribe.corpora.batches import batch_signature, pad_batch
from scribe.corpora.epochs import Epochs
from scribe.corpora.line_bounds import LineBounds
from scribe.corpora.mixing import OtherCorpus
from scribe.corpora.prepared import Corpus, Line, load_description, load_lines
from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError
from scribe.strokes.arrays import rescale


@gin.register(module="scribe")
@dataclasses.dataclass(eq=False, repr=False)
class StrokeDataset:
    """Lines of a prepared corpus, cleaned, normalised and batched.

    Building it loads and cleans the corpus (seconds).

    Attributes:
      MAY_CHANGE: arguments that may be bound to something else when a run resumes.
      alphabet: the characters that are known.
      offset_scale: float64 [2], the deviation of the training offsets by which all
        offsets are divided (Graves 2013, section 4.2); the model's unit.
      train, validation: lists of Line in the model's unit.
      dropped: number of lines left out, by reason.
      writers: whose lines were trained on, if batches name them; number i + 1 in a
        batch is writers[i], and 0 is unknown.

    Args:
      data_dir: folder made by `python -m scribe.prepare_data`.
      train_splits, validation_splits: names of splits in that corpus.
      steps: functions strokes -> strokes, applied in order to every line.
      max_points, points_per_character, max_offset: of a line after `steps`, see
        LineBounds; others are left out.
      batch_size, bucket_points: see Epochs.
      seed: of the order and the augmentation.
      augmentation: None for none.
      alphabet: the characters of a network that is to be trained further; lines with
        others are left out. None for those of the corpus.
      offset_scale: x and y unit of that network; None for the deviation.
      repeats: how often each training line comes in an epoch; None for once.
      known_writers: for corpora whose `form` is the writer, as DeepWriting's: share of
        the training lines whose batches name him, so that the network learns the
        unknown writer from the others. None for batches without writers.
      others: corpora to train on beside this one.

    Those that may be None have that default, as files of earlier versions lack them.
    """

    MAY_CHANGE = ("data_dir",)

    data_dir: str
    train_splits: Sequence[str]
    validation_splits: Sequence[str]
    steps: Sequence[Callable]
    max_points: int
    points_per_character: tuple[float, float]
    max_offset: float
    batch_size: int
    bucket_points: int
    seed: int
    augmentation: Augmentation | None
    alphabet: dataclasses.InitVar[str | None] = None
    offset_scale: dataclasses.InitVar[Sequence[float] | None] = None
    repeats: RareCharacters | None = None
    known_writers: float | None = None
    others: Sequence[OtherCorpus] = ()

    def __post_init__(self, alphabet, offset_scale):
        corpus = load_description(self.data_dir)
        self._check(corpus)
        self.corpus_name = corpus.name
        self.alphabet = corpus.alphabet if alphabet is None else Alphabet(alphabet)
        self.dropped: dict[str, int] = {}
        train = self._usable_lines(self.data_dir, self.train_splits)
        times = np.ones(len(train))
        for other in self.others:
            lines = self._usable_lines(other.data_dir, other.splits)
            train += [
                dataclasses.replace(line, strokes=other.begun(line.strokes))
                for line in lines
            ]
            times = np.append(times, np.full(len(lines), other.times))
        validation = self._usable_lines(self.data_dir, self.validation_splits)
        if offset_scale is None:
            self.offset_scale = _deviation(train, self.data_dir)
        else:
            self.offset_scale = _checked_scale(offset_scale)
        self.train = [self._normalise(line) for line in train]
        self.validation = [self._normalise(line) for line in validation]
        named = {line.form for line in train} if self.known_writers is not None else ()
        self.writers = sorted(named)
        self._writer_ids = {name: i for i, name in enumerate(self.writers, start=1)}
        texts = [line.text for line in train]
        self._epochs = Epochs(
            np.array([len(line.strokes) for line in train]),
            times if self.repeats is None else times * self.repeats(texts),
            self.batch_size,
            self.bucket_points,
            self.seed,
        )

    def _check(self, corpus: Corpus) -> None:
        for split in (*self.train_splits, *self.validation_splits):
            if split not in corpus.splits:
                raise InputError(
                    f"{self.data_dir} has no split {split!r}, only "
                    f"{', '.join(corpus.splits)}: bind StrokeDataset.train_splits and "
                    "validation_splits to some of these"
                )
        known_writers = self.known_writers
        if known_writers is not None and not 0.0 <= known_writers <= 1.0:
            raise InputError(f"known_writers={known_writers}: must be from 0 to 1")
        if self.batch_size < 1 or self.bucket_points < 1:
            raise InputError(
                f"batch_size={self.batch_size}, bucket_points={self.bucket_points}: "
                "both must be 1 or more"
            )

    def _usable_lines(self, data_dir: str, splits: Sequence[str]) -> list[Line]:
        """The lines of some splits that are within the bounds, cleaned."""
        bounds = LineBounds(
            self.alphabet, self.max_points, self.points_per_character, self.max_offset
        )
        usable = []
        for line in load_lines(data_dir, splits):
            line = dataclasses.replace(line, strokes=self.clean(line.strokes))
            reason = bounds.reason_to_drop(line)
            if reason is None:
                usable.append(line)
            else:
                self.dropped[reason] = self.dropped.get(reason, 0) + 1
        if not usable:
            raise InputError(
                f"no line of {data_dir} ({', '.join(splits)}) is within the bounds "
                "of the dataset's gin file"
            )
        return usable

    def clean(self, strokes: np.ndarray) -> np.ndarray:
        """`steps` applied to one line, in the corpus's unit."""
        for step in self.steps:
            strokes = step(strokes)
        return strokes

    def cleaning(self) -> list[dict]:
        """The steps by name with their bound arguments, for model.json."""
        return cleaning_steps.described(self.steps)

    def _normalise(self, line: Line) -> Line:
        strokes = rescale(line.strokes, 1.0 / self.offset_scale)
        return dataclasses.replace(line, strokes=strokes)

    @property
    def steps_per_epoch(self) -> int:
        return len(self._epochs)

    @property
    def points_per_epoch(self) -> int:
        points = [len(line.strokes) - 1 for line in self.train]
        return round(np.dot(self._epochs.repeats, points))

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

    def train_batches(self, first_step: int) -> Iterator[dict[str, np.ndarray]]:
        """Training batches from `first_step` on, without end."""
        epoch, position = divmod(first_step, self.steps_per_epoch)
        while True:
            batches = self._epochs.batches(epoch)
            for i in range(position, len(batches)):
                random = np.random.default_rng([self.seed, epoch, i, 1])
                yield self._batch([self.train[j] for j in batches[i]], random)
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
                batch["writer"][random.random(len(lines)) >= self.known_writers] = 0
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


def _deviation(lines: Sequence[Line], data_dir: str) -> np.ndarray:
    """float64 [2] of all offsets in x and in y."""
    offsets = np.concatenate([line.strokes[1:, :2] for line in lines])
    deviation = offsets.std(axis=0, dtype=np.float64)
    if not np.all(deviation > 0.0):
        raise InputError(
            f"the training offsets of {data_dir} deviate by {deviation} in x and y: "
            "they cannot be normalised"
        )
    return deviation


def _checked_scale(offset_scale: Sequence[float]) -> np.ndarray:
    scale = np.array(offset_scale, np.float64)
    if scale.shape != (2,) or not np.all(scale > 0.0):
        raise InputError(
            f"StrokeDataset.offset_scale={offset_scale}: must be two numbers over 0"
        )
    return scale
