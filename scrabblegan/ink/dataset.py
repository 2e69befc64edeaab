"""Crops of scans, and strokes that are set as the scans' words are."""

from collections.abc import Callable, Iterator

import gin
import numpy as np

from scrabblegan.ink.preparation import load_facts, load_scans, load_strokes
from scrabblegan.ink.scans import Scan
from scrabblegan.ink.written_strokes import WrittenWord
from scribe.foundation.errors import InputError
from scribe.models import paper_texture
from scribe.models.ink_model import FIGURES, ROWS, normalized
from scribe.models.pen_maps import CHANNELS, pen_maps

CROP = 64  # columns
_LEAST_INK = 25  # pixels of a crop: empty paper teaches nothing
_GAPS = (0.3, 0.9)  # between words, in x-heights
_TRIES = 6
_MOST_COLUMNS = 512


class Strip:
    """Words of strokes, set as the words of a scan are.

    Attributes:
      maps: uint8 [64, W, 3], see scribe.models.pen_maps.
      points, ends: what they were drawn from, pixels.
      figures: float32 [3], of the scan's pen.
      text: what it says.
    """

    def __init__(self, scan: Scan, unit: float, words: list[WrittenWord], random):
        """
        Args:
          scan: whose place and pen are taken.
          unit: pixels per x-height.
          words: that are drawn from.
          random: of the draws.
        """
        width = min(scan.image.shape[1], _MOST_COLUMNS) // 4 * 4
        left, right, row = scan.place
        right = min(right, width - 2.0)
        points, ends, texts, x = [], [], [], float(left)
        for _ in range(_TRIES):
            word = words[random.integers(len(words))]
            own = word.points * unit
            beyond = x + own[:, 0].max() > right + 0.3 * unit
            if np.ptp(own[:, 1]) > ROWS - 2 or (points and beyond):
                continue
            points.append(own + np.float32([x, 0.0]))
            ends.append(word.ends)
            texts.append(word.text)
            x = float(points[-1][:, 0].max()) + random.uniform(*_GAPS) * unit
            if x > right - unit:
                break
        if not points:  # all that were drawn are too high
            points.append(own * ((ROWS - 2) / np.ptp(own[:, 1])) + np.float32([x, 0]))
            ends.append(word.ends)
            texts.append(word.text)
        self.points = np.concatenate(points)
        self.ends = np.concatenate(ends)
        low, high = self.points[:, 1].min(), self.points[:, 1].max()
        # As high as the scan's words stand, but on the picture.
        self.points[:, 1] += np.clip(row, min(1.5 - low, 32.0), max(62.5 - high, 32.0))
        self.maps = pen_maps(self.points, self.ends, ROWS, width)
        self.figures = scan.figures.copy()
        self.figures[0] = max(2.0 * float(self.points[:, 1].std()), 1.0)
        self.text = " ".join(texts)


