"""The training loop: progress, validation, checkpoints, signals, resuming."""

import contextlib
import logging
import math
import os
import signal
import time
from pathlib import Path

import gin
import keras
import tensorflow as tf

from scribe.foundation import gin_config
from scribe.foundation.errors import InputError, Interrupted
from scribe.foundation.files import decoded, write_whole
from scribe.foundation.locks import sole_writer
from scribe.training import checkpoints
from scribe.training.pace import Progress, sentence
from scribe.training.run_files import Follower, RunFiles
from scribe.training.workers import Workers

logger = logging.getLogger("scribe.train")


@gin.configurable(module="scribe")
def train(
    save_dir: str,
    dataset,
    trainer,
    num_steps: int | None,
    num_epochs: int | None,
    summary_every: int,
    validate_every: int | None,
    checkpoint_every_seconds: float,
    checkpoints_kept: int,
    seed: int,
    deterministic: bool,
    validate_every_epochs: int | None = None,
    dry_run: bool = False,
    workers: Workers | None = None,
) -> None:
    """Trains, or goes on with the training in `save_dir`.

    Args:
      save_dir: the run folder.
      dataset: callable() -> dataset with `train_batches`, `validation_batches`,
        `tensors`, `steps_per_epoch` and `describe`.
      trainer: callable(dataset=...) -> trainer, see scribe.training.trainer.
      num_steps: last step; None to count in epochs.
      num_epochs: last epoch, where num_steps is None.
      summary_every: steps between lines of progress and TensorBoard scalars.
      validate_every: steps between validations; the best weights so far are exported,
        or the newest if validation gives no "loss", as for a GAN.
      checkpoint_every_seconds: wall-clock time between checkpoints.
      checkpoints_kept: how many of the latest stay.
      seed: of the initial weights.
      deterministic: bitwise reproducible steps (slower).
      validate_every_epochs: the same in epochs, where validate_every is None.
      dry_run: build everything, say what was built, and stop.
      workers: all processes that train, as `workers.join` makes them; None for this
        one alone, on one device.

    Raises:
      InputError: the run folder belongs to another configuration, another process
        writes it, or it cannot be read or written.
      WorkFailed: the loss is not finite, a checkpoint cannot be written, or another
        worker was lost.
      Interrupted: SIGINT or SIGTERM came; the state is saved.
    """
    _check_cadence(
        num_steps, num_epochs, summary_every, validate_every, validate_every_epochs
    )
    keras.utils.set_random_seed(seed)
    if deterministic:
        tf.config.experimental.enable_op_determinism()
    workers = workers or Workers(tf.distribute.get_strategy())
    folder = Path(save_dir)
    writes = workers.is_chief and not dry_run
    alone = sole_writer(folder) if writes else contextlib.nullcontext()
    with workers.watched(), alone:
        _check_configuration(workers)
        if writes:
            _check_folder(folder)
        data = dataset()
        with workers.strategy.scope():
            learner = trainer(dataset=data)
        last_step = num_steps or num_epochs * data.steps_per_epoch
        validate_every = validate_every or validate_every_epochs * data.steps_per_epoch
        _report(learner, data, last_step, workers)
        if dry_run:
            return
        if workers.is_chief:
            write_whole(folder / "config.gin", gin_config.config_text().encode())
            run = RunFiles(folder, learner, checkpoints_kept)
        else:
            run = Follower(folder, learner)
        run.restore()
        workers.share(learner)
        if run.step >= last_step:
            logger.info(
                "%s is already trained to step %d; raise train.num_steps to go on",
                folder, run.step,
            )  # fmt: skip
            return
        with _StopSignals() as stop:
            _loop(
                run, workers, data, last_step, stop, summary_every, validate_every,
                checkpoint_every_seconds,
            )  # fmt: skip


# A resumed run may train longer and look more or less often.
train.MAY_CHANGE = (
    "num_steps",
    "num_epochs",
    "summary_every",
    "validate_every",
    "validate_every_epochs",
    "checkpoint_every_seconds",
    "checkpoints_kept",
)


def _check_configuration(workers: Workers) -> None:
    """All workers must train the same; only the data may lie elsewhere."""
    lines = gin_config.config_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("DATA_DIR = "))
    if not workers.all_have(text):
        raise InputError(
            "the workers have different gin files or bindings: start all of them with "
            "the same command"
        )


