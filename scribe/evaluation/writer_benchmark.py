"""How fast several writers learn and write, beside each other.

For each model the points per second of a training step (with bfloat16 products, on
lines of chance) and of writing with NumPy, one line and ten lines at a time. All are
measured in turns; the first model is what the others are divided by.
"""

import statistics
from collections.abc import Sequence

from scribe.evaluation.turns import interleaved
from scribe.foundation.errors import InputError

NUM_LINES, NUM_POINTS, NUM_CHARACTERS = 32, 300, 30
WRITING_BATCHES = (1, 10)
WRITING_STEPS = 200


def load(names: Sequence[str | None]) -> dict:
    """The models of some writers by the names of their folders.

    Args:
      names: run folders or shipped models; None for the default one.

    Raises:
      InputError: there is no such model, or it reads no text.
    """
    from scribe import writing

    models = [writing.load(name).model for name in names]
    for model in models:
        if not model.reads_text:
            raise InputError(f"{model.folder} is a model without text")
    return {model.folder.name: model for model in models}


def limit_threads(threads: int) -> None:
    """Keeps TensorFlow to the processor and to so many threads."""
    import tensorflow as tf

    tf.config.set_visible_devices([], "GPU")
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)


def measure(models: dict, rounds: int) -> dict[str, dict[str, float]]:
    """Points per second of training and writing, and the number of parameters.

    Args:
      models: StrokeModel by name.
      rounds: measurements of each task, of which the median counts.
    """
    points = {"training": NUM_LINES * NUM_POINTS}
    tasks = {(name, "training"): _training_step(m) for name, m in models.items()}
    for batch in WRITING_BATCHES:
        what = f"writing, batch {batch}"
        points[what] = batch * WRITING_STEPS
        tasks |= {(name, what): _writing(m, batch) for name, m in models.items()}
    found = {
        name: {"parameters": sum(w.size for w in model.weights.values())}
        for name, model in models.items()
    }
    for (name, what), seconds in interleaved(tasks, rounds).items():
        found[name][what] = points[what] / statistics.median(seconds)
    return found


def _training_step(model):
    """A callable that finds the gradient of one batch."""
    import tensorflow as tf

    from scribe.networks import mixtures
    from scribe.networks.tensorflow_engine import NETWORKS

    network = NETWORKS[model.kind](model, products="bfloat16")
    weights = [v.value for v in network.named_weights().values()]
    strokes = tf.random.stateless_normal([NUM_LINES, NUM_POINTS, 2], [1, 2])
    strokes = tf.pad(strokes, [[0, 0], [0, 0], [0, 1]])
    text = tf.random.stateless_uniform(
        [NUM_LINES, NUM_CHARACTERS], [3, 4], 1, model.alphabet.size, tf.int32
    )

    @tf.function
    def step(strokes, text):
        with tf.GradientTape() as tape:
            activations = network(strokes, text, tf.ones_like(text, tf.float32))
            loss = -tf.reduce_mean(mixtures.log_likelihood(activations, strokes))
        return [tf.reduce_sum(g) for g in tape.gradient(loss, weights)]

    return lambda: [total.numpy() for total in step(strokes, text)]


def _writing(model, batch: int):
    """A callable that writes `batch` lines of WRITING_STEPS points with NumPy."""
    import numpy as np

    from scribe.models import NUMPY_ENGINES
    from scribe.models.engine import Request, random_numbers

    engine = NUMPY_ENGINES[model.kind](model)
    request = Request(
        text=np.ones([batch, 200], np.int32),  # longer than the pen can get
        text_mask=np.ones([batch, 200], np.float32),
        first=np.zeros([batch, 3], np.float32),
        bias=np.ones(batch, np.float32),
        noise=np.stack([random_numbers(0, i, 0, WRITING_STEPS) for i in range(batch)]),
        max_stall=WRITING_STEPS,
    )

    def write():
        lengths = engine.write(request).lengths
        # A line that ends sooner is not as much work as the others.
        assert (lengths == WRITING_STEPS).all()

    return write


def table(found: dict) -> str:
    """The figures, and in brackets those of the first model as the unit."""
    first, *_ = found.values()
    tasks = [name for name in first if name != "parameters"]
    lines = [f"{'points/s':24}{'parameters':>12}" + "".join(f"{t:>20}" for t in tasks)]
    for name, row in found.items():
        cells = (f"{row[t]:,.0f} ({row[t] / first[t]:.2f})" for t in tasks)
        lines.append(
            f"{name:24}{row['parameters']:>12,}" + "".join(f"{c:>20}" for c in cells)
        )
    return "\n".join(lines)
