"""What is on disk of a run: checkpoints, exported weights, metrics, events."""

import contextlib
import json
import logging
import math
from collections.abc import Iterator
from pathlib import Path

import tensorflow as tf

from scribe.foundation import gin_config
from scribe.foundation.errors import InputError, WorkFailed
from scribe.foundation.files import read_file, write_whole
from scribe.foundation.json_files import parse_json
from scribe.training.checkpoints import Checkpoints

logger = logging.getLogger("scribe.train")

# What a training writes beside checkpoints and events.
_FILES = (
    *("config.gin", "operative_config.gin", "metrics.json", "model.json"),
    *("weights.npz", "samples.gif"),
)


class Follower:
    """What a worker that is not the chief does for the run folder: nothing.

    It checks what it sees, so that all workers stop at the same step.
    """

    def __init__(self, folder: Path, trainer):
        self.folder = folder
        self.trainer = trainer

    @property
    def step(self) -> int:
        """How many steps were trained."""
        return int(self.trainer.step.numpy())

    def restore(self) -> None:
        """The chief restores, and shares what it found."""

    def last_good(self) -> str:
        """Where to go on from after a failure, as the end of a sentence."""
        return "the chief knows the last good checkpoint"

    def save(self) -> None:
        """The chief saves."""

    def log(self, scalars: dict[str, float], prefix: str) -> None:
        """The chief logs."""

    def validated(self, metrics: dict[str, float]) -> bool:
        """Checks the metrics; the chief keeps them."""
        self.check_finite(metrics, "validation ")
        return False

    def check_finite(self, metrics: dict[str, float], kind: str = "") -> None:
        """Stops a training that has failed, before it is saved."""
        for name, value in metrics.items():
            if not math.isfinite(value):
                raise WorkFailed(
                    f"{kind}{name} is {value} at step {self.step}; {self.last_good()}"
                )


class RunFiles(Follower):
    """The run folder, which the chief alone touches."""

    def __init__(self, folder: Path, trainer, checkpoints_kept: int):
        super().__init__(folder, trainer)
        self.best_loss = tf.Variable(math.inf, dtype=tf.float64, name="best_loss")
        checkpoint = tf.train.Checkpoint(trainer=trainer, best_loss=self.best_loss)
        self.checkpoints = Checkpoints(
            folder / "checkpoints", checkpoint, checkpoints_kept
        )
        if (folder / "events").is_file():
            raise InputError(f"{folder / 'events'} is a file: it must be a folder")
        for name in _FILES:
            if (folder / name).is_dir():
                raise InputError(f"{folder / name} is a folder: it must be a file")
        (folder / "events").mkdir(parents=True, exist_ok=True)
        self.events = tf.summary.create_file_writer(str(folder / "events"))

    def restore(self) -> None:
        """Goes on from the newest checkpoint that can be read, if there is one."""
        self._history()  # before time is spent on what could not be noted
        latest = self.checkpoints.restore()
        for half in self.folder.glob(".*.part"):  # of a process that was killed
            half.unlink()
        if latest is not None:
            logger.info("resuming at step %d from %s", self.step, latest)

    def last_good(self) -> str:
        """Where to go on from after a failure, as the end of a sentence."""
        return f"the last good checkpoint is {self.checkpoints.latest or 'none'}"

    @contextlib.contextmanager
    def _writing(self, what: str) -> Iterator[None]:
        """Turns a full disk and the like into one sentence."""
        try:
            yield
        except (OSError, tf.errors.OpError) as error:
            raise WorkFailed(
                f"{what} of step {self.step} could not be written to "
                f"{self.folder} ({_first_line(error)}); {self.last_good()}"
            ) from error

    def save(self) -> None:
        """Writes a checkpoint and the configuration that was used."""
        with self._writing("the checkpoint"):
            self.checkpoints.save(self.step)
            write_whole(
                self.folder / "operative_config.gin",
                gin_config.operative_text().encode(),
            )

    def log(self, scalars: dict[str, float], prefix: str) -> None:
        """Adds scalars to TensorBoard's events."""
        with self._writing("the summary"):
            with self.events.as_default(step=self.step):
                for name, value in scalars.items():
                    tf.summary.scalar(f"{prefix}/{name}", value)
            self.events.flush()

    def validated(self, metrics: dict[str, float]) -> bool:
        """Keeps the metrics, exports the weights if they are the best; says if so."""
        self.check_finite(metrics, "validation ")
        step = self.step
        with self._writing("the validation result"):
            history = [row for row in self._history() if row["step"] < step]
            history.append({"step": step, **metrics})
            path = self.folder / "metrics.json"
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

    def _history(self) -> list[dict]:
        """The metrics of all validations so far."""
        path = self.folder / "metrics.json"
        if not path.exists():
            return []
        try:
            history = parse_json(read_file(path, 100_000_000))
            return [{**row, "step": int(row["step"])} for row in history]
        except (ValueError, TypeError, KeyError) as error:
            raise InputError(
                f"{path} is damaged ({_first_line(error)}): put a copy back, or remove "
                "it to begin it anew"
            ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
