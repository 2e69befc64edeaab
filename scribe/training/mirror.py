"""A copy of a run folder elsewhere, from which its training can go on at any time.

For buckets and drives that are mounted as folders. A training cannot write to these
itself: a file there cannot be appended to cheaply, an event file becomes visible only
when it is closed, and a machine that goes away would leave half a file behind.
"""

import re
import shutil
from pathlib import Path

from scribe.foundation.files import write_whole

# TensorFlow's note of which checkpoint is the newest: written when that one is there.
NEWEST = "checkpoints/checkpoint"
_NEWEST_NAME = re.compile(rb'^model_checkpoint_path: "([^"]+)"', re.M)


class Mirror:
    """Copies what changed from `local` to `remote`, in an order that is always safe."""

    def __init__(self, local: Path, remote: Path):
        self.local, self.remote = local, remote
        self._copied: dict[str, tuple[int, int]] = {}

    def restore(self) -> int:
        """Makes `local` what `remote` is; returns the number of files."""
        shutil.rmtree(self.local, ignore_errors=True)
        self.local.mkdir(parents=True)
        self._copied = {}
        for name in _files(self.remote):
            write_whole(self.local / name, (self.remote / name).read_bytes())
            self._copied[name] = _state(self.local / name)
        return len(self._copied)

    def update(self) -> int:
        """Copies what the training has written since; returns the number of files.

        The newest checkpoint is named only after its files have arrived, and older ones
        go last: whenever this is interrupted, `remote` holds a whole checkpoint.

        Raises:
          OSError: `remote` cannot be written; the next call does it again.
        """
        newest = _read(self.local / NEWEST)
        names = _files(self.local)
        count = sum(self._copy(name) for name in names if name != NEWEST)
        if newest is not None:
            if not self._holds_checkpoint(newest):  # replaced while it was copied
                return count
            if newest != _read(self.remote / NEWEST):
                write_whole(self.remote / NEWEST, newest)
                count += 1
        for name in set(_files(self.remote)) - set(names):
            (self.remote / name).unlink(missing_ok=True)
            self._copied.pop(name, None)
        return count

    def _copy(self, name: str) -> bool:
        source = self.local / name
        try:
            state = _state(source)
            if self._copied.get(name) == state:
                return False
            data = source.read_bytes()
        except FileNotFoundError:  # an older checkpoint that has just been removed
            return False
        write_whole(self.remote / name, data)
        self._copied[name] = state
        return True

    def _holds_checkpoint(self, newest: bytes) -> bool:
        match = _NEWEST_NAME.search(newest)
        if match is None:
            return False
        prefix = f"checkpoints/{Path(match[1].decode()).name}"
        ends = [n.removeprefix(prefix) for n in self._copied if n.startswith(prefix)]
        return ".index" in ends and any(end.startswith(".data-") for end in ends)


def _files(folder: Path) -> list[str]:
    """Paths of the files below a folder, without those that are being written."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        parts = name.split("/")
        unfinished = any(part.startswith(".") or "_temp" in part for part in parts)
        if not unfinished and ".tempstate" not in name and path.is_file():
            found.append(name)
    return found


def _state(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
