"""Files that are written whole or not at all, and arrays that are read with care.

Standard library and NumPy only.
"""

import contextlib
import glob
import io
import itertools
import os
import shutil
import stat
import time
from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np

from scribe.foundation.errors import InputError
from scribe.foundation.npz import read_npz

MAX_MODEL_BYTES = 1_000_000_000  # of all weights; the largest shipped ones take 28 MB
_part_numbers = itertools.count()
# A half-written folder this old belongs to no running process: writing takes seconds.
_ABANDONED_SECONDS = 3600


def write_whole(path, data: bytes) -> None:
    """Writes `data` beside `path` under a hidden name, then moves it into place.

    Nobody ever reads half a file, and a failure leaves what stood there before.
    Parent folders are made. A link is followed: its target is replaced.
    """
    target = os.path.realpath(os.fspath(path))
    if os.path.isdir(target):
        raise InputError(f"{os.fspath(path)!r} is a folder: name a file")
    folder, name = os.path.split(target)
    os.makedirs(folder, exist_ok=True)
    # Not tempfile: its 0600 files would be unreadable to others, and it loads `random`.
    # Each call has a part of its own: threads write at the same time.
    number = f"{os.getpid()}-{next(_part_numbers)}"
    part = os.path.join(folder, f".{name[:60]}.{number}.part")
    try:
        with open(part, "wb") as file:
            file.write(data)
        os.replace(part, target)
    except BaseException as error:
        try:
            os.unlink(part)
        except OSError:
            pass
        if isinstance(error, OSError) and error.errno:  # name what was asked for
            name = os.fspath(path)
            raise type(error)(error.errno, error.strerror, name) from error
        raise


def read_file(path, most_bytes: int) -> bytes:
    """All of a file that somebody else made.

    Raises:
      InputError: it is larger, or no file: a pipe or a device may never end.
      OSError: it cannot be read.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise InputError(f"{os.fspath(path)} is no file")
    with open(path, "rb") as file:
        data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise InputError(
            f"{os.fspath(path)} is too large: it has more than {most_bytes / 1e6:g} MB"
        )
    return data


def decoded(data: bytes, name) -> str:
    """A file's bytes as UTF-8 text, without a byte-order mark.

    Args:
      data: all of the file.
      name: of the file, for messages.

    Raises:
      InputError: they are not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} is not UTF-8 text: byte {error.start + 1} is "
            f"{data[error.start]:#04x}"
        ) from error


def check_new_folder(folder) -> None:
    """Refuses a folder that holds something, before long work is done for it.

    Raises:
      InputError: it exists and is not an empty folder.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} exists and is not empty: name a new folder")


@contextlib.contextmanager
def whole_folder(folder) -> Iterator[Path]:
    """A new folder that appears whole or not at all: `with whole_folder(f) as part`.

    What is written into `part`, a hidden folder beside it, becomes `folder` at the end.
    A later call removes what a killed process left there.

    Raises:
      InputError: the folder exists and is not empty.
    """
    folder = Path(folder)
    check_new_folder(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{folder.name}.part-"
    for path in folder.parent.glob(f"{glob.escape(prefix)}*"):
        with contextlib.suppress(FileNotFoundError):  # another process removed it
            if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
    number = f"{os.getpid()}-{time.monotonic_ns()}-{next(_part_numbers)}"
    part = folder.parent / f"{prefix}{number}"
    part.mkdir()
    try:
        yield part
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def save_arrays(path, arrays: dict[str, np.ndarray], dtype: str = "float32") -> None:
    """Writes a compressed .npz, whole or not at all.

    Raises:
      InputError: a value is not finite in `dtype`.
    """
    stored = {name: value.astype(dtype) for name, value in arrays.items()}
    _check_finite(path, stored)
    data = io.BytesIO()
    np.savez_compressed(data, **stored)
    write_whole(path, data.getvalue())


def load_arrays(path, names: Collection[str] | None = None) -> dict[str, np.ndarray]:
    """The arrays of an .npz as float32.

    Args:
      path: the file.
      names: the arrays that are wanted; those that are missing are left out. None for
        all.

    Raises:
      InputError: the file is damaged, takes more than MAX_MODEL_BYTES, or a value is
        not finite.
    """
    arrays = read_npz(path, names, MAX_MODEL_BYTES)
    for name, array in arrays.items():
        if array.dtype.kind not in "fiub":
            raise InputError(f"{Path(path)} is damaged: {name} is {array.dtype}")
    with np.errstate(over="ignore"):
        found = {name: array.astype(np.float32) for name, array in arrays.items()}
    _check_finite(path, found)
    return found


def _check_finite(path, arrays: dict[str, np.ndarray]) -> None:
    for name, value in arrays.items():
        if not np.isfinite(value).all():
            raise InputError(f"{Path(path)} is damaged: {name} is not finite")
