"""Where a mark goes on a letter: over it, under it, beside it, through it.

Everything here is in x-heights and upright: x to the right, y upwards from the
baseline, a hand's slant taken out. A mark over or under a letter starts at its usual
distance and moves away, a little to the side if need be, until it is clear of all ink
around it. NumPy only.
"""

import dataclasses
import unicodedata
from collections.abc import Sequence

import numpy as np

from scribe.strokes.arrays import lengths_along, points_along
from scribe.strokes.pen_motion import at_equal_times, seconds_by_law, smooth_path
from scribe.strokes.pen_shapes import BARS, CHARACTERS, MARKS, strokes_of

# No mark comes nearer to other ink than this, from the middle of one line to that of
# the other: a pen's width and a half. A cedilla and an ogonek hang from their letter.
CLEAR = 0.19
CLEAR_OF_HANGING = 0.1
# The height of tall letters as the shapes have it, and as hands have it.
TALL = 1.75
_TALL_HANDS = (1.5, 2.4)
_DOTS = ("\u0307", "\u0308")
_HANGING = ("\u0327", "\u0328")
_SMALL = frozenset("aceimnorsuvwxzgpqyjæœŋµĸ")
# A small letter is no higher: what is, is its neighbour's.
SMALL_TOP = 1.3
# Nor wider.
_WIDTH, _WIDTHS = 0.9, {"m": 1.8, "w": 1.6, "r": 0.6, "æ": 1.4, "œ": 1.4}
# How far a mark is from its letter, with capitals less.
_GAP, _GAP_OF_CAPITALS, _GAP_BELOW = 0.36, 0.24, 0.2
_ABOVE, _BELOW = (230, 216, 0), (220, 202)  # canonical combining classes
# Steps of the search, and what a step to the side costs in steps away.
_ASIDE = np.array([0.0, 0.08, -0.08, 0.16, -0.16, 0.26, -0.26, 0.4])
_AWAY = np.arange(0.0, 1.5, 0.05)
_COST_ASIDE = 1.2
_INK_STEP = 0.06
# Of the height of a line, which the law of the pen's speed is about.
_LINE_HEIGHT = 2.5
# How much two marks of a hand differ: size, turn in radians, waver of a point.
_SIZE_VARIES, _TURN_VARIES, _WAVERS = 0.07, 0.06, 0.012


