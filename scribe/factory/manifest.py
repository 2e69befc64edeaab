"""What a data set says of itself: how it was made, and the terms of its use.

It holds no time and no name of a machine, so that equal data sets have equal bytes.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from scribe.factory.receipts import Receipt
from scribe.factory.store import Store
from scribe.foundation.errors import InputError
from scribe.foundation.installing import PROJECT
from scribe.foundation.json_files import parse_json

FILE = "dataset.json"
_PACKAGES = ("numpy", "opencv-python-headless", "tensorflow", "wordfreq")
# What must be equal if a data set is to be continued.
_FIXED = ("config", "seed", "num_samples", "format", "model", "ink")


def plan(
    config: str,
    seed: int,
    num_samples: int,
    num_shards: int,
    form: str,
    model: Path,
    ink: Path | None = None,
) -> dict:
    """The manifest of a data set that is about to be made.

    Args:
      config: all bindings of the recipe.
      seed, num_samples, num_shards: of the data set.
      form: name of the format.
      model: folder of the model that writes.
      ink: folder of the network of ink that draws, if one does.
    """
    facts = {
        "what": "labelled handwriting, written by a program",
        "finished": False,
        "num_samples": num_samples,
        "num_shards": num_shards,
        "seed": seed,
        "format": form,
        "model": {"name": model.name, "sha256": _sha256(model / "weights.npz")},
        "licence": _licence(model),
        "versions": {name: _version(name) for name in (PROJECT, *_PACKAGES)},
        "config": config,
    }
    if ink is not None:
        facts["ink"] = {"name": ink.name, "sha256": _sha256(ink / "weights.npz")}
        facts["licence"] += f" Ink: {_licence(ink)}"
    return facts


def begin(store: Store, facts: dict) -> None:
    """Writes the manifest of a data set, or goes on with one that is there.

    Raises:
      InputError: another data set is there.
    """
    data = store.read(FILE)
    if data is not None:
        try:
            known = parse_json(data)
        except ValueError:
            known = {}
        if not isinstance(known, dict):
            known = {}
        changed = [name for name in _FIXED if known.get(name) != facts.get(name)]
        if changed:
            raise InputError(
                f"the output holds another data set, of another {', '.join(changed)}: "
                "name a new folder, or give the same options to go on with it"
            )
    _write(store, facts)


def end(store: Store, facts: dict, receipts: Sequence[Receipt]) -> dict:
    """Writes the manifest of a data set that is finished, and returns it."""
    left_out: Counter[str] = Counter()
    splits: Counter[str] = Counter()
    for receipt in receipts:
        left_out.update(receipt.left_out)
        splits[receipt.split] += receipt.count
    finished = {
        **facts,
        "finished": True,
        "splits": dict(splits),
        "left_out": dict(left_out.most_common()),
    }
    _write(store, finished)
    return finished


def _write(store: Store, facts: dict) -> None:
    text = json.dumps(facts, indent=2, ensure_ascii=False)
    store.write(FILE, f"{text}\n".encode())


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _licence(model: Path) -> str:
    """The terms of a model: the section of its README."""
    readme = model / "README.md"
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    found = re.search(r"^## Terms\s+(.*?)(?=^## |\Z)", text, re.M | re.S)
    return " ".join(found[1].split()) if found else "unknown: the model does not say"


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
