"""Where the user's own styles are kept. Standard library only.

In the folder SCRIBE_STYLES, or else where the platform keeps what programs store for a
user: a .json file for each, and beside it what was learnt of its hand.
"""

import os
import re
import shutil
import sys
from pathlib import Path

from scribe.foundation.errors import InputError

FOLDER_VARIABLE = "SCRIBE_STYLES"
# Begins with a letter: numbers name shipped styles, and a dash would be an option.
_NAME = r"[A-Za-z][A-Za-z0-9_-]{0,39}"
# Files that Windows would take for a device, whatever their ending.
_DEVICES = r"(?i)con|prn|aux|nul|(com|lpt)[0-9]"


def folder() -> Path:
    """Where the user's own styles are; it need not exist."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named).expanduser()
    return _user_data() / "scribe" / "styles"


def _user_data() -> Path:
    """Where the platform keeps what programs store for a user, as platformdirs has it.

    By hand, so that a hand of one's own needs nothing but NumPy.
    """
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    named = os.environ.get("XDG_DATA_HOME", "").strip()
    return Path(named or Path.home() / ".local" / "share")


def names() -> list[str]:
    """Names of the user's own styles, sorted."""
    return sorted(p.stem for p in folder().glob("*.json") if may_be_own(p.stem))


def path_of(name: str) -> Path:
    """The file of a style of the user's own, which need not exist.

    A name becomes a part of a path only here, after it was checked.

    Raises:
      InputError: no style may be called so.
    """
    if not may_be_own(name):
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


def may_be_own(name: str) -> bool:
    """Whether a style of the user's own may be called so."""
    return bool(re.fullmatch(_NAME, name)) and not re.fullmatch(_DEVICES, name)


def adaptation_path(path: Path) -> Path:
    """Where what was learnt of a style's hand is kept, beside its file."""
    return path.with_suffix(".npz")


def unfinished_folder(path: Path) -> Path:
    """What an interrupted tuning of a style file goes on from."""
    return path.with_name(f".{path.stem}.tuning")


def forget(path: Path) -> None:
    """Removes what was learnt, or half learnt, of a style file's hand."""
    adaptation_path(path).unlink(missing_ok=True)
    shutil.rmtree(unfinished_folder(path), ignore_errors=True)
