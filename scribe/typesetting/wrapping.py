"""Breaking a paragraph into lines by the widths of its written words."""

import re
from collections.abc import Sequence

# What a line more costs, and a last line of which so much is free, in free lines.
_EACH_LINE = 1e-3
_SHORT_LINE = 0.03
_SHORT = 0.8
# What it costs to part words that belong together, in free lines.
_PARTED = 1.0

_AMOUNT = re.compile(r"[-+(]?[\d.,]*\d")
_SIGN = re.compile(r"(€|£|\$|¥|%|°[CF]?|EUR|USD|GBP|CHF|m|cm|mm|km|g|kg|l|h|am|pm)\W*")
_NUMBERED = re.compile(r"\(?(No|Nr|p|pp|vol|fig)\.|§", re.IGNORECASE)


def belong_together(before: str, after: str) -> bool:
    """Whether no line should end between two words, as in 82.40 €, 5 km, No. 7."""
    if _AMOUNT.fullmatch(before) and _SIGN.fullmatch(after):
        return True
    return bool(_NUMBERED.fullmatch(before) and after[:1].isdigit())


def wrap(
    widths: Sequence[float],
    gaps: Sequence[float],
    room: float,
    indent: float = 0.0,
    overhangs: Sequence[tuple[float, float]] | None = None,
    texts: Sequence[str] = (),
) -> list[tuple[int, int]]:
    """Lines whose ends are as even as can be.

    Of all ways to break the paragraph the one with the least sum of squares of what
    remains free in its lines, the last one not counted: Knuth and Plass (1981),
    "Breaking paragraphs into lines", without their stretching and hyphens. Neither
    half-empty lines before a long word nor a lonely word at the end come out of it, as
    far as that can be helped.

    Args:
      widths: of the words.
      gaps: gaps[i] is the distance from word i - 1 to word i; gaps[0] has no effect.
      room: what a line takes.
      indent: how much less the first line takes.
      overhangs: how far ink reaches out of each word to the left and to the right,
        which counts at the ends of lines only.
      texts: of the words. Those that belong together stay so where that can be done.

    Returns:
      (first word, one past the last word) of each line. A word that is wider than a
      line stands alone in one.
    """
    count = len(widths)
    overhangs = overhangs or [(0.0, 0.0)] * count
    best = [0.0] + [float("inf")] * count  # of the words before each break
    start_of = [0] * (count + 1)
    for start in range(count):
        free = room - (indent if start == 0 else 0.0)
        used = overhangs[start][0]
        for end in range(start + 1, count + 1):
            used += widths[end - 1] + (gaps[end - 1] if end - 1 > start else 0.0)
            left_over = free - used - overhangs[end - 1][1]
            if left_over < 0 and end > start + 1:
                if used > free:
                    break
                continue
            cost = (max(left_over, 0.0) / room) ** 2
            if end == count:
                cost = _SHORT_LINE if left_over > _SHORT * room and start else 0.0
            elif texts and belong_together(texts[end - 1], texts[end]):
                cost += _PARTED
            cost += _EACH_LINE
            if best[start] + cost < best[end]:
                best[end] = best[start] + cost
                start_of[end] = start
    breaks = [count]
    while breaks[-1] > 0:
        breaks.append(start_of[breaks[-1]])
    breaks.reverse()
    return list(zip(breaks[:-1], breaks[1:], strict=True))
