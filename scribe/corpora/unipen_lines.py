"""Lines of text out of UNIPEN's segments, in the file's unit but y down. NumPy only.

A text segment may run over several lines of the page without a mark in its label, or
be a sentence of 290 characters that never was broken, and most of the corpus is single
words. Here a text comes apart where the words or characters that tile it go on in a
new line, a long sentence is cut at gaps between words, and words of one writer are set
beside each other on one baseline.
"""

import dataclasses
import re
from collections.abc import Iterator, Sequence

import numpy as np

from scribe.corpora.unipen_files import Segment

# A part begins a new line if it begins to the left of the middle of the part before it
# and its own middle lies lower by more than this share of the usual height.
_LINE_FEED = 0.7
# A sentence is cut only where it is plain: cost per word, of the best way to cut it.
MAX_CUT_COST = 1.0
# Deviations of the logarithms of a word's width over the usual one for its letters, and
# of a gap's width over the usual one between words.
_WIDTH_DEVIATION = 0.35
_GAP_DEVIATION = 0.7
# Letters whose width differs most from the others', in widths of those.
_NARROW = {**dict.fromkeys("iljtfrI.,;:!'|()[]1", 0.6), **dict.fromkeys("mwMW@%&", 1.5)}

_DESCENDERS = frozenset("gpqyjfzQJ,;()[]{}|$@/")
_ASCENDERS = re.compile(r"[A-Zbdfhklt0-9]")
_LOW = re.compile(r"[aceimnorsuvwxz]+")
# Gaps between words in heights of small letters, as measured on real lines: the median
# and the deviation of its logarithm; and how far words lie off the baseline.
_GAP = (1.4, 0.35)
_GAP_RANGE = (0.6, 2.6)
# Whoever spaces his letters leaves between words so many times the gaps within them.
_OVER_INNER_GAP = 1.6
_OFF_BASELINE = 0.08
# Some tablets kept one origin for all words: their lower edges then lie as close.
_SHARED_BASE = 0.4


@dataclasses.dataclass(frozen=True, eq=False)
class Ink:
    """Some writing.

    Attributes:
      text: what it spells.
      strokes: [n, 3] each, x, y (down) and seconds; nan without times.
    """

    text: str
    strokes: list[np.ndarray]

    def box(self) -> tuple[np.ndarray, np.ndarray]:
        """The least and the largest x and y."""
        points = np.concatenate([stroke[:, :2] for stroke in self.strokes])
        return points.min(axis=0), points.max(axis=0)

    def moved(self, shift, scale: float = 1.0) -> "Ink":
        move = np.array([*shift, 0.0])
        factor = np.array([scale, scale, 1.0])
        return Ink(self.text, [(stroke + move) * factor for stroke in self.strokes])


def parts_of(text: Segment, candidates: Sequence[Segment]) -> list[Segment]:
    """The words or characters that tile a text; [] if they do not spell it."""
    inside = sorted(
        (c for c in candidates if text.first <= c.first and c.last <= text.last),
        key=lambda segment: segment.first,
    )
    spelt = "".join("".join(part.label.split()) for part in inside)
    return inside if inside and spelt == "".join(text.label.split()) else []


def line_breaks(boxes: Sequence[tuple[np.ndarray, np.ndarray]]) -> list[int]:
    """The parts of a text with which a new line begins, the first one left out.

    Args:
      boxes: least and largest x, y (down) of each part, in the order of writing.
    """
    heights = [high[1] - low[1] for low, high in boxes]
    feed = _LINE_FEED * float(np.median(heights))
    breaks = []
    for i in range(1, len(boxes)):
        middle, before = (0.5 * (low + high) for low, high in (boxes[i], boxes[i - 1]))
        if middle[1] - before[1] > feed and boxes[i][0][0] < before[0]:
            breaks.append(i)
    return breaks


def runs_over_lines(ink: Ink) -> bool:
    """Whether ink that nothing tiles seems to stand on more than one line."""
    boxes = [(s[:, :2].min(axis=0), s[:, :2].max(axis=0)) for s in ink.strokes]
    low, high = ink.box()
    height = float(np.median([b[1] - a[1] for a, b in boxes]))
    if len(boxes) < 4 or high[0] - low[0] < 3 * height:
        return False
    right = np.maximum.accumulate([b[0] for _, b in boxes])
    bottom = np.maximum.accumulate([b[1] for _, b in boxes])
    return any(
        boxes[i][0][0] < right[i - 1] - 0.5 * (high[0] - low[0])
        and boxes[i][0][1] > bottom[i - 1] - 0.3 * height
        and boxes[i][1][1] - boxes[i][0][1] > 0.3 * height
        for i in range(1, len(boxes))
    )


def usual_width(text: str) -> float:
    """How wide a text should be, in widths of an ordinary letter with its gap."""
    return sum(_NARROW.get(c, 1.3 if c.isupper() else 1.0) for c in text)


