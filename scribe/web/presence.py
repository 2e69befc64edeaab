"""Work that stops when whoever asked for it has closed the connection."""

import asyncio
from collections.abc import Awaitable, Callable


class Gone(Exception):
    """Nobody waits for the answer any more."""


async def while_present(receive: Callable[[], Awaitable[dict]], work: Awaitable):
    """The result of `work`, which is cancelled when the client goes.

    Args:
      receive: of the ASGI connection, the body having been read.

    Raises:
      Gone: the client went first.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise Gone
        return working.result()
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
