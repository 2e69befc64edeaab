"""Unpickling that builds NumPy arrays and plain containers and nothing else.

A pickle is a program: whoever made the file chooses which functions run when it is
loaded. Corpora are handed on as pickles all the same, so every global that one names is
looked up in a short list here, and a file that asks for anything else is refused.
"""

import io
import math
import pickle
import zipfile
from pathlib import Path
from typing import BinaryIO

import numpy as np

from scribe.foundation.errors import InputError
from scribe.foundation.npz import DAMAGE, reason

# Asked of NumPy itself, since the modules they live in moved with NumPy 2.
_RECONSTRUCT = np.zeros(1).__reduce__()[0]
_FROM_BUFFER = np.zeros(1).__reduce_ex__(5)[0]
_SCALAR = np.float64(0).__reduce__()[0]

_NUMPY_NAMES = {
    ("multiarray", "_reconstruct"): _RECONSTRUCT,
    ("multiarray", "scalar"): _SCALAR,
    ("numeric", "_frombuffer"): _FROM_BUFFER,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}
_NUMPY_PREFIXES = ("numpy.core.", "numpy._core.")


MAX_BYTES = 8_000_000_000  # in memory; DeepWriting's largest file takes 300 MB
MAX_ITEMS = 20_000_000
MAX_LEVELS = 8
_CONTAINERS = (np.ndarray, dict, list, tuple, set)


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str):
        submodule = module
        for prefix in _NUMPY_PREFIXES:
            submodule = submodule.removeprefix(prefix)
        allowed = _NUMPY_NAMES.get((submodule, name))
        if allowed is not None:
            return allowed
        # How Python 3 writes bytes in protocol 2: as text in Latin-1, or as bytes().
        if (module, name) == ("_codecs", "encode"):
            return lambda text, encoding: text.encode(_only_latin1(encoding))
        if name == "bytes":
            return lambda: b""
        raise InputError(
            f"it asks for {module}.{name}; only NumPy arrays, lists and texts are read "
            "from a pickle, since anything else could run a program"
        )


def _only_latin1(encoding: str) -> str:
    if encoding not in ("latin1", "latin-1"):
        raise InputError(f"it asks for the encoding {encoding!r}")
    return encoding


def load_arrays(file: BinaryIO, name: str):
    """The pickled object; texts and arrays of Python 2 are read as Latin-1.

    Args:
      file: open at the pickle.
      name: for the error's sentence.

    Raises:
      InputError: the pickle is damaged or asks for anything but arrays and containers.
    """
    try:
        found = _ArrayUnpickler(file, encoding="latin1").load()
        _check_extent(found)
        return found
    except InputError as error:
        raise InputError(f"{name} is refused: {error}") from error
    except OSError:
        raise
    except Exception as error:  # damaged opcodes raise whatever they happen to call
        raise InputError(f"{name} is no readable pickle: {error}") from error


def load_npz(path: Path) -> dict[str, np.ndarray]:
    """The arrays of an .npz whose object arrays are unpickled with the same care.

    Raises:
      InputError: it is no .npz, is damaged, or is refused.
    """
    arrays = {}
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
            if size > MAX_BYTES:
                raise ValueError(
                    f"it takes {size / 1e9:.3g} GB, and {MAX_BYTES / 1e9:g} GB are the "
                    "most"
                )
            for member in archive.namelist():
                with archive.open(member) as file:
                    name = f"{path}:{member}"
                    arrays[member.removesuffix(".npy")] = _read_npy(file, name)
    except InputError:
        raise
    except DAMAGE as error:
        raise InputError(f"{path} is no .npz or is damaged: {reason(error)}") from error
    return arrays


def _check_extent(found) -> None:
    """Refuses lists that hold one list many times over, at many levels.

    Such a pickle has some hundred bytes and never ends for who goes through it.
    """
    if _extent(found, 0, {}) > MAX_ITEMS:
        raise InputError(f"it holds more than {MAX_ITEMS:,} items")


def _extent(found, level: int, known: dict[int, int]) -> int:
    """The number of items in a container and in those that it holds."""
    if level > MAX_LEVELS:
        raise InputError(f"its lists have more than {MAX_LEVELS} levels")
    if id(found) not in known:
        if isinstance(found, np.ndarray):
            items = list(found.flat) if found.dtype.hasobject else []
        elif isinstance(found, dict):
            items = list(found.values())
        else:
            items = list(found) if isinstance(found, _CONTAINERS) else []
        inner = (x for x in items if isinstance(x, _CONTAINERS))
        known[id(found)] = len(items) + sum(_extent(x, level + 1, known) for x in inner)
    return known[id(found)]


def _read_npy(file: BinaryIO, name: str) -> np.ndarray:
    content = io.BytesIO(file.read())
    version = np.lib.format.read_magic(content)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read_header is None:
        raise InputError(f"{name} has the unknown version {version} of the format")
    shape, _, dtype = read_header(content)
    if not dtype.hasobject:
        size = math.prod(shape) * dtype.itemsize
        if size != len(content.getbuffer()) - content.tell():
            raise InputError(f"{name} is damaged: its size is not {dtype} {shape}")
        content.seek(0)
        return np.lib.format.read_array(content, allow_pickle=False)
    array = load_arrays(content, name)
    if not isinstance(array, np.ndarray) or array.shape != shape:
        raise InputError(f"{name} is damaged: its pickle is no array {shape}")
    return array
