"""Passthrough: what no route matches is asked of the real service, where the configuration allows it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from wraith.serve import Passthrough

if TYPE_CHECKING:
    from tests.serve.conftest import Shop


class Service(BaseHTTPRequestHandler):
    """Says what it was asked."""

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        said = f"{self.path} {self.headers['authorization']} {self.rfile.read(length).decode()}".encode()
        self.send_response(207)
        self.send_header("x-from", "service")
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v9"
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_allowed_request_goes_to_the_service(shop: Shop, service: str) -> None:
    """It arrives as the client sent it, and the answer comes back as the service gave it."""

    async def scenario() -> None:
        async with shop.serve(passthrough=Passthrough(service, ["POST /reports/*"])) as served:
            answer = await served.client.post(
                "/reports/1?full=yes", content=b"please", headers={"authorization": "Bearer mine"}
            )
            assert (answer.status_code, answer.headers["x-from"]) == (207, "service")
            assert answer.text == "/v9/reports/1?full=yes Bearer mine please"

    asyncio.run(scenario())


def test_what_is_not_allowed_stays_here(shop: Shop, service: str) -> None:
    """Other requests without a route are answered 501, and those with a route by the twin."""

    async def scenario() -> None:
        async with shop.serve(passthrough=Passthrough(service, ["POST /*s"])) as served:
            assert (await served.client.post("/other")).status_code == 501
            assert (await served.client.post("/cups", json={"name": "oolong"})).status_code == 201

    asyncio.run(scenario())


def test_a_service_that_is_away_is_a_502(shop: Shop) -> None:
    """The answer says which part failed, and what forwarded the request."""

    async def scenario() -> None:
        async with shop.serve(passthrough=Passthrough("http://127.0.0.1:9", ["* /*"])) as served:
            answer = await served.client.get("/other")
            assert answer.status_code == 502
            assert "passthrough" in answer.text

    asyncio.run(scenario())
