"""A network of one tensor and its data: what the tests of the loop train in no time."""

import math

import numpy as np
import tensorflow as tf

from scribe.training import loop


class ToyDataset:
    """Batch number n holds the number n."""

    steps_per_epoch = 5

    def train_batches(self, first_step):
        step = first_step
        while True:
            yield {"number": np.float64(step)}
            step += 1

    def validation_batches(self):
        yield {"number": np.float64(-1)}

    def tensors(self, batches):
        signature = {"number": tf.TensorSpec([], tf.float64)}
        return tf.data.Dataset.from_generator(batches, output_signature=signature)

    def describe(self):
        return "toy: numbers"


class ToyTrainer(tf.Module):
    """Its weight follows from the numbers it has seen, and from their order.

    Attributes:
      seen: numbers of the batches so far, in this process.
      losses: validation losses by step, 0.0 where there is none.
      events: functions by step, called at the end of that step's train_step.
    """

    unit = "points"

    def __init__(self, dataset, size=3, losses=None, events=None):
        super().__init__(name="trainer")
        self.step = tf.Variable(0, dtype=tf.int64, trainable=False)
        self.weight = tf.Variable(tf.zeros([size], tf.float64))
        self.seen = []
        self._losses, self._events = losses or {}, events or {}

    def describe(self):
        return {"weight": tuple(self.weight.shape)}

    def train_step(self, batch):
        number = batch["number"]
        self.seen.append(int(number))
        self.weight.assign(0.75 * self.weight + number)
        self.step.assign_add(1)
        metrics = {"loss": self.weight[0], "points": tf.constant(10.0)}
        event = self._events.get(int(self.step.numpy()))
        return metrics | ((event() or {}) if event else {})

    def evaluate(self, batches):
        assert [int(batch["number"]) for batch in batches] == [-1]
        return {"loss": self._losses.get(int(self.step.numpy()), 0.0)}

    def pictures(self):
        return {"writing": np.zeros([2, 3, 3], np.uint8)}

    def export(self, folder, metrics):
        np.save(folder / "weight.npy", self.weight.numpy())


def weight_after(steps: int) -> float:
    weight = 0.0
    for number in range(steps):
        weight = 0.75 * weight + number
    return weight


def train_toy(folder, num_steps=4, trainer=ToyTrainer, **changes) -> ToyTrainer:
    """Trains with a checkpoint at every step; returns the trainer."""
    made = []

    def make(dataset):
        made.append(trainer(dataset))
        return made[0]

    options = {
        "num_steps": num_steps,
        "num_epochs": None,
        "summary_every": 2,
        "validate_every": 2,
        "checkpoint_every_seconds": 0.0,
        "checkpoints_kept": 2,
        "seed": 1,
        "deterministic": False,
    }
    loop.train(
        save_dir=str(folder), dataset=ToyDataset, trainer=make, **(options | changes)
    )
    assert math.isclose(
        made[0].weight.numpy()[0], weight_after(int(made[0].step.numpy()))
    )
    return made[0]
