"""The web page's server as a process of its own, and a client for it."""

import contextlib
import functools
import http.client
import itertools
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import scribe
from scribe.strokes.arrays import points_from_strokes
from scribe.strokes.measures import written_height

ROOT = Path(__file__).resolve().parents[2]


class Server:
    """`python -m scribe.serve` on a free port, from entering to leaving a `with`."""

    def __init__(self, *arguments: str):
        self._arguments = ["--port=0", *arguments]

    def __enter__(self) -> "Server":
        self.process = subprocess.Popen(
            [sys.executable, "-m", "scribe.serve", *self._arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            raise AssertionError(self.process.communicate()[1])
        self.port = urlsplit(self.url).port
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def stop(self) -> tuple[int, str]:
        """Interrupts the server as Ctrl-C does; its status and what it said."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            said = self.process.communicate(timeout=30)[1]
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return self.process.returncode, said

    @contextlib.contextmanager
    def connection(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            yield connection
        finally:
            connection.close()

    def ask(self, method: str, path: str, body=None, headers=None) -> "Reply":
        """One request; `body` is sent as JSON unless it is bytes."""
        headers = dict(headers or {})
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            if not isinstance(body, bytes):
                body = json.dumps(body).encode()
        with self.connection() as connection:
            connection.request(method, path, body, headers)
            return Reply(connection.getresponse())

    def write(self, *texts: str, **fields) -> "Reply":
        return self.ask("POST", "/api/write", {"texts": texts, **fields})


class Reply:
    """Status, headers and body of an answer."""

    def __init__(self, response: http.client.HTTPResponse):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """The one sentence of a problem, which holds no trace of the program."""
        content = self.json
        assert self.headers["Content-Type"] == "application/problem+json"
        assert {"type", "title", "status", "detail"} <= set(content)
        assert content["status"] == self.status
        sentence = content["detail"]
        assert "Traceback" not in sentence and "\n" not in sentence
        return sentence

    def events(self) -> list[tuple[str, dict]]:
        """Of a stream: names and data."""
        events = []
        for block in self.body.decode().split("\n\n")[:-1]:
            name, data = block.split("\n")
            events.append(
                (name.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
            )
        return events


@functools.cache
def writer():
    """The shipped writer, in this process."""
    return scribe.load(engine="numpy")


def drawing(text: str, height: float = 40.0) -> list[list[list[float]]]:
    """Strokes as a visitor's canvas sends them: x, y, milliseconds."""
    line = writer().write(text, style="neat", bias=1.5, seed=2)[0]
    points = points_from_strokes(line.strokes)
    points = (points - points.min(axis=0)) * height / written_height(line.strokes)
    ends = line.strokes[:-1, 2] > 0.5
    rows = [
        [round(x, 2), round(y, 2), 33.0 * i + 100.0 * ends[:i].sum()]
        for i, (x, y) in enumerate(points.tolist())
    ]
    starts = [0, *(i + 1 for i, end in enumerate(ends) if end), len(rows)]
    return [rows[a:b] for a, b in itertools.pairwise(starts)]


def inkml_page(texts: list[str]) -> str:
    """A page of lines, 90 below each other, as another program saves it."""
    traces = [
        f"<trace>{', '.join(f'{x} {y + 90 * i}' for x, y, _ in stroke)}</trace>"
        for i, text in enumerate(texts)
        for stroke in drawing(text)
    ]
    return f"<ink>{''.join(traces)}</ink>"
