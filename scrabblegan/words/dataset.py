"""Batches of word images and of words to generate."""

import math
from collections.abc import Callable, Iterator, Sequence

import gin
import numpy as np

from scrabblegan.images import HEIGHT_PIXELS
from scrabblegan.images.pixels import PAPER
from scrabblegan.words.lexicon import Lexicon, read_lexicon
from scrabblegan.words.normalizer import normalizer_of
from scrabblegan.words.prepared import Words, load_facts, load_words
from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError


@gin.register(module="scrabblegan")
class WordDataset:
    """Images of words for the training loop, and words for the generator.

    A training batch has words of one length, so that no image in it is padded. An epoch
    takes each length in ceil(words / batch_size) batches, in an order keyed by (seed,
    epoch): every image comes at least once, and lengths come as often as they do in the
    data. The lexicon words of a batch are of one length too, that of another batch of
    the epoch: both have the same distribution of lengths, or the discriminator could
    tell generated words by how long they are.

    Attributes:
      alphabet: id 0 is the blank of CTC, characters count from 1.
      train, validation: Words.
      lexicon: a Lexicon.
      normalizer: what was done to the images.
      dropped: number of words left out, by reason.
    """

    MAY_CHANGE = ("data_dir",)

    def __init__(
        self,
        data_dir: str,
        train_splits: Sequence[str],
        validation_splits: Sequence[str],
        alphabet: str,
        lengths: tuple[int, int],
        batch_size: int,
        lexicon: str | None,
        seed: int,
        nonsense: float = 0.0,
        max_validation_words: int | None = None,
    ):
        """Loads the images (a second).

        Args:
          data_dir: folder made by `python -m scrabblegan.prepare_data`.
          train_splits, validation_splits: names of splits in it.
          alphabet: characters; words with others are left out.
          lengths: fewest and most characters of a word.
          batch_size: words per batch.
          lexicon: name of a list that comes with the package, or a text file; None for
            the texts of the training images.
          seed: of the order and of what is drawn from the lexicon.
          nonsense: share, from 0 to 1, of random characters among the words that are
            drawn from the lexicon in training, so that each is written often enough.
          max_validation_words: as many, evenly spread over all; None for all.
        """
        if batch_size < 1 or not 1 <= lengths[0] <= lengths[1]:
            raise InputError(
                f"batch_size={batch_size}, lengths={tuple(lengths)}: a batch has 1 "
                "word or more, and lengths are from 1 on, the fewest first"
            )
        if not 0.0 <= nonsense <= 1.0:
            raise InputError(f"nonsense={nonsense}: must be a share from 0 to 1")
        self.alphabet = Alphabet(alphabet)
        self.batch_size = batch_size
        self.nonsense = nonsense
        self.seed = seed
        self.dropped: dict[str, int] = {}
        description = load_facts(data_dir)
        self.name = description.get("name", str(data_dir))
        self.normalizer = normalizer_of(description)
        self._bounds = tuple(lengths)
        self.train = self._load(data_dir, train_splits)
        self.validation = self._load(data_dir, validation_splits)
        if max_validation_words is not None:
            self.validation = _spread(self.validation, max_validation_words)
        self._by_length = _by_length(self.train.texts)
        self.lexicon = self._lexicon(lexicon)

    def _load(self, data_dir: str, splits: Sequence[str]) -> Words:
        images, texts, names = [], [], []
        for split in splits:
            words = load_words(data_dir, split)
            for image, text, name in zip(
                words.images, words.texts, words.names, strict=True
            ):
                reason = self._reason_to_drop(text)
                if reason is None:
                    images.append(image)
                    texts.append(text)
                    names.append(name)
                else:
                    self.dropped[reason] = self.dropped.get(reason, 0) + 1
        if not texts:
            raise InputError(
                f"no word of {data_dir} ({', '.join(splits)}) has only the characters "
                f"and lengths that WordDataset asks for: {self.dropped}"
            )
        return Words(images, texts, names)

    def _reason_to_drop(self, text: str) -> str | None:
        shortest, longest = self._bounds
        if not shortest <= len(text) <= longest:
            return f"not {shortest} to {longest} characters"
        if self.alphabet.unknown(text):
            return "characters that the alphabet lacks"
        return None

    def _lexicon(self, source: str | None) -> Lexicon:
        """The lexicon; the data's own texts stand in for a length that it lacks."""
        texts = self.train.texts
        if source is None:
            return Lexicon(dict.fromkeys(texts), 0.0, self.alphabet)
        words = read_lexicon(source, self.alphabet)
        known = {len(word) for word in words}
        words += dict.fromkeys(text for text in texts if len(text) not in known)
        capitals = float(np.mean([text[0].isupper() for text in texts]))
        return Lexicon(words, capitals, self.alphabet)

    @property
    def steps_per_epoch(self) -> int:
        return sum(
            math.ceil(len(indices) / self.batch_size)
            for indices in self._by_length.values()
        )

    def describe(self) -> str:
        """One sentence for the start of a training."""
        lengths = [len(text) for text in self.train.texts]
        dropped = "".join(f", {n} left out: {r}" for r, n in self.dropped.items())
        return (
            f"{self.name}: {len(self.train):,} training words of "
            f"{np.mean(lengths):.1f} characters on average, "
            f"{len(self.validation):,} validation words, "
            f"{len(self.alphabet.characters)} characters{dropped}"
        )

    def _order(self, epoch: int) -> list[np.ndarray]:
        """Indices of the words of each batch of an epoch."""
        random = np.random.default_rng([self.seed, epoch])
        batches = []
        for indices in self._by_length.values():
            shuffled = random.permutation(indices)
            count = math.ceil(len(shuffled) / self.batch_size)
            # The last batch is filled up with words of the first.
            filled = np.resize(shuffled, count * self.batch_size)
            batches.extend(filled.reshape(count, self.batch_size))
        return [batches[i] for i in random.permutation(len(batches))]

    def train_batches(self, first_step: int) -> Iterator[dict[str, np.ndarray]]:
        """Training batches from `first_step` on, without end; see `signature`."""
        epoch, position = divmod(first_step, self.steps_per_epoch)
        while True:
            order = self._order(epoch)
            others = np.random.default_rng([self.seed, epoch, 1]).permutation(
                len(order)
            )
            for i in range(position, len(order)):
                random = np.random.default_rng([self.seed, epoch, 2, i])
                length = len(self.train.texts[order[others[i]][0]])
                drawn = self.lexicon.draw(random, length, self.batch_size)
                for j in np.flatnonzero(random.random(len(drawn)) < self.nonsense):
                    drawn[j] = self.lexicon.nonsense(random, length)
                yield self._batch(self.train, order[i], drawn)
            epoch, position = epoch + 1, 0

    def validation_batches(self) -> Iterator[dict[str, np.ndarray]]:
        """All validation words once, sorted by length; the last batch is smaller."""
        lengths = np.array([len(text) for text in self.validation.texts])
        order = np.argsort(lengths, kind="stable")
        for start in range(0, len(order), self.batch_size):
            random = np.random.default_rng([self.seed, 3, start])
            indices = order[start : start + self.batch_size]
            length = len(self.train.texts[random.integers(len(self.train))])
            drawn = self.lexicon.draw(random, length, len(indices))
            yield self._batch(self.validation, indices, drawn)

    def _batch(self, words: Words, indices, drawn: Sequence[str]):
        """Real words, and those drawn from the lexicon, all of one length."""
        texts = [words.texts[i] for i in indices]
        image, width = pad_images([words.images[i] for i in indices])
        text, text_length = pad_texts(texts, self.alphabet)
        lexicon_text, lexicon_text_length = pad_texts(drawn, self.alphabet)
        return {
            "image": image,
            "width": width,
            "text": text,
            "text_length": text_length,
            "lexicon_text": lexicon_text,
            "lexicon_length": lexicon_text_length,
        }

    def tensors(self, batches: Callable[[], Iterator[dict[str, np.ndarray]]]):
        """A tf.data.Dataset of what `batches()` yields, prefetched."""
        import tensorflow as tf

        return tf.data.Dataset.from_generator(
            batches, output_signature=signature()
        ).prefetch(2)


