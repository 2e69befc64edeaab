"""Batches for a network that tells hands apart: some lines of each of some writers."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence

import gin
import numpy as np

from scribe.corpora import cleaning_steps
from scribe.corpora.mixing import OtherCorpus
from scribe.corpora.prepared import Line, load_description, load_lines
from scribe.foundation.errors import InputError
from scribe.models.sizes import HAND_FEATURE_DIM
from scribe.reading.hand_embedding import features


@gin.register(module="scribe")
@dataclasses.dataclass(frozen=True)
class HandAugmentation:
    """Random small changes of each training line, drawn anew each time.

    None may change what tells hands apart by much. Heights are in vertical spreads.

    Attributes:
      slant_std: deviation of the shear (0.1 leans by 6 degrees).
      height_std: deviation of the logarithm of the height.
      shift_std: deviation of the line's place in y.
      noise_std: deviation of each number of a direction.
    """

    slant_std: float
    height_std: float
    shift_std: float
    noise_std: float

    def __call__(self, found: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """`features` [T, F] of a line -> the same of the changed line."""
        found = found.astype(np.float32)
        scale = np.exp(random.normal(0.0, self.height_std))
        shear = random.normal(0.0, self.slant_std)
        for x, y in ((0, 1), (3, 4)):  # directions and jumps
            found[:, y] *= scale
            found[:, x] -= shear * found[:, y]
        found[:, 2] = scale * found[:, 2] + random.normal(0.0, self.shift_std)
        drawn = found[:, 5] == 0.0
        directions = found[drawn, :2]
        directions /= np.linalg.norm(directions, axis=1, keepdims=True) + 1e-9
        noise = random.normal(0.0, self.noise_std, directions.shape)
        found[drawn, :2] = directions + noise
        return found


@gin.register(module="scribe")
@dataclasses.dataclass(eq=False, repr=False)
class HandDataset:
    """Lines of known writers, drawn by writer.

    Building it loads and cleans the corpora (a minute or two).

    Attributes:
      MAY_CHANGE: arguments that may be bound to something else when a run resumes.
      alphabet: of the corpus.
      train, validation: `features` of the lines of each writer, float16 [P, F] each.
      steps_per_epoch: steps in which each training line is drawn once, on average.

    Args:
      data_dir: folder made by `python -m scribe.prepare_data`, of a corpus that knows
        its writers.
      train_splits, validation_splits: names of splits in that corpus.
      others: corpora to train on beside this one; `times` is how often one of their
        writers is drawn for one of this corpus.
      steps: functions strokes -> strokes, applied in order to every line.
      min_lines: writers with fewer are left out.
      max_lines: of each writer, spread over his lines, so that loading takes little.
      writers_per_batch, lines_per_writer: what a batch has.
      points: of a line that are shown, from a random one on.
      validation_rounds: batches of the validation writers.
      seed: of the order and the augmentation.
      augmentation: of training lines.
    """

    MAY_CHANGE = ("data_dir",)

    data_dir: str
    train_splits: Sequence[str]
    validation_splits: Sequence[str]
    others: Sequence[OtherCorpus]
    steps: Sequence[Callable]
    min_lines: int
    max_lines: int
    writers_per_batch: int
    lines_per_writer: int
    points: int
    validation_rounds: int
    seed: int
    augmentation: HandAugmentation

    def __post_init__(self):
        if self.writers_per_batch < 2 or self.lines_per_writer < 2:
            raise InputError(
                f"writers_per_batch={self.writers_per_batch}, "
                f"lines_per_writer={self.lines_per_writer}: both must be 2 or more"
            )
        if self.min_lines < self.lines_per_writer:
            raise InputError(
                f"min_lines={self.min_lines}: must be {self.lines_per_writer} or more, "
                "as many as a batch takes of a writer"
            )
        corpus = load_description(self.data_dir)
        self.corpus_name = corpus.name
        self.alphabet = corpus.alphabet
        self.train = self._by_writer(self.data_dir, self.train_splits)
        weights = [1.0] * len(self.train)
        for other in self.others:
            found = self._by_writer(other.data_dir, other.splits)
            self.train += found
            weights += [other.times] * len(found)
        self._chances = np.array(weights) / sum(weights)
        self.validation = self._by_writer(self.data_dir, self.validation_splits)
        for name, writers in (("train", self.train), ("validation", self.validation)):
            if len(writers) < 2:
                raise InputError(f"{name}_splits hold fewer than two writers")
        drawn = self.writers_per_batch * self.lines_per_writer
        self.steps_per_epoch = max(1, sum(map(len, self.train)) // drawn)

    def _by_writer(self, data_dir: str, splits) -> list[list[np.ndarray]]:
        by_writer: dict[str, list[Line]] = {}
        for line in load_lines(data_dir, splits):
            if line.writer:
                by_writer.setdefault(line.writer, []).append(line)
        if not by_writer:
            raise InputError(
                f"{data_dir} does not know who wrote its lines: prepare the corpus "
                "again, or take one that names its writers"
            )
        kept = [lines for lines in by_writer.values() if len(lines) >= self.min_lines]
        return [[self._features(line) for line in self._some(lines)] for lines in kept]

    def _some(self, lines: list[Line]) -> list[Line]:
        places = np.linspace(0, len(lines) - 1, min(self.max_lines, len(lines)))
        return [lines[int(place)] for place in places.round()]

    def _features(self, line: Line) -> np.ndarray:
        strokes = line.strokes
        for step in self.steps:
            strokes = step(strokes)
        return features(strokes).astype(np.float16)

    def cleaning(self) -> list[dict]:
        """The steps by name with their bound arguments, for model.json."""
        return cleaning_steps.described(self.steps)

    def describe(self) -> str:
        """One sentence for the start of a training."""
        lines = sum(map(len, self.train))
        return (
            f"{self.corpus_name} and {len(self.others)} other: {lines} training lines "
            f"by {len(self.train)} writers, {sum(map(len, self.validation))} lines by "
            f"{len(self.validation)} for validation"
        )

    def train_batches(self, first_step: int) -> Iterator[dict[str, np.ndarray]]:
        """Training batches from `first_step` on, without end."""
        count = min(self.writers_per_batch, len(self.train))
        step = first_step
        while True:
            random = np.random.default_rng([self.seed, step])
            writers = random.choice(len(self.train), count, False, self._chances)
            yield self._batch(self.train, writers, random, self.augmentation)
            step += 1

    def validation_batches(self) -> Iterator[dict[str, np.ndarray]]:
        """The same lines of all validation writers each time, not augmented."""
        for number in range(self.validation_rounds):
            random = np.random.default_rng([self.seed, number, 1])
            yield self._batch(self.validation, range(len(self.validation)), random)

    def _batch(self, hands, writers, random, augmentation=None):
        shape = [len(writers) * self.lines_per_writer, self.points]
        batch = {
            "features": np.zeros([*shape, HAND_FEATURE_DIM], np.float32),
            "mask": np.zeros(shape, np.float32),
            "writer": np.repeat(writers, self.lines_per_writer).astype(np.int32),
        }
        row = 0
        for writer in writers:
            lines = hands[writer]
            for i in random.choice(len(lines), self.lines_per_writer, False):
                start = random.integers(max(1, len(lines[i]) - self.points + 1))
                shown = lines[i][start : start + self.points]
                if augmentation is not None:
                    shown = augmentation(shown, random)
                batch["features"][row, : len(shown)] = shown
                batch["mask"][row, : len(shown)] = 1.0
                row += 1
        return batch

    def signature(self):
        """tf.TensorSpec of each part of a batch."""
        import tensorflow as tf

        shape = [None, self.points]
        return {
            "features": tf.TensorSpec([*shape, HAND_FEATURE_DIM], tf.float32),
            "mask": tf.TensorSpec(shape, tf.float32),
            "writer": tf.TensorSpec([None], tf.int32),
        }

    def tensors(self, batches: Callable[[], Iterator[dict[str, np.ndarray]]]):
        """A tf.data.Dataset of what `batches()` yields, prefetched."""
        import tensorflow as tf

        return tf.data.Dataset.from_generator(
            batches, output_signature=self.signature()
        ).prefetch(2)
