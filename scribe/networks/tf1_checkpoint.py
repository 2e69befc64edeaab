"""Reading checkpoints of TensorFlow 1 with today's TensorFlow."""

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from scribe.foundation.errors import InputError

_PART = re.compile(r"\.(index|meta|data-\d+-of-\d+)$")
_SLOTS = re.compile(r"/(RMSProp|Adam|Momentum|Adadelta|Ftrl|ExponentialMoving)|_power$")


class Tf1Checkpoint:
    """The variables of a checkpoint, by name.

    Attributes:
      path: as the user would name it.
      shapes: of all variables but the optimizer's.
    """

    def __init__(self, path: Path, reader):
        self.path = path
        self._reader = reader
        self.shapes = {
            name: tuple(shape)
            for name, shape in reader.get_variable_to_shape_map().items()
            if not _SLOTS.search(name)
        }

    def find(self, names: Sequence[str]) -> str | None:
        """The variable that has one of these names, within any scope, or None.

        Raises:
          InputError: there are several.
        """
        found = [
            name
            for name in sorted(self.shapes)
            if any(f"/{name}".endswith(f"/{wanted}") for wanted in names)
        ]
        if len(found) > 1:
            raise InputError(
                f"{self.path} has more than one {names[0]}: {', '.join(found)}"
            )
        return found[0] if found else None

    def shape(self, names: Sequence[str]) -> tuple[int, ...]:
        """The shape of the variable that has one of these names."""
        return self.shapes[self._require(names)]

    def tensor(self, names: Sequence[str], shape: tuple[int, ...]) -> np.ndarray:
        """The values of the variable that has one of these names, float32.

        Raises:
          InputError: it is missing, has another shape, or cannot be read.
        """
        import tensorflow as tf

        name = self._require(names)
        if self.shapes[name] != shape:
            raise InputError(
                f"{self.path}: {name} has the shape {self.shapes[name]}, not {shape}"
            )
        try:
            value = np.asarray(self._reader.get_tensor(name))
        except (tf.errors.OpError, RuntimeError, ValueError) as error:
            raise InputError(
                f"{self.path}: {name} cannot be read, its data file is damaged or "
                f"another checkpoint's ({_first_line(error)})"
            ) from error
        value = value.astype(np.float32)
        if not np.isfinite(value).all():
            raise InputError(f"{self.path}: {name} has values that are not finite")
        return value

    def _require(self, names: Sequence[str]) -> str:
        name = self.find(names)
        if name is None:
            raise InputError(
                f"{self.path} has no {' or '.join(names)}; it holds "
                f"{', '.join(sorted(self.shapes)) or 'no variables'}"
            )
        return name


@contextlib.contextmanager
def opened(path: str) -> Iterator[Tf1Checkpoint]:
    """Opens a checkpoint: its prefix, any of its files, or the folder it is in.

    A data file that was renamed is found if it is the only one in its folder.

    Raises:
      InputError: there is no checkpoint, or it is damaged.
    """
    import tensorflow as tf

    prefix = _prefix(Path(path))
    with tempfile.TemporaryDirectory() as scratch:
        try:
            reader = tf.train.load_checkpoint(_readable(prefix, Path(scratch)))
        except (tf.errors.OpError, RuntimeError, ValueError) as error:
            raise InputError(
                f"{prefix} is no checkpoint or is damaged ({_first_line(error)})"
            ) from error
        yield Tf1Checkpoint(prefix, reader)


def _prefix(path: Path) -> Path:
    """The name that the files of a checkpoint begin with."""
    if path.is_dir():
        return _prefix_in(path)
    prefix = Path(_PART.sub("", str(path)))
    if _index(prefix).is_file() or prefix.is_file():
        return prefix
    raise InputError(
        f"there is no checkpoint {path}: {_index(prefix)} is missing"
        + (f" (in its folder: {_names(path.parent)})" if path.parent.is_dir() else "")
    )


def _prefix_in(folder: Path) -> Path:
    """The newest checkpoint of a folder by its file `checkpoint`, or the only one."""
    state = folder / "checkpoint"
    if state.is_file():
        text = state.read_text(encoding="utf-8", errors="replace")
        newest = re.search(r'^model_checkpoint_path: "(.+)"', text, re.M)
        if newest:  # its folder is the one it was trained in
            prefix = folder / re.split(r"[/\\]", newest[1])[-1]
            if _index(prefix).is_file() or prefix.is_file():
                return prefix
    found = sorted(folder.glob("*.index"))
    if len(found) != 1:
        raise InputError(
            f"{folder} holds {len(found)} checkpoints: name one (files: "
            f"{_names(folder)})"
        )
    return found[0].with_suffix("")


def _readable(prefix: Path, scratch: Path) -> str:
    """A prefix at which TensorFlow finds both the index and the data."""
    index = _index(prefix)
    if not index.is_file() or list(prefix.parent.glob(f"{prefix.name}.data-*")):
        return str(prefix)
    renamed = [
        file
        for file in prefix.parent.iterdir()
        if ".data" in file.name and not file.name.startswith(".")
    ]
    if len(renamed) != 1:
        raise InputError(
            f"the values of {prefix} are missing: there is no "
            f"{prefix.name}.data-00000-of-00001 (files: {_names(prefix.parent)})"
        )
    for target, suffix in ((index, "index"), (renamed[0], "data-00000-of-00001")):
        os.symlink(target.resolve(), scratch / f"checkpoint.{suffix}")
    return str(scratch / "checkpoint")


def _index(prefix: Path) -> Path:
    return prefix.with_name(f"{prefix.name}.index")


def _names(folder: Path) -> str:
    names = sorted(path.name for path in folder.iterdir())
    return ", ".join(names[:10]) + (", ..." if len(names) > 10 else "") or "none"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
