"""Which device runs, and what it cannot do: the one place that knows.

What others report of Apple's Metal plugin (tensorflow-metal 1.2.0): LSTMs run slower
than on the CPU, XLA does not work, losses diverge, and operations such as those of
tf.random.Generator have no kernel. So the CPU is preferred there, XLA is left out, what
has no kernel runs on the CPU, and the code draws random numbers by stateless operations
only, which a test makes sure of.
"""

import logging
import platform

import tensorflow as tf

from scribe.foundation.errors import InputError

logger = logging.getLogger(__name__)


def is_metal() -> bool:
    """Whether the GPU is Apple's."""
    return platform.system() == "Darwin" and bool(
        tf.config.list_physical_devices("GPU")
    )


def select(device: str) -> str:
    """Makes `device` the one that TensorFlow uses; call it before anything is built.

    Args:
      device: "cpu", "gpu", or "auto": a GPU if there is one, but the CPU on Metal.

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
        if is_metal():
            tf.config.set_soft_device_placement(True)
            logger.warning("Metal may be slower than the CPU, or diverge: compare both")
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
