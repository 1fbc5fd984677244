"""The client of replays: what was recorded is what is sent, over one connection, and nothing besides."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from wraith.errors import InputError, OperationError
from wraith.exchange import Request
from wraith.live import Client


class _Echo(BaseHTTPRequestHandler):
    """Answers with the head that it was sent, and its port, and gives a cookie."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        head = "".join(f"{name}: {value}\n" for name, value in self.headers.items())
        data = f"{self.requestline}\n{head}from: {self.client_address[1]}\n".encode()
        self.send_response(302)
        self.send_header("Set-Cookie", "sid=1")
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/api/"
    server.shutdown()
    thread.join()
    server.server_close()


SENT = Request(
    "GET",
    "/a%2Fb?q=%7B1%7D&q=",
    (("Host", "api.example.com"), ("X-One", "1"), ("Accept-Encoding", "gzip"), ("X-One", "2")),
)


@pytest.mark.parametrize("outside", [False, True])
def test_a_request_is_sent_as_it_was_recorded(url: str, outside: bool) -> None:
    """Escapes and repeated headers stay; the service behind the address gets its own name."""
    with Client(url, outside=outside) as client:
        answers = [client.send(SENT, {"X-More": "m"}) for _ in range(2)]
    line, *headers = answers[0].body.decode().splitlines()
    assert line == "GET /api/a%2Fb?q=%7B1%7D&q= HTTP/1.1"
    assert [each for each in headers if each.startswith("X-")] == ["X-One: 1", "X-One: 2", "X-More: m"]
    assert ("Host: api.example.com" in headers) is not outside
    assert "accept-encoding: identity" in [each.lower() for each in headers]
    assert answers[0].status == 302


@pytest.mark.parametrize("outside", [False, True])
def test_nothing_is_remembered_but_the_connection(url: str, outside: bool) -> None:
    """A cookie that was not recorded is not sent, whoever set it."""
    with Client(url, outside=outside) as client:
        first, second = (client.send(SENT).body.decode() for _ in range(2))
    assert "cookie" not in second.lower()
    assert first == second


def test_a_network_that_fails_is_a_failure_at_run_time() -> None:
    """With the request and the address."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with Client(f"http://127.0.0.1:{port}") as client, pytest.raises(OperationError) as failed:
            client.send(SENT)
    assert failed.value.message.startswith("GET /a%2Fb")
    assert str(port) in str(failed.value.where)


def test_what_is_no_address_is_refused() -> None:
    """Before anything is sent."""
    with pytest.raises(InputError, match="not an address"):
        Client("http://[::1")
