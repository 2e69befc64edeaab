"""The file that a text to be written is in."""

import sys

from scribe.foundation.errors import InputError
from scribe.foundation.files import decoded

# Read whole before it is looked at; far more than is ever written.
_LARGEST_BYTES = 1_000_000


def read_text(path: str) -> str:
    """A text file in UTF-8; "-" for standard input.

    Raises:
      InputError: it is too large, or no text.
    """
    if path == "-":
        data = sys.stdin.buffer.read(_LARGEST_BYTES + 1)
    else:
        with open(path, "rb") as file:
            data = file.read(_LARGEST_BYTES + 1)
    if len(data) > _LARGEST_BYTES:
        raise InputError(
            f"{path} has more than {_LARGEST_BYTES // 1000} kB: that is no letter"
        )
    text = decoded(data, path)
    strange = next((c for c in text if c < " " and c not in "\t\n\r\f"), None)
    if strange is not None:
        raise InputError(f"{path} is not text: it has the control code {strange!r}")
    return text
