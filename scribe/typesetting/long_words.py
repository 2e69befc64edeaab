"""Words longer than a line: written in parts, and put together as far as they fit.

Before it is written nobody knows how wide a word will be. A long one is written in
parts that fit even in a wide hand; on the page those that fit into one line are one
word again, without gap or hyphen. What still breaks gets a hyphen, unless it is an
address, a number or anything else that a hyphen would change.
"""

import dataclasses
import math
import re
from collections.abc import Iterator, Sequence

import numpy as np

from scribe.typesetting.words import Word

# How a word hangs on the one before it: it stands apart; it is a part of the same word,
# with a hyphen at a line's end; or without one.
APART, HYPHENATED, BROKEN = " ", "-", ""
# Letters, with apostrophes and hyphens between them and punctuation around them.
_PLAIN_WORD = re.compile(r"[\"'(\[]*[^\W\d_]+(?:['-]+[^\W\d_]+)*[\"')\].,;:!?-]*")
# After these an address breaks best.
_BREAKS = "/?&=.,:;@#%_-+~"
# In x-heights: the gap between the letters of two parts, and the hyphen behind one.
_LETTER_GAP = 0.25
_HYPHEN = np.array([[0.3, -0.47], [0.55, -0.5], [0.8, -0.5]])


def parts(word: str, longest: int) -> Iterator[tuple[str, str]]:
    """The parts of a word, at most `longest` characters each, and how they hang on."""
    plain = _PLAIN_WORD.fullmatch(word)
    joint = APART
    while word:
        size = math.ceil(len(word) / math.ceil(len(word) / longest))
        if not plain and len(word) > longest:
            found = [word.rfind(sign, longest // 3, longest) for sign in _BREAKS]
            size = max(found) + 1 or longest
        part, word = word[:size], word[size:]
        yield part, joint
        joint = HYPHENATED if plain and part[-1] != "-" else BROKEN


def put_together(
    words: Sequence[Word], joints: Sequence[str], room: float
) -> list[list[Word]]:
    """Each word in as few parts as fit.

    Args:
      words: as written, a part of a long word each.
      joints: of each, as `parts` gives them.
      room: of a line, in x-heights.

    Returns:
      for each word its parts, a single one where it fits; but for the last all with
      their hyphens.
    """
    found: list[list[Word]] = []
    for i, (word, joint) in enumerate(zip(words, joints, strict=True)):
        if joint == APART or not found:
            found.append([word])
            continue
        together = _side_by_side(found[-1][-1], word)
        ends = together
        if i + 1 < len(words) and joints[i + 1] == HYPHENATED:
            ends = _hyphenated(together)
        if ends.right - ends.left <= room:
            found[-1][-1] = together
            continue
        if joint == HYPHENATED:
            found[-1][-1] = _hyphenated(found[-1][-1])
        found[-1].append(word)
    return found


def _side_by_side(first: Word, second: Word) -> Word:
    at = first.width + _LETTER_GAP
    return dataclasses.replace(
        first,
        text=first.text + second.text,
        strokes=first.strokes + [stroke + [at, 0.0] for stroke in second.strokes],
        width=at + second.width,
        left=min(first.left, at + second.left),
        right=max(first.right, at + second.right),
    )


def _hyphenated(word: Word) -> Word:
    hyphen = _HYPHEN + [word.width, 0.0]
    width = float(hyphen[-1, 0])
    return dataclasses.replace(
        word,
        text=word.text + "-",
        strokes=[*word.strokes, hyphen],
        width=width,
        right=max(word.right, width),
    )
