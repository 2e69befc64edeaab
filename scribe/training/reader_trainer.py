"""The trainer of the reader."""

import dataclasses
from pathlib import Path

import gin
import tensorflow as tf

from scribe.corpora.batches import batch_signature
from scribe.foundation.alphabet import TERMINATOR_ID
from scribe.models import StrokeModel, find_model, load_model, save_model
from scribe.reading import reader
from scribe.training import distribution, transfer
from scribe.training.ctc_trainer import ReadingTrainer


@gin.register(module="scribe")
@dataclasses.dataclass(eq=False, repr=False)
class ReaderTrainer(ReadingTrainer):
    """Minimises the CTC loss of the transcription (Graves et al. 2006, equation 5).

    The loss is in nats per character. Scale and cleaning steps of the data set, too,
    become the reader's.

    Args:
      initial_model: run folder or shipped reader whose weights the training starts
        from, also if it knows fewer characters; None for fresh weights.
    """

    unit = "characters"
    MAY_CHANGE = ("initial_model",)
    SUMS = ("nats", "characters", "edits")

    initial_model: dataclasses.InitVar[str | None] = None

    def __post_init__(self, network, initial_model):
        super().__post_init__(network)
        if initial_model:
            source = load_model(find_model(initial_model, [reader.KIND]))
            self.load(transfer.reader_to_start(source, self.reader().model))

    def _signature(self):
        return batch_signature()

    def _update(self, batch):
        num_characters = tf.reduce_sum(batch["text_mask"][:, 1:])  # no terminator
        ((index, rows),) = distribution.shards(batch)
        seed = tf.random.experimental.stateless_fold_in(self._seed_of_step(), index)
        with tf.GradientTape() as tape:
            logits, lengths = self._logits(rows, seed)
            loss = tf.reduce_sum(_nats(logits, lengths, rows)) / num_characters
        gradients = tape.gradient(loss, self._weights)
        gradients, loss = distribution.total((gradients, loss))
        learnt = self._learn(gradients)
        return {"loss": loss, **learnt, "characters": num_characters}

    def _logits(self, batch, dropout_seed=None):
        lengths = tf.cast(tf.reduce_sum(batch["stroke_mask"], axis=1), tf.int32)
        inputs = features(batch["strokes"], batch["stroke_mask"])
        return self.network(inputs, lengths, dropout_seed)

    def _row_sums(self, rows):
        logits, lengths = self._logits(rows)
        truth = _labels(rows)
        (read,), _ = tf.nn.ctc_greedy_decoder(
            tf.transpose(logits, [1, 0, 2]), lengths, blank_index=TERMINATOR_ID
        )
        edits = tf.edit_distance(read, tf.cast(truth, tf.int64), normalize=False)
        return [
            tf.reduce_sum(_nats(logits, lengths, rows)),
            tf.reduce_sum(rows["text_mask"][:, 1:]),
            tf.reduce_sum(edits),
        ]

    def evaluate(self, batches) -> dict[str, float]:
        """Nats per character and character error rate, with the averaged weights."""
        totals = self._totals(batches)
        return {
            "loss": totals["nats"] / totals["characters"],
            "character_error_rate": totals["edits"] / totals["characters"],
        }

    def reader(self) -> reader.Reader:
        """The network as it is now, with the averaged weights."""
        model = StrokeModel(
            folder=Path(),
            kind=reader.KIND,
            sizes=self.network.sizes(),
            alphabet=self.dataset.alphabet,
            offset_scale=self.dataset.offset_scale,
            cleaning=self.dataset.cleaning(),
            weights=self.averaged_weights(),
        )
        return reader.Reader(model)

    def export(self, folder: Path, metrics: dict[str, float]) -> None:
        """Writes the reader."""
        save_model(self.reader().model, folder, self._facts(metrics))


def features(strokes, mask):
    """`scribe.reading.reader.features` of a padded batch: [B, P, 3], [B, P] -> [B, P,
    4]."""
    count = tf.reduce_sum(mask, axis=1, keepdims=True)
    y = tf.cumsum(strokes[:, :, 1], axis=1)
    y -= tf.reduce_sum(mask * y, axis=1, keepdims=True) / count
    variance = tf.reduce_sum(mask * y**2, axis=1, keepdims=True) / count
    y /= tf.sqrt(variance) + 1e-3
    return tf.concat([strokes, (mask * y)[:, :, None]], axis=-1)


def _labels(batch) -> tf.SparseTensor:
    """The texts without their terminators, which have the blank's id 0."""
    return tf.sparse.from_dense(batch["text"])


def _nats(logits, lengths, batch):
    """[B] CTC losses; the kernel for sparse labels is the fast one on a CPU."""
    return tf.nn.ctc_loss(
        tf.cast(_labels(batch), tf.int32),
        logits,
        label_length=None,
        logit_length=lengths,
        logits_time_major=False,
        blank_index=TERMINATOR_ID,
    )
