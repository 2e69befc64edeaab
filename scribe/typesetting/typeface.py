"""From many written letters to the few of a font, and the spaces between them.

NumPy only; lengths are in x-heights.
"""

import collections
import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError
from scribe.reading import reader
from scribe.strokes import arrays as pen
from scribe.strokes.pen_shapes import CHARACTERS
from scribe.typesetting.clearance import clear_signs
from scribe.typesetting.composed_glyphs import compose_glyphs, compose_kerning
from scribe.typesetting.glyphs import Glyph, cut_glyphs
from scribe.writing import Writer
from scribe.writing.measures import measure_lines

# Every character of ASCII, the letters in words as people write them.
TEXTS = (
    "the quick brown fox jumps over",
    "six lazy dogs with very big jaws",
    "my vexed judge put a quiz back",
    "just five wizards quickly boxed",
    "so Anna Bob Clara Dora and Emil",
    "so Fritz George Henry and Ida",
    "so James Kate Leo Mary and Nora",
    "so Oscar Peter Quentin and Rose",
    "so Simon Tom Una Victor and Will",
    "so Xaver Yvonne Zoe and Quincy",
    "at Home In The Easy Xavier Fun",
    "an Hour Each Thin Zebra Varies",
    "in 1950 and 1862 and 1734",
    "so 98 or 76 or 54 or 32 or 10",
    "yes, no; why? who! now: so. we,",
    'it\'s "one" (two) [six] ten-two',
    "a & b + c and/or d & e + f [g]",
    "so (an old) (hat) (is) (better)",
    "we & you & they & him & her & it",
    "for 1/2 or 3/4 and 7/8 in and/or",
    "an X-ray by Xenia from Xanten",
    "so #1 and #2 or 5% and 9% or $7",
    "me@home or you@home or it@work",
    "so 2*3 = 6 or a + b = c or d = e",
    "if a < b or c > d or e < f > g",
    "so ~5 or a|b or c^d or e_f or g_h",
    "so {an} or {old} or `it` or a\\b",
)
# A character that the reader misses by so many nats is worse than none; but for small
# letters, without which nothing can be typed.
MAX_NATS = 8.0
# A sign that can be drawn is, where it is missed by more.
_NATS_OF_DRAWN = 2.0
# Nor is a variant that it misses by so many more than the best one.
_NATS_OF_VARIANTS = 1.5
# Nor a letter that ends so much higher or lower than most of its kind, in x-heights.
_STRAY = 0.3
# What a unit of distance from the other candidates weighs, in nats.
_NATS_PER_DISTANCE = 10.0
# Signs of two strokes or more, of which one may be cut off.
_IN_PARTS = ':;=!?"'
# Characters that a candidate is set between to be read, where it is usual.
NEIGHBOURS = "an12"
_SPACE = 1.0
# Candidates of a character that are compared; more cost time and change nothing.
MAX_CANDIDATES = 24
# A letter is compared by so many points along its ink.
_POINTS = 40
# Spaces between two letters beyond these are miscuts.
_GAPS = (-0.5, 0.8)
# A pair is kerned if seen so often and if its space differs by so much.
_LEAST_PAIRS = 3
_LEAST_KERN = 0.04
_MOST_KERN = 0.25


@dataclasses.dataclass(frozen=True, eq=False)
class Typeface:
    """What a font needs.

    Attributes:
      glyphs: for each character its variants, the most typical one first.
      gap: between two letters.
      space: width of the space character.
      kerning: what is added to the gap of a pair of characters.
      missing: characters of the alphabet that cannot be read in any line, nor be drawn.
    """

    glyphs: dict[str, list[Glyph]]
    gap: float
    space: float
    kerning: dict[tuple[str, str], float]
    missing: str


