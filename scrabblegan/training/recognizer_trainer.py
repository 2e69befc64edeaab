"""The trainer of the recognizer."""

import dataclasses
from pathlib import Path

import gin
import tensorflow as tf

from scrabblegan.images import to_network
from scrabblegan.models.recognizer import Recognizer
from scrabblegan.networks.recognizer_network import BLANK_ID, text_nats
from scrabblegan.training import transfer
from scrabblegan.words.augmentation import ImageAugmentation
from scrabblegan.words.dataset import signature
from scribe.training import distribution
from scribe.training.ctc_trainer import ReadingTrainer


@gin.register(module="scrabblegan")
@dataclasses.dataclass(eq=False, repr=False)
class RecognizerTrainer(ReadingTrainer):
    """Minimises the CTC loss of the words' texts (Graves et al. 2006, equation 5).

    The loss is in nats per character.

    Args:
      augmentation: of the training images; None for none.
      initial: run folder or shipped model whose weights it starts from, as
        `transfer.start` says; None for fresh ones.
    """

    unit = "words"
    SUMS = ("nats", "characters", "character_errors", "words", "word_errors")

    augmentation: ImageAugmentation | None
    initial: dataclasses.InitVar[str | None]

    def __post_init__(self, network, initial):
        distribution.check_rows(self.dataset.batch_size, "WordDataset.batch_size")
        super().__post_init__(network)
        if initial is not None:
            alphabet = self.dataset.alphabet
            transfer.start(self.network, alphabet, "recognizer", initial)
            self.start_averages()

    def _signature(self):
        return signature()

    def _update(self, batch):
        """One update by words of one length."""
        seeds = tf.random.split(self._seed_of_step(), 2)
        augmentation_seed, dropout_seed = tf.unstack(seeds)
        num_characters = tf.cast(tf.reduce_sum(batch["text_length"]), tf.float32)
        images = to_network(batch["image"])
        if self.augmentation is not None:
            images = self.augmentation(images, augmentation_seed)
        images, rows = distribution.own((images, batch))
        with tf.GradientTape() as tape:
            logits, lengths = self.network(images, rows["width"], dropout_seed)
            nats = text_nats(logits, lengths, rows["text"], rows["text_length"])
            loss = tf.reduce_sum(nats) / num_characters
        gradients, loss = distribution.total((tape.gradient(loss, self._weights), loss))
        num_words = tf.cast(tf.shape(batch["image"])[0], tf.float32)
        return {"loss": loss, **self._learn(gradients), "words": num_words}

    def _row_sums(self, rows):
        logits, lengths = self.network(to_network(rows["image"]), rows["width"])
        (read,), _ = tf.nn.ctc_greedy_decoder(
            tf.transpose(logits, [1, 0, 2]), lengths, blank_index=BLANK_ID
        )
        truth = tf.sparse.from_dense(tf.cast(rows["text"], tf.int64))
        errors = tf.edit_distance(read, truth, normalize=False)
        nats = text_nats(logits, lengths, rows["text"], rows["text_length"])
        sums = (
            tf.reduce_sum(nats),
            tf.reduce_sum(rows["text_length"]),
            tf.reduce_sum(errors),
            tf.size(errors),
            tf.math.count_nonzero(errors),
        )
        return [tf.cast(x, tf.float32) for x in sums]

    def evaluate(self, batches) -> dict[str, float]:
        """Nats per character and error rates, with the averaged weights."""
        totals = self._totals(batches)
        return {
            "loss": totals["nats"] / totals["characters"],
            "character_error_rate": totals["character_errors"] / totals["characters"],
            "word_error_rate": totals["word_errors"] / totals["words"],
        }

    def recognizer(self, facts: dict | None = None) -> Recognizer:
        """The network as it is now, with the averaged weights."""
        return Recognizer(
            folder=Path(),
            sizes=self.network.sizes(),
            alphabet=self.dataset.alphabet,
            weights=self.averaged_weights(),
            normalizer=self.dataset.normalizer,
            facts=facts or {},
        )

    def export(self, folder: Path, metrics: dict[str, float]) -> None:
        """Writes the recognizer."""
        self.recognizer(self._facts(metrics, corpus=self.dataset.name)).save(folder)
