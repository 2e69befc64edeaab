"""Which device runs, and what it cannot do: the one place that knows."""

import logging
import platform

import tensorflow as tf

from scribe.errors import InputError

logger = logging.getLogger(__name__)


def is_metal() -> bool:
    """Whether the GPU is Apple's: no XLA, and LSTMs slower than on the CPU."""
    return platform.system() == "Darwin" and bool(
        tf.config.list_physical_devices("GPU")
    )


def select(device: str) -> str:
    """Makes `device` the one that TensorFlow uses; call it before anything is built.

    Args:
      device: "cpu", "gpu", or "auto": a GPU if there is one, but the CPU on Apple
        Silicon, whose Metal plugin runs LSTMs slower than the CPU does.

    Returns:
      "cpu" or "gpu".

    Raises:
      InputError: there is no GPU, or the name is unknown.
    """
    gpus = tf.config.list_physical_devices("GPU")
    if device == "auto":
        device = "gpu" if gpus and not is_metal() else "cpu"
    if device == "gpu" and not gpus:
        raise InputError("--device=gpu: TensorFlow sees no GPU; use cpu or auto")
    if device == "cpu":
        tf.config.set_visible_devices([], "GPU")
        # Trainers cut batches into shards, one core each (StrokeTrainer.num_shards).
        try:
            tf.config.threading.set_intra_op_parallelism_threads(1)
        except RuntimeError:  # TensorFlow runs already, as in a notebook
            logger.info("TensorFlow keeps the threads that it was started with")
    elif device == "gpu":
        for gpu in gpus:
            tf.config.experimental.set_memory_growth(gpu, True)
    else:
        raise InputError(f"--device={device}: use auto, cpu or gpu")
    return device


def may_compile() -> bool:
    """Whether XLA works here: not on Metal, nor across several replicas."""
    if is_metal() and tf.config.get_visible_devices("GPU"):
        reason = "on Metal"
    elif tf.distribute.get_strategy().num_replicas_in_sync > 1:
        reason = "across several replicas"
    else:
        return True
    logger.warning("XLA does not work %s: jit_compile is ignored", reason)
    return False
