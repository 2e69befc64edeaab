"""Letters of a font that the network does not write: made of those that it did.

As in a line (scribe.writing.composed_line): marks are set over a letter's ink, signs
are drawn, in the slant and pace of the hand. NumPy only.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from scribe.foundation.alphabet import Alphabet
from scribe.strokes.hand_measures import slant_of
from scribe.strokes.measures import median_offset
from scribe.strokes.pen_shapes import CHARACTERS
from scribe.typesetting.glyphs import Glyph
from scribe.writing import WrittenLine, mark_placing
from scribe.writing.measures import Measures
from scribe.writing.spelling import Letter, letter_of

# Latin-1, Latin Extended-A, Romanian's letters with commas, and what is drawn.
WANTED = "".join(map(chr, (*range(0xA1, 0x180), *range(0x218, 0x21C)))) + "".join(
    CHARACTERS
)
_DOT_LENGTH, _DOT_HEIGHT = 0.6, 1.05
# Marks that stand at the right of their letter.
_BESIDE = frozenset({"'", "middle dot"})


def compose_glyphs(
    glyphs: Mapping[str, Sequence[Glyph]],
    alphabet: Alphabet,
    lines: Sequence[WrittenLine],
    measures: Sequence[Measures],
    seed: int,
) -> dict[str, list[Glyph]]:
    """Glyphs of characters that were not written, as many variants as of others.

    Args:
      glyphs: of characters that were written.
      alphabet: of these characters.
      lines, measures: that they were cut out of.
      seed: of how marks vary.
    """
    random = np.random.Generator(np.random.Philox(seed))
    slant = float(np.median([slant_of(line.strokes) for line in lines]))
    spacings = [
        median_offset(line.strokes) / measure.x_height
        for line, measure in zip(lines, measures, strict=True)
    ]
    dots = [
        dot for glyph in glyphs.get("i", ()) for dot in _dots(_upright(glyph, slant))
    ]
    tall = [np.concatenate(g.strokes)[:, 1].max() for g in _tall(glyphs)]
    hand = mark_placing.Hand.of(
        float(np.median(spacings)),
        dots,
        float(np.median(tall)) if tall else mark_placing.TALL,
        random,
    )
    num_variants = max(map(len, glyphs.values()))
    found = {}
    for character in dict.fromkeys(WANTED):
        letter = None if character in alphabet else letter_of(character, alphabet)
        if letter is None or len(letter.base) > 1:
            continue
        if letter.base and letter.base not in glyphs:
            continue  # not legible in this hand
        found[character] = [
            _composed(character, letter, glyphs, n, slant, hand, random)
            for n in range(num_variants)
        ]
    return found


def compose_kerning(
    kerning: Mapping[tuple[str, str], float],
    glyphs: Mapping[str, Sequence[Glyph]],
    alphabet: Alphabet,
) -> dict[tuple[str, str], float]:
    """Kerning of letters with marks as of those without, beside letters without.

    Args:
      kerning: of pairs that were written.
      glyphs: of a font, with those of `compose_glyphs`.
      alphabet: of characters that were written.

    Returns:
      the same and more; nothing for the right side of a letter with a mark there (ď).
    """
    marked: dict[str, list[tuple[str, bool]]] = {}
    for character in glyphs:
        letter = None if character in alphabet else letter_of(character, alphabet)
        if letter is not None and letter.base and not letter.drawn:
            beside = not _BESIDE.isdisjoint(letter.marks)
            marked.setdefault(letter.base, []).append((character, beside))
    found = dict(kerning)
    for (first, second), extra in kerning.items():
        for character, beside in marked.get(first, ()):
            if not beside:
                found[character, second] = extra
        for character, _ in marked.get(second, ()):
            found[first, character] = extra
    return found


def _tall(glyphs: Mapping[str, Sequence[Glyph]]) -> Iterator[Glyph]:
    for character, variants in glyphs.items():
        if character in "bdfhkl" or character.isupper():
            yield from variants


def _composed(
    character: str, letter: Letter, glyphs, number: int, slant: float, hand, random
) -> Glyph:
    """One variant of a character."""
    strokes: list[np.ndarray] = []
    if letter.base:
        strokes = _upright(glyphs[letter.base][number], slant)
        width = glyphs[letter.base][number].width
    if letter.drawn:
        strokes = mark_placing.character(letter.drawn, hand, random)
        width = float(np.concatenate(strokes)[:, 0].max())
    for name in letter.marks:
        if name == "dotless":
            dots = _dots(strokes)
            strokes = [s for s in strokes if not any(s is dot for dot in dots)]
            continue
        own = mark_placing.ink(strokes)
        base = letter.drawn or letter.base
        nothing = np.zeros([0, 2])
        strokes = strokes + mark_placing.mark(name, base, own, nothing, hand, random)
    strokes = [stroke + slant * stroke[:, 1:] * [1.0, 0.0] for stroke in strokes]
    return Glyph(character, strokes, width, None, None)


def _upright(glyph: Glyph, slant: float) -> list[np.ndarray]:
    return [stroke - slant * stroke[:, 1:] * [1.0, 0.0] for stroke in glyph.strokes]


def _dots(strokes: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Those that are dots in the air."""
    return [
        stroke
        for stroke in strokes
        if np.ptp(stroke, axis=0).max() < _DOT_LENGTH
        and stroke[:, 1].min() > _DOT_HEIGHT
        and len(strokes) > 1
    ]
