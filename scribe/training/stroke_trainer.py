"""The trainer of the stroke networks."""

import dataclasses
import logging
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import gin
import numpy as np
import tensorflow as tf

from scribe import drawing
from scribe.foundation import devices
from scribe.foundation.errors import InputError
from scribe.models import StrokeModel, find_model, load_model, save_model
from scribe.networks import mixtures
from scribe.training import distribution, transfer
from scribe.training.one_network import OneNetworkTrainer
from scribe.training.optimizers import ReduceOnPlateau
from scribe.training.weight_noise import AdaptiveWeightNoise
from scribe.writing import Writer

logger = logging.getLogger(__name__)


@gin.register(module="scribe")
@dataclasses.dataclass(eq=False, repr=False)
class StrokeTrainer(OneNetworkTrainer):
    """Maximises the log likelihood of the next pen point (Graves 2013, equation 26).

    The loss is in nats per point, averaged over all points of a batch.

    Args:
      model: callable(alphabet_size=...) -> network, e.g. @AttentionRNN; alphabet, scale
        and cleaning steps of the data set become the model's.
      weight_noise: None for none.
      jit_compile: whether XLA compiles the step, once for each shape; batches are
        padded to few shapes for it.
      num_shards: see `distribution.shards`; 1 on a GPU.
      picture_texts: what `pictures` writes.
      initial_model: run folder or shipped model whose weights the training starts from,
        also if its sizes are not quite the same (`scribe.training.transfer`); or
        several in turn: where a later one has no window, the one before has left its
        own. None, as in files of earlier versions, for fresh weights.
      plateau: the optimizer's learning rate, if it is one that falls when the loss that
        `evaluate` finds does not. None, as in files of earlier versions, for others.
    """

    unit = "points"
    MAY_CHANGE = ("initial_model", "num_shards", "picture_texts")

    model: dataclasses.InitVar[Callable]
    weight_noise: AdaptiveWeightNoise | None
    jit_compile: bool
    num_shards: int
    picture_texts: Sequence[str]
    initial_model: dataclasses.InitVar[str | Sequence[str] | None] = None
    plateau: ReduceOnPlateau | None = None

    def __post_init__(self, model, initial_model):
        super().__post_init__()
        data = self.dataset
        self._train(model(alphabet_size=data.alphabet.size))
        if len(data.writers) != self.network.num_writers:
            raise InputError(
                f"the batches name {len(data.writers)} writers, the network knows "
                f"{self.network.num_writers}: bind EncoderDecoder.num_writers"
            )
        if self.weight_noise is not None:
            self.weight_noise.build(self._weights, data.points_per_epoch)
        self.num_shards = distribution.shards_of_a_replica(self.num_shards)
        self.jit_compile = self.jit_compile and devices.may_compile()
        self._update = distribution.replicated(
            self._update, [data.signature()], self.jit_compile
        )
        self._sums = distribution.replicated(self._sums, [data.signature()])
        names = [initial_model] if isinstance(initial_model, str) else initial_model
        for name in names or ():
            source = load_model(find_model(name))
            self.load(transfer.weights_to_start(source, self.stroke_model()))

    def _activations(self, batch, dropout_seed=None):
        read = ("text", "text_mask") if self.network.reads_text else ()
        known = {name: batch[name] for name in (*read, "writer") if name in batch}
        inputs = batch["strokes"][:, :-1]
        return self.network(inputs, **known, dropout_seed=dropout_seed)

    def train_step(self, batch) -> dict[str, tf.Tensor]:
        """One update; "points" is the number of points that were learnt from."""
        return self._update(self._padded(batch) if self.jit_compile else batch)

    def _padded(self, batch):
        """The batch in one of few shapes: full size, whole buckets, longest text."""
        data = self.dataset
        num_points = batch["strokes"].shape[1]
        sizes = {
            "stroke": math.ceil(num_points / data.bucket_points) * data.bucket_points,
            "text": data.max_characters,
            "writer": None,  # one number per line
        }
        padded = {}
        for name, x in batch.items():
            size = sizes[name.removesuffix("s").removesuffix("_mask")]
            missing = [data.batch_size - x.shape[0]]
            missing += [size - x.shape[1], 0] if size else []
            padded[name] = tf.pad(x, [[0, n] for n in missing[: x.shape.rank]])
        return padded

    def _update(self, batch):
        num_points = tf.reduce_sum(batch["stroke_mask"][:, 1:])
        num_lines = tf.reduce_sum(batch["stroke_mask"][:, 0])
        seeds = tf.random.split(self._seed_of_step(), 2)
        dropout_seed, noise_seed = tf.unstack(seeds)
        if self.weight_noise is not None:
            self.weight_noise.disturb(self._weights, noise_seed)
        gradients, sums = self._gradients(batch, num_points, dropout_seed)
        loss = sums["nats"] / num_points
        metrics = {"loss": loss, "nats_per_line": loss * num_points / num_lines}
        if self.weight_noise is not None:
            gradients = self.weight_noise.settle(self._weights, gradients)
            metrics["weight_nats"] = self.weight_noise.nats_per_point()
        metrics["squared_error"] = sums["squared_error"] / num_points
        return metrics | self._learn(gradients) | {"points": num_points}

    def _gradients(self, batch, num_points, dropout_seed):
        """Gradients of the mean loss, and sums over the points, of all shards."""
        gradients, sums = [], []
        for i, shard in distribution.shards(batch, self.num_shards):
            seed = tf.random.experimental.stateless_fold_in(dropout_seed, i)
            with tf.GradientTape() as tape:
                shard_sums = self._shard_sums(shard, seed)
                loss = shard_sums["nats"] / num_points
            gradients.append(tape.gradient(loss, self._weights))
            sums.append(shard_sums)
        own = [tf.add_n(parts) for parts in zip(*gradients, strict=True)]
        return distribution.total((own, _added(sums)))

    def _sums(self, batch):
        """Sums over the points of a batch."""
        shards = distribution.shards(batch, self.num_shards)
        return distribution.total(_added([self._shard_sums(s) for _, s in shards]))

    def _shard_sums(self, batch, dropout_seed=None):
        targets, mask = batch["strokes"][:, 1:], batch["stroke_mask"][:, 1:]
        activations = self._activations(batch, dropout_seed)
        variant = self.network.variant
        per_point = {
            "nats": -mixtures.log_likelihood(activations, targets, variant),
            "squared_error": mixtures.squared_error(activations, targets),
            "pen_accuracy": mixtures.pen_accuracy(activations, targets),
            "points": tf.ones_like(mask),
        }
        return {name: tf.reduce_sum(mask * x) for name, x in per_point.items()}

    def evaluate(self, batches) -> dict[str, float]:
        """Means over all points (and lines) of `batches`, with the averaged weights.

        A learning rate that falls on a plateau takes note of the loss.
        """
        totals: dict[str, float] = {}
        num_lines = 0
        with self._averaged():
            for batch in batches:
                num_lines += len(batch["strokes"])
                for name, value in self._sums(batch).items():
                    totals[name] = totals.get(name, 0.0) + float(value)
        points = totals["points"]
        if self.plateau is not None:
            self.plateau.saw(totals["nats"] / points)
        return {
            "loss": totals["nats"] / points,
            "nats_per_line": totals["nats"] / num_lines,
            "squared_error": totals["squared_error"] / points,
            "pen_accuracy": totals["pen_accuracy"] / points,
        }

    def stroke_model(self) -> StrokeModel:
        """The network as it is now, with the averaged weights, for sampling."""
        return StrokeModel(
            folder=Path(),
            kind=self.network.kind,
            sizes=self.network.sizes(),
            alphabet=self.dataset.alphabet,
            offset_scale=self.dataset.offset_scale,
            cleaning=self.dataset.cleaning(),
            weights=self.averaged_weights(),
            variant=self.network.variant,
            writers=tuple(self.dataset.writers),
        )

    def export(self, folder: Path, metrics: dict[str, float]) -> None:
        """Writes what sampling needs."""
        save_model(self.stroke_model(), folder, self._facts(metrics))

    def pictures(self) -> dict[str, np.ndarray]:
        """What the network writes now: uint8 [H, W, 3] by name.

        The same sentences and random numbers each time, so that pictures of different
        steps can be compared.
        """
        writer = Writer(self.stroke_model(), engine="numpy")
        if self.network.reads_text:
            adapted = [
                self.dataset.alphabet.adapt(text, unknown="replace").strip()
                for text in self.picture_texts
            ]
            texts = [text for text in adapted if text]
            lines = writer.write(texts, bias=1.0, max_attempts=1) if texts else []
        else:
            lines = writer.write_freely(num_samples=3)
        if not lines:
            return {}
        try:
            picture = drawing.raster([line.strokes for line in lines], dpi=100)
        except InputError as error:  # early on, a line may run for metres
            logger.warning("no picture of this step: %s", error)
            return {}
        return {"writing": picture}


def _added(sums: list[dict[str, tf.Tensor]]) -> dict[str, tf.Tensor]:
    """Adds dictionaries of scalars."""
    return {name: tf.add_n([part[name] for part in sums]) for name in sums[0]}
