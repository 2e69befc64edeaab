"""Teaches a generator printed letters, before it learns handwriting.

As SRGAN's generator (Ledig et al. 2017, arXiv 1609.04802, section 3.2) learns from a
squared error before it meets a discriminator. A generator that can print is legible
from the first adversarial step on, and the recognizer's gradient keeps it so, while
from random weights thousands of steps pass before anything can be read.
"""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import gin
import numpy as np
import tensorflow as tf

from scrabblegan.images import HEIGHT_PIXELS, PIXELS_PER_CHARACTER
from scrabblegan.models.word_writer import WordWriter
from scrabblegan.words.printed import printed
from scribe.training import distribution
from scribe.training.one_network import OneNetworkTrainer
from scribe.training.trainer import shapes

_NUM_JUDGED = 64  # words that `evaluate` measures
_JUDGED_SEED = 0


@gin.register(module="scrabblegan")
@dataclasses.dataclass(eq=False, repr=False)
class PrintTrainer(OneNetworkTrainer):
    """Minimises the squared error of the pixels of printed words, for random z.

    Shapes: B words of L characters, Z `latent_dim`.

    Args:
      dataset: of its batches the words of the lexicon are used.
      generator: callable(alphabet_size=...) -> network.
      picture_words: what `pictures` writes, each in several styles.
    """

    unit = "words"

    generator: dataclasses.InitVar[Callable]
    picture_words: Sequence[str]
    ema_decay: float = dataclasses.field(default=0.0, init=False)

    def __post_init__(self, generator):
        super().__post_init__()
        distribution.check_rows(self.dataset.batch_size, "WordDataset.batch_size")
        self._train(generator(alphabet_size=self.dataset.alphabet.size))
        # What checkpoints call them.
        self.generator, self.weights = self.network, self._values
        signature = {
            "text": tf.TensorSpec([None, None], tf.int32),
            "z": tf.TensorSpec([None, self.network.latent_dim]),
            "image": tf.TensorSpec([None, HEIGHT_PIXELS, None, 1]),
        }
        self._update = distribution.replicated(self._update, [signature])

    def _trained_variables(self):
        return self.network.trainable_variables  # the checkpoint's order

    def describe(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the weights by name, batch norm's averages among them."""
        return shapes(self.network.named_weights())

    def train_step(self, batch) -> dict[str, tf.Tensor]:
        """One update; `batch` is as `words.dataset.signature`."""
        step = int(self.step.numpy())
        random = np.random.default_rng([self.seed, step])
        return self._update(self._printed(np.array(batch["lexicon_text"]), random))

    def _printed(self, text, random: np.random.Generator):
        """A batch to learn from: ids [B, L], random z, and the words in that style."""
        z = random.standard_normal([len(text), self.network.latent_dim])
        decode = self.dataset.alphabet.decode
        words = [printed(decode(ids), row) for ids, row in zip(text, z, strict=True)]
        image = np.stack(words)[..., None]
        columns = PIXELS_PER_CHARACTER * text.shape[1]
        assert image.shape[1:] == (HEIGHT_PIXELS, columns, 1)
        return {
            "text": tf.constant(text, tf.int32),
            "z": tf.constant(z, tf.float32),
            "image": tf.constant(image, tf.float32),
        }

    def _update(self, batch):
        rows = distribution.own(batch)
        with tf.GradientTape() as tape:
            drawn = self.network(rows["text"], rows["z"], training=True)
            loss = tf.reduce_mean(tf.math.squared_difference(drawn, rows["image"]))
        gradients = tape.gradient(loss, self._weights)
        gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]
        gradients, loss = distribution.mean((gradients, loss))
        num_words = tf.cast(tf.shape(batch["text"])[0], tf.float32)
        return {"loss": loss, **self._learn(gradients), "words": num_words}

    def evaluate(self, batches) -> dict[str, float]:
        """Mean squared error of some words of the lexicon; pixels are -1 to +1."""
        random = np.random.default_rng(_JUDGED_SEED)
        errors: list[float] = []
        for batch in batches:
            made = self._printed(np.array(batch["lexicon_text"]), random)
            drawn = self.network(made["text"], made["z"])
            error = tf.math.squared_difference(drawn, made["image"])
            errors.extend(tf.reduce_mean(error, [1, 2, 3]).numpy())
            if len(errors) >= _NUM_JUDGED:
                break
        return {"loss": float(np.mean(errors))}

    def word_writer(self) -> WordWriter:
        """The generator as it is now, for sampling."""
        return WordWriter.of(self.network, self.dataset.alphabet)

    def export(self, folder: Path, metrics: dict[str, float]) -> None:
        """Writes what sampling needs; an adversarial training can start from it."""
        self.word_writer().save(folder, self._facts(metrics))

    def pictures(self) -> dict[str, np.ndarray]:
        """What the generator prints now: uint8 [H, W, 1] by name."""
        return {"samples": self.word_writer().sheet(self.picture_words)[..., None]}
