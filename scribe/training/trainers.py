"""The trainer of the stroke networks.

The loop asks a trainer for: `step`, `unit`, `train_step(batch)`, `evaluate(batches)`,
`pictures()`, `export(folder)` and `describe()`. Everything in it that is a variable is
in the checkpoint.
"""

from collections.abc import Sequence
from math import isfinite
from pathlib import Path

import gin
import numpy as np
import tensorflow as tf

from scribe import drawing, mixtures
from scribe.datasets import StrokeDataset, batch_signature
from scribe.generation import Writer
from scribe.run_folder import StrokeModel, save_model
from scribe.training import devices


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
        picture_texts: Sequence[str],
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
          jit_compile: whether XLA compiles the step (ignored where it cannot).
          picture_texts: what `pictures` writes.
        """
        super().__init__(name="trainer")
        self.dataset = dataset
        self.model = model(alphabet_size=dataset.alphabet.size)
        self.optimizer = optimizer
        self.clip_norm = clip_norm
        self.ema_decay = ema_decay
        self.seed = seed
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
        compiled = (
            {"jit_compile": True} if jit_compile and devices.can_compile() else {}
        )
        signature = [batch_signature()]
        self.train_step = tf.function(self._train_step, signature, **compiled)
        self._evaluate_step = tf.function(self._evaluate_step, signature)

    def describe(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the weights by name."""
        return {
            name: tuple(variable.shape)
            for name, variable in self.model.named_weights().items()
        }

    def _activations(self, batch, dropout_seed=None):
        text = (batch["text"], batch["text_mask"]) if self.model.reads_text else ()
        return self.model(batch["strokes"][:, :-1], *text, dropout_seed=dropout_seed)

    def _train_step(self, batch):
        """One update; returns scalars by name."""
        targets, mask = batch["strokes"][:, 1:], batch["stroke_mask"][:, 1:]
        num_points = tf.reduce_sum(mask)
        seed = tf.stack([self.seed, tf.cast(self.step, tf.int32)])
        if self.weight_noise is not None:
            self.weight_noise.disturb(self._weights, seed)
        with tf.GradientTape() as tape:
            activations = self._activations(batch, dropout_seed=seed)
            log_likelihood = mask * mixtures.log_likelihood(activations, targets)
            loss = -tf.reduce_sum(log_likelihood) / num_points
        gradients = tape.gradient(loss, self._weights)
        if self.weight_noise is not None:
            gradients = self.weight_noise.settle(self._weights, gradients)
        norm = tf.linalg.global_norm(gradients)
        if self.clip_norm is not None:
            gradients, _ = tf.clip_by_global_norm(gradients, self.clip_norm, norm)
        self.optimizer.apply_gradients(zip(gradients, self._variables, strict=True))
        self.step.assign_add(1)
        for average, weight in zip(self.averages, self._weights, strict=False):
            # Early steps forget faster, so that the start's noise does not linger.
            age = tf.cast(self.step, tf.float32)
            decay = tf.minimum(self.ema_decay, (1.0 + age) / (10.0 + age))
            average.assign(decay * average + (1.0 - decay) * weight)
        squared = tf.reduce_sum(mask * mixtures.squared_error(activations, targets))
        return {
            "loss": loss,
            "nats_per_line": loss * num_points / tf.cast(len(mask), tf.float32),
            "squared_error": squared / num_points,
            "gradient_norm": norm,
            "learning_rate": tf.convert_to_tensor(self.optimizer.learning_rate),
            "points": num_points,
        }

    def _evaluate_step(self, batch):
        """Sums over the points of a batch."""
        targets, mask = batch["strokes"][:, 1:], batch["stroke_mask"][:, 1:]
        activations = self._activations(batch)
        per_point = {
            "nats": -mixtures.log_likelihood(activations, targets),
            "squared_error": mixtures.squared_error(activations, targets),
            "pen_accuracy": mixtures.pen_accuracy(activations, targets),
            "points": tf.ones_like(mask),
        }
        return {name: tf.reduce_sum(mask * x) for name, x in per_point.items()}

    def evaluate(self, batches) -> dict[str, float]:
        """Means over all points (and lines) of `batches`, with the averaged weights."""
        totals: dict[str, float] = {}
        num_lines = 0
        current = [weight.numpy() for weight in self._weights]
        self._assign(self.averages or current)
        try:
            for batch in batches:
                num_lines += len(batch["strokes"])
                for name, value in self._evaluate_step(batch).items():
                    totals[name] = totals.get(name, 0.0) + float(value)
        finally:
            self._assign(current)
        points = totals["points"]
        return {
            "loss": totals["nats"] / points,
            "nats_per_line": totals["nats"] / num_lines,
            "squared_error": totals["squared_error"] / points,
            "pen_accuracy": totals["pen_accuracy"] / points,
        }

    def _assign(self, values):
        for weight, value in zip(self._weights, values, strict=True):
            weight.assign(value)

    def stroke_model(self) -> StrokeModel:
        """The network as it is now, with the averaged weights, for sampling."""
        values = self.averages or self._weights
        names = self.model.named_weights()
        return StrokeModel(
            folder=Path(),
            kind="attention_rnn",
            sizes=self.model.sizes(),
            alphabet=self.dataset.alphabet,
            offset_scale=self.dataset.offset_scale,
            cleaning=self.dataset.cleaning(),
            weights={n: v.numpy() for n, v in zip(names, values, strict=True)},
        )

    def export(self, folder: Path, metrics: dict[str, float]) -> None:
        """Writes what sampling needs, weights.npz and model.json.

        Args:
          folder: the run folder.
          metrics: validation results that model.json quotes.
        """
        finite = {name: value for name, value in metrics.items() if isfinite(value)}
        facts = {"step": int(self.step), "validation": finite}
        save_model(self.stroke_model(), folder, facts)

    def pictures(self) -> dict[str, np.ndarray]:
        """What the network writes now: uint8 [H, W, 3] by name.

        The same sentences and random numbers each time, so that pictures of different
        steps can be compared.
        """
        writer = Writer(self.stroke_model(), engine="numpy")
        if self.model.reads_text:
            lines = writer.write(list(self.picture_texts), bias=1.0, max_attempts=1)
        else:
            lines = writer.write_freely(num_samples=3)
        return {"writing": drawing.raster([line.strokes for line in lines], dpi=100)}
