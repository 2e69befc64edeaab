"""Legibility by what is written: classes of characters, and kinds of strings."""

import string
from collections.abc import Mapping, Sequence

import numpy as np

from scribe.evaluation.shares import interval_of_share
from scribe.reading.look_alikes import LOOK_ALIKES

_PUNCTUATION = frozenset(".,;:!?'\"()-")
CLASSES = (
    "small letters",
    "capitals",
    "digits",
    "punctuation",
    "symbols",
    "accented letters",
)

_ALIKE = str.maketrans({**LOOK_ALIKES, "|": "l"})


def looks_like(text: str, reading: str) -> bool:
    """Whether a reading differs from a text in what a pen writes alike at most."""
    return text.translate(_ALIKE) == reading.translate(_ALIKE)


def class_of(character: str) -> str | None:
    """The one of CLASSES that a character belongs to; None for a space."""
    if character.isspace():
        return None
    if not character.isascii():
        return "accented letters" if character.isalpha() else "symbols"
    if character in string.ascii_lowercase:
        return "small letters"
    if character in string.ascii_uppercase:
        return "capitals"
    if character in string.digits:
        return "digits"
    return "punctuation" if character in _PUNCTUATION else "symbols"


def by_class(by_character: Mapping[str, tuple[int, int]]) -> dict[str, dict]:
    """How many characters of each class were misread.

    Args:
      by_character: how often each occurs and how often it was misread, as
        scribe.reading.error_rates.ReadingErrors has it.

    Returns:
      for each class that occurs: occurs, misread, and their ratio as `rate`.
    """
    found = {}
    for name in CLASSES:
        counts = [n for c, n in by_character.items() if class_of(c) == name]
        if counts:
            occurs, misread = map(sum, zip(*counts, strict=True))
            rate = misread / occurs
            found[name] = {"occurs": occurs, "misread": misread, "rate": rate}
    return found


def by_kind(
    kinds: Sequence[str],
    errors: np.ndarray,
    characters: np.ndarray,
    alike: np.ndarray,
) -> dict:
    """How many strings of each kind were read without a mistake.

    Args:
      kinds: of each string.
      errors, characters: [N] characters misread and characters, of each string.
      alike: [N] whether its reading looks like it.

    Returns:
      for each kind, and for "all": strings, right (a share), right_interval, alike (the
      share that was read as what looks like it) and cer.
    """
    kinds = np.array(kinds)
    found = {}
    for kind in ["all", *dict.fromkeys(kinds.tolist())]:
        chosen = np.full(len(kinds), True) if kind == "all" else kinds == kind
        right = errors[chosen] == 0
        found[kind] = {
            "strings": int(chosen.sum()),
            "right": float(right.mean()),
            "right_interval": interval_of_share(right),
            "alike": float(np.asarray(alike)[chosen].mean()),
            "cer": float(errors[chosen].sum() / characters[chosen].sum()),
        }
    return found
