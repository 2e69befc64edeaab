"""Lines of strings that no corpus has enough of, set of one writer's own characters.

UNIPEN has all 95 printable ASCII characters by some two hundred writers, but hardly a
date, an amount or an address. Here strings of a grammar (scribe.corpora.tokens) are set
of one writer's characters: those that stand in his lines at the height at which he
wrote them, those that he wrote into boxes, one by one, placed by what they are. Some
lines are strings alone, some have common words between them.
"""

import collections
import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from scribe.corpora.corpus_reader import Reader
from scribe.corpora.glyph_labels import agreeing as labels_agree
from scribe.corpora.prepared import Line
from scribe.corpora.tokens import Tokens
from scribe.corpora.unipen_files import Page, Pages
from scribe.corpora.unipen_ink import as_recorded, ink_of, recorded_heights
from scribe.corpora.unipen_lines import Ink, line_breaks, parts_of
from scribe.corpora.unipen_sources import SOURCES, Source, split_of, unpacked, writer_of
from scribe.foundation.errors import InputError

# Contributors whose lines are tiled by characters, and those that filled boxes.
IN_LINES = ("apa", "apb", "app", "ced")
IN_BOXES = ("ibm", "imp", "pri", "tos")
_BOXED = {name: Source("b", is_coarse=name in ("tos", "ibm")) for name in IN_BOXES}
# A hand needs so many different characters, and one string's kind must fit it.
MIN_KNOWN = 55
MIN_CHARACTERS, MAX_CHARACTERS = 5, 34
# What was cut out of a line wrongly: too many strokes, too few for its character, or
# far wider than others write it.
_MAX_STROKES = 6
_MIN_STROKES = dict.fromkeys('=:;"%!', 2)
_MAX_WIDTH_RATIO = 2.2
_TRIES = 40
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
_TALL = "ABCDEFHKLMNRTXZ"
_ON_BASELINE = frozenset("abcdehiklmnorstuvwxz" + _TALL + "0123456789")


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


class Composed(Reader):
    """Makes lines out of UNIPEN's characters; see the module."""

    name = "unipen_composed"

    def __init__(self, source, num_lines: int, seed: int = 0, progress=None):
        """
        Args:
          source: UNIPEN, see scribe.corpora.unipen.
          num_lines: how many lines to make.
          seed: of the strings and of who writes them.
          progress: see Reader.
        """
        super().__init__(progress)
        if num_lines < 1:
            raise InputError(f"--num_lines={num_lines}: must be 1 or more")
        self._source = Path(source)
        self._num_lines, self._seed = num_lines, seed

    @classmethod
    def add_arguments(cls, parser):
        parser.add_argument("--num_lines", type=int, default=8000, metavar="N")
        parser.add_argument("--seed", type=int, default=0, metavar="N")

    @classmethod
    def from_arguments(cls, arguments, progress=None):
        source = cls.source_of(arguments)
        return cls(source, arguments.num_lines, arguments.seed, progress)

    def samples(self) -> Iterator[tuple[str | None, Line]]:
        with unpacked(self._source) as root:
            hands = self._hands(root)
        if not hands:
            raise InputError(
                f"{self._source} holds no writer of enough characters such as those "
                f"of {', '.join(IN_LINES)}"
            )
        shares = np.array([len(hand.glyphs) ** 2 for hand in hands], float)
        shares /= shares.sum()
        for number in range(self._num_lines):
            random = np.random.default_rng([self._seed, number])
            text, hand = self._choice(random, hands, shares)
            (height,) = recorded_heights(random, 1)
            ink = set_text(text, hand.glyphs, random)
            # A line is as tall as ascenders and descenders, a glyph in capitals.
            strokes = as_recorded(ink, 0.75 * height)
            name = f"composed-{number:06d}"
            line = Line(strokes, text, name, hand.name)
            yield split_of(hand.name[:3], hand.name), line
            self.progress((number + 1) / self._num_lines, number + 1)

    def _choice(self, random, hands: Sequence[Hand], shares) -> tuple[str, Hand]:
        """A text, and someone who knows all of its characters."""
        tokens = Tokens(random)
        while True:
            text = line_text(tokens, random)
            for _ in range(_TRIES):
                hand = hands[random.choice(len(hands), p=shares)]
                if hand.knows(text):
                    return text, hand

    def _hands(self, root: Path) -> list[Hand]:
        pages = Pages(root, ("8", "1a", "1b", "1c", "1d"))
        hands = []
        for contributor in pages.contributors():
            if contributor not in (*IN_LINES, *IN_BOXES):
                continue
            found = collections.defaultdict(lambda: collections.defaultdict(list))
            for page in pages.of(contributor):
                if contributor in IN_LINES:
                    _take_from_lines(page, found)
                else:
                    _take_from_boxes(page, found)
            for writer, glyphs in sorted(found.items()):
                scaled = in_capitals(glyphs, placed=contributor in IN_BOXES)
                if len(scaled) >= MIN_KNOWN:
                    hands.append(Hand(f"{contributor}-{writer}", scaled))
        for reason, count in sorted(pages.failed.items()):
            self._dropped[reason] += count
        hands = agreeing(without_outliers(hands))
        return [hand for hand in hands if len(hand.glyphs) >= MIN_KNOWN]