def write_typeface(
    writer: Writer,
    style,
    num_variants: int,
    num_samples: int,
    bias: float,
    seed: int,
    progress: Callable[[int, float], None] | None = None,
    own: Sequence[Glyph] = (),
) -> Typeface:
    """Writes the TEXTS in a style and takes the letters out.

    Args:
      writer: of a model with text.
      style: as for `Writer.write`.
      num_variants: glyphs of each character.
      num_samples: how often each text is written.
      bias, seed, progress: as for `Writer.write`.
      own: letters that somebody wrote himself. Where they can be read, they are taken
        in the place of written ones.

    Raises:
      InputError: a number is out of its range, or there is no such style.
    """
    if not 1 <= num_variants <= 9:
        raise InputError(f"num_variants={num_variants}: must be from 1 to 9")
    texts = [writer.model.alphabet.adapt(text, "skip") for text in TEXTS]
    lines = writer.write(
        [text for text in texts if text.strip()],
        style=style,
        bias=bias,
        seed=seed,
        num_samples=num_samples,
        progress=progress,
    )
    lines = [line for line in lines if line.finished]
    if not lines:
        raise InputError("no line came to its end in this style: try a higher --bias")
    measures = measure_lines(lines)
    found: list[Glyph] = []
    for line, measure in zip(lines, measures, strict=True):
        found += cut_glyphs(line, measure)[1:]  # the first one may be half a letter
    by_character = collections.defaultdict(list)
    for glyph in found:
        if len(by_character[glyph.character]) < MAX_CANDIDATES:
            by_character[glyph.character].append(glyph)
    gap, kerning = spacing(found)
    neighbours = {}
    for character in NEIGHBOURS:
        if not by_character[character]:
            raise InputError(f"no line shows the letter {character!r} in this style")
        neighbours[character] = most_typical(by_character[character], 1)[0]
    judge = reader.load_reader()
    alphabet = writer.model.alphabet.characters
    glyphs = {}
    for character in alphabet:
        if character in judge.alphabet:
            recorded = [glyph for glyph in own if glyph.character == character]
            found_own = _legible(recorded, neighbours, gap, judge)
            if found_own:
                glyphs[character] = most_typical(found_own, num_variants)
                continue
        candidates = _whole(by_character[character])
        if not candidates or character not in judge.alphabet:
            continue
        nats = read_among(candidates, neighbours, gap, judge)
        most = _NATS_OF_DRAWN if character in CHARACTERS else MAX_NATS
        if nats.min() > most and not character.islower():
            continue
        legible = np.flatnonzero(nats <= nats.min() + _NATS_OF_VARIANTS)
        legible = legible[_usual_heights([candidates[i] for i in legible])]
        candidates = [candidates[i] for i in legible]
        glyphs[character] = most_typical(candidates, num_variants, nats[legible])
    written = Alphabet("".join(glyphs))
    glyphs |= compose_glyphs(glyphs, written, lines, measures, seed)
    missing = "".join(c for c in alphabet if c not in glyphs and c != " ")
    kerning = compose_kerning(kerning, glyphs, written)
    kerning = clear_signs(glyphs, gap, kerning)
    space = 0.9 + gap  # as wide as an n, which is what typographers take
    if "n" in glyphs:
        space = glyphs["n"][0].width + gap
    return Typeface(glyphs, gap, space, kerning, missing)


def _whole(candidates: Sequence[Glyph]) -> Sequence[Glyph]:
    """Without those that lack a part, such as the dot of a colon."""
    if not candidates or candidates[0].character not in _IN_PARTS:
        return candidates
    return [glyph for glyph in candidates if len(glyph.strokes) > 1] or candidates


def _legible(
    candidates: Sequence[Glyph], neighbours: dict[str, Glyph], gap: float, judge
) -> list[Glyph]:
    """Those of one character that the reader makes out."""
    if not candidates:
        return []
    nats = read_among(candidates, neighbours, gap, judge)
    return [c for c, miss in zip(candidates, nats, strict=True) if miss <= MAX_NATS]


def _usual_heights(candidates: Sequence[Glyph]) -> np.ndarray:
    """bool [N] whose lowest and highest points are where those of most are."""
    heights = [np.concatenate(glyph.strokes)[:, 1] for glyph in candidates]
    ends = np.array([[height.min(), height.max()] for height in heights])
    away = np.abs(ends - np.median(ends, axis=0)).max(axis=1)
    return away <= max(_STRAY, away.min())