def signature():
    """tf.TensorSpec of each part of a batch: B words, W columns, L and M characters."""
    import tensorflow as tf

    return {
        "image": tf.TensorSpec([None, HEIGHT_PIXELS, None, 1], tf.uint8),
        "width": tf.TensorSpec([None], tf.int32),
        "text": tf.TensorSpec([None, None], tf.int32),
        "text_length": tf.TensorSpec([None], tf.int32),
        "lexicon_text": tf.TensorSpec([None, None], tf.int32),
        "lexicon_length": tf.TensorSpec([None], tf.int32),
    }


def pad_images(images: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Lays images on paper as wide as the widest.

    Args:
      images: B of uint8 [32, W_b].

    Returns:
      uint8 [B, 32, W, 1], and int32 [B] the widths W_b.
    """
    width = np.array([image.shape[1] for image in images], np.int32)
    shape = [len(images), HEIGHT_PIXELS, width.max(), 1]
    padded = np.full(shape, PAPER, np.uint8)
    for row, image in zip(padded, images, strict=True):
        row[:, : image.shape[1], 0] = image
    return padded, width


def pad_texts(
    texts: Sequence[str], alphabet: Alphabet
) -> tuple[np.ndarray, np.ndarray]:
    """The ids of texts, 0 behind their ends: int32 [B, L], and int32 [B] lengths.

    Raises:
      InputError: a character has no id.
    """
    length = np.array([len(text) for text in texts], np.int32)
    ids = np.zeros([len(texts), length.max()], np.int32)
    for row, text in zip(ids, texts, strict=True):
        row[: len(text)] = alphabet.encode(text)[:-1]
    return ids, length


def _by_length(texts: Sequence[str]) -> dict[int, np.ndarray]:
    lengths = np.array([len(text) for text in texts])
    return {int(n): np.flatnonzero(lengths == n) for n in np.unique(lengths)}


def _spread(words: Words, count: int) -> Words:
    chosen = np.unique(np.linspace(0, len(words) - 1, min(count, len(words))).round())
    return words.chosen(chosen)
