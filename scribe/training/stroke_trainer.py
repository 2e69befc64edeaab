"""The trainer of the stroke networks.

The loop asks a trainer for: `step`, `unit`, `train_step(batch)`, `evaluate(batches)`,
`pictures()`, `export(folder)` and `describe()`. Everything in it that is a variable is
in the checkpoint. What it takes to run on several devices is in
scribe.training.distribution.
"""

import logging
import math
from collections.abc import Sequence
from pathlib import Path

import gin
import numpy as np
import tensorflow as tf

from scribe import drawing
from scribe.corpora.dataset import StrokeDataset
from scribe.foundation import devices
from scribe.foundation.errors import InputError
from scribe.models import StrokeModel, find_model, load_model, save_model
from scribe.networks import mixtures
from scribe.training import distribution, transfer
from scribe.training.one_network import move_averages
from scribe.training.optimizers import ReduceOnPlateau
from scribe.writing import Writer

logger = logging.getLogger(__name__)


@gin.register(module="scribe")
class StrokeTrainer(tf.Module):
    """Maximises the log likelihood of the next pen point (Graves 2013, equation 26).

    The loss is in nats per point, averaged over all points of a batch; its exponential
    moving average of weights (if any) is what `evaluate` judges and `export` writes.
    """

    unit = "points"

    def __init__(
        self,
        dataset: StrokeDataset,
        model,
        optimizer,
        clip_norm: float | None,
        ema_decay: float,
        weight_noise,
        seed: int,
        jit_compile: bool,
        num_shards: int,
        picture_texts: Sequence[str],
        initial_model: str | Sequence[str] | None = None,
        plateau: ReduceOnPlateau | None = None,
    ):
        """Builds model and optimizer, so that a checkpoint can be restored into them.

        Args:
          dataset: its alphabet and scale become the model's.
          model: callable(alphabet_size=...) -> network, e.g. @AttentionRNN.
          optimizer: a Keras optimizer.
          clip_norm: bound of the gradient's global norm; None for none.
          ema_decay: of the averaged weights; 0 for none.
          weight_noise: an AdaptiveWeightNoise, or None.
          seed: of dropout and weight noise.
          jit_compile: whether XLA compiles the step, once for each shape; batches are
            padded to few shapes for it.
          num_shards: on a CPU, into how many parts a replica's lines are cut that run
            at the same time, one core each. Cores that share every small product of a
            recurrence spend their time waiting for each other.
          picture_texts: what `pictures` writes.
          initial_model: run folder or shipped model whose weights the training starts
            from, also if its sizes are not quite the same (`scribe.training.transfer`);
            or several in turn: where a later one has no window, the one before has left
            its own. None for fresh weights.
          plateau: the optimizer's learning rate, if it is one that falls when the loss
            that `evaluate` finds does not.
        """
        super().__init__(name="trainer")
        self.dataset = dataset
        self.model = model(alphabet_size=dataset.alphabet.size)
        if len(dataset.writers) != self.model.num_writers:
            raise InputError(
                f"the batches name {len(dataset.writers)} writers, the network knows "
                f"{self.model.num_writers}: bind EncoderDecoder.num_writers"
            )
        self.optimizer = optimizer
        self.clip_norm = clip_norm
        self.ema_decay = ema_decay
        self.seed = seed
        self.plateau = plateau
        self.num_shards = 1 if tf.config.get_visible_devices("GPU") else num_shards
        self.picture_texts = picture_texts
        self.step = tf.Variable(0, dtype=tf.int64, name="step", trainable=False)
        self._variables = list(self.model.named_weights().values())
        self._weights = [variable.value for variable in self._variables]
        optimizer.build(self._variables)
        self.averages = [
            tf.Variable(w, trainable=False) for w in self._weights if ema_decay
        ]
        self.weight_noise = weight_noise
        if weight_noise is not None:
            weight_noise.build(self._weights, dataset.points_per_epoch)
        self.jit_compile = jit_compile and devices.may_compile()
        self._update = distribution.replicated(
            self._update, [dataset.signature()], self.jit_compile
        )
        self._sums = distribution.replicated(self._sums, [dataset.signature()])

        names = [initial_model] if isinstance(initial_model, str) else initial_model
        for name in names or ():
            self._start_from(load_model(find_model(name)))

    def _start_from(self, model: StrokeModel) -> None:
        """Takes over the weights of a network with the same characters.

        Its lines may have been cleaned in another way: then a point or an offset is
        something else to it, and the scale too, but of deviation 1 in both.
        """
        own = self.stroke_model()
        for name in ("alphabet", "kind", "variant"):
            if getattr(own, name) != getattr(model, name):
                raise InputError(
                    f"{model.folder} has another {name} ({getattr(model, name)}) than "
                    f"this configuration ({getattr(own, name)})"
                )
        if own.cleaning == model.cleaning and not np.allclose(
            own.offset_scale, model.offset_scale, rtol=1e-6
        ):
            raise InputError(
                f"{model.folder} was trained with the offset scale "
                f"{model.offset_scale.tolist()}, the data have "
                f"{own.offset_scale.tolist()}: bind StrokeDataset.offset_scale"
            )
        if own.sizes == model.sizes:
            self.load(model.weights)
        else:
            self.load(transfer.transferred(model, own))

    def describe(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the weights by name."""
        return {
            name: tuple(variable.shape)
            for name, variable in self.model.named_weights().items()
        }

    def _activations(self, batch, dropout_seed=None):
        read = ("text", "text_mask") if self.model.reads_text else ()
        known = {name: batch[name] for name in (*read, "writer") if name in batch}
        return self.model(batch["strokes"][:, :-1], **known, dropout_seed=dropout_seed)

    def train_step(self, batch) -> dict[str, tf.Tensor]:
        """One update.

        Args:
          batch: as the dataset's `signature`.

        Returns:
          scalars by name; "points" is the number of points that were learnt from.
        """
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
        step_seed = tf.stack([self.seed, tf.cast(self.step, tf.int32)])
        dropout_seed, noise_seed = tf.unstack(tf.random.split(step_seed, 2))
        if self.weight_noise is not None:
            self.weight_noise.disturb(self._weights, noise_seed)
        gradients, sums = self._gradients(batch, num_points, dropout_seed)
        loss = sums["nats"] / num_points
        metrics = {"loss": loss, "nats_per_line": loss * num_points / num_lines}
        if self.weight_noise is not None:
            gradients = self.weight_noise.settle(self._weights, gradients)
            metrics["weight_nats"] = self.weight_noise.nats_per_point()
        norm = tf.linalg.global_norm(gradients)
        if self.clip_norm is not None:
            gradients, _ = tf.clip_by_global_norm(gradients, self.clip_norm, norm)
        learning_rate = tf.convert_to_tensor(self.optimizer.learning_rate)
        distribution.apply_gradients(self.optimizer, gradients, self._variables)
        self.step.assign_add(1)
        if self.averages:
            move_averages(self.averages, self._weights, self.ema_decay, self.step)
        return metrics | {
            "squared_error": sums["squared_error"] / num_points,
            "gradient_norm": norm,
            "learning_rate": learning_rate,
            "points": num_points,
        }

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
        per_point = {
            "nats": -mixtures.log_likelihood(activations, targets, self.model.variant),
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
        current = [weight.numpy() for weight in self._weights]
        self._assign(self.averages or current)
        try:
            for batch in batches:
                num_lines += len(batch["strokes"])
                for name, value in self._sums(batch).items():
                    totals[name] = totals.get(name, 0.0) + float(value)
        finally:
            self._assign(current)
        points = totals["points"]
        if self.plateau is not None:
            self.plateau.saw(totals["nats"] / points)
        return {
            "loss": totals["nats"] / points,
            "nats_per_line": totals["nats"] / num_lines,
            "squared_error": totals["squared_error"] / points,
            "pen_accuracy": totals["pen_accuracy"] / points,
        }

    def load(self, weights: dict[str, np.ndarray]) -> None:
        """Takes over trained weights, named as the network's named_weights."""
        values = [weights[name] for name in self.model.named_weights()]
        self._assign(values)
        for average, value in zip(self.averages, values, strict=False):
            average.assign(value)

    def _assign(self, values):
        for weight, value in zip(self._weights, values, strict=True):
            weight.assign(value)

    def stroke_model(self) -> StrokeModel:
        """The network as it is now, with the averaged weights, for sampling."""
        values = self.averages or self._weights
        names = self.model.named_weights()
        return StrokeModel(
            folder=Path(),
            kind=self.model.kind,
            sizes=self.model.sizes(),
            alphabet=self.dataset.alphabet,
            offset_scale=self.dataset.offset_scale,
            cleaning=self.dataset.cleaning(),
            weights={n: v.numpy() for n, v in zip(names, values, strict=True)},
            variant=self.model.variant,
            writers=tuple(self.dataset.writers),
        )

    def export(self, folder: Path, metrics: dict[str, float]) -> None:
        """Writes what sampling needs, weights.npz and model.json.

        Args:
          folder: the run folder.
          metrics: validation results that model.json quotes.
        """
        facts = {"step": int(self.step.numpy()), "validation": metrics}
        save_model(self.stroke_model(), folder, facts)

    def pictures(self) -> dict[str, np.ndarray]:
        """What the network writes now: uint8 [H, W, 3] by name.

        The same sentences and random numbers each time, so that pictures of different
        steps can be compared.
        """
        writer = Writer(self.stroke_model(), engine="numpy")
        if self.model.reads_text:
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
