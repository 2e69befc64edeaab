"""Words that the experiment of synthetic data trains on: subsets, and mixtures.

Subsets of one seed are nested: the first 16 words are among the first 64.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from scrabblegan.words import Words
from scrabblegan.words.prepared import load_facts, load_words, save_words
from scribe.foundation.errors import InputError

# Synthetic words by which a training on synthetic words alone is selected.
_VALIDATION = 500


def subset(words: Words, count: int | None, seed: int) -> Words:
    """So many words by chance, all for None; in an order that the seed decides."""
    order = np.random.default_rng([seed, 1]).permutation(len(words))
    return words.chosen(order[:count])


def mixed(real: Words, synthetic: Words, real_share: float) -> Words:
    """Real words, repeated until they are about this share, among synthetic ones."""
    wanted = real_share / (1.0 - real_share) * len(synthetic)
    times = max(round(wanted / len(real)), 1)
    images, texts, names = (
        [value for k in range(times) for value in column]
        for column in (real.images, real.texts, real.names)
    )
    names = [f"{name}#{i}" for i, name in enumerate(names)]
    return Words(
        [*images, *synthetic.images],
        [*texts, *synthetic.texts],
        [*names, *(f"synthetic {name}" for name in synthetic.names)],
    )


def save_once(folder: Path, splits: Mapping[str, Words], like: Path) -> Path:
    """Prepared words, unless they are there; returns the folder.

    Args:
      folder: new.
      splits: words by split.
      like: prepared words whose description fits these, too.
    """
    if not (folder / "words.json").is_file():
        facts = load_facts(like)
        kept = {k: v for k, v in facts.items() if k not in ("splits", "format_version")}
        save_words(folder, splits, kept, buckets=False)
    return folder


def synthetic_splits(folder: Path) -> dict[str, Words]:
    """All words of a synthetic set; the last ones are its own validation.

    Raises:
      InputError: there are too few.
    """
    words = load_words(folder, "train")
    if len(words) < 4:
        raise InputError(f"{folder} has {len(words)} words, too few to train on")
    count = min(_VALIDATION, len(words) // 4)
    at = np.arange(len(words))
    return {"train": words.chosen(at[:-count]), "validation": words.chosen(at[-count:])}


def check_alike(real: Path, others: Sequence[Path]) -> None:
    """Refuses synthetic words that were prepared in another way than the real ones.

    Raises:
      InputError: a setting of the normalizer differs.
    """
    ours = _normalizer(real)
    for other in others:
        if _normalizer(other) != ours:
            raise InputError(
                f"{other} was prepared in another way than {real}: "
                f"{json.dumps(_normalizer(other))} and {json.dumps(ours)}"
            )


def _normalizer(folder: Path) -> dict:
    left_out = ("name", "characters", "dropped", "splits", "format_version")
    return {k: v for k, v in load_facts(folder).items() if k not in left_out}
