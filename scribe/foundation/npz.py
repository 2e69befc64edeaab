"""Arrays in .npz files of strangers: what they declare is checked before it is read.

A few kilobytes of a zip can stand for gigabytes of zeros, and a header can declare any
number of values. So sizes are added up first, of the arrays that are wanted, and each
header must agree with the bytes that the archive has for it. No pickle is ever loaded.
Standard library and NumPy only.
"""

import math
import re
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from scribe.foundation.errors import InputError

# What zipfile, NumPy and the arrays raise if a file is damaged.
DAMAGE = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, MemoryError),
    *(RuntimeError, SyntaxError, TypeError, ValueError, struct.error, zlib.error),
    *(tokenize.TokenError, zipfile.BadZipFile, zipfile.LargeZipFile),
)
MAX_BYTES = 8_000_000_000  # of a corpus in memory; IAM-OnDB takes 100 MB
_MAX_EMPTY = 1_000_000  # rows of an array without values
_ADDRESS = re.compile(r" object at 0x[0-9a-f]+")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read_npz(
    path: str | Path,
    names: Collection[str] | None = None,
    most_bytes: int = MAX_BYTES,
) -> dict[str, np.ndarray]:
    """The arrays of an .npz.

    Args:
      path: the file.
      names: the arrays that are wanted; others are not read, and those that are missing
        are left out. None for all.
      most_bytes: what the wanted arrays may take in memory.

    Raises:
      InputError: the file is damaged, is no .npz, or takes too much.
      OSError: it cannot be opened.
    """
    file = open(path, "rb")
    try:
        with file, zipfile.ZipFile(file) as archive:
            members = {}
            for info in archive.infolist():
                name = info.filename.removesuffix(".npy")
                if names is None or name in names:
                    if name in members:
                        raise ValueError(f"{name} is in it twice")
                    members[name] = info
            total = sum(_checked(archive, info) for info in members.values())
            if total > most_bytes:
                raise ValueError(
                    f"its arrays take {total / 1e9:.3g} GB, and "
                    f"{most_bytes / 1e9:.3g} GB are the most"
                )
            return {name: _read(archive, info) for name, info in members.items()}
    except (OSError, *DAMAGE) as error:
        raise InputError(f"{path} is damaged: {reason(error)}") from error


def reason(error: Exception) -> str:
    """What an error of a library says, in one line and without control characters."""
    said = _ADDRESS.sub("", " ".join(str(error).split()))[:200]
    return "".join(c for c in said if c.isprintable()) or type(error).__name__


def _checked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> int:
    """The bytes of an array, by its header and the archive's directory alike."""
    name = info.filename
    if info.flag_bits & 1:
        raise ValueError(f"{name} is encrypted")
    if info.compress_type not in _METHODS:
        raise ValueError(f"{name} is compressed in an unknown way")
    with archive.open(info) as file:
        version = npy.read_magic(file)
        if version == (1, 0):
            shape, _, dtype = npy.read_array_header_1_0(file)
        else:
            shape, _, dtype = npy.read_array_header_2_0(file)
        head = file.tell()
    if dtype.hasobject:
        raise ValueError(f"{name} holds a pickle, which is not read")
    size = math.prod(shape) * dtype.itemsize
    if min(shape, default=0) < 0 or size != info.file_size - head:
        raise ValueError(
            f"{name} declares {dtype} {list(shape)} and has {info.file_size - head} "
            "bytes"
        )
    if size == 0 and max(shape, default=0) > _MAX_EMPTY:
        raise ValueError(f"{name} declares {dtype} {list(shape)} without a value")
    return size


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> np.ndarray:
    with archive.open(info) as file:
        return npy.read_array(file, allow_pickle=False)
