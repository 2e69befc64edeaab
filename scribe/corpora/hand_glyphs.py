"""One writer's characters, to set texts of: of like size, on one baseline, right.

Characters that were written into boxes have no place, those cut out of lines have a
rough one; some are mislabelled, cut wrongly or drawn as capitals. NumPy only.
"""

import collections
import dataclasses
from collections.abc import Sequence

import numpy as np

from scribe.corpora import glyph_labels
from scribe.corpora.unipen_lines import Ink

# What was cut out of a line wrongly: too many strokes, too few for its character, or
# far wider than others write it.
_MAX_STROKES = 6
_MIN_STROKES = dict.fromkeys('=:;"%!', 2)
_MAX_WIDTH_RATIO = 2.2
# How much stays, in the logarithm, of what sets a glyph apart from the size and the
# place of its like.
_KEPT = 0.35

# Where a character stands, in heights of a capital over the baseline, and how large it
# may be: (least, most) height or width, and the bottom, top or middle that is set.
_X_HEIGHT = "acemnorsuvwxz"
_PLACES: dict[str, tuple[str, float, float, str, float]] = {
    **dict.fromkeys(_X_HEIGHT, ("height", 0.45, 0.7, "bottom", 0.0)),
    **dict.fromkeys("ti", ("height", 0.6, 1.25, "bottom", 0.0)),
    **dict.fromkeys("bdfhkl", ("height", 0.8, 1.25, "bottom", 0.0)),
    **dict.fromkeys("gpqy", ("height", 0.65, 1.15, "top", 0.6)),
    "j": ("height", 0.9, 1.4, "bottom", -0.35),
    **dict.fromkeys("ABCDEFGHIKLMNOPRSTUVWXYZ", ("height", 0.75, 1.25, "bottom", 0.0)),
    "J": ("height", 0.75, 1.4, "bottom", 0.0),
    "Q": ("height", 0.75, 1.4, "bottom", -0.08),
    **dict.fromkeys("0123456789", ("height", 0.82, 1.08, "bottom", 0.0)),
    ".": ("height", 0.0, 0.1, "bottom", 0.0),
    ",": ("height", 0.15, 0.38, "top", 0.1),
    ";": ("height", 0.5, 0.85, "bottom", -0.22),
    ":": ("height", 0.3, 0.6, "bottom", 0.03),
    **dict.fromkeys("\"'`", ("height", 0.18, 0.42, "top", 1.05)),
    "^": ("width", 0.1, 0.6, "top", 1.05),
    "*": ("height", 0.3, 0.65, "middle", 0.62),
    "-": ("width", 0.2, 0.55, "middle", 0.38),
    "_": ("width", 0.45, 0.9, "top", -0.06),
    **dict.fromkeys("~+=", ("width", 0.35, 0.75, "middle", 0.42)),
    **dict.fromkeys("<>", ("height", 0.4, 0.85, "middle", 0.42)),
    **dict.fromkeys("()[]{}|/\\", ("height", 0.95, 1.5, "middle", 0.42)),
    "@": ("height", 0.65, 1.15, "bottom", -0.08),
    **dict.fromkeys("#$%&", ("height", 0.75, 1.3, "middle", 0.48)),
    **dict.fromkeys("!?", ("height", 0.8, 1.25, "bottom", 0.0)),
}
TALL = "ABCDEFHKLMNRTXZ"


@dataclasses.dataclass(eq=False)
class Hand:
    """One writer's characters, in heights of his capitals.

    Attributes:
      name: contributor and hash of the writer.
      glyphs: by character; x from 0 on, y down from the baseline.
    """

    name: str
    glyphs: dict[str, list[Ink]]

    def knows(self, text: str) -> bool:
        return all(c == " " or c in self.glyphs for c in text)


def in_capitals(glyphs, placed: bool) -> dict[str, list[Ink]]:
    """Glyphs in heights of the writer's capitals, evened out.

    Who writes characters one by one, or slantwise over a page, makes them larger and
    smaller, higher and lower than he would within a word.

    Args:
      glyphs: by character, in the file's unit; y from the baseline if not `placed`.
      placed: whether they stood in boxes, so that they are to be put where they belong.

    Returns:
      by character; {} if the writer has no capitals.
    """
    tall = [_height(ink) for c in TALL for ink in glyphs.get(c, ())]
    if not tall or not np.median(tall) > 0.0:
        return {}
    scale = 1.0 / float(np.median(tall))
    scaled = {}
    for c, several in glyphs.items():
        kept = [ink.moved((0.0, 0.0), scale) for ink in several]
        if not placed:
            kept = [glyph for glyph in kept if _is_plausible(c, glyph)]
        if kept and c in _PLACES:
            scaled[c] = kept
    sizes = _usual_sizes(scaled)
    evened = {}
    for c, several in scaled.items():
        kept = [_evened(c, glyph, sizes[_PLACES[c]], placed) for glyph in several]
        kept = [glyph for glyph in kept if _is_plausible(c, glyph)]
        if kept:
            evened[c] = kept
    return evened