def read_among(
    candidates: Sequence[Glyph], neighbours: dict[str, Glyph], gap: float, judge
) -> np.ndarray:
    """How little each candidate looks like its character, in nats: [N].

    It is set among others, which show the reader where the baseline is and how tall a
    letter.

    Args:
      candidates: of one character.
      neighbours: a letter for each of NEIGHBOURS.
      gap: between letters.
      judge: a scribe.reading.reader.Reader.
    """
    before, after = _usual_place(candidates[0].character)
    text = before + candidates[0].character + after
    around = [[neighbours.get(x) for x in part] for part in (before, after)]
    words = [_set([*around[0], c, *around[1]], gap) for c in candidates]
    return judge.nats(words, [text] * len(words)) * len(text)


def _usual_place(character: str) -> tuple[str, str]:
    """What may stand before and after a character where it is usual."""
    if character.islower():
        return "an", "na"
    if character.isdigit():
        return "12", "21"
    if character.isupper() or character in "([":
        return "", "anna"
    return ("an ", " na") if character in "&+" else ("anna", "")


def _set(word: Sequence[Glyph | None], gap: float) -> np.ndarray:
    """[P, 3] letters side by side as strokes, y down; None is a space."""
    paths, x = [], 0.0
    for glyph in word:
        if glyph is None:
            x += _SPACE
            continue
        for stroke in glyph.strokes:
            paths.append(stroke * [1.0, -1.0] + [x, 0.0])
        x += glyph.width + gap
    return pen.strokes_from_paths(paths)


def most_typical(candidates: Sequence[Glyph], number: int, nats=0.0) -> list[Glyph]:
    """The letters that are read best and are nearest to all others.

    A letter cut wrongly is near to none. The distance of two is the mean way from a
    point of the one to the nearest of the other, both ways (Chamfer distance).

    Args:
      candidates: letters of one character.
      number: how many; the last are repeated where there are fewer.
      nats: [N] as `read_among` gives them, or a number for all.
    """
    clouds = [_cloud(glyph) for glyph in candidates]
    distance = np.zeros([len(clouds)] * 2)
    for i, a in enumerate(clouds):
        for j, b in enumerate(clouds[:i]):
            ways = np.hypot(*(a[:, None] - b[None]).transpose(2, 0, 1))
            both = ways.min(axis=0).mean() + ways.min(axis=1).mean()
            distance[i, j] = distance[j, i] = both
    order = (_NATS_PER_DISTANCE * np.median(distance, axis=1) + nats).argsort()
    return [candidates[order[min(k, len(order) - 1)]] for k in range(number)]


def spacing(found: Sequence[Glyph]) -> tuple[float, dict[tuple[str, str], float]]:
    """The usual gap between two letters of a word, and what pairs add to it.

    Medians over all that were written, without what lies outside of _GAPS.
    """
    gaps = collections.defaultdict(list)
    for glyph in found:
        if glyph.gap is not None and _GAPS[0] < glyph.gap < _GAPS[1]:
            gaps[glyph.character, glyph.following].append(glyph.gap)
    if not gaps:
        return 0.2, {}
    usual = float(np.median([gap for pair in gaps.values() for gap in pair]))
    kerning = {}
    for pair, seen in sorted(gaps.items()):
        extra = float(np.clip(np.median(seen) - usual, -_MOST_KERN, _MOST_KERN))
        if len(seen) >= _LEAST_PAIRS and abs(extra) >= _LEAST_KERN:
            kerning[pair] = extra
    return usual, kerning


def _cloud(glyph: Glyph) -> np.ndarray:
    """[n, 2] points at equal distances along the ink."""
    lengths = [pen.lengths_along(stroke) for stroke in glyph.strokes]
    step = max(sum(along[-1] for along in lengths) / _POINTS, 1e-3)
    points = []
    for stroke, along in zip(glyph.strokes, lengths, strict=True):
        at = np.linspace(0.0, along[-1], int(along[-1] / step) + 1)
        points.append(pen.points_along(stroke, along, at))
    return np.concatenate(points)
