"""The trainer of the recognizer; scribe.training.stroke_trainer says what the loop
asks."""

from pathlib import Path

import gin
import tensorflow as tf

from scrabblegan.images import to_network
from scrabblegan.models.recognizer import Recognizer
from scrabblegan.networks.recognizer_network import BLANK_ID, text_nats
from scrabblegan.training import transfer
from scrabblegan.words.augmentation import ImageAugmentation
from scrabblegan.words.dataset import WordDataset, signature
from scribe.training import distribution
from scribe.training.ctc_trainer import ReadingTrainer


@gin.register(module="scrabblegan")
class RecognizerTrainer(ReadingTrainer):
    """Minimises the CTC loss of the words' texts (Graves et al. 2006, equation 5).

    The loss is in nats per character.
    """

    unit = "words"
    SUMS = ("nats", "characters", "character_errors", "words", "word_errors")

    def __init__(
        self,
        dataset: WordDataset,
        network,
        optimizer,
        augmentation: ImageAugmentation | None,
        clip_norm: float,
        ema_decay: float,
        initial: str | None,
        seed: int,
    ):
        """Builds network and optimizer, so that a checkpoint can be restored into them.

        Args:
          dataset: of words; its alphabet becomes the recognizer's.
          network: callable(alphabet_size=...) -> network, e.g. @make_recognizer.
          optimizer, clip_norm, ema_decay: see AveragedTrainer.
          augmentation: of the training images; None for none.
          initial: run folder or shipped model whose weights it starts from, as
            `transfer.start` says; None for fresh ones.
          seed: of augmentation and dropout.
        """
        distribution.check_rows(dataset.batch_size, "WordDataset.batch_size")
        super().__init__(
            dataset, network, optimizer, clip_norm, ema_decay, seed, signature()
        )
        if initial is not None:
            transfer.start(self.network, dataset.alphabet, "recognizer", initial)
            self.start_averages()
        self.augmentation = augmentation

    def _update(self, batch):
        """One update by words of one length."""
        seed = tf.stack([self.seed, tf.cast(self.step, tf.int32)])
        augmentation_seed, dropout_seed = tf.unstack(tf.random.split(seed, 2))
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

    def _row_sums(self, batch):
        logits, lengths = self.network(to_network(batch["image"]), batch["width"])
        (read,), _ = tf.nn.ctc_greedy_decoder(
            tf.transpose(logits, [1, 0, 2]), lengths, blank_index=BLANK_ID
        )
        truth = tf.sparse.from_dense(tf.cast(batch["text"], tf.int64))
        errors = tf.edit_distance(read, truth, normalize=False)
        nats = text_nats(logits, lengths, batch["text"], batch["text_length"])
        sums = (
            tf.reduce_sum(nats),
            tf.reduce_sum(batch["text_length"]),
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
        """Writes weights.npz and model.json.

        Args:
          folder: the run folder.
          metrics: validation results that model.json quotes.
        """
        facts = {
            "step": int(self.step.numpy()),
            "corpus": self.dataset.name,
            "validation": metrics,
        }
        self.recognizer(facts).save(folder)
