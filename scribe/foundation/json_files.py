"""JSON of strangers: plain values, or one sentence.

Python's parser takes NaN and Infinity, whole numbers of any length, numbers that become
infinite, halves of characters that no file can hold, and nests until it gives up. All
of them fail later, far from the file. Standard library only.
"""

import json
import math
import re
from pathlib import Path

from scribe.foundation.errors import InputError
from scribe.foundation.files import read_file

MAX_BYTES = 20_000_000
_MAX_DIGITS = 18  # what 64 bits hold
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(path: str | Path, most_bytes: int = MAX_BYTES):
    """What a file says.

    Raises:
      InputError: it is too large, no text, no JSON, or holds what no other program
        could read.
      OSError: it cannot be opened.
    """
    try:
        return parse_json(read_file(path, most_bytes))
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path} is damaged: {error}") from error


def parse_json(data: bytes | str):
    """What JSON says.

    Raises:
      ValueError: as `read_json`; the sentence does not say where it stood.
    """
    text = data if isinstance(data, str) else data.decode(json.detect_encoding(data))
    try:
        found = json.loads(
            text, parse_int=_whole, parse_float=_number, parse_constant=_constant
        )
        if _HALF.search(text):
            json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ValueError("the JSON has half of a character") from error
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error
    return found


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > _MAX_DIGITS:
        raise ValueError(f"the number {digits[:20]}... is too long")
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"the number {digits[:20]} is not finite")
    return number


def _constant(name: str):
    raise ValueError(f"{name} is no number of JSON")
