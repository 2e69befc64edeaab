"""The checkpoints of a run folder: which are whole, and which is the newest.

TensorFlow keeps a list of them in the file `checkpoint`. A copy that broke off or a
full disk can leave that list damaged beside checkpoints that are not, and a list that
came from elsewhere can name any file. So the checkpoints themselves are looked at, and
the list is only written.
"""

import logging
import re
import shutil
from pathlib import Path

import tensorflow as tf

from scribe.foundation.errors import InputError
from scribe.foundation.files import write_whole

logger = logging.getLogger("scribe.train")

_NAME = re.compile(r"ckpt-(\d{1,18})\.(index|data-(\d{5})-of-(\d{5}))")


class Checkpoints:
    """The checkpoints `ckpt-<step>` in a folder; the newest few are kept.

    Attributes:
      folder: that they lie in.
    """

    def __init__(self, folder: Path, checkpoint: tf.train.Checkpoint, kept: int):
        """
        Args:
          folder: `checkpoints` of a run folder.
          checkpoint: what is saved and restored.
          kept: how many of the latest stay.
        """
        self.folder = folder
        self._checkpoint = checkpoint
        self._kept = kept
        self._manager: tf.train.CheckpointManager | None = None

    @property
    def latest(self) -> str | None:
        """The newest one that this run has written or restored from."""
        return None if self._manager is None else self._manager.latest_checkpoint

    def restore(self) -> str | None:
        """Restores the newest checkpoint that can be read; says which, or None.

        Newer ones are damaged then: they are named, and put aside as `damaged-ckpt-...`
        so that nothing is written over them.

        Raises:
          InputError: none of those that are there can be read, or the newest is of
            another network.
        """
        steps, halves = _found(self.folder)
        damaged = [f"{self._path(step)} (files are missing)" for step in halves]
        for step in reversed(steps):
            try:
                _read_all(self._path(step))
            except Exception as error:  # by TensorFlow's C++, of any kind
                damaged.append(f"{self._path(step)} ({_first_line(error)})")
                continue
            self._restore(self._path(step))
            if damaged:
                logger.warning("damaged and passed over: %s", "; ".join(damaged))
            self._list([s for s in steps if s <= step])
            self._remove_leftovers()
            self._put_aside(step)
            return self._path(step)
        if damaged:
            raise InputError(
                f"no checkpoint can be read, damaged are: {'; '.join(damaged)}. Put a "
                "copy of one back, or train in another folder"
            )
        if (self.folder / "checkpoint").exists():
            raise InputError(
                f"{self.folder} has lost its checkpoints: only their list is there. "
                "Put a copy of one back, or train in another folder"
            )
        self._remove_leftovers()
        self._list([])
        return None

    def save(self, step: int) -> None:
        """Writes a checkpoint, and removes the oldest if there are enough.

        Call `restore` first.
        """
        self._manager.save(checkpoint_number=step)

    def _restore(self, path: str) -> None:
        try:
            self._checkpoint.restore(path).assert_existing_objects_matched()
        except (AssertionError, ValueError, tf.errors.OpError) as error:
            raise InputError(
                f"{path} does not fit this configuration: {_first_line(error)}"
            ) from error

    def _list(self, steps: list[int]) -> None:
        """Makes `steps` the ones that count, and their list what is on disk."""
        note = self.folder / "checkpoint"
        if steps:
            lines = [f'model_checkpoint_path: "ckpt-{steps[-1]}"']
            for step in steps:
                time = (self.folder / f"ckpt-{step}.index").stat().st_mtime
                lines.append(f'all_model_checkpoint_paths: "ckpt-{step}"')
                lines.append(f"all_model_checkpoint_timestamps: {time}")
            lines.append("last_preserved_timestamp: 0.0")
            write_whole(note, "".join(f"{line}\n" for line in lines).encode())
        self._manager = tf.train.CheckpointManager(
            self._checkpoint, str(self.folder), max_to_keep=self._kept
        )

    def _put_aside(self, restored: int) -> None:
        for path in self.folder.glob("ckpt-*"):
            name = _NAME.fullmatch(path.name)
            aside = path.with_name(f"damaged-{path.name}")
            if name and int(name[1]) > restored and not aside.exists():
                path.rename(aside)

    def _remove_leftovers(self) -> None:
        """Files of a process that was killed while it was saving."""
        for half in self.folder.glob("ckpt-*_temp"):
            shutil.rmtree(half)
        for data in self.folder.glob("ckpt-*.data-*"):
            if not data.with_suffix(".index").exists():
                data.unlink()

    def _path(self, step: int) -> str:
        return str(self.folder / f"ckpt-{step}")


def _read_all(path: str) -> None:
    """Reads every value once: TensorFlow compares it with its checksum."""
    reader = tf.train.load_checkpoint(path)
    for name in reader.get_variable_to_shape_map():
        reader.get_tensor(name)


def are_in(folder: Path) -> bool:
    """Whether a folder has checkpoints, or had some: then a training was there."""
    whole, halves = _found(folder)
    return bool(whole or halves) or (folder / "checkpoint").exists()


def _found(folder: Path) -> tuple[list[int], list[int]]:
    """Steps of the checkpoints whose files are all there, and of the others."""
    indices, shards = set(), {}
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file: it must be a folder of checkpoints")
    for path in folder.glob("ckpt-*"):
        name = _NAME.fullmatch(path.name)
        if name and path.is_file():
            step = int(name[1])
            if name[2] == "index":
                indices.add(step)
            else:
                shards.setdefault((step, int(name[4])), set()).add(int(name[3]))
    complete = {
        step for (step, count), found in shards.items() if found == set(range(count))
    }
    return sorted(indices & complete), sorted(indices - complete)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