def _usual_sizes(glyphs: dict[str, list[Ink]]) -> dict[tuple, float]:
    """A hand's usual size of the characters of each place, within what it may be."""
    found = collections.defaultdict(list)
    for c, several in glyphs.items():
        found[_PLACES[c]].append(np.median([_size_and_edge(c, g)[0] for g in several]))
    return {
        place: max(float(np.clip(np.median(sizes), *place[1:3])), 1e-3)
        for place, sizes in found.items()
    }


def _evened(c: str, glyph: Ink, usual: float, placed: bool) -> Ink:
    """A glyph nearer to the hand's usual size and to its place.

    Args:
      c: which character.
      glyph: in heights of a capital.
      usual: size of its like in the hand.
      placed: whether its height over the baseline says nothing.
    """
    _, least, most, _, level = _PLACES[c]
    size, at = _size_and_edge(c, glyph)
    factor = 1.0
    if size > 1e-3:
        wanted = usual * (size / usual) ** _KEPT
        factor = float(np.clip(wanted, least, most)) / size
    off = 0.0 if placed else _KEPT * (at + level)
    # `moved` shifts before it scales.
    return glyph.moved((0.0, (off - level) / factor - at), factor)


def agreeing(hands: Sequence[Hand]) -> list[Hand]:
    """The hands without glyphs that look like no one else's of their character."""
    inks, owners = [], []
    for number, hand in enumerate(hands):
        for several in hand.glyphs.values():
            inks += several
            owners += [number] * len(several)
    if not inks:
        return list(hands)
    kept: list[dict[str, list[Ink]]] = [{} for _ in hands]
    for ink, owner, good in zip(
        inks, owners, glyph_labels.agreeing(inks, owners), strict=True
    ):
        if good:
            kept[owner].setdefault(ink.text, []).append(ink)
    return [Hand(hand.name, some) for hand, some in zip(hands, kept, strict=True)]


def without_outliers(hands: Sequence[Hand]) -> list[Hand]:
    """The hands without glyphs that are far wider than others write the character."""
    widths = collections.defaultdict(list)
    for hand in hands:
        for c, several in hand.glyphs.items():
            widths[c].append(np.median([_width(glyph) for glyph in several]))
    most = {c: _MAX_WIDTH_RATIO * np.median(found) + 0.1 for c, found in widths.items()}
    kept = []
    for hand in hands:
        glyphs = {
            c: [glyph for glyph in several if _width(glyph) <= most[c]]
            for c, several in hand.glyphs.items()
        }
        kept.append(Hand(hand.name, {c: some for c, some in glyphs.items() if some}))
    return kept


def _is_plausible(c: str, glyph: Ink) -> bool:
    """Whether a glyph is about where and as large as its character may be."""
    num_strokes = len(glyph.strokes)
    if c not in _PLACES or not _MIN_STROKES.get(c, 1) <= num_strokes <= _MAX_STROKES:
        return False
    _, least, most, _, level = _PLACES[c]
    size, at = _size_and_edge(c, glyph)
    return 0.6 * least - 0.05 <= size <= 1.4 * most + 0.1 and abs(at + level) < 0.4


def _size_and_edge(c: str, glyph: Ink) -> tuple[float, float]:
    """What _PLACES says of a character, of a glyph: its size, and y of its edge."""
    along, _, _, edge, _ = _PLACES[c]
    low, high = glyph.box()
    at = {"bottom": high[1], "top": low[1], "middle": 0.5 * (low[1] + high[1])}[edge]
    return float((high - low)[1 if along == "height" else 0]), float(at)


def _height(ink: Ink) -> float:
    low, high = ink.box()
    return float(high[1] - low[1])


def _width(ink: Ink) -> float:
    low, high = ink.box()
    return float(high[0] - low[0])
