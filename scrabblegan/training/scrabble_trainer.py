"""Trains generator, discriminator and recognizer of word images together.

Fogel et al. (2020), arXiv 2003.10557, section 3.
"""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import gin
import keras
import numpy as np
import tensorflow as tf

from scrabblegan.images import PIXELS_PER_CHARACTER, pictures, to_network
from scrabblegan.models.word_writer import WordWriter
from scrabblegan.networks import losses
from scrabblegan.networks.losses import HingeLoss, NonSaturatingLoss
from scrabblegan.networks.recognizer_network import BLANK_ID, text_nats
from scrabblegan.training import transfer
from scrabblegan.words.dataset import signature
from scribe.foundation import devices
from scribe.foundation.errors import InputError
from scribe.training import distribution
from scribe.training.two_players import TwoPlayerTrainer, trained, values


@gin.register(module="scrabblegan")
@dataclasses.dataclass(eq=False, repr=False)
class ScrabbleTrainer(TwoPlayerTrainer):
    """One step of the discriminator and the recognizer, and at times the generator's.

    The recognizer learns from real words only; towards the generator it is frozen, its
    batch norm included.

    Shapes: B words of L characters, V alphabet size, Z `latent_dim`.

    Args:
      generator, discriminator, recognizer: callable(alphabet_size=...) -> network; the
        data set's alphabet becomes the networks'.
      discriminator_optimizer, recognizer_optimizer: of Keras.
      loss: HingeLoss or NonSaturatingLoss.
      alpha: weight of the recognizer's gradient against the discriminator's.
      balance_means: whether the balance keeps the paper's mean terms.
      discriminator_steps: the generator is updated once per so many updates of the
        discriminator.
      reuse_backward: whether the generator learns from the very fakes that the
        discriminator has just learnt from, by the same backward pass: a third less
        work. Otherwise from new ones, judged by the discriminator after its step.
      recognizer_learns: whether the recognizer learns from the real words.
      initial_recognizer: run folder or shipped model whose weights it starts from, as
        `transfer.start` says; None for fresh ones.
      initial_generator: the same for the generator.
      picture_words: what `pictures` writes, each in several styles.
      jit_compile: whether XLA compiles the step, once for each pair of lengths.
    """

    unit = "words"

    generator: dataclasses.InitVar[Callable]
    discriminator: dataclasses.InitVar[Callable]
    recognizer: dataclasses.InitVar[Callable]
    discriminator_optimizer: keras.optimizers.Optimizer
    recognizer_optimizer: keras.optimizers.Optimizer
    loss: HingeLoss | NonSaturatingLoss
    alpha: float
    balance_means: bool
    discriminator_steps: int
    reuse_backward: bool
    recognizer_learns: bool
    initial_recognizer: dataclasses.InitVar[str | None]
    initial_generator: dataclasses.InitVar[str | None]
    picture_words: Sequence[str]
    jit_compile: bool

    def __post_init__(
        self,
        generator,
        discriminator,
        recognizer,
        initial_recognizer,
        initial_generator,
    ):
        super().__post_init__()
        distribution.check_rows(self.dataset.batch_size, "WordDataset.batch_size")
        if self.discriminator_steps < 1:
            raise InputError(
                f"discriminator_steps={self.discriminator_steps}: must be 1 or more"
            )
        alphabet = self.dataset.alphabet
        size = {"alphabet_size": alphabet.size}
        self.generator = generator(**size)
        self.averaged = generator(**size) if self.ema_decay else self.generator
        self.discriminator = discriminator(**size)
        self.recognizer = recognizer(**size)
        self._build_optimizers()
        if initial_recognizer is not None:
            transfer.start(self.recognizer, alphabet, "recognizer", initial_recognizer)
        if initial_generator is not None:
            transfer.start(self.generator, alphabet, "scrabblegan", initial_generator)
        if self.ema_decay:
            self._begin_average()
        self._keep(self.generator, self.discriminator, self.recognizer, self.averaged)
        compiled = self.jit_compile and devices.may_compile()
        self._updates = [
            distribution.replicated(step, [signature()], compiled)
            for step in (self._update_discriminator, self._update_all)
        ]
        self._sums = distribution.replicated(self._sums, [signature()])

    def _players(self):
        return (
            ("generator", self.generator, self.generator_optimizer),
            ("discriminator", self.discriminator, self.discriminator_optimizer),
            ("recognizer", self.recognizer, self.recognizer_optimizer),
        )

    def train_step(self, batch) -> dict[str, tf.Tensor]:
        """One step of discriminator and recognizer, and at times of the generator.

        Args:
          batch: as `words.dataset.signature`, all words of one length, and all words of
            the lexicon.

        Returns:
          scalars by name; "words" is the number of real words that were looked at.
        """
        number = int(self.step.numpy()) + 1
        return self._updates[number % self.discriminator_steps == 0](batch)

    def update(self, batch) -> dict[str, tf.Tensor]:
        """The whole step uncompiled, for benchmarks and tests."""
        return self._update_all(batch)

    def _update_discriminator(self, batch):
        return self._update(batch, with_generator=False)

    def _update_all(self, batch):
        return self._update(batch, with_generator=True)

    def _update(self, batch, with_generator: bool):
        seeds = tf.unstack(tf.random.split(self._seed_of_step(), 3))
        z_seed, other_z_seed, dropout_seed = seeds
        rows = distribution.own(batch)
        real = to_network(rows["image"])
        text = rows["lexicon_text"]
        with tf.GradientTape() as tape:
            fake = self._fakes(text, z_seed)
        metrics, gradient = self._discriminator_step(rows, real, fake)
        if with_generator and not self.reuse_backward:
            with tf.GradientTape() as tape:
                fake = self._fakes(text, other_z_seed)
            gradient = self._discriminator_gradient(fake, text)
        if with_generator:
            metrics |= self._generator_step(tape, fake, text, gradient)
        if self.recognizer_learns:
            metrics |= self._recognizer_step(rows, real, dropout_seed)
        self.step.assign_add(1)
        num_words = tf.cast(tf.shape(batch["image"])[0], tf.float32)
        return distribution.mean(metrics) | {"words": num_words}

    def _fakes(self, text, seed):
        """Words [B, 32, 16 L, 1] of ids [B, L], each in a random style."""
        return self.generator(text, self._z(tf.shape(text)[0], seed), training=True)

    def _discriminator_step(self, rows, real, fake):
        """One update; the generator's gradient by the fakes is a by-product.

        Returns:
          metrics, and the gradient [B, 32, W, 1] of the generator's mean loss.
        """
        self.discriminator.iterate_norms()
        weights = trained(self.discriminator)
        with tf.GradientTape() as tape:
            tape.watch(fake)
            real_scores = self.discriminator(real, rows["text"])
            fake_scores = self.discriminator(fake, rows["lexicon_text"])
        count = tf.cast(tf.size(fake_scores), tf.float32)
        outer = losses.derivative(self.loss.fake, fake_scores) / count
        outer = losses.reusable(outer)
        *gradients, gradient = tape.gradient(
            [real_scores, fake_scores],
            [*weights, fake],
            [losses.derivative(self.loss.real, real_scores) / count, outer],
        )
        wanted = losses.derivative(self.loss.generator, fake_scores) / count
        gradient *= (wanted / outer)[:, None, None, None]
        self._learn(self.discriminator, self.discriminator_optimizer, gradients)
        loss = self.loss.real(real_scores) + self.loss.fake(fake_scores)
        return {
            "discriminator_loss": tf.reduce_mean(loss),
            "real_score": tf.reduce_mean(real_scores),
            "fake_score": tf.reduce_mean(fake_scores),
        }, gradient

    def _discriminator_gradient(self, fake, text):
        """Gradient [B, 32, W, 1] of the generator's mean loss by the fakes."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(fake)
            loss = tf.reduce_mean(self.loss.generator(self.discriminator(fake, text)))
        return tape.gradient(loss, fake)

    def _generator_step(self, fake_tape, fake, text, gradient_d):
        """One update; `fake_tape` has seen how `fake` came about."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(fake)
            nats = tf.reduce_mean(self._nats(fake, text))
        gradient_r = tape.gradient(nats, fake)
        with fake_tape:
            loss = losses.g_loss_balanced(
                fake, gradient_d, gradient_r, self.alpha, self.balance_means
            )
        gradients = fake_tape.gradient(loss, trained(self.generator))
        self._learn(self.generator, self.generator_optimizer, gradients)
        if self.ema_decay:
            age = self.generator_optimizer.iterations
            self._average_generator(values(self.averaged), age)
        return {"fake_nats": nats}

    def _nats(self, images, text):
        """CTC loss of the frozen recognizer [B], nats per character."""
        size = tf.shape(text)
        widths = tf.fill([size[0]], tf.shape(images)[2])
        logits, frames = self.recognizer(images, widths)
        lengths = tf.fill([size[0]], size[1])
        return text_nats(logits, frames, text, lengths) / tf.cast(size[1], tf.float32)

    def _recognizer_step(self, rows, real, seed):
        characters = tf.cast(rows["text_length"], tf.float32)
        with tf.GradientTape() as tape:
            logits, frames = self.recognizer(real, rows["width"], seed=seed)
            nats = text_nats(logits, frames, rows["text"], rows["text_length"])
            loss = tf.reduce_mean(nats / characters)
        gradients = tape.gradient(loss, trained(self.recognizer))
        self._learn(self.recognizer, self.recognizer_optimizer, gradients)
        return {"real_nats": loss}

    def _sums(self, batch):
        """Sums over the words of a batch, real ones and as many fakes."""
        size = tf.shape(batch["lexicon_text"])
        z = tf.random.stateless_normal(
            [size[0], self.averaged.latent_dim], tf.stack([self.seed, size[1]])
        )
        rows, z = distribution.own((batch, z))
        real, text = to_network(rows["image"]), rows["lexicon_text"]
        fake = self.averaged(text, z)
        fake_widths = PIXELS_PER_CHARACTER * rows["lexicon_length"]
        sums = {
            "real_score": self.discriminator(real, rows["text"], rows["width"]),
            "fake_score": self.discriminator(fake, text),
            "real_words_read": self._is_read(real, rows["width"], rows["text"]),
            "fake_words_read": self._is_read(fake, fake_widths, text),
        }
        return distribution.total({n: tf.reduce_sum(x) for n, x in sums.items()})

    def _is_read(self, images, widths, text):
        """Whether the recognizer reads each word rightly, greedily: [B], 0 or 1."""
        logits, frames = self.recognizer(images, widths)
        (read,), _ = tf.nn.ctc_greedy_decoder(
            tf.transpose(logits, [1, 0, 2]), frames, blank_index=BLANK_ID
        )
        truth = tf.cast(tf.sparse.from_dense(text), tf.int64)
        edits = tf.edit_distance(read, truth, normalize=False)
        return tf.cast(tf.equal(edits, 0.0), tf.float32)

    def evaluate(self, batches) -> dict[str, float]:
        """Held-out words and as many from the lexicon, by the averaged generator.

        Returns:
          mean scores of the discriminator; the share of words that the recognizer reads
          rightly; and how much the pixels of one word differ between styles, as a share
          of white against black: near 0, the generator has collapsed to one style.
        """
        totals: dict[str, float] = {}
        count = 0
        for batch in batches:
            count += len(batch["text"])
            for name, value in self._sums(batch).items():
                totals[name] = totals.get(name, 0.0) + float(value)
        means = {name: total / count for name, total in totals.items()}
        return means | {"style_variation": self._style_variation()}

    def _style_variation(self) -> float:
        """Standard deviation over styles, averaged over pixels and words."""
        columns = zip(*self.word_writer().styles(self.picture_words), strict=True)
        deviations = [np.std(np.stack(column) / 255.0, axis=0) for column in columns]
        return float(np.mean([deviation.mean() for deviation in deviations]))

    def word_writer(self) -> WordWriter:
        """The averaged generator as it is now, for sampling."""
        return WordWriter.of(self.averaged, self.dataset.alphabet)

    def export(self, folder: Path, metrics: dict[str, float]) -> None:
        """Writes what sampling needs, and one more picture of the film."""
        facts = self._facts(metrics, corpus=self.dataset.name)
        self.word_writer().save(folder, facts)
        picture = self.pictures()["samples"][..., 0]
        pictures.add_to_film(picture, folder, int(self.step.numpy()))

    def pictures(self) -> dict[str, np.ndarray]:
        """What the generator writes now: uint8 [H, W, 1] by name.

        The same words in the same styles each time, a row of the picture for each
        style, so that pictures of different steps can be compared.
        """
        return {"samples": self.word_writer().sheet(self.picture_words)[..., None]}
