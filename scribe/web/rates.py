"""How many lines one visitor may ask for in a minute."""

import collections
import math
import time
from collections.abc import Callable


class TooOften(Exception):
    """A visitor asks for more than there is in a minute.

    Attributes:
      seconds: until it can be asked again.
    """

    def __init__(self, seconds: int):
        super().__init__(seconds)
        self.seconds = seconds


class Rates:
    """Each visitor has the lines of a minute, which come back evenly.

    A request for more than all of them is met if none was used yet, and has to be paid
    off before the next one.
    """

    def __init__(
        self, lines_per_minute: int, clock: Callable[[], float] = time.monotonic
    ):
        self._most = lines_per_minute
        self._clock = clock
        # (lines left, when) by visitor, whoever asked longest ago first.
        self._left: collections.OrderedDict[str, tuple[float, float]] = (
            collections.OrderedDict()
        )

    def take(self, visitor: str, num_lines: int) -> None:
        """Counts lines that a visitor asks for.

        Raises:
          TooOften: there are not so many left; nothing is counted then.
        """
        self._forget_the_rested()
        left, wanted = self._now(visitor), min(num_lines, self._most)
        if left < wanted:
            raise TooOften(math.ceil(60.0 * (wanted - left) / self._most))
        self._left[visitor] = left - num_lines, self._clock()
        self._left.move_to_end(visitor)

    def __len__(self) -> int:
        """Visitors that are remembered."""
        return len(self._left)

    def _now(self, visitor: str) -> float:
        left, when = self._left.get(visitor, (self._most, 0.0))
        return min(self._most, left + self._most * (self._clock() - when) / 60.0)

    def _forget_the_rested(self) -> None:
        while self._left and self._now(next(iter(self._left))) >= self._most:
            self._left.popitem(last=False)
