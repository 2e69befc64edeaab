"""The trainer of SketchRNN."""

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path

import gin
import numpy as np
import tensorflow as tf

from scribe import drawing
from scribe.corpora.batches import batch_signature
from scribe.foundation.errors import InputError
from scribe.models.sketch_engine import latent_figures
from scribe.models.stroke_model import StrokeModel, save_model
from scribe.networks import sketch_losses
from scribe.training import distribution
from scribe.training.one_network import OneNetworkTrainer
from scribe.writing.sketcher import Sketcher

# Drawings that are redrawn for TensorBoard at every validation.
_NUM_PICTURES = 8


@gin.register(module="scribe")
@dataclasses.dataclass(eq=False, repr=False)
class SketchTrainer(OneNetworkTrainer):
    """Minimises reconstruction and KL together (Ha & Eck 2017, equations 9 to 11).

    The loss is that of the paper: nats of a drawing over the points of the longest
    one, plus the KL's weight times the KL averaged over latent dimensions, or the floor
    if it is below that. The weight grows from a small share to its full value. Scale
    and cleaning steps of the data set become the model's; texts are not read.

    Args:
      network: callable() -> network, e.g. @SketchRNN.
      kl_weight: full weight of the KL.
      kl_start: share of it at the first step.
      kl_rate: what is missing of it shrinks by this factor at every step.
      kl_floor: nats of KL per latent dimension below which the KL has no gradient.
      num_shards: see `distribution.shards`; 1 on a GPU.

    Raises:
      InputError: a weight, share, rate or floor is out of its range.
    """

    unit = "points"

    network: dataclasses.InitVar[Callable]
    kl_weight: float
    kl_start: float
    kl_rate: float
    kl_floor: float
    num_shards: int

    def __post_init__(self, network):
        super().__post_init__()
        for name, high in (
            ("kl_weight", math.inf),
            ("kl_start", 1.0),
            ("kl_rate", 1.0),
            ("kl_floor", math.inf),
        ):
            value = getattr(self, name)
            if not 0.0 <= value <= high:
                raise InputError(f"{name}={value}: must be from 0 to {high:g}")
        self._train(network())
        self.num_shards = distribution.shards_of_a_replica(self.num_shards)
        self.longest = max(len(line.strokes) for line in self.dataset.train)
        self._update = distribution.replicated(self._update, [batch_signature()])
        self._sums = distribution.replicated(self._sums, [batch_signature()])

    def _update(self, batch):
        num_drawings = tf.reduce_sum(batch["stroke_mask"][:, 0])
        num_points = tf.reduce_sum(batch["stroke_mask"])
        seed = self._seed_of_step()
        weight = sketch_losses.annealed(
            self.kl_weight, self.kl_start, self.kl_rate, self.step
        )
        with tf.GradientTape() as tape:
            parts = [
                _Drawings(rows, self.network, seed, index)
                for index, rows in distribution.shards(batch, self.num_shards)
            ]
            kl = tf.add_n([tf.reduce_sum(part.kl) for part in parts])
            # Of all replicas, before any of them decodes: the floor is one for all.
            total_kl = distribution.total(tf.stop_gradient(kl))
            nats = tf.add_n([tf.reduce_sum(part.nats()) for part in parts])
            loss = nats / (num_drawings * self.longest)
            if self.network.latent_dim:
                mean_kl = total_kl / (num_drawings * self.network.latent_dim)
                counts = tf.cast(mean_kl > self.kl_floor, tf.float32)
                loss += weight * counts * kl / (num_drawings * self.network.latent_dim)
        gradients = tape.gradient(loss, self._weights)
        gradients, nats = distribution.total((gradients, nats))
        learnt = self._learn(gradients)
        return learnt | {
            "loss": self._loss(nats / num_drawings, total_kl / num_drawings, weight),
            "nats_per_point": nats / num_points,
            "kl": total_kl / num_drawings,
            "kl_weight": weight,
            "points": num_points,
        }

    def _loss(self, nats, kl, weight):
        """Equation 11, with the floor of section 3.4, from means over drawings."""
        if not self.network.latent_dim:
            return nats / self.longest
        mean_kl = tf.maximum(kl / self.network.latent_dim, self.kl_floor)
        return nats / self.longest + weight * mean_kl

    def _sums(self, batch):
        """Sums over a batch, of drawings encoded with the same noise each time."""
        seed = tf.constant([self.seed, -1])
        parts = [
            _Drawings(rows, self.network, seed, index, training=False)
            for index, rows in distribution.shards(batch, self.num_shards)
        ]
        sums = [part.sums() for part in parts]
        return distribution.total(tf.nest.map_structure(lambda *x: tf.add_n(x), *sums))

    def evaluate(self, batches) -> dict[str, float]:
        """Means over `batches`, with the averaged weights and the KL's full weight."""
        totals: dict[str, np.ndarray] = {}
        with self._averaged():
            for batch in batches:
                for name, value in self._sums(batch).items():
                    totals[name] = totals.get(name, 0.0) + np.asarray(value, np.float64)
        drawings, points = totals["drawings"], totals["points"]
        nats = (totals["offset_nats"] + totals["pen_nats"]) / drawings
        kl = float(totals["kl"].sum() / drawings)
        figures = {
            "loss": self._loss(nats, kl, self.kl_weight),
            "nats_per_drawing": nats,
            "nats_per_point": nats * drawings / points,
            "kl_per_drawing": kl,
            "pen_accuracy": totals["pens_right"] / points,
        }
        if self.network.latent_dim:
            figures |= latent_figures(
                totals["kl"] / drawings,
                totals["mu_squared"] / drawings - (totals["mu"] / drawings) ** 2,
            )
        return {name: float(value) for name, value in figures.items()}

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
        )

    def export(self, folder: Path, metrics: dict[str, float]) -> None:
        """Writes what sampling needs."""
        save_model(self.stroke_model(), folder, self._facts(metrics))

    def pictures(self) -> dict[str, np.ndarray]:
        """The first words of the validation set beside what is drawn of them."""
        sketcher = Sketcher(self.stroke_model())
        words = [line.strokes for line in self.dataset.validation[:_NUM_PICTURES]]
        if self.network.latent_dim:
            drawn = sketcher.decode(sketcher.encode_cleaned(words)[0], temperature=0.2)
        else:
            words, drawn = [], sketcher.free(_NUM_PICTURES, temperature=0.2)
        shown = [
            strokes
            for pair in zip(words or drawn, drawn, strict=True)
            for strokes in ([pair[0]] if words else []) + [pair[1].strokes]
            if len(strokes) > 1
        ]
        try:
            return {"reconstructions": drawing.raster(shown, dpi=100)}
        except InputError:  # early on, a word may run for metres
            return {}


