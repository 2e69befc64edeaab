"""The API and the page over HTTP."""

import asyncio
import contextlib
import dataclasses
import ipaddress
import json
import logging
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from scribe.foundation.errors import WorkFailed
from scribe.web import messages, problems
from scribe.web.error_answers import answer_errors
from scribe.web.guard import Guard
from scribe.web.hands import Hand
from scribe.web.limits import Limits
from scribe.web.presence import Gone, while_present
from scribe.web.service import Order, Service
from scribe.writing import Writer

VERSION = "0.1.0"  # of setup.cfg
STATIC = Path(__file__).parent / "static"
COOKIE = "scribe_visitor"

logger = logging.getLogger(__name__)


def _token(request: Request) -> str | None:
    return request.cookies.get(COOKIE)


Token = Annotated[str | None, Depends(_token)]


def create_app(
    writer: Writer,
    limits: Limits,
    hosts: frozenset[str] | None = None,
    own: Sequence[str] = (),
    gin_params: Sequence[str] = (),
) -> Guard:
    """The application, guarded.

    Args:
      writer: a model that reads text.
      limits: what visitors may ask.
      hosts: names that the server goes by; None for any.
      own, gin_params: as for Service.

    Returns:
      the application; its `app.state.end()` lets open requests end at once.
    """
    service = Service(writer, limits, own, gin_params)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI):
        service.batcher.start()
        loop = asyncio.get_running_loop()
        app.state.end = lambda: loop.call_soon_threadsafe(service.batcher.end)
        yield
        await service.tunings.end()
        service.batcher.stop()

    app = FastAPI(
        title="scribe",
        summary="Handwriting from text.",
        description="Lines are written by one network for all visitors; see "
        "`POST /api/write`. Errors are problems of RFC 9457, with one sentence under "
        "`detail`.",
        version=VERSION,
        lifespan=lifespan,
        docs_url=None,  # they load their scripts from elsewhere
        redoc_url=None,
    )
    app.state.end = lambda: None  # until it has started
    described = app.openapi
    app.openapi = lambda: problems.describe(described())
    answer_errors(app)
    _add_pages(app)
    _add_api(app, service)
    # Around everything, the answer to a fault of ours included.
    return Guard(app, max_body_bytes=1000 * limits.max_kilobytes, hosts=hosts)


def _add_pages(app: FastAPI) -> None:
    pages = {"/": "index.html", "/docs": "docs.html", "/favicon.ico": "icon.svg"}
    for path, name in pages.items():
        app.add_api_route(
            path,
            lambda name=name: FileResponse(STATIC / name),
            response_class=FileResponse,
            include_in_schema=False,
        )
    app.mount("/static", StaticFiles(directory=STATIC), name="static")


