"""Serves a web page that writes by hand, and the API behind it.

  python -m scribe.serve
  python -m scribe.serve --port=0 --model=saved/graves
  python -m scribe.serve --style=mine
  python -m scribe.serve --host=0.0.0.0 --hosts=write.example.org

It needs the packages of the extra `web`: pip install "scribe-handwriting[web]", or
fastapi and uvicorn beside NumPy. Ctrl-C ends it.
"""

import dataclasses
import errno
import signal
import socket

from scribe.foundation import command_line
from scribe.foundation.errors import InputError, Interrupted
from scribe.web.limits import Limits

LOOPBACK = ("127.0.0.1", "::1", "localhost")
SECONDS_TO_FINISH = 3  # for open connections, after Ctrl-C


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    limits = Limits(
        **{field.name: getattr(options, field.name) for field in _limit_fields()}
    )
    with _bound_socket(options.host, options.port) as bound:
        _serve(bound, options, limits)
    return 0


def _parser():
    parser = command_line.parser(__doc__, "scribe.serve")
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address (default: this machine only)")
    add("--port", type=int, default=8000, help="0 for any free one (default 8000)")
    add("--hosts", help="names that visitors may use for this server, separated by "
        "commas (default: any; without --host those of this machine)")  # fmt: skip
    add("--style", action="append", default=[], metavar="NAME",
        help="a style of yours that all visitors may write in; repeatable")  # fmt: skip
    add("--gin_param", action="append", default=[], metavar="BINDING",
        help="by which hands are learnt, beside gin/tuning/hand.gin")  # fmt: skip
    command_line.add_model(parser)
    for field in _limit_fields():
        help = f"{field.metadata['help']} (default {field.default:g})"
        add(f"--{field.name}", type=field.type, default=field.default, help=help)
    return parser


def _limit_fields():
    return dataclasses.fields(Limits)


def _bound_socket(host: str, port: int) -> socket.socket:
    """Takes the port before anything else, so that a taken one is known at once."""
    if not 0 <= port <= 65535:
        raise InputError(f"--port={port}: must be from 0 to 65535")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise InputError(
                f"port {port} of {host} is in use: choose another --port, or 0 for any "
                "free one"
            ) from error
        reason = error.strerror or str(error)
        raise InputError(f"cannot listen on {host}, port {port}: {reason}") from error


def _serve(bound: socket.socket, options, limits: Limits) -> None:
    import uvicorn

    from scribe import writing
    from scribe.web.app import create_app
    from scribe.web.patience import PatientProtocol

    writer = writing.load(options.model, "numpy")
    app = create_app(writer, limits, _hosts(options), options.style, options.gin_param)

    class Server(uvicorn.Server):
        def handle_exit(self, *signal_and_frame):
            app.app.state.end()  # uvicorn waits until open requests are answered
            super().handle_exit(*signal_and_frame)

    config = uvicorn.Config(
        app,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
        limit_concurrency=limits.max_connections,
        http=PatientProtocol,
    )
    host, port = bound.getsockname()[:2]
    name = f"[{host}]" if ":" in host else host
    print(f"http://{name}:{port}/", flush=True)
    try:
        Server(config).run(sockets=[bound])
    except KeyboardInterrupt as error:
        raise Interrupted(signal.SIGINT, "stopped") from error


def _hosts(options) -> frozenset[str] | None:
    if options.hosts:  # and this machine's names: a health check has no other
        names = (name.strip().lower() for name in options.hosts.split(","))
        return frozenset((*names, *LOOPBACK))
    return frozenset(LOOPBACK) if options.host in LOOPBACK else None


if __name__ == "__main__":
    command_line.run(main)
