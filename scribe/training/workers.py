"""The processes that train together: who they are, who is the chief, who was lost.

The environment variable TF_CONFIG says who takes part, as Vertex AI and others set it:

    {"cluster": {"chief": ["host-a:2222"], "worker": ["host-b:2222", "host-c:2222"]},
     "task": {"type": "worker", "index": 0}}

Without a "chief" the first worker is it. Each process runs the same command. All of
them train; the chief alone touches the run folder, logs and draws.
"""

import contextlib
import json
import logging
import os
import re
import signal
import zlib
from collections.abc import Iterator, Mapping

import keras
import tensorflow as tf

from scribe.foundation.errors import InputError, WorkFailed
from scribe.training import distribution

logger = logging.getLogger("scribe.train")

# What collective operations raise when the other side is gone.
_LOST = (
    tf.errors.UnavailableError,
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
    tf.errors.InternalError,
)
_TASK = re.compile(r"/job:(\w+)/(?:replica:\d+/)?task:(\d+)")


class Workers:
    """All processes of a training, seen from one of them.

    Attributes:
      strategy: in whose scope the trainer is to be built.
      names: of all processes, "chief:0" first.
      name: of this one.
    """

    def __init__(
        self,
        strategy: tf.distribute.Strategy,
        names: tuple[str, ...] = ("chief:0",),
        name: str = "chief:0",
    ):
        self.strategy = strategy
        self.names = names
        self.name = name
        self._sum = None

    @property
    def is_chief(self) -> bool:
        return self.name == self.names[0]

    def any(self, flag: bool) -> bool:
        """Whether `flag` is true on any worker; waits for all of them.

        A millisecond between processes of one machine.
        """
        return self._total(float(flag)) > 0.0

    def all_have(self, text: str) -> bool:
        """Whether all workers have the same text; if not, they may leave at once."""
        number = float(zlib.crc32(text.encode()) % 2**16)
        mean = self._total(number) / self.strategy.num_replicas_in_sync
        differs = self.any(number != mean)
        if differs:
            self._let_all_know()
        return not differs

    def _total(self, number: float) -> float:
        """Added up over all replicas, exact for small whole numbers."""
        if len(self.names) == 1:
            return number * self.strategy.num_replicas_in_sync
        if self._sum is None:
            with self.strategy.scope():
                signature = [tf.TensorSpec([], tf.float32)]
                self._sum = distribution.replicated(_total_of, signature)
        return float(self._sum(tf.constant(number)))

    def leave(self) -> None:
        """Waits until all workers have done their work, so that none is missed."""
        self.any(False)
        self._let_all_know()

    def _let_all_know(self) -> None:
        """Waits until none is still being told what the last answer was."""
        with contextlib.suppress(*_LOST):
            self.any(False)

    def share(self, module: tf.Module) -> None:
        """Gives every worker the values that the chief's variables have.

        So the workers need no folder in common: the chief alone restores.
        """
        if len(self.names) == 1:
            return
        variables = variables_of(module)

        def take():
            is_chief = distribution.replica() == 0
            # Tensors of one type travel together; float64 holds all types exactly.
            values = [tf.cast(variable, tf.float64) for variable in variables]
            values = [tf.identity(x) if is_chief else tf.zeros_like(x) for x in values]
            values = distribution.total(values)
            for variable, value in zip(variables, values, strict=True):
                variable.assign(tf.cast(value, variable.dtype))

        with self.strategy.scope():
            distribution.replicated(take, [])()

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Turns the errors that the loss of a worker causes into one sentence.

        Raises:
          WorkFailed: another worker died, left, or cannot be reached.
        """
        try:
            yield
        except _LOST as error:
            if len(self.names) == 1:
                raise
            raise WorkFailed(
                f"{self.name} stops: {self._loss(error.message)}. Start all "
                f"{len(self.names)} workers again: they go on from the last checkpoint"
            ) from error

    def _loss(self, message: str) -> str:
        """Who was lost, as far as an error message tells."""
        named = [f"{job}:{index}" for job, index in _TASK.findall(message)]
        others = [name for name in named if name in self.names and name != self.name]
        if others:
            return f"{others[0]} was lost"
        lines = [line.strip() for line in message.splitlines() if line.strip()]
        reason = next((x for x in lines if x.startswith("Collective ops")), lines[0])
        return f"a worker was lost ({reason})"


def _total_of(x):
    # Computed on the replica: a tensor from outside belongs to none.
    return distribution.total(tf.identity(x))


def variables_of(module: tf.Module) -> list[tf.Variable]:
    """All that a checkpoint of `module` would hold, always in the same order.

    tf.Module.variables does not look into Keras optimizers.
    """
    variables = {}
    for node in tf.train.TrackableView(module).descendants():
        variable = node.value if isinstance(node, keras.Variable) else node
        if isinstance(variable, tf.Variable):
            variables[id(variable)] = variable
    return list(variables.values())


def join(device: str, environment: Mapping[str, str] = os.environ) -> Workers:
    """Decides how to train, and waits until all workers have come.

    Call it before TensorFlow has run anything.

    Args:
      device: "cpu" or "gpu", as `devices.select` returns it.
      environment: where TF_CONFIG is looked up.

    Returns:
      this process among its workers; several GPUs are mirrored, in each process.

    Raises:
      InputError: TF_CONFIG makes no sense, or its address cannot be used here.
    """
    tf_config = environment.get("TF_CONFIG", "").strip()
    names, name = _parse(tf_config) if tf_config else ((), "")
    if len(names) > 1:
        logger.info("%s waits for %d workers", name, len(names))
        # TensorFlow waits where Python's own handler would not come to act.
        handler = signal.signal(signal.SIGINT, signal.SIG_DFL)
        try:
            strategy = tf.distribute.MultiWorkerMirroredStrategy()
        except (tf.errors.OpError, ValueError) as error:
            raise InputError(
                f"TF_CONFIG: {name} cannot join ({str(error).splitlines()[0]})"
            ) from error
        finally:
            signal.signal(signal.SIGINT, handler)
        return Workers(strategy, names, name)
    if device == "gpu" and len(tf.config.get_visible_devices("GPU")) > 1:
        return Workers(tf.distribute.MirroredStrategy())
    return Workers(tf.distribute.get_strategy())


def _parse(tf_config: str) -> tuple[tuple[str, ...], str]:
    """The names of all workers, the chief first, and that of this one."""
    try:
        facts = json.loads(tf_config)
        cluster, task = facts.get("cluster", {}), facts.get("task", {})
        names = tuple(
            f"{job}:{i}"
            for job in ("chief", "worker")
            for i in range(len(cluster.get(job, ())))
        )
        own = f"{task.get('type')}:{int(task.get('index', 0))}" if task else ""
    except (ValueError, TypeError, AttributeError) as error:
        raise InputError(
            f"TF_CONFIG is not what TensorFlow expects: {error}"
        ) from error
    if len(names) > 1 and own not in names:
        raise InputError(
            f"TF_CONFIG: this task is {own or 'not named'}, but those that train are "
            f"{', '.join(names)}"
        )
    return names, own