@dataclasses.dataclass(frozen=True, eq=False)
class Hand:
    """How somebody sets marks.

    Attributes:
      spacing: between two points of the pen.
      dot: [n, 2] a dot about its middle.
      tall: the height of tall letters.
      size: of marks, 1 is usual.
      gap: what is added to the usual distance from a letter.
      turn: of all marks, in radians.
    """

    spacing: float
    dot: np.ndarray
    tall: float = TALL
    size: float = 1.0
    gap: float = 0.0
    turn: float = 0.0

    @classmethod
    def of(
        cls, spacing: float, dots: Sequence[np.ndarray], tall: float, random
    ) -> "Hand":
        """A hand by its pace, its dots and how tall it is; habits are by chance."""
        size, gap, turn, angle, length = random.normal(size=5)
        if dots:
            lengths = [np.ptp(dot, axis=0).max() for dot in dots]
            dot = dots[int(np.argsort(lengths)[len(dots) // 2])]
            dot = dot - dot.mean(axis=0)
        else:
            angle, length = -1.0 + 0.4 * angle, 0.05 + 0.02 * abs(length)
            ends = length * np.array([np.cos(angle), np.sin(angle)])
            dot = np.stack([-ends, ends]) / 2
        return cls(spacing, dot, tall, 1.0 + 0.06 * size, 0.04 * gap, 0.04 * turn)


def drawn(strokes: Sequence[np.ndarray], hand: Hand, random) -> list[np.ndarray]:
    """The strokes of a shape as a hand draws them: [n, 2] points at its pace each.

    Args:
      strokes: of a shape, where it is to be; one of a single point is a dot.
      hand: whose.
      random: makes this one differ from others.
    """
    ink = np.concatenate(strokes)
    middle = (ink.min(axis=0) + ink.max(axis=0)) / 2
    grows = 1.0 + _SIZE_VARIES * random.normal(size=2)
    turn = _TURN_VARIES * random.normal()
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    found = []
    for stroke in strokes:
        stroke = (stroke - middle) * grows @ matrix + middle
        stroke = stroke + _WAVERS * random.normal(size=stroke.shape)
        is_dot = len(stroke) == 1
        path = stroke + hand.dot if is_dot else smooth_path(stroke, None, 1.0)[0]
        # Small turns take a hand as long as large ones: no shape has fewer points.
        steps = max(lengths_along(path)[-1] / hand.spacing, len(stroke) - 1)
        seconds = seconds_by_law(path, _LINE_HEIGHT)
        found.append(at_equal_times([path], [seconds], steps)[0])
    return found


def character(name: str, hand: Hand, random) -> list[np.ndarray]:
    """A character of pen_shapes.CHARACTERS, its ink from x = 0 on.

    What is higher than small letters follows the height of the hand's tall ones.
    """
    share = (np.clip(hand.tall, *_TALL_HANDS) - 1.0) / (TALL - 1.0)
    shape = []
    for stroke in strokes_of(CHARACTERS[name]):
        x, y = stroke.T
        shape.append(np.stack([x, np.where(y > 1.0, 1.0 + share * (y - 1.0), y)], 1))
    strokes = drawn(shape, hand, random)
    left = min(stroke[:, 0].min() for stroke in strokes)
    return [stroke - [left, 0.0] for stroke in strokes]


def mark(
    name: str,
    letter: str,
    own: np.ndarray,
    others: np.ndarray,
    hand: Hand,
    random,
) -> list[np.ndarray]:
    """The strokes of a mark on a letter.

    Args:
      name: of MARKS, or of a stroke through letters: see scribe.writing.spelling.
      letter: the character that the letter is without the mark.
      own, others: [n, 2] the letter's ink and all that is around it, marks that are
        there already included, as `ink` has them.
      hand, random: as for `drawn`.
    """
    top = _top(letter, own)
    if name not in MARKS:
        if name == "middle dot":
            right = own[_between(own, 0.3 * top, 0.6 * top), 0].max(initial=own[0, 0])
            at = [right + 0.22, 0.48 * top]
            dot = drawn([np.array([[0.0, 0.0]])], hand, random)
            return _cleared(dot, at, others, _ASIDE[_ASIDE >= 0], np.zeros(1), CLEAR)
        return drawn([_bar(name, own, top)], hand, random)
    size = hand.size * (1.0 if letter in _SMALL else 1.08)
    shape = _turned(strokes_of(MARKS[name]), hand.turn, size)
    strokes = drawn(shape, hand, random)
    around = np.concatenate([own, others])
    edge = np.concatenate(strokes)[:, 1]
    if name == "'":
        high = own[own[:, 1] > 0.75 * top]
        right = (high if len(high) else own)[:, 0].max()
        at = [right + 0.2, top - 0.32 - edge.min()]
        return _cleared(strokes, at, around, np.arange(0, 0.4, 0.06), _AWAY, CLEAR)
    if unicodedata.combining(name) in _BELOW:
        x, low = _foot(name, letter, own, top)
        clear = CLEAR_OF_HANGING if name in _HANGING else CLEAR
        gap = clear if name in _HANGING else _GAP_BELOW
        aside = _ASIDE if name not in _HANGING else _ASIDE[:5]
        at = [x, low - gap - edge.max()]
        return _cleared(strokes, at, around, aside, -_AWAY, clear)
    gap = _GAP if letter in _SMALL or name in _DOTS else _GAP_OF_CAPITALS
    at = [_middle(letter, own, top), top + gap + hand.gap - edge.min()]
    return _cleared(strokes, at, around, _ASIDE, _AWAY, CLEAR)


def ink(strokes: Sequence[np.ndarray]) -> np.ndarray:
    """[N, 2] points along the curves that are drawn, with no room between two."""
    found = [np.zeros([0, 2])]
    for stroke in strokes:
        stroke, _ = smooth_path(stroke, None, 1.0)
        along = lengths_along(stroke)
        steps = int(along[-1] / _INK_STEP) + 1
        found.append(points_along(stroke, along, np.linspace(0, along[-1], steps + 1)))
    return np.concatenate(found)


def _cleared(strokes, at, around, aside, away, clear: float) -> list[np.ndarray]:
    """Strokes moved to `at`, and from there until they are clear of what is around.

    Args:
      strokes: about x = 0.
      at: x, y where they would stand.
      around: [n, 2] ink.
      aside, away: how far they may move in x and in y, nearest first.
      clear: the distance that they must have.
    """
    own = ink(strokes) + at
    reach = max(np.abs(aside).max(), np.abs(away).max()) + clear
    low, high = own.min(axis=0) - reach, own.max(axis=0) + reach
    near = around[((around > low) & (around < high)).all(axis=1)]
    moves = np.stack(np.meshgrid(aside, away), axis=-1).reshape(-1, 2)
    moves = moves[np.argsort(np.abs(moves) @ [_COST_ASIDE, 1.0], kind="stable")]
    best, farthest = moves[0], -1.0
    for move in moves:
        if not len(near):
            break
        apart = own[:, None] + move - near
        distance = np.sqrt((apart**2).sum(axis=-1).min())
        if distance > farthest:
            best, farthest = move, distance
        if distance >= clear:
            break
    return [stroke + at + best for stroke in strokes]


def _turned(strokes, turn: float, size: float) -> list[np.ndarray]:
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return [size * stroke @ matrix for stroke in strokes]


def _between(own: np.ndarray, low: float, high: float) -> np.ndarray:
    return (own[:, 1] >= low) & (own[:, 1] <= high)


def _top(letter: str, own: np.ndarray) -> float:
    """The height of a letter, without what of its neighbours counts to it."""
    high = own[:, 1]
    if letter in _SMALL:
        high = high[high < SMALL_TOP]
        return float(np.clip(high.max(initial=0.85), 0.85, 1.15))
    return float(np.clip(high.max(initial=1.0), 1.0, 3.0))


def _middle(letter: str, own: np.ndarray, top: float) -> float:
    """The x over which a mark stands: the middle of the letter's upper part."""
    share = 0.75 if letter in "ij" else 0.5 if letter in _SMALL else 0.7
    upper = own[_between(own, share * top, 1.1 * top), 0]
    upper = upper if len(upper) else own[:, 0]
    if letter in "ij":
        return float(upper.mean())
    # What goes on to the right leads to the next letter, or out of the word.
    widest = _WIDTHS.get(letter, _WIDTH) if letter in _SMALL else np.inf
    upper = upper[upper <= upper.min() + widest]
    return float((upper.min() + upper.max()) / 2 + upper.mean()) / 2


def _foot(name: str, letter: str, own: np.ndarray, top: float) -> tuple[float, float]:
    """x and y of where a mark below begins."""
    body = own[_between(own, 0.15 * top, top), 0]
    body = body if len(body) else own[:, 0]
    left, right = np.quantile(body, [0.05, 0.95])
    x = (left + right) / 2
    if name == "\u0328" and letter not in "iIou":
        x = right - 0.04  # an ogonek hangs from the last foot
    below = own[(own[:, 1] < 0.5) & (np.abs(own[:, 0] - x) < 0.25)]
    if not len(below):
        below = own[[np.argmin(np.abs(own[:, 0] - x) + np.abs(own[:, 1]))]]
    return float(x), float(below[:, 1].min())


def _bar(name: str, own: np.ndarray, top: float) -> np.ndarray:
    """[n, 2] the stroke that crosses a letter."""
    if name in ("slash", "upright slash"):
        body = own[_between(own, -0.15, 1.05 * top)]
        body = body if len(body) else own
        left, right = np.quantile(body[:, 0], [0.04, 0.9])
        if name == "upright slash":
            x = (left + right) / 2
            return np.array([[x + 0.1, top + 0.26], [x, top / 2], [x - 0.08, -0.28]])
        ends = np.array([[left - 0.1, -0.16], [right + 0.12, top + 0.14]])
        return np.stack([ends[1], ends.mean(axis=0) + [0.01, -0.01], ends[0]])
    low, high, at, shape = {
        "l bar": (0.38, 0.58, 0.48, "slanted bar"),
        "L bar": (0.38, 0.62, 0.5, "slanted bar"),
        "ascender bar": (0.74, 0.94, 0.82, "bar"),
        "stem bar": (0.4, 0.6, 0.5, "bar"),
        "wide bar": (0.64, 0.84, 0.74, "bar"),
        "low bar": (0.25, 0.5, 0.4, "bar"),
        "middle bar": (0.25, 0.6, 0.45, "bar"),
    }[name]
    crossed = own[_between(own, low * top, high * top), 0]
    crossed = crossed if len(crossed) else own[:, 0]
    (path,) = strokes_of(BARS[shape])
    if name == "wide bar":
        left, right = crossed.min() - 0.18, crossed.max() + 0.2
        return np.array([[left, at * top], [right, at * top + 0.04]])
    x = crossed.min() if name == "stem bar" else crossed.mean()
    return path + [x, at * top]
