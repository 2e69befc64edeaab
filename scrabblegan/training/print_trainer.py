"""Teaches a generator printed letters, before it learns handwriting.

As SRGAN's generator (Ledig et al. 2017, arXiv 1609.04802, section 3.2) learns from a
squared error before it meets a discriminator. A generator that can print is legible
from the first adversarial step on, and the recognizer's gradient keeps it so, while
from random weights thousands of steps pass before anything can be read.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import gin
import numpy as np
import tensorflow as tf

from scrabblegan.images import HEIGHT_PIXELS, PIXELS_PER_CHARACTER
from scrabblegan.models.word_writer import WordWriter
from scrabblegan.words.dataset import WordDataset
from scrabblegan.words.printed import printed
from scribe.training import distribution

_NUM_JUDGED = 64  # words that `evaluate` measures
_JUDGED_SEED = 0


@gin.register(module="scrabblegan")
class PrintTrainer(tf.Module):
    """Minimises the squared error of the pixels of printed words, for random z.

    Shapes: B words of L characters, Z `latent_dim`.
    """

    unit = "words"

    def __init__(
        self,
        dataset: WordDataset,
        generator: Callable,
        optimizer,
        clip_norm: float,
        picture_words: Sequence[str],
        seed: int,
    ):
        """Builds network and optimizer, so that a checkpoint can be restored.

        Args:
          dataset: of its batches the words of the lexicon are used.
          generator: callable(alphabet_size=...) -> network.
          optimizer: a Keras optimizer.
          clip_norm: bound of the gradient's global norm.
          picture_words: what `pictures` writes, each in several styles.
          seed: of z.
        """
        super().__init__(name="trainer")
        distribution.check_rows(dataset.batch_size, "WordDataset.batch_size")
        self.dataset = dataset
        self.generator = generator(alphabet_size=dataset.alphabet.size)
        self.optimizer = optimizer
        self.clip_norm = clip_norm
        self.picture_words = picture_words
        self.seed = seed
        self.step = tf.Variable(0, dtype=tf.int64, name="step", trainable=False)
        optimizer.build(self.generator.trainable_variables)
        # For the checkpoint, which does not look into lists of layers.
        self.weights = [v.value for v in self.generator.named_weights().values()]
        signature = {
            "text": tf.TensorSpec([None, None], tf.int32),
            "z": tf.TensorSpec([None, self.generator.latent_dim]),
            "image": tf.TensorSpec([None, HEIGHT_PIXELS, None, 1]),
        }
        self._update = distribution.replicated(self._update, [signature])

    def describe(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the weights by name."""
        named = self.generator.named_weights()
        return {name: tuple(variable.shape) for name, variable in named.items()}

    def train_step(self, batch) -> dict[str, tf.Tensor]:
        """One update; `batch` is as `words.dataset.signature`."""
        step = int(self.step.numpy())
        random = np.random.default_rng([self.seed, step])
        return self._update(self._printed(np.array(batch["lexicon_text"]), random))

    def _printed(self, text, random: np.random.Generator):
        """A batch to learn from: ids [B, L], random z, and the words in that style."""
        z = random.standard_normal([len(text), self.generator.latent_dim])
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
        variables = self.generator.trainable_variables
        with tf.GradientTape() as tape:
            drawn = self.generator(rows["text"], rows["z"], training=True)
            loss = tf.reduce_mean(tf.math.squared_difference(drawn, rows["image"]))
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]
        gradients, loss = distribution.mean((gradients, loss))
        gradients, norm = tf.clip_by_global_norm(gradients, self.clip_norm)
        learning_rate = tf.convert_to_tensor(self.optimizer.learning_rate)
        distribution.apply_gradients(self.optimizer, gradients, variables)
        self.step.assign_add(1)
        return {
            "loss": loss,
            "gradient_norm": norm,
            "learning_rate": learning_rate,
            "words": tf.cast(tf.shape(batch["text"])[0], tf.float32),
        }

    def evaluate(self, batches) -> dict[str, float]:
        """Mean squared error of some words of the lexicon; pixels are -1 to +1."""
        random = np.random.default_rng(_JUDGED_SEED)
        errors: list[float] = []
        for batch in batches:
            made = self._printed(np.array(batch["lexicon_text"]), random)
            drawn = self.generator(made["text"], made["z"])
            error = tf.math.squared_difference(drawn, made["image"])
            errors.extend(tf.reduce_mean(error, [1, 2, 3]).numpy())
            if len(errors) >= _NUM_JUDGED:
                break
        return {"loss": float(np.mean(errors))}

    def word_writer(self) -> WordWriter:
        """The generator as it is now, for sampling."""
        return WordWriter.of(self.generator, self.dataset.alphabet)

    def export(self, folder: Path, metrics: dict[str, float]) -> None:
        """Writes what sampling needs, which an adversarial training can start from.

        Args:
          folder: the run folder.
          metrics: validation results that model.json quotes.
        """
        facts = {"step": int(self.step.numpy()), "validation": metrics}
        self.word_writer().save(folder, facts)

    def pictures(self) -> dict[str, np.ndarray]:
        """What the generator prints now: uint8 [H, W, 1] by name."""
        return {"samples": self.word_writer().sheet(self.picture_words)[..., None]}
