"""Where a data set is written: a folder of this machine."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from scribe.foundation.files import write_whole


class Store(Protocol):
    """Files by their paths from the data set's root, with slashes."""

    def write(self, path: str, data: bytes) -> None:
        """Writes a file, whole or not at all."""

    def read(self, path: str) -> bytes | None:
        """A file's bytes; None if there is no such file."""

    def remove(self, path: str) -> None:
        """Removes a file, if it is there."""

    def writing(self, path: str) -> contextlib.AbstractContextManager[BinaryIO]:
        """A file to write piece by piece; it appears at the end."""


class Folder:
    """A folder; see Store."""

    def __init__(self, folder: str | Path):
        self.path = Path(folder)

    def write(self, path: str, data: bytes) -> None:
        write_whole(self.path / path, data)

    def read(self, path: str) -> bytes | None:
        try:
            return (self.path / path).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, path: str) -> None:
        (self.path / path).unlink(missing_ok=True)

    @contextlib.contextmanager
    def writing(self, path: str) -> Iterator[BinaryIO]:
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        try:
            with open(part, "wb") as file:
                yield file
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def remove_halves(self) -> None:
        """Removes what a killed process left half written."""
        for path in self.path.rglob(".*.part"):
            path.unlink(missing_ok=True)
