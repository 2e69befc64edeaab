"""Where the shipped models are: data/pretrained in a clone, installed in the package.

Standard library only, so that writing with a shipped model starts at once.
"""

import json
from pathlib import Path

from scribe.foundation.errors import InputError


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


def pretrained_models(kind: str = "") -> list[str]:
    """The names of the shipped models whose kind begins with `kind`, sorted.

    A folder counts that holds a model.json; damaged ones are left out.
    """
    folders = [path.parent for path in pretrained_folder().glob("*/model.json")]
    kinds = {folder.name: kind_of(folder) for folder in folders}
    return sorted(n for n, found in kinds.items() if found and found.startswith(kind))


def kind_of(folder: Path) -> str | None:
    """What a folder's model.json says it is; None without one, or if it is damaged."""
    try:
        text = (folder / "model.json").read_text(encoding="utf-8")
        return str(json.loads(text)["kind"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
