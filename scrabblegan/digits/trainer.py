"""Trains a generator of digits against a critic (WGAN-GP)."""

import dataclasses
from pathlib import Path

import gin
import keras
import numpy as np
import tensorflow as tf

from scrabblegan.digits import wasserstein
from scrabblegan.digits.dataset import signature
from scrabblegan.digits.generator import DigitGenerator
from scrabblegan.images import pictures, to_network
from scribe.foundation import devices
from scribe.foundation.errors import InputError
from scribe.training import distribution
from scribe.training.two_players import TwoPlayerTrainer, trained, values

_PICTURE_COUNT = 100
_PICTURE_SEED = 0


@gin.register(module="scrabblegan")
@dataclasses.dataclass(eq=False, repr=False)
class DigitTrainer(TwoPlayerTrainer):
    """Gulrajani et al. (2017), algorithm 1, for the loop of `scribe.training.loop`.

    One `train_step` is one step of the critic for each batch it is given, then one of
    the generator.

    Beyond the paper: instance noise, learning rates that fall, clipped gradients, and a
    moving average of the generator, which is what is exported; gin turns each off.

    Args:
      dataset: of images; its `batches_per_step` are the critic's steps.
      generator, critic: networks of scrabblegan.digits.networks.
      generator_optimizer, critic_optimizer: Keras optimizers with constant rates.
      penalty_weight: lambda.
      clip_norm: bound of the global norm of either network's gradient, or None.
      noise_start: deviation of the instance noise at first, images being -1 to 1.
      noise_epochs: after so many it has fallen to zero; 0 for none.
      rate_decay: both learning rates are multiplied by it ...
      rate_decay_epochs: ... after each so many epochs.
      class_weights: of the auxiliary loss of a conditional critic (to tell which digit
        a real image is) and of its generator (to be told rightly).
      jit_compile: whether XLA compiles the step.
    """

    unit = "images"

    generator: keras.Model
    critic: keras.Model
    critic_optimizer: keras.optimizers.Optimizer
    penalty_weight: float
    clip_norm: float | None
    noise_start: float
    noise_epochs: int
    rate_decay: float
    rate_decay_epochs: int
    class_weights: tuple[float, float]
    jit_compile: bool

    def __post_init__(self):
        super().__post_init__()
        data = self.dataset
        distribution.check_rows(data.batch_size, "DigitDataset.batch_size")
        if self.generator.is_conditional != self.critic.is_conditional:
            raise InputError(
                "generator and critic must both be conditional or both not: bind the "
                "same num_classes"
            )
        self.generator.build_all()
        self.critic.build_all()
        self._build_optimizers()
        self._keep(self.generator, self.critic)
        averaged = values(self.generator) if self.ema_decay else []
        self.averages = [tf.Variable(value, trainable=False) for value in averaged]
        self.base_rates = {
            name: float(optimizer.learning_rate.numpy())
            for name, _, optimizer in self._players()
        }
        self.noise_steps = self.noise_epochs * data.steps_per_epoch
        self.update = self._update  # uncompiled, for benchmarks and tests
        self._update = distribution.replicated(
            self._update,
            [signature(data.batches_per_step, data.batch_size)],
            self.jit_compile and devices.may_compile(),
        )
        self._scores = distribution.replicated(self._scores, [signature()])

    def _players(self):
        return (
            ("critic", self.critic, self.critic_optimizer),
            ("generator", self.generator, self.generator_optimizer),
        )

    def train_step(self, batch) -> dict[str, tf.Tensor]:
        """One step of the generator, after one of the critic for each batch.

        Args:
          batch: as `dataset.signature`.

        Returns:
          scalars by name; "images" is the number of real images that were looked at.
          Those of the critic are means over its steps; gradient_norm is the one that
          the penalty draws to 1.
        """
        return self._update(batch)

    def _update(self, batch):
        num_batches = batch["image"].shape[0]
        seeds = tf.unstack(tf.random.split(self._seed_of_step(), num_batches + 1))
        noise = wasserstein.noise_std(self.noise_start, self.step, self.noise_steps)
        metrics = self._set_rates() | {"noise_std": noise}
        critic_steps = []
        for i in range(num_batches):
            images, digits = distribution.own((batch["image"][i], batch["digit"][i]))
            critic_steps.append(self._critic_step(images, digits, noise, seeds[i]))
        for name in critic_steps[0]:
            metrics[name] = tf.add_n([m[name] for m in critic_steps]) / num_batches
        metrics |= self._generator_step(digits, noise, seeds[-1])
        self.step.assign_add(1)
        if self.averages:
            self._average_generator(self.averages, self.step)
        num_images = batch["image"].shape[0] * batch["image"].shape[1]
        return metrics | {"images": tf.constant(num_images, tf.float32)}

    def _set_rates(self):
        rates = {}
        for name, _, optimizer in self._players():
            optimizer.learning_rate = wasserstein.epoch_rate(
                self.base_rates[name], self.rate_decay, self.rate_decay_epochs,
                self.step, self.dataset.steps_per_epoch,
            )  # fmt: skip
            rates[f"{name}_rate"] = tf.convert_to_tensor(optimizer.learning_rate)
        return rates

    def _fakes(self, digits, seed):
        """Images [B, 28, 28, 1] of random z, and the digits asked for."""
        z_seed, dropout_seed = tf.unstack(tf.random.split(seed, 2))
        z = self._z(tf.shape(digits)[0], z_seed)
        return self.generator(z, digits, dropout_seed)

    def _critic_step(self, pixels, digits, noise, seed):
        """Fakes are asked for the digits of the real images beside them."""
        seeds = tf.unstack(tf.random.split(seed, 7))
        fake = wasserstein.add_noise(self._fakes(digits, seeds[0]), noise, seeds[1])
        real = wasserstein.add_noise(to_network(pixels), noise, seeds[2])
        between = wasserstein.interpolate(real, fake, seeds[3])
        with tf.GradientTape() as tape:
            real_scores, logits = self.critic.judge(real, digits, seeds[4])
            fake_scores = self.critic(fake, digits, seeds[5])
            norms = wasserstein.gradient_norms(
                lambda images: self.critic(images, digits, seeds[6]), between
            )
            penalty = wasserstein.gradient_penalty(norms)
            loss = wasserstein.critic_loss(real_scores, fake_scores)
            loss += self.penalty_weight * penalty
            loss += self.class_weights[0] * _class_loss(logits, digits)
        self._apply(tape, loss, self.critic, self.critic_optimizer)
        return distribution.mean(
            {
                "critic_loss": loss,
                "gradient_norm": tf.reduce_mean(norms),
                "real_score": tf.reduce_mean(real_scores),
                "fake_score": tf.reduce_mean(fake_scores),
            }
        )

    def _generator_step(self, digits, noise, seed):
        fake_seed, noise_seed, critic_seed = tf.unstack(tf.random.split(seed, 3))
        with tf.GradientTape() as tape:
            fake = self._fakes(digits, fake_seed)
            scores, logits = self.critic.judge(
                wasserstein.add_noise(fake, noise, noise_seed), digits, critic_seed
            )
            loss = wasserstein.generator_loss(scores)
            loss += self.class_weights[1] * _class_loss(logits, digits)
        self._apply(tape, loss, self.generator, self.generator_optimizer)
        return {"generator_loss": distribution.mean(loss)}

    def _apply(self, tape, loss, network, optimizer):
        gradients = tape.gradient(loss, trained(network))
        self._learn(network, optimizer, gradients, self.clip_norm)

    def _scores(self, batch):
        """Sums of the critic's scores of real images and of as many fakes."""
        digits = batch["digit"][0]
        seed = tf.stack([self.seed, 0])
        z = tf.random.stateless_normal(
            [tf.size(digits), self.generator.latent_dim], seed
        )
        pixels, digits, z = distribution.own((batch["image"][0], digits, z))
        real = self.critic(to_network(pixels), digits)
        fake = self.critic(self.generator(z, digits), digits)
        return distribution.total((tf.reduce_sum(real), tf.reduce_sum(fake)))

    def evaluate(self, batches) -> dict[str, float]:
        """Mean scores of held-out images and of fakes, without noise or dropout.

        Held-out images scoring well below training images tell that the critic has
        learnt its training images by heart.
        """
        real, fake, count = 0.0, 0.0, 0
        for batch in batches:
            real_sum, fake_sum = self._scores(batch)
            real, fake = real + float(real_sum), fake + float(fake_sum)
            count += batch["digit"].shape[1]
        return {
            "real_score": real / count,
            "fake_score": fake / count,
            "wasserstein": (real - fake) / count,
        }

    def digit_generator(self) -> DigitGenerator:
        """The averaged generator as it is now, for sampling."""
        names = self.generator.named_weights()
        values = self.averages or names.values()
        weights = {n: v.numpy() for n, v in zip(names, values, strict=True)}
        kind = type(self.generator).__name__
        return DigitGenerator(Path(), kind, self.generator.sizes(), weights)

    def export(self, folder: Path, metrics: dict[str, float]) -> None:
        """Writes what sampling needs, and one more picture of the film."""
        facts = self._facts(
            metrics,
            critic_steps=int(self.step.numpy()) * self.dataset.batches_per_step,
            corpus=self.dataset.corpus.name,
        )
        self.digit_generator().save(folder, facts)
        picture = self.pictures()["samples"][..., 0]
        pictures.add_to_film(picture, folder, int(self.step.numpy()))

    def pictures(self) -> dict[str, np.ndarray]:
        """What the generator draws now: uint8 [H, W, 1] by name.

        The same z each time, so that pictures of different steps can be compared. A
        conditional generator draws a column of each digit.
        """
        images = self.digit_generator().sample(_PICTURE_COUNT, seed=_PICTURE_SEED)
        return {"samples": pictures.grid(images)[..., None]}


def _class_loss(logits, digits):
    """Cross entropy in nats per image; 0 for a critic that knows no digits."""
    if logits is None:
        return 0.0
    nats = tf.nn.sparse_softmax_cross_entropy_with_logits(digits, logits)
    return tf.reduce_mean(nats)