def _check_cadence(
    num_steps, num_epochs, summary_every, validate_every, validate_every_epochs
) -> None:
    cadence = {
        "num_steps": num_steps,
        "num_epochs": num_epochs,
        "validate_every": validate_every,
        "validate_every_epochs": validate_every_epochs,
        "summary_every": summary_every,
    }
    for one, other in (
        ("num_steps", "num_epochs"),
        ("validate_every", "validate_every_epochs"),
    ):
        if (cadence[one] is None) == (cadence[other] is None):
            raise InputError(
                f"train.{one} is {cadence[one]} and train.{other} is {cadence[other]}: "
                "bind one of them and set the other to None"
            )
    for name, value in cadence.items():
        if value is not None and value < 1:
            raise InputError(f"train.{name} is {value}: must be 1 or more")


def _check_folder(folder: Path) -> None:
    """Makes the run folder, or checks that it was trained with this configuration.

    Without a checkpoint nothing was trained: a run that died of a wrong binding starts
    again with the right one.
    """
    written = folder / "config.gin"
    if written.is_file() and checkpoints.are_in(folder / "checkpoints"):
        former = decoded(written.read_bytes(), written)
        changed = gin_config.differences(former, gin_config.config_text())
        if changed:
            raise InputError(
                f"{folder} was trained with other settings ({'; '.join(changed)}); "
                "use them or another --save_dir"
            )
    folder.mkdir(parents=True, exist_ok=True)


def _report(learner, data, last_step: int, workers: Workers) -> None:
    shapes = learner.describe()
    for name, shape in shapes.items():
        logger.info("  %-28s %s", name, list(shape))
    count = sum(math.prod(shape) for shape in shapes.values())
    logger.info(
        "TensorFlow %s, Keras %s, %s; %s parameters",
        tf.__version__,
        keras.__version__,
        ", ".join(d.name for d in tf.config.list_logical_devices()),
        f"{count:,}",
    )
    replicas = workers.strategy.num_replicas_in_sync
    if replicas > 1:
        logger.info("%d replicas in %d processes", replicas, len(workers.names))
    logger.info("%s", data.describe())
    logger.info("%d steps an epoch, %d in all", data.steps_per_epoch, last_step)
    for name in gin_config.unused():
        logger.warning("the binding of %s has no effect in this configuration", name)


def _loop(
    run: Follower,
    workers: Workers,
    data,
    last_step: int,
    stop: "_StopSignals",
    summary_every: int,
    validate_every: int,
    checkpoint_every: float,
) -> None:
    trainer = run.trainer
    first_step = run.step
    batches = data.tensors(lambda: data.train_batches(first_step))
    progress = Progress(trainer.unit, last_step)
    saved_at = time.monotonic()
    for batch in batches:
        metrics = {name: float(v) for name, v in trainer.train_step(batch).items()}
        step = run.step
        run.check_finite(metrics)
        progress.add(metrics)
        finished = step >= last_step
        stopped = workers.any(stop.received is not None)
        if step % summary_every == 0 or finished:
            scalars = progress.report(step)
            run.log(scalars, "train")
        if step % validate_every == 0 or finished:
            validation = trainer.evaluate(data.tensors(data.validation_batches))
            best = run.validated(validation)
            logger.info(
                "validation at step %d: %s%s", step, sentence(validation),
                " (best so far)" if best and "loss" in validation else "",
            )  # fmt: skip
        if finished or stopped or time.monotonic() - saved_at >= checkpoint_every:
            run.save()
            saved_at = time.monotonic()
        progress.step_begins()
        if finished or stopped:
            workers.leave()  # not before the chief has saved
        if finished:
            logger.info("trained to step %d; the run is in %s", step, run.folder)
            return
        if stopped:
            raise Interrupted(
                stop.received
                or signal.SIGTERM,  # another worker's, as a cloud sends it
                f"stopped at step {step}, which is saved; the same command with "
                f"--save_dir={run.folder} goes on from there",
            )


class _StopSignals:
    """Notes SIGINT and SIGTERM instead of dying; a second one is not held back."""

    received: int | None = None

    def __enter__(self):
        self._previous = {
            number: signal.signal(number, self._note)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        return self

    def __exit__(self, *_):
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _note(self, number, _frame):
        self.received = number
        # Not the logger: the signal may have come while that was writing.
        os.write(2, b"stopping after this step; once more: at once\n")
        for again, handler in self._previous.items():
            signal.signal(again, handler)
