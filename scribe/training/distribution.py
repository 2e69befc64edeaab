"""One training on several devices: what the step of a trainer needs to know of it.

A replica is a device with a copy of all variables. All replicas run the same step on
the same batch; each takes its own rows of it, and what they find is added up. So every
replica makes the same update, and the losses are those of one device with that batch:

    self._update = distribution.replicated(self._update, [signature])

    def _update(self, batch):
        rows = distribution.own(batch)
        ...  # the sum over `rows`, divided by the count over the whole `batch`
        gradients = distribution.total(tape.gradient(loss, weights))
        distribution.apply_gradients(self.optimizer, gradients, variables)
        return {"loss": distribution.total(loss)}

A variable may be assigned anything that is the same on all replicas: totals, and what
follows from the whole batch, from other variables or from seeds. With one replica, as
outside of any strategy, all this is free of cost.
"""

from collections.abc import Callable, Sequence

import tensorflow as tf

from scribe.foundation.errors import InputError


def num_replicas() -> int:
    """Of the strategy in whose scope this is called."""
    return tf.distribute.get_strategy().num_replicas_in_sync


def replica() -> int:
    """The number of the replica that runs this; 0 where there is one only."""
    context = tf.distribute.get_replica_context()
    return int(tf.get_static_value(context.replica_id_in_sync_group))


def replicated(
    step: Callable, signature: Sequence, jit_compile: bool = False
) -> Callable:
    """A compiled function that runs `step` on all replicas and returns its results.

    Args:
      step: callable(batch) -> nested scalars, the same on all replicas.
      signature: of `step`'s arguments.
      jit_compile: whether XLA compiles it; see `devices.may_compile`.
    """
    strategy = tf.distribute.get_strategy()
    if strategy.num_replicas_in_sync == 1:
        return tf.function(step, signature, jit_compile=jit_compile or None)

    @tf.function(input_signature=signature)
    def run(*arguments):
        results = strategy.run(step, arguments)
        return tf.nest.map_structure(
            lambda value: strategy.experimental_local_results(value)[0], results
        )

    return run


def shards(batch, num_shards: int = 1) -> list[tuple[int, object]]:
    """The rows of this replica, cut into `num_shards` parts of like size.

    Args:
      batch: nested tensors [B, ...].
      num_shards: per replica, see `shards_of_a_replica`.

    Returns:
      pairs of the part's number, counted over all replicas, and the nested tensors. A
      part is empty where there are fewer rows than parts.
    """
    count = num_replicas() * num_shards
    if count == 1:
        return [(0, batch)]
    first = replica() * num_shards
    rows = tf.nest.flatten(batch)[0]
    num_rows = rows.shape[0] or tf.shape(rows)[0]  # a number if it can be known

    def part(index):
        start, stop = num_rows * index // count, num_rows * (index + 1) // count
        return tf.nest.map_structure(lambda x: x[start:stop], batch)

    return [(index, part(index)) for index in range(first, first + num_shards)]


def shards_of_a_replica(num_shards: int) -> int:
    """`num_shards` on a CPU, where parts run at the same time, one core each.

    Cores that share every small product of a recurrence spend their time waiting for
    each other; a GPU takes a batch whole.
    """
    return 1 if tf.config.get_visible_devices("GPU") else num_shards


def own(batch):
    """The rows of this replica: nested tensors [B, ...] cut along their first axis."""
    ((_, rows),) = shards(batch)
    return rows


def check_rows(batch_size: int, binding: str) -> None:
    """For trainers that need as many rows on each replica: `mean` and `draw` do.

    Raises:
      InputError: the replicas cannot share a batch equally.
    """
    if batch_size % num_replicas():
        raise InputError(
            f"{binding}={batch_size}: must be a multiple of {num_replicas()}, for as "
            "many devices to share it equally"
        )


def draw(sample: Callable, shape, seed):
    """This replica's rows of the random numbers that `sample` draws for all replicas.

    Args:
      sample: such as tf.random.stateless_normal.
      shape: [B, ...] with the rows of this replica; the others have as many.
      seed: int32 [2], the same on all replicas.
    """
    count = num_replicas()
    if count == 1:
        return sample(shape, seed)
    num_rows = shape[0]
    start = replica() * num_rows
    whole = sample(tf.concat([[count * num_rows], shape[1:]], 0), seed)
    return whole[start : start + num_rows]


def dropout(x, rate: float, seed):
    """tf.nn.experimental.stateless_dropout, with the draws of one replica."""
    kept = draw(tf.random.stateless_uniform, tf.shape(x), seed) >= rate
    return tf.where(kept, x * (1.0 / (1.0 - rate)), 0.0)


def total(values):
    """Nested tensors, each added up over all replicas."""
    if num_replicas() == 1:
        return values
    context = tf.distribute.get_replica_context()
    return context.all_reduce(tf.distribute.ReduceOp.SUM, values)


def mean(values):
    """Nested tensors, each averaged over all replicas."""
    count = num_replicas()
    if count == 1:
        return values
    return tf.nest.map_structure(lambda x: x / count, total(values))


def apply_gradients(optimizer, gradients, variables) -> None:
    """`optimizer.apply_gradients` for gradients that are the same on all replicas.

    On a replica Keras would take them for its part and add them up once more. So each
    replica moves its own copies, by what the optimizer does to one variable; its
    options beyond that (clipping, weight decay, averages) are for one replica only.
    """
    if num_replicas() == 1:
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return
    learning_rate = optimizer.learning_rate
    for gradient, variable in zip(gradients, variables, strict=True):
        optimizer.update_step(gradient, variable.value, learning_rate)
    optimizer.iterations.assign_add(1)
