"""Lines of several networks in the making: of the one that ships, and of tuned ones."""

from collections.abc import Container, Hashable

from scribe.models.engine import Answer, Request
from scribe.models.rolling_batch import RollingBatch
from scribe.writing.session import Session


class Batches:
    """A rolling batch for each network, as long as it has lines.

    All that is said of one in scribe.models.rolling_batch holds for all of them.
    """

    def __init__(self):
        self._batches: dict[Session, RollingBatch] = {}

    def add(self, session: Session, ticket: Hashable, request: Request) -> None:
        """Lets a line join the others of its network."""
        if session not in self._batches:
            self._batches[session] = RollingBatch(session.engine(1))
        self._batches[session].add([ticket], request)

    def drop(self, tickets: Container[Hashable]) -> None:
        """Throws lines away."""
        for batch in self._batches.values():
            batch.drop(tickets)
        self._let_go()

    def step(self) -> list[tuple[Hashable, Answer]]:
        """Draws the next point of every line; returns those that it ended."""
        ended = [each for batch in self._batches.values() for each in batch.step()]
        self._let_go()
        return ended

    def _let_go(self) -> None:
        self._batches = {s: batch for s, batch in self._batches.items() if len(batch)}
