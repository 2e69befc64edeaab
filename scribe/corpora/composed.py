"""Lines of strings that no corpus has enough of, set of one writer's own characters.

UNIPEN has all 95 printable ASCII characters by some two hundred writers, but hardly a
date, an amount or an address. Here strings of a grammar (scribe.corpora.tokens) are set
of one writer's characters: those that stand in his lines at the height at which he
wrote them, those that he wrote into boxes, one by one, placed by what they are. Some
lines are strings alone, some have common words between them.
"""

import collections
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from scribe.corpora.corpus_reader import Reader
from scribe.corpora.hand_glyphs import (
    TALL,
    Hand,
    agreeing,
    in_capitals,
    without_outliers,
)
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
_TRIES = 40

_ON_BASELINE = frozenset("abcdehiklmnorstuvwxz" + TALL + "0123456789")


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
