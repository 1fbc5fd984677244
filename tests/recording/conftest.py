"""Real upstreams and a real recording proxy on loopback, all in the event loop of one test."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import h11
import pytest

from wraith.asgi import Address, Guard
from wraith.exchange import Exchange
from wraith.recording import sealed_sessions
from wraith.recording._record import Recorded, Run, serve_proxy
from wraith.workspace import Project, Workspace


@dataclass
class Seen:
    """A request as the upstream saw it: names in the case they came in."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes = b""

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)


Behaviour = Callable[[Seen], AsyncIterator[bytes]]
"""What an upstream does with a request: pieces of bytes that it writes as they come."""


class Died(Exception):
    """Raised by the behaviour of an upstream that cuts its connection off."""


@dataclass
class Upstream:
    """A running upstream and what it has seen."""

    base_url: str = ""
    seen: list[Seen] = field(default_factory=list)
    chunks: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    connections: set[asyncio.Task[None]] = field(default_factory=set)


@dataclass(frozen=True)
class Proxied:
    """A running proxy."""

    url: str
    port: int
    task: asyncio.Task[Recorded]


@dataclass(frozen=True)
class Reply:
    """An answer as a client got it."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)


class Plain:
    """A scrubber with nothing to scrub."""

    def exchange(self, exchange: Exchange) -> Exchange:
        return exchange


class Net:
    """Upstreams, proxies that record into one workspace, and clients."""

    Died = Died
    Seen = Seen
    Plain = Plain

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._open: list[asyncio.StreamWriter] = []

    async def info(self, port: int) -> dict[str, int]:
        """Return what a proxy says of itself."""
        document: dict[str, int] = json.loads((await self.get(port, "/__wraith/info")).body)
        return document

    async def connect(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a connection, which is closed at the latest when the proxy ends."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        self._open.append(writer)
        return reader, writer

    async def disconnect(self) -> None:
        """Close the connections that are still open."""
        while self._open:
            writer = self._open.pop()
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    @staticmethod
    def reply(status: int, *headers: tuple[str, str], body: bytes = b"", length: bool = True) -> bytes:
        """Return the bytes of a whole answer."""
        lines = [f"HTTP/1.1 {status} Some Reason", *(f"{name}: {value}" for name, value in headers)]
        if length:
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + body

    @staticmethod
    def always(answer: bytes) -> Behaviour:
        """Return the behaviour of an upstream that has one answer to everything."""

        async def behaviour(_: Seen) -> AsyncIterator[bytes]:
            yield answer

        return behaviour

    @asynccontextmanager
    async def upstream(
        self, behaviour: Behaviour, *, tls: ssl.SSLContext | None = None
    ) -> AsyncIterator[Upstream]:
        """Run an upstream for as long as the block lasts."""
        upstream = Upstream()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            upstream.connections.add(task)
            try:
                await _serve_connection(upstream, behaviour, reader, writer)
            except (Died, OSError, h11.RemoteProtocolError, asyncio.CancelledError):
                writer.transport.abort()
            finally:
                writer.close()
                upstream.connections.discard(task)

        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
        port = server.sockets[0].getsockname()[1]
        upstream.base_url = f"http://127.0.0.1:{port}" if tls is None else f"https://localhost:{port}"
        try:
            yield upstream
        finally:
            server.close()
            connections = list(upstream.connections)
            for task in connections:
                task.cancel()
            await asyncio.gather(*connections, return_exceptions=True)

    @asynccontextmanager
    async def proxy(
        self,
        base_url: str,
        *,
        scrubber: Plain | None = None,
        preserve_host: bool = False,
        max_body_bytes: int = 2**20,
        tags: tuple[str, ...] = (),
    ) -> AsyncIterator[Proxied]:
        """Run a proxy; after the block it is stopped, its sessions sealed, and what it failed with raised."""
        stop = asyncio.Event()
        bound: asyncio.Future[Address] = asyncio.get_running_loop().create_future()
        run = Run(
            workspace=self.workspace,
            scrubber=scrubber or Plain(),
            policy_digest="sha256:" + "0" * 64,
            base_url=base_url,
            preserve_host=preserve_host,
            max_body_bytes=max_body_bytes,
            id="run-1",
            source={"kind": "proxy", "upstream": base_url},
            tags=tags,
        )
        task = asyncio.create_task(
            serve_proxy(
                run,
                guard=Guard(None),
                host="127.0.0.1",
                port=0,
                on_bound=bound.set_result,
                stop=stop,
                signals=False,
            )
        )
        address = await bound
        try:
            yield Proxied(address.url, address.port, task)
        finally:
            await self.disconnect()
            stop.set()
            await asyncio.wait({task})
        task.result()

    async def ask(self, port: int, request: bytes) -> Reply:
        """Send bytes on a new connection and return the answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(request)
            await writer.drain()
            return await _read_reply(request, reader)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def get(self, port: int, target: str, *headers: str) -> Reply:
        """Send a GET request and return the answer."""
        lines = [f"GET {target} HTTP/1.1", f"Host: 127.0.0.1:{port}", *headers, "", ""]
        return await self.ask(port, "\r\n".join(lines).encode())

    async def new_session(self, port: int) -> Reply:
        """Close the active sessions."""
        head = f"POST /__wraith/new-session HTTP/1.1\r\nHost: localhost:{port}\r\n"
        return await self.ask(port, f"{head}Content-Length: 0\r\n\r\n".encode())

    def recorded(self) -> list[Exchange]:
        """Return the exchanges of all sealed sessions."""
        return [exchange for session in sealed_sessions(self.workspace) for exchange in session.read()]


async def _serve_connection(
    upstream: Upstream, behaviour: Behaviour, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    connection = h11.Connection(h11.SERVER)
    seen = Seen("", "", [])
    while not isinstance(event := connection.next_event(), h11.ConnectionClosed):
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            seen = Seen(event.method.decode(), event.target.decode("latin-1"), _text(event.headers))
            upstream.seen.append(seen)
        elif isinstance(event, h11.Data):
            seen.body += bytes(event.data)
            upstream.chunks.put_nowait(bytes(event.data))
        elif isinstance(event, h11.EndOfMessage):
            async for piece in behaviour(seen):
                writer.write(piece)
                await writer.drain()
            connection = h11.Connection(h11.SERVER)


async def _read_reply(request: bytes, reader: asyncio.StreamReader) -> Reply:
    connection = h11.Connection(h11.CLIENT)
    method, target = request.split(b" ", 2)[:2]
    connection.send(h11.Request(method=method, target=target, headers=[("host", "x")]))
    connection.send(h11.EndOfMessage())
    status, body = 0, b""
    headers: list[tuple[str, str]] = []
    while not isinstance(event := connection.next_event(), h11.EndOfMessage | h11.ConnectionClosed):
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Response):
            status, headers = event.status_code, _text(event.headers)
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
    return Reply(status, headers, body)


def _text(headers: h11.Headers) -> list[tuple[str, str]]:
    return [(name.decode(), value.decode("latin-1")) for name, value in headers.raw_items()]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace in a project of its own."""
    return Project(tmp_path).twin("shop")


@pytest.fixture
def net(workspace: Workspace) -> Net:
    """Loopback, with an empty workspace to record into."""
    return Net(workspace)
