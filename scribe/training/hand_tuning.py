"""Learns one person's hand from some lines of it, in a minute of two cores.

The network that ships is trained on for a few dozen steps, on pairs of the person's
lines: one line stands first, as a style that primes the network does, and the loss is
that of the other. So the network learns to make more of a style that it is given, as it
will be when it writes. What has changed in the weights is the hand
(scribe.writing.adaptation).

The price of a hand is legibility: characters that its lines lack drift. Against it,
some rows of each batch are anchors: lines that the network itself wrote before, in that
same style, and a reader read without a mistake, of characters that the person's lines
have seldom or not at all.
"""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import gin
import keras
import numpy as np
import tensorflow as tf

from scribe.corpora.augmentation import Augmentation
from scribe.corpora.batches import batch_signature, pad_batch
from scribe.foundation.errors import InputError
from scribe.models import StrokeModel
from scribe.networks import mixtures
from scribe.networks.attention_rnn import AttentionRNN
from scribe.strokes.arrays import character_width, rescale, set_beside
from scribe.training.optimizers import WarmupHoldDecay
from scribe.training.trainer import move_averages
from scribe.writing import Style, adaptation
from scribe.writing.adaptation import MIN_LINES, Adaptation

# A gap between two lines of a pair, in mean widths of a character of the first.
_GAP = 0.9


@dataclasses.dataclass(frozen=True, eq=False)
class Tuned:
    """What tuning has found.

    Attributes:
      adaptation: None if it was no better than the style alone.
      before, after: nats per point of the line that was held out, primed with the
        style: of the network as it ships, and with the adaptation.
    """

    adaptation: Adaptation | None
    before: float
    after: float


@dataclasses.dataclass(frozen=True, eq=False)
class Row:
    """A row of a batch.

    Attributes:
      strokes: float32 [P, 3] in the network's unit.
      text: what all of them spell.
      num_given: leading points that are given, not learnt.
    """

    strokes: np.ndarray
    text: str
    num_given: int


@gin.register(module="scribe")
@dataclasses.dataclass(frozen=True)
class HandTuner:
    """How a hand is learnt; gin/tuning/hand.gin binds it.

    Attributes:
      num_steps: updates.
      learning_rate: of Adam, a schedule.
      batch_size: pairs of the person's lines in a batch.
      anchors: rows of a batch that the network wrote itself, besides.
      style_share: of the pairs whose first line is the style; any other line else.
      clip_norm: bound of the gradient's global norm.
      ema_decay: of the averaged weights.
      dropout, products: of AttentionRNN while it learns.
      augmentation: of each row; None for none.
      rank: to which changes of matrices are cut.
      seed: of the order, the augmentation and the dropout.
    """

    num_steps: int
    learning_rate: WarmupHoldDecay
    batch_size: int
    anchors: int
    style_share: float
    clip_norm: float
    ema_decay: float
    dropout: float
    products: str
    augmentation: Augmentation | None
    rank: int
    seed: int

    def tune(
        self,
        model: StrokeModel,
        lines: Sequence[Style],
        anchors: Sequence[Style] = (),
        kept_in: str | Path | None = None,
        progress: Callable[[int, int], None] = lambda step, steps: None,
    ) -> Tuned:
        """Learns a hand.

        Args:
          model: that ships; the adaptation belongs to it.
          lines: of the person, as `styles.find_style` returns them; the first is the
            style that will prime the network.
          anchors: lines that `model` wrote in that style.
          kept_in: a folder for what a later call goes on from; whoever keeps the
            result removes it then. None to begin anew each time.
          progress: called with the number of steps done and of all.

        Raises:
          InputError: the lines are too few, or the model is of another kind.
        """
        if len(lines) < MIN_LINES:
            raise InputError(
                f"a hand is learnt from {MIN_LINES} lines or more, not {len(lines)}"
            )
        if model.kind != AttentionRNN.kind or not model.reads_text:
            raise InputError(f"{model.folder}: only Graves' network learns a hand")
        style, held_out, *rest = _in_turn(lines)
        own = [_row(line, model) for line in (style, *rest)]
        kept = [joined(own[0], _row(line, model)) for line in anchors]
        learner = _Learner(self, model)
        learner.learn(own, kept, kept_in, progress)
        found = adaptation.learnt(model, learner.averaged(), self.rank)
        judged = joined(own[0], _row(held_out, model))
        before = learner.nats(judged, model)
        after = learner.nats(
            judged, adaptation.applied(model, [(found, adaptation.LIKENESS)])
        )
        return Tuned(found if after < before else None, before, after)


