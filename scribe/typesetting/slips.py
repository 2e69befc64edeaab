"""Slips of the pen: a word that was begun wrongly, struck out, and written again."""

import dataclasses

import numpy as np

from scribe.foundation.errors import InputError
from scribe.typesetting.long_words import APART
from scribe.typesetting.manuscript import Manuscript, Paragraph

STRUCK = "struck"
MOST_PER_HUNDRED = 30.0
# Nobody strikes out a short word's first try; its letters are written over.
_SHORTEST = 4


def with_slips(manuscript: Manuscript, per_hundred: float, seed: int) -> Manuscript:
    """The text with a wrong word before some of its words, to be struck out.

    The wrong one is the word with two letters swapped, with one left out or doubled, or
    its beginning.

    Args:
      manuscript: the text.
      per_hundred: words with a slip before them, of a hundred.
      seed: which words, and what slips.

    Raises:
      InputError: there would be fewer than none, or too many to be read.
    """
    if not 0 <= per_hundred <= MOST_PER_HUNDRED:
        raise InputError(
            f"slips={per_hundred:g}: must be from 0 to {MOST_PER_HUNDRED:g} of a "
            "hundred words"
        )
    if not per_hundred:
        return manuscript
    random = np.random.Generator(np.random.Philox(np.random.SeedSequence(seed)))
    paragraphs = tuple(
        _slipped(paragraph, per_hundred / 100, random)
        for paragraph in manuscript.paragraphs
    )
    return dataclasses.replace(manuscript, paragraphs=paragraphs)


def _slipped(paragraph: Paragraph, share: float, random) -> Paragraph:
    rows = []
    count = len(paragraph.words)
    for i, row in enumerate(
        zip(
            paragraph.words,
            paragraph.joints,
            paragraph.stops,
            paragraph.marks,
            strict=True,
        )
    ):
        word, joint, stop, _ = row
        whole = joint == APART and (i + 1 == count or paragraph.joints[i + 1] == APART)
        usual = whole and stop is None and word.isalpha() and len(word) >= _SHORTEST
        if random.random() < share and usual:
            rows.append((slip_of(word, random), APART, None, STRUCK))
        rows.append(row)
    words, joints, stops, marks = zip(*rows, strict=True) if rows else ((),) * 4
    return dataclasses.replace(
        paragraph, words=words, joints=joints, stops=stops, marks=marks
    )


def slip_of(word: str, random) -> str:
    """A word that somebody wrote in the place of `word`, and that differs from it."""
    at = int(random.integers(1, len(word) - 1))
    wrong = {
        "swapped": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        "left out": word[:at] + word[at + 1 :],
        "doubled": word[:at] + word[at] + word[at:],
        "begun": word[: max(2, at + 1)],
    }
    kinds = [kind for kind, slip in wrong.items() if slip != word]
    return wrong[kinds[int(random.integers(len(kinds)))]]
