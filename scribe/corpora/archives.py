"""Files of a corpus, from a folder or straight out of a tar archive."""

import dataclasses
import lzma
import tarfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from scribe.foundation.archives import CheckedMember
from scribe.foundation.errors import InputError
from scribe.foundation.files import read_file
from scribe.foundation.npz import DAMAGE, reason

MAX_MEMBER_BYTES = 20_000_000  # of a line's or a page's file; they have kilobytes
ARCHIVE_ENDINGS = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2")


@dataclasses.dataclass(frozen=True)
class Member:
    """One file.

    Attributes:
      name: file name without folders.
      content: its bytes.
      fraction: how much of the folder or archive was read with it, 0 to 1.
    """

    name: str
    content: bytes
    fraction: float


def find_parts(source: Path, folder_names: Sequence[str]) -> list[Path]:
    """Where the parts of a corpus lie: unpacked folders, else archives named like them.

    Args:
      source: an archive, or a folder with `<folder name>/`, with `<folder name>*/`, or
        with archives that have the folder name in theirs.
      folder_names: parts that the corpus has, such as "lineStrokes".

    Raises:
      InputError: the source does not exist or lacks a part.
    """
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise InputError(f"{source} does not exist (data/README.md: obtaining corpora)")
    parts = []
    for folder_name in folder_names:
        found = [path for path in source.glob(f"{folder_name}*") if path.is_dir()]
        found = found or [
            path
            for path in source.iterdir()
            if path.name.endswith(ARCHIVE_ENDINGS)
            and folder_name.lower() in path.name.lower()
        ]
        if not found:
            raise InputError(
                f"{source} holds neither a folder {folder_name} nor an archive with "
                f"{folder_name} in its name"
            )
        parts.extend(sorted(found))
    return list(dict.fromkeys(parts))


def members(part: Path, wanted: Callable[[str], bool]) -> Iterator[Member]:
    """The files under a folder or in an archive whose file name is `wanted`.

    An archive is streamed: nothing is unpacked to disk, and one file is in memory.

    Raises:
      InputError: the archive is none, is damaged or cut off, or a file has more than
        MAX_MEMBER_BYTES.
    """
    if part.is_dir():
        paths = sorted(path for path in part.rglob("*") if wanted(path.name))
        for i, path in enumerate(paths):
            if path.is_file():
                content = read_file(path, MAX_MEMBER_BYTES)
                yield Member(path.name, content, (i + 1) / len(paths))
        return
    size = max(part.stat().st_size, 1)
    try:
        with (
            open(part, "rb") as file,
            tarfile.open(fileobj=file, mode="r|*", tarinfo=CheckedMember) as tar,
        ):
            for entry in tar:
                name = entry.name.rpartition("/")[2]
                if entry.isfile() and wanted(name):
                    if entry.size > MAX_MEMBER_BYTES:
                        raise InputError(
                            f"{part}: {name} has {entry.size / 1e6:,.0f} MB, and "
                            f"{MAX_MEMBER_BYTES / 1e6:g} MB are the most"
                        )
                    content = tar.extractfile(entry).read()
                    yield Member(name, content, file.tell() / size)
    except InputError:
        raise
    except (tarfile.TarError, lzma.LZMAError, OSError, *DAMAGE) as error:
        raise InputError(
            f"{part} is no tar archive, or is damaged or cut off ({reason(error)}): "
            "obtain it again"
        ) from error
