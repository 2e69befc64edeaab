"""Names that come out of files, before they become a part of a path.

Whoever made a corpus chose the names in its lists. "../x" or "/etc/x" would lead out of
the folder that is read or written. Standard library only.
"""

import os
import re
from pathlib import Path

from scribe.foundation.errors import InputError

_SPLIT = re.compile(r"[A-Za-z0-9_-]{1,100}")


def is_split(name: object) -> bool:
    """Whether a split may be called so: its name becomes that of a file."""
    return isinstance(name, str) and bool(_SPLIT.fullmatch(name))


def check_split(name: object, where: object) -> str:
    """The name of a split.

    Args:
      name: as a file says it.
      where: which file, for the sentence.

    Raises:
      InputError: no split may be called so.
    """
    if not is_split(name):
        raise InputError(
            f"{where} names a split {str(name)[:80]!r}: the name must be letters (a to "
            "z), digits, - and _"
        )
    return str(name)


def inside(folder: str | Path, name: str) -> Path:
    """The path of a file below a folder. Links in the folder are followed.

    Raises:
      InputError: the name leads out of the folder, or no file can be called so.
    """
    target = Path(folder, name)
    whole, top = os.path.abspath(target), os.path.abspath(folder)
    if not Path(whole).is_relative_to(top):
        raise InputError(f"a file named {name!r} would lie outside {folder}")
    try:
        encoded = os.fsencode(target)
    except UnicodeEncodeError:
        encoded = b"\0"
    if b"\0" in encoded:
        raise InputError(f"no file can be named {name!r}")
    return target