class _Learner:
    """The network while it learns."""

    def __init__(self, tuner: HandTuner, model: StrokeModel):
        self._tuner = tuner
        self._alphabet = model.alphabet
        self._network = AttentionRNN(
            **model.sizes,
            dropout=tuner.dropout,
            recurrence="auto",
            products=tuner.products,
            variant=model.variant,
        )
        named = self._network.named_weights()
        self._names = list(named)
        self._variables = list(named.values())
        self._load(model)
        self._averages = [tf.Variable(v.value, trainable=False) for v in named.values()]
        self._optimizer = keras.optimizers.Adam(tuner.learning_rate)
        self._optimizer.build(self._variables)
        self._step = tf.Variable(0, trainable=False)
        signature = [batch_signature(), tf.TensorSpec([None, None])]
        self._learn = tf.function(self._update, input_signature=signature)
        self._judge = tf.function(self._mean_nats, input_signature=signature)

    def _load(self, model: StrokeModel) -> None:
        for name, variable in zip(self._names, self._variables, strict=True):
            variable.assign(model.weights[name])

    def learn(self, own, anchors, kept_in, progress) -> None:
        """All steps that are missing."""
        saved = None
        if kept_in is not None:
            saved = tf.train.CheckpointManager(
                tf.train.Checkpoint(
                    weights=[v.value for v in self._variables],
                    averages=self._averages,
                    optimizer=self._optimizer,
                    step=self._step,
                ),
                str(kept_in),
                max_to_keep=1,
                step_counter=self._step,
                checkpoint_interval=_SAVED_EVERY,
            )
            saved.restore_or_initialize()
        for step in range(int(self._step), self._tuner.num_steps):
            progress(step, self._tuner.num_steps)
            random = np.random.default_rng([self._tuner.seed, step])
            self._learn(*self._batch(self._rows(own, anchors, random), random))
            if saved is not None:
                saved.save()
        if saved is not None:
            saved.save(check_interval=False)
        progress(self._tuner.num_steps, self._tuner.num_steps)

    def _rows(self, own, anchors, random) -> list[Row]:
        """Pairs of the person's lines, and anchors."""
        tuner, rows = self._tuner, []
        for _ in range(tuner.batch_size):
            second = own[random.integers(1, len(own))]
            others = [row for row in own[1:] if row is not second]
            if not others or random.random() < tuner.style_share:
                first = own[0]
            else:
                first = others[random.integers(len(others))]
            rows.append(joined(first, second))
        for _ in range(tuner.anchors if anchors else 0):
            rows.append(anchors[random.integers(len(anchors))])
        return rows

    def _batch(self, rows: Sequence[Row], random):
        """Padded arrays, and which points are learnt: [B, P]."""
        augment = self._tuner.augmentation
        strokes = [row.strokes for row in rows]
        if augment is not None and random is not None:
            strokes = [augment(s, random).astype(np.float32) for s in strokes]
        batch = pad_batch(strokes, [self._alphabet.encode(row.text) for row in rows])
        learnt = batch["stroke_mask"].copy()
        for points, row in zip(learnt, rows, strict=True):
            points[: row.num_given] = 0.0
        return batch, learnt

    def _mean_nats(self, batch, learnt, dropout_seed=None):
        activations = self._network(
            batch["strokes"][:, :-1],
            text=batch["text"],
            text_mask=batch["text_mask"],
            dropout_seed=dropout_seed,
        )
        log_likelihood = mixtures.log_likelihood(
            activations, batch["strokes"][:, 1:], self._network.variant
        )
        learnt = learnt[:, 1:]
        return -tf.reduce_sum(learnt * log_likelihood) / tf.reduce_sum(learnt)

    def _update(self, batch, learnt):
        seed = tf.stack([self._tuner.seed, self._step])
        weights = [variable.value for variable in self._variables]
        with tf.GradientTape() as tape:
            loss = self._mean_nats(batch, learnt, seed)
        gradients = tape.gradient(loss, weights)
        gradients, _ = tf.clip_by_global_norm(gradients, self._tuner.clip_norm)
        self._optimizer.apply_gradients(zip(gradients, self._variables, strict=True))
        self._step.assign_add(1)
        move_averages(self._averages, weights, self._tuner.ema_decay, self._step)
        return loss

    def averaged(self) -> dict[str, np.ndarray]:
        """The averaged weights by name."""
        return {
            name: average.numpy()
            for name, average in zip(self._names, self._averages, strict=True)
        }

    def nats(self, row: Row, model: StrokeModel) -> float:
        """Nats per learnt point of a row, by a network's weights."""
        self._load(model)
        return float(self._judge(*self._batch([row], None)))


# Steps between two states that are kept.
_SAVED_EVERY = 10


def _in_turn(lines: Sequence[Style]) -> list[Style]:
    """The style, the line that is held out (of middle length), the others."""
    style, *others = lines
    by_length = sorted(others, key=lambda line: len(line.text))
    held_out = by_length[len(by_length) // 2]
    return [style, held_out, *(line for line in others if line is not held_out)]


def _row(line: Style, model: StrokeModel) -> Row:
    strokes = rescale(line.strokes, 1.0 / model.offset_scale).astype(np.float32)
    return Row(strokes, line.text, 0)


def joined(first: Row, second: Row) -> Row:
    """Two lines as one, a blank between them; the first is given.

    The second begins right of the first, at the same height.
    """
    gap = _GAP * character_width(first.strokes, first.text)
    strokes = set_beside(first.strokes, second.strokes, gap)
    return Row(strokes, f"{first.text} {second.text}", len(first.strokes))