@gin.register(module="scrabblegan")
class InkDataset:
    """Unpaired crops of scans and of strokes, for the training loop.

    Attributes:
      name: of the corpus.
      train, validation: Scans.
      strips, validation_strips: Strips.
    """

    MAY_CHANGE = ("data_dir",)

    def __init__(self, data_dir: str, batch_size: int, num_strips: int, seed: int):
        """Loads the scans and draws the strokes.

        Args:
          data_dir: folder made by `python -m scrabblegan.prepare_ink`.
          batch_size: crops of each kind.
          num_strips: of words that are drawn, each once.
          seed: of strips and crops.
        """
        if batch_size < 1 or num_strips < 1:
            raise InputError(
                f"batch_size={batch_size}, num_strips={num_strips}: use 1 or more"
            )
        facts = load_facts(data_dir)
        self.name = str(facts.get("corpus", data_dir))
        self.batch_size, self.seed = batch_size, seed
        self.train, self.validation = (
            load_scans(data_dir, split) for split in ("train", "validation")
        )
        words = load_strokes(data_dir)
        random = np.random.default_rng([seed, 1])
        # Held-out words are drawn as held-out scans are.
        cut = max(len(words) // 10, 1)
        self.strips = self._strips(self.train, words[cut:] or words, num_strips, random)
        count = max(min(num_strips // 4, len(self.validation)), 1)
        self.validation_strips = self._strips(
            self.validation, words[:cut], count, random
        )
        self.figures = np.stack([scan.figures for scan in self.train])

    def _strips(self, scans, words, count: int, random) -> list[Strip]:
        chosen = random.integers(len(scans), size=count)
        units = units_like(
            np.array([scan.figures[0] for scan in scans]),
            np.array([word.spread for word in words]),
        )
        return [Strip(scans[i], units[i], words, random) for i in chosen]

    @property
    def steps_per_epoch(self) -> int:
        return max(len(self.train) // self.batch_size, 1)

    def describe(self) -> str:
        """One sentence for the start of a training."""
        return (
            f"{self.name}: {len(self.train):,} scans, {len(self.validation):,} held "
            f"out, {len(self.strips):,} strips of strokes"
        )

    def train_batches(self, first_step: int) -> Iterator[dict[str, np.ndarray]]:
        """Batches from `first_step` on, without end; see `signature`."""
        step = first_step
        while True:
            random = np.random.default_rng([self.seed, 2, step])
            yield self._batch(self.train, self.strips, self.batch_size, random)
            step += 1

    def validation_batches(self) -> Iterator[dict[str, np.ndarray]]:
        """Held-out crops, the same ones each time."""
        for number in range(max(len(self.validation_strips) // self.batch_size, 1)):
            random = np.random.default_rng([self.seed, 3, number])
            yield self._batch(
                self.validation, self.validation_strips, self.batch_size, random
            )

    def _batch(self, scans, strips, count: int, random) -> dict[str, np.ndarray]:
        batch = {
            name: np.zeros([count, ROWS, CROP, channels], np.uint8)
            for name, channels in (("scan", 1), ("paper", 1), ("maps", CHANNELS))
        }
        figures = {name: [] for name in ("scan_figures", "pen_figures")}
        for row in range(count):
            scan = scans[random.integers(len(scans))]
            mask = scan.image < 0.75 * scan.paper
            left = _crop(mask, random)
            batch["scan"][row, ..., 0] = scan.image[:, left : left + CROP]
            figures["scan_figures"].append(scan.figures)
            strip = strips[random.integers(len(strips))]
            left = _crop(strip.maps[..., 0] > 128, random)
            batch["maps"][row] = strip.maps[:, left : left + CROP]
            figures["pen_figures"].append(strip.figures)
            paper = scans[random.integers(len(scans))].paper
            left = random.integers(paper.shape[1] - CROP + 1)
            patch = paper[:, left : left + CROP]
            flipped = random.random() < 0.5
            batch["paper"][row, ..., 0] = patch[:, ::-1] if flipped else patch
        return batch | {
            name: normalized(np.stack(own), self.figures)
            for name, own in figures.items()
        }

    def tensors(self, batches: Callable[[], Iterator[dict[str, np.ndarray]]]):
        """A tf.data.Dataset of what `batches()` yields, prefetched."""
        import tensorflow as tf

        return tf.data.Dataset.from_generator(
            batches, output_signature=signature()
        ).prefetch(2)

    def papers(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Kernels and shades of some of the papers, see scribe.models.paper_texture."""
        chosen = np.linspace(0, len(self.train) - 1, count).round().astype(int)
        learnt = []
        for i in np.unique(chosen):
            paper = self.train[i].paper
            lefts = range(0, paper.shape[1] - CROP + 1, CROP // 2)
            patches = np.stack([paper[:, left : left + CROP] for left in lefts])
            learnt.append(paper_texture.learn(patches))
        kernels, shades = zip(*learnt, strict=True)
        return np.stack(kernels), np.stack(shades)


def units_like(scans: np.ndarray, words: np.ndarray) -> np.ndarray:
    """Pixels per x-height, for each scan, that give words the scans' heights.

    A word is high for its letters or for its hand. As much as the heights of scans vary
    beyond those of words is the hand's, the rest is left to the letters.

    Args:
      scans: [N] heights of writing, pixels.
      words: [M] those of words, x-heights.
    """
    scans, words = np.log(scans), np.log(words)
    beyond = max(scans.var() - words.var(), 0.0)
    share = np.sqrt(beyond / max(scans.var(), 1e-9))
    usual = scans.mean() - words.mean()
    return np.exp(usual + share * (scans - scans.mean()))


def _crop(mask: np.ndarray, random) -> int:
    """The left column of a crop with ink in it, if that is found soon."""
    room = mask.shape[1] - CROP
    for _ in range(_TRIES):
        left = int(random.integers(room + 1))
        if np.count_nonzero(mask[:, left : left + CROP]) > _LEAST_INK:
            break
    return left


def signature():
    """tf.TensorSpec of each part of a batch of B crops."""
    import tensorflow as tf

    spec = {
        name: tf.TensorSpec([None, ROWS, CROP, channels], tf.uint8)
        for name, channels in (("scan", 1), ("paper", 1), ("maps", CHANNELS))
    }
    figures = tf.TensorSpec([None, len(FIGURES)], tf.float32)
    return spec | {"scan_figures": figures, "pen_figures": figures}
