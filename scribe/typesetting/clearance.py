"""Keeps signs clear of the letters beside them. NumPy only; lengths in x-heights.

Letters are spaced by the room that they take between their heads and feet. A comma or
a quotation mark stands outside of it, where the tail of a g or a leaning d may be.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from scribe.typesetting.glyphs import Glyph
from scribe.writing import mark_placing

# What stands behind a letter, and before one.
CLOSING, OPENING = ".,;:!?)]}'\"", "([{"
# From the middle of one line to that of the other: a pen's width and a half.
CLEAR = 0.22
# What is further away than this is read as another word's.
_MOST = 0.6


def clear_signs(
    glyphs: Mapping[str, Sequence[Glyph]],
    gap: float,
    kerning: Mapping[tuple[str, str], float],
) -> dict[tuple[str, str], float]:
    """Kerning with which no sign touches the letter or digit beside it.

    Args:
      glyphs: of a font, all variants.
      gap: between two letters.
      kerning: what is added for a pair.

    Returns:
      the same, with more for pairs that would come too near.
    """
    found = dict(kerning)
    letters = [character for character in glyphs if character.isalnum()]
    pairs = [(letter, sign) for sign in CLOSING if sign in glyphs for letter in letters]
    pairs += [
        (sign, letter) for sign in OPENING if sign in glyphs for letter in letters
    ]
    ink = {
        character: [mark_placing.ink(glyph.strokes) for glyph in glyphs[character]]
        for character in {character for pair in pairs for character in pair}
    }
    for first, second in pairs:
        lacking = max(
            _lacking(before - [variant.width, 0.0], after)
            for variant, before in zip(glyphs[first], ink[first], strict=True)
            for after in ink[second]
        )
        if lacking > gap + kerning.get((first, second), 0.0):
            found[first, second] = min(lacking - gap, _MOST)
    return found


def _lacking(before: np.ndarray, after: np.ndarray) -> float:
    """How far to the right `after` [m, 2] has to be clear of `before` [n, 2]."""
    up = np.abs(before[:, None, 1] - after[:, 1])
    across = before[:, None, 0] - after[:, 0]
    near = up < CLEAR
    if not near.any():
        return -np.inf
    return float((across[near] + np.sqrt(CLEAR**2 - up[near] ** 2)).max())
