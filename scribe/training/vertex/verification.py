"""Whether a run folder that was fetched is whole: it loads, and training can go on."""

import re
from pathlib import Path

from scribe.foundation.errors import InputError, WorkFailed
from scribe.foundation.files import decoded
from scribe.foundation.json_files import read_json
from scribe.training.mirror import NEWEST


def check_same_run(folder: Path, config: bytes | None) -> None:
    """Raises InputError if `folder` is there and holds another run."""
    from scribe.foundation.gin_config import differences

    here = folder / "config.gin"
    if config is None or not here.is_file():
        return
    changed = differences(
        decoded(here.read_bytes(), here), decoded(config, "config.gin in the bucket")
    )
    if changed:
        raise InputError(
            f"{folder} is another run ({'; '.join(changed)}): choose another --output"
        )


def verify(folder: Path) -> list[str]:
    """Checks that the newest checkpoint is complete and that the weights load.

    Returns:
      What was found, as sentences.

    Raises:
      WorkFailed: something is missing or damaged.
    """
    found = [_checkpoint(folder)]
    if not (folder / "model.json").is_file():
        return [*found, "no weights yet: the training has not reached a validation"]
    try:
        found.append(_weights(folder))
    except InputError as error:
        raise WorkFailed(f"the run does not load: {error}") from error
    return found


def _checkpoint(folder: Path) -> str:
    note = folder / NEWEST
    if not note.is_file():
        return "no checkpoint yet"
    match = re.search(
        r'^model_checkpoint_path: "([^"]+)"', note.read_text("latin-1"), re.M
    )
    if match is None:
        raise WorkFailed(f"{note} is damaged")
    prefix = note.parent / Path(match[1]).name
    shards = list(note.parent.glob(f"{prefix.name}.data-*-of-*"))
    counts = {int(shard.name.rpartition("-of-")[2]) for shard in shards}
    if not prefix.with_name(f"{prefix.name}.index").is_file() or counts != {
        len(shards)
    }:
        raise WorkFailed(f"the checkpoint {prefix} is not complete")
    return f"checkpoint {prefix.name}: training can go on from it"


def _weights(folder: Path) -> str:
    from scribe.foundation.files import load_arrays
    from scribe.models import load_model
    from scribe.models.kinds import KINDS

    try:
        facts = read_json(folder / "model.json")
        kind, step = str(facts["kind"]), facts.get("step", "unknown")
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder}/model.json is damaged: {error!r}") from error
    if kind in KINDS:
        arrays = load_model(folder).weights
    else:  # of the other package
        arrays = load_arrays(folder / "weights.npz")
    return f"weights of {kind} from step {step}: {len(arrays)} arrays load"
