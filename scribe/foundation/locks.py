"""One writer at a time for a folder that is written over minutes.

The operating system holds the lock and lets it go when the process ends, however it
ends: what kill -9 leaves behind does not block. Standard library only.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from scribe.foundation.errors import InputError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt


@contextlib.contextmanager
def sole_writer(folder: str | Path) -> Iterator[None]:
    """Keeps other processes from writing a folder, which need not exist yet.

    The lock is a hidden file beside the folder, or in it where nothing may be written
    beside it, and is gone afterwards. Where the file system knows no locks, as some
    mounted buckets, nothing is kept from anyone.

    Raises:
      InputError: another process writes the folder.
      OSError: the folder cannot be written.
    """
    asked, folder = os.fspath(folder), Path(os.path.realpath(folder))
    try:
        if folder.is_dir() and not os.access(folder.parent, os.W_OK):
            path = folder / ".lock"
        else:
            folder.parent.mkdir(parents=True, exist_ok=True)
            path = folder.parent / f".{folder.name}.lock"
        file = _locked(path, folder)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, asked) from error
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # the folder of it may be gone
            if fcntl is None:
                file.close()
            os.unlink(path)
        file.close()


def _locked(path: Path, folder: Path) -> BinaryIO:
    while True:
        file = open(path, "a+b")
        try:
            _lock(file)
        except (BlockingIOError, PermissionError) as error:
            owner = _owner(file)
            file.close()
            raise InputError(
                f"another process{owner} writes {folder}: wait until it has ended, or "
                "name another folder"
            ) from error
        except OSError:  # no locks here
            return file
        # Whoever held the lock may have removed this very file before it let go.
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), os.stat(path)):
                file.truncate(0)
                file.write(f"{os.getpid()}\n".encode())
                file.flush()
                return file
        file.close()


def _lock(file: BinaryIO) -> None:
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    else:
        file.seek(1 << 30)  # a place that others can read past
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)


def _owner(file: BinaryIO) -> str:
    with contextlib.suppress(OSError, ValueError):
        file.seek(0)
        return f" ({int(file.read(20))})"
    return ""
