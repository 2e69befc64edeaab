"""Connections that send nothing, or not to the end."""

import contextlib
import http.client
import socket
import threading
import time

import pytest
import uvicorn
from starlette.requests import Request

from scribe.web import patience
from scribe.web.app import visitor_of

pytestmark = pytest.mark.unit

HALF_A_HEAD = b"GET / HTTP/1.1\r\nX-A: "


async def answer(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"well"})


@pytest.fixture
def port(monkeypatch):
    """A server with room for five connections that waits 0.5 s for a head."""
    monkeypatch.setattr(patience, "SECONDS_FOR_A_HEAD", 0.5)
    bound = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        answer,
        http=patience.PatientProtocol,
        limit_concurrency=5,
        log_level="critical",
        lifespan="off",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    yield bound.getsockname()[1]
    server.should_exit = True
    thread.join()


def connected(port, data=b""):
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.sendall(data)
    return connection


def asked(port) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.closing(connection):
        connection.request("GET", "/")
        reply = connection.getresponse()
        return reply.status, reply.read()


def everything(connection) -> bytes:
    parts = []
    while part := connection.recv(4096):
        parts.append(part)
    return b"".join(parts)


def test_half_a_head_is_answered_in_the_end(port):
    with connected(port, HALF_A_HEAD) as connection:
        reply = everything(connection)
    assert reply.startswith(b"HTTP/1.1 408 ")
    head, body = reply.split(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head


def test_a_connection_that_sends_nothing_is_closed(port):
    with connected(port) as connection:
        assert everything(connection) == b""


def test_half_of_a_second_head_is_answered_in_the_end(port):
    with connected(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") as connection:
        first = connection.recv(4096)
        assert first.startswith(b"HTTP/1.1 200 ")
        connection.sendall(HALF_A_HEAD)
        assert b"HTTP/1.1 408 " in everything(connection)


def test_a_head_that_arrives_in_pieces_in_time_is_answered(port):
    with connected(port, HALF_A_HEAD) as connection:
        time.sleep(0.05)
        connection.sendall(b"b\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert everything(connection).startswith(b"HTTP/1.1 200 ")


def test_others_are_answered_while_25_connections_wait(port, monkeypatch):
    monkeypatch.setattr(patience, "SECONDS_FOR_A_HEAD", 3600.0)
    waiting = [connected(port, HALF_A_HEAD) for _ in range(25)]
    try:
        for _ in range(3):
            assert asked(port) == (200, b"well")
    finally:
        for connection in waiting:
            connection.close()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("testclient", "testclient", True),
        ("testclient", "192.0.2.1", False),
    ],
)
def test_a_visitor_is_an_address_or_a_network_of_ipv6(one, other, same):
    def of(host):
        return visitor_of(Request({"type": "http", "client": (host, 1)}))

    assert (of(one) == of(other)) is same