def _add_api(app: FastAPI, service: Service) -> None:
    problem = {"model": messages.Problem}

    @app.get("/healthz", responses={503: problem})
    async def health() -> messages.Health:
        """Whether the server can write, and how much it has to do."""
        if not service.batcher.is_alive():
            raise HTTPException(503, "the writer has stopped")
        return messages.Health(status="ok", **service.batcher.counts())

    @app.get("/api/model")
    async def model() -> messages.ModelAnswer:
        """What the model can write, and the limits."""
        return service.model()

    @app.get("/api/styles")
    async def styles(response: Response, token: Token) -> messages.StyleList:
        """The hands that come with the model, and your own."""
        response.headers["Cache-Control"] = "no-store"
        return service.styles(token)

    @app.post("/api/styles", status_code=201, responses={422: problem, 429: problem})
    async def add_style(
        new: messages.NewStyle,
        request: Request,
        response: Response,
        token: Token,
    ) -> messages.StyleAnswer:
        """Keeps a line that you wrote, in memory and for some time.

        The answer sets a cookie; without it nobody can see or use the style.
        """
        token, style = await service.add_style(token, new, visitor_of(request))
        response.set_cookie(
            COOKIE,
            token,
            max_age=round(60 * service.limits.style_minutes),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return style

    @app.post("/api/read", responses={422: problem, 429: problem})
    async def read(line: messages.DrawnLine, request: Request) -> messages.ReadAnswer:
        """Reads a line that you wrote, and says whether it can be its text."""
        return await service.read(line, visitor_of(request))

    @app.post("/api/drawings", responses={422: problem, 429: problem, 501: problem})
    async def drawing(
        file: messages.DrawingFile, request: Request
    ) -> messages.FoundLines:
        """Finds the lines in a file of strokes, and reads them.

        It keeps nothing: send the lines, their texts corrected, to `/api/styles`.
        """
        return await service.drawing(file, visitor_of(request))

    @app.delete(
        "/api/styles/{id}", status_code=204, responses={404: problem, 422: problem}
    )
    async def remove_style(id: str, token: Token) -> None:
        """Forgets a style of yours."""
        if not await service.remove_style(token, id):
            raise HTTPException(404, "you have no style of this id")

    def own_hand(id: str, token: Token) -> Hand:
        hand = service.own_hand(token, id)
        if hand is None:
            raise HTTPException(404, "you have no style of this id")
        return hand

    OwnHand = Annotated[Hand, Depends(own_hand)]
    learning = "/api/styles/{id}/learning"

    @app.post(
        learning,
        status_code=202,
        responses={404: problem, 422: problem, 429: problem, 501: problem},
    )
    async def learn(hand: OwnHand, request: Request) -> messages.Learning:
        """Lets the network learn a hand of yours, which takes a minute or more.

        Until then, and if it turns out no better, lines go on from the style alone.
        """
        if not service.tunings.are_offered:
            raise HTTPException(501, "this server learns no hands")
        return service.tunings.start(hand, visitor_of(request))

    @app.get(learning, responses={404: problem, 422: problem})
    async def learning_of(hand: OwnHand, response: Response) -> messages.Learning:
        """How far the learning is."""
        response.headers["Cache-Control"] = "no-store"
        if hand.learning is None:
            raise HTTPException(404, "nobody asked for this hand to be learnt")
        return hand.learning

    @app.delete(learning, status_code=204, responses={404: problem, 422: problem})
    async def stop_learning(hand: OwnHand) -> None:
        """Stops it; the style stays as it was."""
        await service.tunings.stop(hand)

    @app.post(
        "/api/write",
        response_model=messages.Lines,
        responses={
            200: {
                "description": "by `format`: JSON, events or a file",
                "content": {kind: {} for kind in messages.FORMATS.values()},
            },
            422: problem,
            429: problem,
            501: problem,
            503: problem,
        },
    )
    async def write(asked: messages.WriteRequest, request: Request, token: Token):
        """Writes lines.

        As `stream` it sends an event `line` for each line when it is finished, with
        its SVG paths in mm (origin: where its ink begins, on the baseline), and in the
        end the event `done`, or `error`.
        """
        order = await service.order(token, asked, visitor_of(request))
        if asked.format == "stream":
            return EventStream(service, order)
        try:
            if asked.format != "strokes":
                file = await while_present(request.receive, service.file(order))
                return _download(*file, asked.format)
            lines = await while_present(request.receive, service.all_lines(order))
        except Gone:
            return Response(status_code=499)
        finally:
            order.writing.close()
        return messages.Lines(lines=[line and _line(line) for line in lines])


def visitor_of(request: Request) -> str:
    """Who asks, for the limits of one visitor: an address, of IPv6 its network.

    A household or a machine has a whole /64 of IPv6. Behind a web server of this
    machine it is the address that this one names.
    """
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 6 and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)


def _line(line) -> messages.Line:
    strokes = [(round(x, 3), round(y, 3), int(e)) for x, y, e in line.strokes.tolist()]
    return messages.Line(
        text=line.text,
        finished=line.finished,
        attempts=line.attempts,
        strokes=strokes,
        substitutes=_substitutes(line.substitutes),
    )


def _substitutes(found) -> list[dict]:
    return [dataclasses.asdict(substitute) for substitute in found]


def _download(data: bytes, substitutes, format: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="handwriting.{format}"',
        "Cache-Control": "no-store",
    }
    if substitutes:
        headers["X-Substitutes"] = json.dumps(_substitutes(substitutes))  # ASCII
    return Response(data, media_type=messages.FORMATS[format], headers=headers)


class EventStream(Response):
    """Server-sent events, one for each line; the lines are dropped if nobody reads."""

    def __init__(self, service: Service, order: Order):
        super().__init__(media_type=messages.FORMATS["stream"])
        del self.headers["content-length"]
        self.headers["Cache-Control"] = "no-store"
        self.headers["X-Accel-Buffering"] = "no"  # nginx would hold the lines back
        self._service, self._order = service, order

    async def __call__(self, scope, receive, send):
        async def answer():
            await send(
                {
                    "type": "http.response.start",
                    "status": self.status_code,
                    "headers": self.raw_headers,
                }
            )
            async for event in self._events():
                await send(
                    {"type": "http.response.body", "body": event, "more_body": True}
                )
            await send({"type": "http.response.body"})

        try:
            with contextlib.suppress(Gone):
                await while_present(receive, answer())
        finally:
            self._order.writing.close()

    async def _events(self) -> AsyncIterator[bytes]:
        try:
            async for number, line in self._service.lines(self._order):
                placed = self._service.placed(self._order, line)
                yield _event(
                    "line",
                    number=number,
                    text=line.text,
                    finished=line.finished,
                    attempts=line.attempts,
                    substitutes=_substitutes(line.substitutes),
                    width_mm=round(placed.width_mm, 3),
                    points=placed.num_points,
                    paths=placed.paths(),
                )
            yield _event("done")
        except WorkFailed as error:
            yield _event("error", **json.loads(problems.problem(503, str(error))))


def _event(name: str, **data) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