class _Drawings:
    """One shard of a batch on its way through the network.

    Attributes:
      kl: [B, N] nats; zeros [B, 1] without an encoder.
    """

    def __init__(self, batch, network, seed, index: int, training: bool = True):
        """Encodes; `index` is the shard's number, by which the seed is folded."""
        seed = tf.random.experimental.stateless_fold_in(seed, index)
        self._mask = batch["stroke_mask"]
        self._network = network
        self._seeds = tf.unstack(tf.random.split(seed, 2))
        self._training = training
        self._inputs, self._targets = sketch_losses.stroke5(
            batch["strokes"], self._mask
        )
        self._mu = self.kl = tf.zeros_like(self._mask[:, :1])
        self._z = None
        if network.latent_dim:
            lengths = tf.cast(tf.reduce_sum(self._mask, axis=1), tf.int32)
            self._mu, log_variance = network.encode(self._inputs, lengths)
            self.kl = sketch_losses.kl_nats(self._mu, log_variance)
            noise = tf.random.stateless_normal(tf.shape(self._mu), self._seeds[0])
            self._z = self._mu + tf.exp(0.5 * log_variance) * noise  # equation 4

    def _activations(self):
        dropout_seed = self._seeds[1] if self._training else None
        return self._network.decode(self._inputs, self._z, dropout_seed)

    def nats(self):
        """[B] of reconstruction."""
        return sum(
            sketch_losses.reconstruction_nats(
                self._activations(), self._targets, self._mask
            )
        )

    def sums(self) -> dict[str, tf.Tensor]:
        """Sums over the drawings; of the latent vectors by dimension."""
        activations = self._activations()
        offset, pen = sketch_losses.reconstruction_nats(
            activations, self._targets, self._mask
        )
        right = sketch_losses.pens_right(activations, self._targets, self._mask)
        return {
            "offset_nats": tf.reduce_sum(offset),
            "pen_nats": tf.reduce_sum(pen),
            "pens_right": tf.reduce_sum(right),
            "points": tf.reduce_sum(self._mask),
            "drawings": tf.reduce_sum(self._mask[:, 0]),
            "kl": tf.reduce_sum(self.kl, axis=0),
            "mu": tf.reduce_sum(self._mu, axis=0),
            "mu_squared": tf.reduce_sum(tf.square(self._mu), axis=0),
        }
