"""The training loop: progress, validation, checkpoints, signals, resuming."""

import contextlib
import json
import logging
import math
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import gin
import keras
import tensorflow as tf

from scribe.errors import InputError, Interrupted, WorkFailed
from scribe.files import write_whole
from scribe.training import config
from scribe.training.progress import Progress, sentence

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
) -> None:
    """Trains, or goes on with the training in `save_dir`.

    Args:
      save_dir: the run folder.
      dataset: callable() -> dataset with `train_batches`, `validation_batches`,
        `tensors`, `steps_per_epoch` and `describe`.
      trainer: callable(dataset=...) -> trainer, see scribe.training.trainers.
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

    Raises:
      InputError: the run folder belongs to another configuration or cannot be written.
      WorkFailed: the loss is not finite, or a checkpoint cannot be written.
      Interrupted: SIGINT or SIGTERM came; the state is saved.
    """
    _check_cadence(
        num_steps, num_epochs, summary_every, validate_every, validate_every_epochs
    )
    keras.utils.set_random_seed(seed)
    if deterministic:
        tf.config.experimental.enable_op_determinism()
    folder = Path(save_dir)
    if not dry_run:
        _check_folder(folder)
    data = dataset()
    worker = trainer(dataset=data)
    last_step = num_steps or num_epochs * data.steps_per_epoch
    validate_every = validate_every or validate_every_epochs * data.steps_per_epoch
    _report(worker, data, last_step)
    if dry_run:
        return
    write_whole(folder / "config.gin", config.config_text().encode())
    run = _Run(folder, worker, checkpoints_kept)
    run.restore()
    if int(worker.step) >= last_step:
        logger.info(
            "%s is already trained to step %d; raise train.num_steps to go on",
            folder, int(worker.step),
        )  # fmt: skip
        return
    with _StopSignals() as stop:
        _loop(
            run, data, last_step, stop, summary_every, validate_every,
            checkpoint_every_seconds,
        )  # fmt: skip


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
    if written.is_file() and tf.train.latest_checkpoint(folder / "checkpoints"):
        changed = config.differences(written.read_text(), config.config_text())
        if changed:
            raise InputError(
                f"{folder} was trained with other settings ({'; '.join(changed)}); "
                "use them or another --save_dir"
            )
    folder.mkdir(parents=True, exist_ok=True)


def _report(worker, data, last_step: int) -> None:
    shapes = worker.describe()
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
    logger.info("%s", data.describe())
    logger.info("%d steps an epoch, %d in all", data.steps_per_epoch, last_step)
    for name in config.unused():
        logger.warning("the binding of %s has no effect in this configuration", name)


class _Run:
    """What is on disk of a run: checkpoints, exported weights, metrics, events."""

    def __init__(self, folder: Path, trainer, checkpoints_kept: int):
        self.folder = folder
        self.trainer = trainer
        self.best_loss = tf.Variable(math.inf, dtype=tf.float64, name="best_loss")
        checkpoint = tf.train.Checkpoint(trainer=trainer, best_loss=self.best_loss)
        self.manager = tf.train.CheckpointManager(
            checkpoint, str(folder / "checkpoints"), max_to_keep=checkpoints_kept
        )
        self.events = tf.summary.create_file_writer(str(folder / "events"))

    def restore(self) -> None:
        self._remove_leftovers()
        latest = self.manager.latest_checkpoint
        if latest is None:
            return
        try:
            self.manager.checkpoint.restore(latest).assert_existing_objects_matched()
        except (AssertionError, ValueError, tf.errors.OpError) as error:
            raise InputError(
                f"{latest} does not fit this configuration or is damaged: "
                f"{_first_line(error)}"
            ) from error
        logger.info("resuming at step %d from %s", int(self.trainer.step), latest)

    def _remove_leftovers(self) -> None:
        """Files of a process that was killed while it was saving."""
        checkpoints = self.folder / "checkpoints"
        for half in checkpoints.glob("*_temp"):
            shutil.rmtree(half)
        for data in checkpoints.glob("*.data-*"):
            if not data.with_suffix(".index").exists():
                data.unlink()
        for half in self.folder.glob(".*.part"):
            half.unlink()

    def last_good(self) -> str:
        """Where to go on from after a failure, as the end of a sentence."""
        latest = self.manager.latest_checkpoint
        return f"the last good checkpoint is {latest or 'none'}"

    @contextlib.contextmanager
    def _writing(self, what: str) -> Iterator[None]:
        """Turns a full disk and the like into one sentence."""
        try:
            yield
        except (OSError, tf.errors.OpError) as error:
            raise WorkFailed(
                f"{what} of step {int(self.trainer.step)} could not be written to "
                f"{self.folder} ({_first_line(error)}); {self.last_good()}"
            ) from error

    def save(self) -> None:
        with self._writing("the checkpoint"):
            self.manager.save(checkpoint_number=int(self.trainer.step))
            write_whole(
                self.folder / "operative_config.gin",
                gin.operative_config_str().encode(),
            )

    def log(self, scalars: dict[str, float], prefix: str) -> None:
        with self._writing("the summary"):
            with self.events.as_default(step=int(self.trainer.step)):
                for name, value in scalars.items():
                    tf.summary.scalar(f"{prefix}/{name}", value)
            self.events.flush()

    def validated(self, metrics: dict[str, float]) -> bool:
        """Keeps the metrics, exports the weights if they are the best; says if so."""
        self.check_finite(metrics, "validation ")
        step = int(self.trainer.step)
        with self._writing("the validation result"):
            path = self.folder / "metrics.json"
            history = json.loads(path.read_text()) if path.is_file() else []
            history = [row for row in history if row["step"] < step]
            history.append({"step": step, **metrics})
            write_whole(path, f"{json.dumps(history, indent=1)}\n".encode())
            best = metrics.get("loss", -math.inf) < float(self.best_loss)
            if best and "loss" in metrics:
                self.best_loss.assign(metrics["loss"])
            if best:
                self.trainer.export(self.folder, metrics)
        self.log(metrics, "validation")
        pictures = self.trainer.pictures()
        with self._writing("the picture"):
            with self.events.as_default(step=step):
                for name, picture in pictures.items():
                    tf.summary.image(name, picture[None])
            self.events.flush()
        return best

    def check_finite(self, metrics: dict[str, float], kind: str = "") -> None:
        for name, value in metrics.items():
            if not math.isfinite(value):
                raise WorkFailed(
                    f"{kind}{name} is {value} at step {int(self.trainer.step)}; "
                    f"{self.last_good()}"
                )


def _loop(
    run: _Run, data, last_step, stop, summary_every, validate_every, checkpoint_every
) -> None:
    trainer = run.trainer
    first_step = int(trainer.step)
    batches = data.tensors(lambda: data.train_batches(first_step))
    progress = Progress(trainer.unit, last_step)
    saved_at = time.monotonic()
    for batch in batches:
        metrics = {name: float(v) for name, v in trainer.train_step(batch).items()}
        step = int(trainer.step)
        run.check_finite(metrics)
        progress.add(metrics)
        finished = step >= last_step
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
        if finished or stop.received or time.monotonic() - saved_at >= checkpoint_every:
            run.save()
            saved_at = time.monotonic()
        progress.step_begins()
        if finished:
            logger.info("trained to step %d; the run is in %s", step, run.folder)
            return
        if stop.received:
            raise Interrupted(
                stop.received,
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


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
