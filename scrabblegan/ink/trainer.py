"""Trains a network of ink against a discriminator of patches, on unpaired crops."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import gin
import keras
import numpy as np
import tensorflow as tf

from scrabblegan.images import pictures
from scrabblegan.ink.dataset import signature
from scrabblegan.ink.losses import content_loss, look_distance
from scrabblegan.networks import losses, save_network
from scribe.foundation.errors import InputError
from scribe.models import ink_model
from scribe.training import distribution
from scribe.training.two_players import TwoPlayerTrainer, trained, values

_PICTURE_ROWS = 10


@gin.register(module="scrabblegan")
@dataclasses.dataclass(eq=False, repr=False)
class InkTrainer(TwoPlayerTrainer):
    """One step of the discriminator, then one of the generator.

    What is judged is the ink on paper from under other scans, as whole grey levels: a
    faint constant difference would be all that a discriminator learns.

    Args:
      generator, discriminator: callable() -> network.
      discriminator_optimizer: of Keras.
      loss: HingeLoss or NonSaturatingLoss.
      whole_weight: of the score of whole crops, against that of patches.
      content_weight: of `losses.content_loss`.
      tolerance: see there.
      penalty: gamma of R1 (Mescheder et al. 2018, arXiv 1801.04406), 0 for none; ...
      penalty_every: ... taken once in so many steps (Karras et al. 2020, arXiv
        1912.04958, appendix B), so many times as strong.
      num_papers: papers that the exported model knows.
    """

    unit = "crops"

    generator: dataclasses.InitVar[Callable]
    discriminator: dataclasses.InitVar[Callable]
    discriminator_optimizer: keras.optimizers.Optimizer
    loss: losses.HingeLoss | losses.NonSaturatingLoss
    whole_weight: float
    content_weight: float
    tolerance: float
    penalty: float
    penalty_every: int
    num_papers: int

    def __post_init__(self, generator, discriminator):
        super().__post_init__()
        distribution.check_rows(self.dataset.batch_size, "InkDataset.batch_size")
        if self.penalty_every < 1:
            raise InputError(f"penalty_every={self.penalty_every}: must be 1 or more")
        self.generator, self.averaged = generator(), generator()
        self.discriminator = discriminator()
        self._build_optimizers()
        self._begin_average()
        self._keep(self.generator, self.discriminator, self.averaged)
        self._updates = [
            distribution.replicated(step, [signature()])
            for step in (self._update_plainly, self._update_penalised)
        ]
        self._judged = distribution.replicated(self._judge, [signature()])

    def _players(self):
        return (
            ("generator", self.generator, self.generator_optimizer),
            ("discriminator", self.discriminator, self.discriminator_optimizer),
        )

    def train_step(self, batch) -> dict[str, tf.Tensor]:
        """One step of both; a batch is as `dataset.signature`."""
        penalised = self.penalty > 0.0 and int(self.step) % self.penalty_every == 0
        return self._updates[penalised](batch)

    def _update_plainly(self, batch):
        return self._update(batch, penalised=False)

    def _update_penalised(self, batch):
        return self._update(batch, penalised=True)

    def _update(self, batch, penalised: bool):
        rows = _as_numbers(distribution.own(batch))
        with tf.GradientTape() as tape:
            ink = self._ink(self.generator, rows, self._seed_of_step())
            fake = on_paper(ink, rows["paper"])
            content = content_loss(ink, rows["maps"][..., :1], self.tolerance)
        metrics = self._discriminator_step(rows, tf.stop_gradient(fake), penalised)
        with tape:
            patches, whole = self.discriminator(fake, rows["pen_figures"])
            adversarial = self._weighted(self.loss.generator, patches, whole)
            loss = adversarial + self.content_weight * content
        gradients = tape.gradient(loss, trained(self.generator))
        self._learn(self.generator, self.generator_optimizer, gradients)
        age = self.generator_optimizer.iterations
        self._average_generator(values(self.averaged), age)
        self.step.assign_add(1)
        metrics |= {"content": content, "adversarial": adversarial}
        crops = tf.cast(tf.shape(batch["scan"])[0], tf.float32)
        return distribution.mean(metrics) | {"crops": crops}

    def _ink(self, network, rows, seed):
        """Ink of maps, in pens of their figures and of random z, on random grain."""
        z_seed, grain_seed = tf.unstack(tf.random.split(seed, 2))
        z = self._z(tf.shape(rows["maps"])[0], z_seed)
        pen = tf.concat([rows["pen_figures"], z], -1)
        shape = tf.shape(rows["maps"][..., :1])
        noise = distribution.draw(tf.random.stateless_normal, shape, grain_seed)
        return network(rows["maps"], pen, noise)

    def _weighted(self, loss, patches, whole):
        patch_loss, whole_loss = (tf.reduce_mean(loss(x)) for x in (patches, whole))
        return patch_loss + self.whole_weight * whole_loss

    def _discriminator_step(self, rows, fake, penalised: bool):
        self.discriminator.iterate_norms()
        with tf.GradientTape() as tape:
            real_scores = self.discriminator(rows["scan"], rows["scan_figures"])
            fake_scores = self.discriminator(fake, rows["pen_figures"])
            loss = self._weighted(self.loss.real, *real_scores)
            loss += self._weighted(self.loss.fake, *fake_scores)
            total = loss
            if penalised:
                weight = 0.5 * self.penalty * self.penalty_every
                total += weight * self._slope(rows)
        gradients = tape.gradient(total, trained(self.discriminator))
        self._learn(self.discriminator, self.discriminator_optimizer, gradients)
        return {
            "discriminator_loss": loss,
            "real_score": tf.reduce_mean(real_scores[0]),
            "fake_score": tf.reduce_mean(fake_scores[0]),
        }

    def _slope(self, rows):
        """Mean squared norm of the gradient of real crops' scores by their pixels."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(rows["scan"])
            patches, whole = self.discriminator(rows["scan"], rows["scan_figures"])
            score = tf.reduce_mean(patches, [1, 2]) + self.whole_weight * whole
        gradient = tape.gradient(score, rows["scan"])
        return tf.reduce_mean(tf.reduce_sum(tf.square(gradient), [1, 2, 3]))

    def _judge(self, batch):
        """Ink on paper of held-out strokes, in the averaged network's hand."""
        rows = _as_numbers(distribution.own(batch))
        ink = self._ink(self.averaged, rows, tf.constant([self.seed, 1]))
        content = content_loss(ink, rows["maps"][..., :1], self.tolerance)
        return on_paper(ink, rows["paper"]), content

    def evaluate(self, batches) -> dict[str, float]:
        """Held-out crops.

        Returns:
          `content`, as in training; `look`, how far the crops are from real ones by
          `look_distance`; and their sum, by which the best weights are kept.
        """
        made, real, contents = [], [], []
        for batch in batches:
            crops, content = self._judged(batch)
            made.append(np.asarray(crops)[..., 0])
            real.append(1.0 - np.asarray(batch["scan"], np.float32)[..., 0] / 255.0)
            contents.append(float(content))
        look = look_distance(np.concatenate(made), np.concatenate(real))
        content = float(np.mean(contents))
        return {"loss": look + content, "content": content, "look": look}

    def export(self, folder: Path, metrics: dict[str, float]) -> None:
        """Writes what `scribe.models.ink_model` reads, and a picture of the film."""
        weights = {
            name: variable.numpy()
            for name, variable in self.averaged.named_weights().items()
        }
        kernels, shades = self.dataset.papers(self.num_papers)
        weights |= {"paper_kernels": kernels, "paper_shades": shades}
        weights["figures"] = _spread_out(self.dataset.figures)
        described = {"kind": ink_model.KIND, "sizes": self.averaged.sizes()}
        facts = self._facts(metrics, corpus=self.dataset.name)
        save_network(folder, described | facts, weights)
        picture = self.pictures()["ink"][..., 0]
        pictures.add_to_film(picture, folder, int(self.step.numpy()))

    def pictures(self) -> dict[str, np.ndarray]:
        """Held-out crops: scans, what the pen did, and what the network makes of it."""
        batch = next(self.dataset.validation_batches())
        tensors = {name: tf.constant(value) for name, value in batch.items()}
        crops, _ = self._judge(tensors)
        made = np.rint(255 * (1.0 - np.asarray(crops)[..., 0])).clip(0, 255)
        columns = batch["scan"][..., 0], 255 - batch["maps"][..., 0], made
        rows = zip(*(column[:_PICTURE_ROWS] for column in columns), strict=True)
        picture = np.vstack([np.hstack(row) for row in rows]).astype(np.uint8)
        return {"ink": picture[..., None]}


def _spread_out(figures: np.ndarray, count: int = 256) -> np.ndarray:
    """Some of the figures [N, 3], evenly over the height of the writing."""
    order = np.argsort(figures[:, 0], kind="stable")
    chosen = np.linspace(0, len(order) - 1, min(count, len(order))).round().astype(int)
    return figures[order[chosen]]


def _as_numbers(rows):
    """Pixels as darkness, maps as shares."""
    darkness = {n: 1.0 - tf.cast(rows[n], tf.float32) / 255.0 for n in _PIXELS}
    maps = tf.cast(rows["maps"], tf.float32) / 255.0
    return rows | darkness | {"maps": maps}


_PIXELS = ("scan", "paper")


def on_paper(ink, paper):
    """Darkness of ink [B, H, W, 1] on paper, in whole grey levels.

    The gradient is that of the levels before they were rounded.
    """
    darkness = 1.0 - (1.0 - paper) * (1.0 - ink)
    return darkness + tf.stop_gradient(tf.round(255.0 * darkness) / 255.0 - darkness)
