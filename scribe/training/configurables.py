"""Registers what gin files may name of the training."""

from scribe.training import (
    embedding_trainer,
    hand_tuning,
    loop,
    optimizers,
    reader_trainer,
    sketch_trainer,
    stroke_trainer,
    weight_noise,
)