def line_text(tokens: Tokens, random: np.random.Generator) -> str:
    """Strings and words for one line."""
    while True:
        parts = [tokens.draw()]
        length = random.integers(6, 24)
        while len(" ".join(parts)) < length:
            more = (tokens.draw, tokens.word, tokens.word, tokens.name)
            parts.insert(random.integers(len(parts) + 1), more[random.integers(4)]())
        text = " ".join(parts)
        if MIN_CHARACTERS <= len(text) <= MAX_CHARACTERS:
            return text


def set_text(text: str, glyphs, random: np.random.Generator) -> Ink:
    """A text of glyphs beside each other, in heights of a capital.

    Args:
      text: of characters that `glyphs` has, and blanks.
      glyphs: inks by character, see Hand.
      random: chooses glyphs and spaces.
    """
    usual_gap, blank = random.uniform(0.1, 0.26), random.uniform(0.55, 0.85)
    strokes, x, gap = [], 0.0, 0.0
    for c in text:
        if c == " ":
            gap += blank * np.exp(0.15 * random.normal())
            continue
        several = glyphs[c]
        glyph = several[random.integers(len(several))]
        low, high = glyph.box()
        if strokes:
            narrow = 0.7 if c in ".,'" else 1.0
            x += max(narrow * (usual_gap + 0.04 * random.normal()), 0.03) + gap
        gap = 0.0
        shift = (x - low[0], 0.02 * random.normal())
        strokes += glyph.moved(shift).strokes
        x += high[0] - low[0]
    return Ink(text, strokes)


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
    tall = [_height(ink) for c in _TALL for ink in glyphs.get(c, ())]
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
    for ink, owner, good in zip(inks, owners, labels_agree(inks, owners), strict=True):
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


def _take_from_lines(page: Page, found) -> None:
    """Characters of the texts of a page, over the baselines of their lines."""
    characters = [s for k in ("1a", "1b", "1c", "1d") for s in page.segments.get(k, [])]
    (source,) = SOURCES[page.contributor]
    for text in page.segments.get("8", []):
        parts = parts_of(text, characters)
        if not parts:
            continue
        inks = [ink_of(part, part.label, source) for part in parts]
        breaks = line_breaks([ink.box() for ink in inks])
        writer = writer_of(page, text)
        for begin, end in zip([0, *breaks], [*breaks, len(inks)], strict=True):
            line = inks[begin:end]
            bottoms = [i.box()[1][1] for i in line if i.text in _ON_BASELINE]
            if len(bottoms) < 2:
                continue
            base = float(np.median(bottoms))
            for ink in line:
                found[writer][ink.text].append(ink.moved((0.0, -base)))


def _take_from_boxes(page: Page, found) -> None:
    source = _BOXED[page.contributor]
    for category in ("1a", "1b", "1c", "1d"):
        for segment in page.segments.get(category, []):
            if len(segment.label) == 1 and segment.quality != "BAD":
                writer = writer_of(page, segment)
                ink = ink_of(segment, segment.label, source)
                found[writer][segment.label].append(ink)


def _height(ink: Ink) -> float:
    low, high = ink.box()
    return float(high[1] - low[1])


def _width(ink: Ink) -> float:
    low, high = ink.box()
    return float(high[0] - low[0])
