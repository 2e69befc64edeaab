"""HTTP connections that must not wait for ever: a time-out for the head of a request.

uvicorn waits without end for the rest of a head, and each such connection counts among
those that may be open; a few sockets that send `GET / HTTP/1.1` and then nothing kept
everybody out. Bodies have their own time-out (scribe.web.guard).
"""

import asyncio
import time

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from scribe.web import problems

SECONDS_FOR_A_HEAD = 10.0

_PROBLEM = problems.problem(408, "the request took too long to arrive")
_TOO_SLOW = (
    b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n"
    b"content-type: %b\r\ncontent-length: %d\r\n\r\n%b"
) % (problems.MEDIA_TYPE.encode(), len(_PROBLEM), _PROBLEM)


class PatientProtocol(H11Protocol):
    """Closes connections whose head does not arrive, and the oldest one if all wait.

    A new visitor finds a place although others hold as many connections as there may
    be, unless all of these are being answered.
    """

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self._began = time.monotonic()
        self._too_slow: asyncio.TimerHandle | None = None

    @property
    def waits_for_head(self) -> bool:
        """Whether nobody works on what came so far."""
        return self.conn.their_state is h11.IDLE

    def connection_made(self, transport) -> None:
        super().connection_made(transport)
        self._watch()
        limit = self.limit_concurrency
        while limit is not None and len(self.connections) >= limit:
            waiting = [c for c in self.connections if c is not self and _waits(c)]
            if not waiting:
                return
            min(waiting, key=lambda c: c._began)._close()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.waits_for_head:
            self._stop_watching()
        elif self._too_slow is None:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_watching()
        super().connection_lost(exc)

    def _watch(self) -> None:
        self._began = time.monotonic()
        self._too_slow = self.loop.call_later(SECONDS_FOR_A_HEAD, self._give_up)

    def _stop_watching(self) -> None:
        if self._too_slow is not None:
            self._too_slow.cancel()
            self._too_slow = None

    def _give_up(self) -> None:
        self._too_slow = None
        if self.waits_for_head:
            self._close()

    def _close(self) -> None:
        self._stop_watching()
        self.connections.discard(self)
        if not self.transport.is_closing():
            if self.conn.trailing_data[0]:  # the beginning of a head
                self.transport.write(_TOO_SLOW)
            self.transport.close()


def _waits(connection) -> bool:
    return isinstance(connection, PatientProtocol) and connection.waits_for_head
