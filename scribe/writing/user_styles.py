"""The user's own styles: one file each, in a folder of theirs.

The folder is SCRIBE_STYLES where that is set, else where the platform keeps what
programs store for a user. A name becomes a part of a path only after it was checked.
"""

import os
import re
import sys
from pathlib import Path

from scribe.foundation.errors import InputError

FOLDER_VARIABLE = "SCRIBE_STYLES"
# Begins with a letter: numbers name shipped styles, and a dash would be an option.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
# Files that Windows would take for a device, whatever their ending.
_DEVICES = re.compile(r"(?i)con|prn|aux|nul|(com|lpt)[0-9]")


def folder() -> Path:
    """Where the user's styles are; it need not exist."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "scribe" / "styles"


def names() -> list[str]:
    """Names of the user's styles, sorted."""
    return sorted(p.stem for p in folder().glob("*.json") if is_name(p.stem))


def is_name(name: str) -> bool:
    """Whether a style may be called so."""
    return bool(_NAME.fullmatch(name)) and not _DEVICES.fullmatch(name)


def path_of(name: str) -> Path:
    """The file of a style, which need not exist.

    Raises:
      InputError: no style may be called so.
    """
    if not is_name(name):
        raise InputError(
            f"a style cannot be called {name!r}: a name is a letter and up to 39 more "
            "letters (a to z), digits, - or _"
        )
    return folder() / f"{name}.json"


def existing(name: str) -> Path:
    """As `path_of`, of a style that is there.

    Raises:
      InputError: it is not.
    """
    path = path_of(name)
    if not path.is_file():
        known = ", ".join(names()) or "none"
        raise InputError(f"there is no style {name!r} in {folder()}; it has: {known}")
    return path
