"""What holds for every request and answer, whatever the route: an ASGI middleware."""

import asyncio

from scribe.web import problems

# No script, style or picture but our own files, and no page may frame this one.
# Pictures may be `blob:` and `data:`: what the page itself has drawn.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        "img-src 'self' blob: data:; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# A browser asks whether a file has changed; answers may say otherwise.
CACHING = {"Cache-Control": "no-cache"}
SECONDS_FOR_A_BODY = 20.0
# So much of a body that is too large is read and thrown away before it is refused: a
# client that is still sending would not read the answer.
DRAINED_BYTES = 50_000_000


class Guard:
    """Adds the headers, and turns away what no route should see.

    A body is read here, whole and within limits of size and time. It has to be declared
    as JSON: a form on another site could send anything else without being asked.
    """

    def __init__(self, app, max_body_bytes: int, hosts: frozenset[str] | None):
        """`hosts`: names that the Host header may have; None for any.

        A page of another site can point a name of its own at 127.0.0.1, and would then
        count as the same site.
        """
        self.app = app
        self._max_body_bytes = max_body_bytes
        self._hosts = hosts

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def send_with_headers(message):
            if message["type"] == "http.response.start":
                known = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.lower().encode(), value.encode())
                        for name, value in (SECURITY_HEADERS | CACHING).items()
                        if name.lower().encode() not in known
                    ),
                ]
            await send(message)

        headers = dict(scope["headers"])
        if self._hosts is not None and _host(headers) not in self._hosts:
            return await _refuse(
                send_with_headers, 421, "this server does not go by that name"
            )
        if scope["method"] in ("POST", "PUT", "PATCH"):
            kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
            if kind != b"application/json":
                return await _refuse(
                    send_with_headers, 415, "send the request as application/json"
                )
            try:
                async with asyncio.timeout(SECONDS_FOR_A_BODY):
                    body = await self._body(receive)
            except TimeoutError:
                return await _refuse(
                    send_with_headers, 408, "the request took too long to arrive"
                )
            if body is None:
                return await _refuse(
                    send_with_headers,
                    413,
                    f"a request may have at most {self._max_body_bytes:,} bytes",
                )
            receive = _replayed(body, receive)
        await self.app(scope, receive, send_with_headers)

    async def _body(self, receive) -> bytes | None:
        """The whole body; None if it is too large."""
        body = bytearray()
        size, more = 0, True
        while more and size <= DRAINED_BYTES:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            part = message.get("body", b"")
            size += len(part)
            if size <= self._max_body_bytes:
                body += part
            more = message.get("more_body", False)
        return bytes(body) if size <= self._max_body_bytes else None


def _host(headers: dict[bytes, bytes]) -> str:
    """The Host header without its port, lower case."""
    host = headers.get(b"host", b"").decode("latin-1").lower()
    if host.startswith("["):  # IPv6
        return host.partition("]")[0][1:]
    return host.partition(":")[0]


def _replayed(body: bytes, receive):
    """`receive` that hands out `body` first."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed():
        return messages.pop() if messages else await receive()

    return replayed


async def _refuse(send, status: int, sentence: str) -> None:
    body = problems.problem(status, sentence)
    headers = [
        (b"content-type", problems.MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
