"""Columns: words that tabs and wide spaces put under each other.

Lines that follow each other without a blank one share their columns. A column begins
behind the widest entry before it, so that it is straight however wide the hand is.
"""

import math
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

TAB_CHARACTERS = 4
_SENTENCE_ENDS = ".!?:"


class Stop(NamedTuple):
    """Where in its line a word begins: behind tab `number`, or at that character."""

    is_tab: bool
    number: int


class Entry(NamedTuple):
    """A word of a line with columns; lengths in mm.

    Attributes:
      stop: None where it follows the word before it at the usual gap.
      width: of the word.
      gap: the usual one.
    """

    stop: Stop | None
    width: float
    gap: float


def words_with_stops(line: str) -> Iterator[tuple[str, Stop | None]]:
    """The words of a line of text, and what put each there if not a single space.

    Two spaces after a sentence are the habit of a typist, and the spaces at the start
    are the indent of the line.
    """
    tabs, before = 0, ""
    for match in re.finditer(r"(\s*)(\S+)", line):
        space, word = match.groups()
        tabs += space.count("\t")
        stop = None
        if before and "\t" in space:
            stop = Stop(True, tabs)
        elif before and len(space) > (2 if before[-1] in _SENTENCE_ENDS else 1):
            column = len(line[: match.start(2)].expandtabs(TAB_CHARACTERS))
            stop = Stop(False, column)
        yield word, stop
        before = word


def positions(
    lines: Sequence[Sequence[Entry]],
    indents: Sequence[float],
    character: float,
    room: float,
) -> dict[Stop, float] | None:
    """Where the columns of lines begin, in mm from the left margin.

    Args:
      lines: that share columns.
      indents: where each line begins, mm.
      character: the width of one, mm, by which characters and tabs are counted. Where
        lines get too long with it, columns move together.
      room: of a line, mm.

    Returns:
      None if a line is longer than the room even so.
    """
    for width in (character, 0.0):
        found, ends = _places(lines, indents, width)
        if max(ends) <= room:
            return found
    return None


def _places(lines, indents, character: float):
    tab = TAB_CHARACTERS * character
    found: dict[Stop, float] = {}
    stops = {entry.stop for line in lines for entry in line if entry.stop}
    ends = []
    for _ in range(len(stops) + 1):  # a column moves those behind it in other lines
        ends = []
        for line, x in zip(lines, indents, strict=True):
            for i, entry in enumerate(line):
                x += entry.gap if i else 0.0
                if entry.stop is not None:
                    x = max(x, found.get(entry.stop, 0.0))
                    if not entry.stop.is_tab:
                        x = max(x, entry.stop.number * character)
                    elif tab:
                        x = max(math.ceil(x / tab - 1e-9), entry.stop.number) * tab
                    found[entry.stop] = x
                x += entry.width
            ends.append(x)
    return found, ends
