"""Two preparations of one corpus, raw and closed, cut down to the words of both."""

from pathlib import Path

from scrabblegan.words.prepared import Words, load_facts, load_words, save_words
from scribe.foundation.errors import InputError


def save_pairs(folder: Path, raw: Path, closed: Path) -> None:
    """Writes raw/, closed/ and both/: the words that were kept either way.

    Where all three are there already, they are left alone.

    Args:
      folder: gets the three.
      raw, closed: prepared words.

    Raises:
      InputError: the folders are not of one corpus with the two preprocesses.
    """
    if all((folder / kind).is_dir() for kind in ("raw", "closed", "both")):
        return
    facts = load_facts(raw), load_facts(closed)
    if [f.get("preprocess") for f in facts] != ["normal", "morphology"]:
        raise InputError(
            f"{raw} and {closed} must be prepared with preprocess=normal and "
            f"preprocess=morphology, not {facts[0].get('preprocess')} and "
            f"{facts[1].get('preprocess')}"
        )
    pairs: dict[str, dict[str, Words]] = {"raw": {}, "closed": {}, "both": {}}
    for split in facts[0]["splits"]:
        if split not in facts[1]["splits"]:
            raise InputError(f"{closed} has no split {split!r}, as {raw} has")
        ours, theirs = (load_words(path, split) for path in (raw, closed))
        at = {name: i for i, name in enumerate(theirs.names)}
        shared = [i for i, name in enumerate(ours.names) if name in at]
        ours = ours.chosen(shared)
        theirs = theirs.chosen(at[name] for name in ours.names)
        if not len(ours) or ours.texts != theirs.texts:
            raise InputError(f"{raw} and {closed} are not of one corpus")
        pairs["raw"][split], pairs["closed"][split] = ours, theirs
        pairs["both"][split] = _joined(ours, theirs)
    told = {"raw": facts[0], "closed": facts[1], "both": facts[0]}
    for kind, words_by_split in pairs.items():
        if not (folder / kind).is_dir():
            name = {"name": f"{facts[0].get('name')}, {kind}"}
            save_words(folder / kind, words_by_split, told[kind] | name, False)


def _joined(raw: Words, closed: Words) -> Words:
    """All words of both, with names that differ."""
    names = [f"raw {name}" for name in raw.names]
    names += [f"closed {name}" for name in closed.names]
    return Words([*raw.images, *closed.images], [*raw.texts, *closed.texts], names)
