"""How fast networks train, against the floor of this machine, and in how much memory.

The floor is the time that the floating-point operations of a training step would take
at the rate of the machine's best single-precision matrix product, measured in the same
rounds.
"""

import platform
import statistics

from scribe.evaluation.turns import interleaved

TRAINING_FORMS = {
    "portable float32": ("portable", "float32"),
    "fast float32": ("fast", "float32"),
    "fast bfloat16": ("fast", "bfloat16"),
}
# Graves' synthesis network; some 20 million points pass it in an hour of training.
SIZES = {
    "num_layers": 3,
    "num_units": 400,
    "num_mixtures": 20,
    "num_window_components": 10,
    "alphabet_size": 81,
}
BATCH, STEPS, CHARACTERS = 32, 150, 30


def training(rounds: int, shards: int) -> dict:
    """Rate of the matrix product, and points per second of each form, over the floor.

    Args:
      rounds: measurements of each, of which the median counts.
      shards: parts that a batch is cut into, a thread for each.
    """
    import tensorflow as tf

    shapes = {"square 2048": (2048, 2048, 2048), "hoisted": (4800, 884, 1600)}
    tasks = {form: training_step(form, shards) for form in TRAINING_FORMS}
    for name, (n, k, m) in shapes.items():
        a = tf.random.stateless_normal([shards, n, k], [5, 6])
        b = tf.random.stateless_normal([k, m], [7, 8])
        tasks[name] = _products(a, b)
    seconds = interleaved(tasks, rounds)
    rate = max(  # the best of all rounds: a floor is not what noise left of it
        2.0 * shards * n * k * m / min(seconds[name])
        for name, (n, k, m) in shapes.items()
    )
    floor = flops_per_point() * BATCH * STEPS / rate
    forms = {}
    for form in TRAINING_FORMS:
        median = statistics.median(seconds[form])
        forms[form] = {
            "points_per_second": BATCH * STEPS / median,
            "time_over_floor": median / floor,
            "best_over_floor": min(seconds[form]) / floor,
        }
    return {"matrix_product_gflops": rate / 1e9, "forms": forms}


def training_step(form: str, shards: int = 1):
    """A callable that does one step of `form`, a batch cut into `shards` parts."""
    import tensorflow as tf

    from scribe.networks import mixtures
    from scribe.networks.attention_rnn import AttentionRNN

    recurrence, products = TRAINING_FORMS[form]
    network = AttentionRNN(
        **SIZES, dropout=0.0, recurrence=recurrence, products=products
    )
    weights = [v.value for v in network.named_weights().values()]
    strokes = tf.random.stateless_normal([BATCH, STEPS, 3], [1, 2])
    strokes = tf.concat([strokes[..., :2], tf.zeros([BATCH, STEPS, 1])], axis=-1)
    text = tf.random.stateless_uniform(
        [BATCH, CHARACTERS], [3, 4], 1, SIZES["alphabet_size"], tf.int32
    )

    def gradients(strokes, text):
        with tf.GradientTape() as tape:
            activations = network(strokes, text, tf.ones_like(text, tf.float32))
            loss = -tf.reduce_mean(mixtures.log_likelihood(activations, strokes))
        return tape.gradient(loss, weights)

    @tf.function
    def step(strokes, text):
        parts = zip(tf.split(strokes, shards), tf.split(text, shards), strict=True)
        sums = [tf.add_n(g) for g in zip(*(gradients(*p) for p in parts), strict=True)]
        return [tf.reduce_sum(g) for g in sums]

    def run():
        for total in step(strokes, text):
            total.numpy()

    return run


def flops_per_point() -> float:
    """Of forward and backward: two for each weight, three times."""
    units, symbols = SIZES["num_units"], SIZES["alphabet_size"]
    first = (3 + symbols + units) * 4 * units
    upper = (3 + units + symbols + units) * 4 * units * (SIZES["num_layers"] - 1)
    window = units * 3 * SIZES["num_window_components"]
    output = SIZES["num_layers"] * units * (6 * SIZES["num_mixtures"] + 1)
    return 6.0 * (first + upper + window + output)


def _products(a, b):
    """A callable that multiplies each a[i] with b, all at the same time."""
    import tensorflow as tf

    @tf.function
    def products(a, b):
        return tf.add_n([tf.reduce_sum(tf.matmul(x, b)) for x in tf.unstack(a)])

    return lambda: products(a, b).numpy()


def peak_megabytes(form: str) -> float:
    """Resident megabytes of this process after a few steps, at their highest."""
    import resource

    step = training_step(form)
    for _ in range(3):
        step()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if platform.system() == "Darwin" else 1024  # macOS counts in bytes
    return peak * unit / 1e6


def table(found: dict, threads: str, megabytes: dict[str, float]) -> str:
    """The figures of `training`, with the peak memory of forms where it is known."""
    lines = [
        f"Training, 3 x 400, {BATCH} lines of {STEPS} points, {threads}; matrix "
        f"product {found['matrix_product_gflops']:.0f} GFLOP/s",
        f"{'':18} {'points/s':>9} {'over floor':>11} {'best':>6} {'peak MB':>8}",
    ]
    for form, row in found["forms"].items():
        memory = format(megabytes[form], "8,.0f") if form in megabytes else ""
        lines.append(
            f"{form:18} {row['points_per_second']:9,.0f} "
            f"{row['time_over_floor']:11.2f} {row['best_over_floor']:6.2f} {memory}"
        )
    return "\n".join(lines)
