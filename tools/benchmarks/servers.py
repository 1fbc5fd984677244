"""What wraith's servers are compared with: ``python -m benchmarks.servers KIND PORT ARGUMENT``.

``route FILE``: one bare Quart route on Hypercorn that answers with the bytes of a file. ``proxy PORT``: the
shortest Quart to httpx proxy, with one transport per connection. ``upstream FILE``: something to proxy to,
too fast to matter.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx
    from quart import Quart
    from quart import Response as QuartResponse

METHODS = ["GET", "POST", "DELETE"]


def main() -> None:
    kind, port = sys.argv[1], int(sys.argv[2])
    match kind:
        case "route":
            asyncio.run(_serve(bare_route(Path(sys.argv[3]).read_bytes()), port))
        case "proxy":
            asyncio.run(_serve(bare_proxy(int(sys.argv[3])), port))
        case "upstream":
            asyncio.run(_serve_upstream(port, Path(sys.argv[3]).read_bytes()))


def bare_route(body: bytes) -> Quart:
    """Return an application whose every path answers with these bytes."""
    from quart import Quart, Response

    app = Quart(__name__)

    @app.route("/<path:path>", methods=METHODS)
    async def answer(path: str) -> QuartResponse:
        return Response(body, content_type="application/json; charset=utf-8")

    return app


def bare_proxy(target: int) -> Quart:
    """Return an application that passes everything on, and keeps nothing."""
    import httpx
    from quart import Quart, Response, request

    app = Quart(__name__)
    idle: list[httpx.AsyncHTTPTransport] = []

    @app.route("/<path:path>", methods=METHODS)
    async def forward(path: str) -> QuartResponse:
        transport = idle.pop() if idle else httpx.AsyncHTTPTransport()
        headers = [(name, value) for name, value in request.headers if name.lower() != "host"]
        asked = httpx.Request(
            request.method,
            f"http://127.0.0.1:{target}{request.full_path}",
            headers=headers,
            content=await request.data,
        )
        answer = await transport.handle_async_request(asked)
        body = await answer.aread()
        await answer.aclose()
        idle.append(transport)
        return Response(body, status=answer.status_code, content_type=answer.headers["content-type"])

    return app


async def _serve(app: Quart, port: int) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.keep_alive_max_requests = 10**9
    await serve(app, config)


async def _serve_upstream(port: int, body: bytes) -> None:
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    )
    server = await asyncio.get_running_loop().create_server(lambda: Constant(head + body), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


class Constant(asyncio.Protocol):
    """Answers each request with the same bytes."""

    def __init__(self, answer: bytes) -> None:
        self._answer, self._pending = answer, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._pending += data
        while (end := self._pending.find(b"\r\n\r\n")) >= 0:
            head = self._pending[:end].lower()
            _, named, rest = head.partition(b"\r\ncontent-length:")
            length = int(rest.partition(b"\r\n")[0]) if named else 0
            if len(self._pending) < end + 4 + length:
                return
            self._pending = self._pending[end + 4 + length :]
            self._transport.write(self._answer)


if __name__ == "__main__":
    main()