def cut_at_words(ink: Ink, max_characters: int) -> tuple[list[Ink], float]:
    """A sentence on one long line, as lines of whole words.

    Of all ways to choose a gap in the ink for each space of the text the one whose
    words have the likeliest widths and whose gaps are widest, by dynamic programming.

    Args:
      ink: of a text with single spaces.
      max_characters: of a line.

    Returns:
      the lines, and the cost per word of the way that was chosen: under MAX_CUT_COST
      nearly all are right; infinite if there are not enough gaps.
    """
    words = ink.text.split(" ")
    order = sorted(range(len(ink.strokes)), key=lambda i: ink.strokes[i][:, 0].min())
    left = np.array([ink.strokes[i][:, 0].min() for i in order])
    right = np.maximum.accumulate([ink.strokes[i][:, 0].max() for i in order])
    at = np.flatnonzero(left[1:] > right[:-1]) + 1  # strokes behind a gap
    if len(at) < len(words) - 1:
        return [], np.inf
    begins = np.concatenate([[left[0]], left[at]])
    ends = np.concatenate([right[at - 1], [right[-1]]])
    widest = np.sort(left[at] - right[at - 1])[::-1][: max(len(words) - 1, 1)]
    usual_gap = float(np.median(widest))
    unit = (right[-1] - left[0] - widest.sum()) / sum(map(usual_width, words))
    gap_cost = np.log(np.maximum(left[at] - right[at - 1], 1e-6) / usual_gap)
    # A gap that is wider than usual speaks for a cut, not against it.
    gap_cost = (np.minimum(gap_cost, 0.0) / _GAP_DEVIATION) ** 2
    chosen, cost = _cheapest_cuts(words, begins, ends, gap_cost, unit)
    if not np.isfinite(cost):
        return [], np.inf
    first = np.concatenate([[0], at[chosen], [len(order)]])
    lines = []
    for begin, end in _balanced(words, max_characters):
        members = sorted(order[first[begin] : first[end]])
        text = " ".join(words[begin:end])
        lines.append(Ink(text, [ink.strokes[i] for i in members]))
    return lines, cost / len(words)


def _cheapest_cuts(words, begins, ends, gap_cost, unit) -> tuple[np.ndarray, float]:
    """The gaps behind all words but the last, and the cost of the whole."""
    num_pieces = len(begins)
    best = np.full(num_pieces + 1, np.inf)
    best[0] = 0.0
    came_from = np.zeros([len(words), num_pieces + 1], int)
    for w, word in enumerate(words):
        width = ends[None, :] - begins[:, None]  # from piece i to piece j
        off = np.log(np.maximum(width, 1e-6) / (unit * usual_width(word)))
        cost = (off / _WIDTH_DEVIATION) ** 2
        cost[np.tril_indices(num_pieces, -1)] = np.inf
        total = best[:-1, None] + cost
        if w < len(words) - 1:
            total = total + np.append(gap_cost, np.inf)
        came_from[w, 1:] = total.argmin(axis=0)
        best = np.append(np.inf, total.min(axis=0))
    cuts, end = [], num_pieces
    for w in range(len(words) - 1, 0, -1):
        end = came_from[w, end]
        cuts.append(end - 1)
    return np.array(cuts[::-1], int), float(best[num_pieces])


def _balanced(words: Sequence[str], max_characters: int) -> Iterator[tuple[int, int]]:
    """Ranges of words that make lines of about equal length."""
    length = len(" ".join(words))
    target = length / -(-length // max_characters)
    begin = position = num_lines = 0
    for i, word in enumerate(words):
        position += len(word) + 1
        if position >= target * (num_lines + 1) or i == len(words) - 1:
            yield begin, i + 1
            begin, num_lines = i + 1, num_lines + 1


@dataclasses.dataclass(frozen=True)
class Letters:
    """How large a writer's letters are, in the file's unit.

    Attributes:
      tall: height of letters with an ascender, of capitals and digits.
      small: height of letters without.
      base: y of the line on which all of his words stand; None if they stand anywhere.
    """

    tall: float
    small: float
    base: float | None = None


def letters_of(words: Sequence[Ink]) -> Letters | None:
    """The usual heights of a writer's letters; None if too few words show them."""
    tall, small, bottoms = [], [], []
    for word in words:
        low, high = word.box()
        if _DESCENDERS.isdisjoint(word.text):
            bottoms.append(high[1])
            if _LOW.fullmatch(word.text):
                small.append(high[1] - low[1])
            elif _ASCENDERS.search(word.text):
                tall.append(high[1] - low[1])
    if len(tall) < 3 or not float(np.median(tall)) > 0.0:
        return None
    height = float(np.median(tall))
    low = float(np.median(small)) if len(small) > 2 else 0.5 * height
    spread = float(np.subtract(*np.percentile(bottoms, [75, 25])))
    shared = len(bottoms) > 10 and spread < _SHARED_BASE * low
    return Letters(height, low, float(np.median(bottoms)) if shared else None)


def baseline(word: Ink, letters: Letters) -> float:
    """y of the line that a word stands on."""
    if letters.base is not None:
        return letters.base
    low, high = word.box()
    if _DESCENDERS.isdisjoint(word.text):
        return float(high[1])
    if _ASCENDERS.search(word.text):
        return float(low[1]) + letters.tall
    return float(low[1]) + letters.small


def set_in_line(
    words: Sequence[Ink], letters: Letters, random: np.random.Generator
) -> Ink:
    """Words of one writer beside each other on one baseline, with his gaps."""
    strokes, x = [], 0.0
    least = _OVER_INNER_GAP * float(np.median([_widest_gap(word) for word in words]))
    for word in words:
        low, high = word.box()
        y = baseline(word, letters) + _OFF_BASELINE * letters.small * random.normal()
        strokes += word.moved((x - low[0], -y)).strokes
        gap = np.clip(_GAP[0] * np.exp(_GAP[1] * random.normal()), *_GAP_RANGE)
        x += high[0] - low[0] + max(float(gap) * letters.small, least)
    return Ink(" ".join(word.text for word in words), strokes)


def _widest_gap(word: Ink) -> float:
    """The widest blank between pieces of a word's ink, 0 if it is all joined."""
    spans = sorted((s[:, 0].min(), s[:, 0].max()) for s in word.strokes)
    right = np.maximum.accumulate([end for _, end in spans])
    gaps = [begin - end for (begin, _), end in zip(spans[1:], right[:-1], strict=True)]
    return max([0.0, *gaps])
