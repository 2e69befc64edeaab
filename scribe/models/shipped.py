"""Where the shipped models are: data/pretrained in a clone, installed in the package.

A shipped model is named by its folder, so that one is found without reading the others.
Standard library only.
"""

import sys
from collections.abc import Container
from pathlib import Path

from scribe.foundation.errors import InputError
from scribe.foundation.json_files import read_json

# Names that shipped models had before: the old one, and what it is called now.
ALIASES = {"rand_write": "rand_write_half_rate", "synthesis": "synthesis_half_rate"}


def pretrained_folder() -> Path:
    """The folder that holds one folder per shipped model.

    Raises:
      InputError: there is none, as when a copy of the package was made by hand.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "pretrained", package.parent / "data" / "pretrained"):
        if folder.is_dir():
            return folder
    raise InputError(
        f"no shipped models were found in {package / 'pretrained'} or "
        f"{package.parent / 'data' / 'pretrained'}: install the project again"
    )


def shipped_model(name: str) -> Path | None:
    """The folder of the shipped model of this name; None if there is no such model.

    An old name still finds its model, and a line on stderr says what it is called now.
    """
    if name in ALIASES:
        print(f"the model {name} is called {ALIASES[name]} now", file=sys.stderr)
        name = ALIASES[name]
    if Path(name).name != name:  # a path
        return None
    try:
        folder = pretrained_folder() / name
    except InputError:
        return None
    return folder if (folder / "model.json").is_file() else None


def pretrained_models(kinds: Container[str] | None = None) -> list[str]:
    """The names of the shipped models of these kinds, or of all, sorted.

    Reads the model.json of each; damaged ones are left out.
    """
    try:
        folders = [path.parent for path in pretrained_folder().glob("*/model.json")]
    except InputError:
        return []
    found = {folder.name: _kind_of(folder) for folder in folders}
    return sorted(
        name for name, kind in found.items() if kind and (not kinds or kind in kinds)
    )


def _kind_of(folder: Path) -> str | None:
    """What a folder's model.json says it is; None without one, or if it is damaged."""
    try:
        return str(read_json(folder / "model.json")["kind"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
