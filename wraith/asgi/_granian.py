"""How an application is served on granian: its HTTP in a thread of Rust, the application in this event loop.

Granian is embedded, so that there is one process, which holds all sessions. It has no way to be given a
listening socket or to hang up; both are mended here, at its narrowest seam for each.
"""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from collections.abc import Awaitable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from wraith.asgi._answers import HANG_UP
from wraith.asgi._limits import BACKLOG, GRACE_S, KEEP_ALIVE_S, MAX_HEAD_BYTES
from wraith.errors import InputError

if TYPE_CHECKING:
    from hypercorn.typing import Scope

    from wraith.asgi._types import App, Receive, Send

_OPEN_FILES: Final = "/dev/fd"
"""The numbers of this process's open files, on Linux and macOS."""
_WRITTEN_S: Final = 0.2
"""When its thread has written what it was handed: nothing says so, and it takes some microseconds."""
_LOGGING: Final[dict[str, Any]] = {
    "handlers": {"console": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr"}},
    "loggers": {"_granian": {"handlers": ["console"], "propagate": False}},
    "formatters": {},
}


def require_granian() -> None:
    """Raise InputError where granian is not installed."""
    try:
        import granian.server.embed  # noqa: F401  # only whether it is there
    except ImportError as error:
        raise InputError(
            "the server granian is not installed",
            where="--server granian",
            hint="pip install 'wraith[fast]', or serve on hypercorn, which comes with wraith",
        ) from error


def new_fast_loop() -> asyncio.AbstractEventLoop:
    """Return uvloop's event loop, on which granian's thread wakes the application at less cost; where it is
    not installed, that of asyncio."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


async def serve_on_granian(app: App, listener: socket.socket, stop: asyncio.Event, *, drain_s: float) -> None:
    """Serve until the event, then for at most ``drain_s`` until what has begun has ended."""
    port = listener.getsockname()[1]
    server = _server(_HangingUp(app), listener.detach())  # the descriptor is granian's from here on
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        server.stop()
        await asyncio.wait({serving}, timeout=drain_s)
        if not serving.done():
            _cut_off(port)
            await asyncio.wait({serving}, timeout=GRACE_S)
    finally:
        stop.set()
        stopping.cancel()
        server.stop()
        with suppress(TimeoutError):
            await asyncio.wait_for(serving, GRACE_S)


def _server(app: App, descriptor: int) -> Any:
    """Return granian's server, on a socket that listens."""
    from granian._granian import SocketHolder
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server.embed import Server

    server = Server(
        app,
        interface=Interfaces.ASGI,
        websockets=False,
        http1_settings=HTTP1Settings(
            header_read_timeout=round(KEEP_ALIVE_S * 1000), max_buffer_size=MAX_HEAD_BYTES
        ),
        log_dictconfig=_LOGGING,
        log_level=LogLevels.error,  # it warns that embedding is new
    )
    server._shd = SocketHolder(descriptor, False, BACKLOG)
    server._init_shared_socket = lambda: None  # where it would bind one of its own, whose port it never tells
    return server


class _HangingUp:
    """An application that can hang up, also in the middle of an answer."""

    def __init__(self, app: App) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        started = False

        def sending(message: Any) -> Awaitable[None]:
            nonlocal started
            if message["type"] == HANG_UP:
                return _hang_up(scope, _WRITTEN_S if started else 0.0)
            started = True
            return send(message)

        return self._app(scope, receive, sending)


async def _hang_up(scope: Any, after_s: float) -> None:
    await asyncio.sleep(after_s)
    client, port = scope["client"], int(scope["server"][1])
    for connection, peer in _connections(port):
        if (peer[0], str(peer[1])) == client:
            connection.shutdown(socket.SHUT_RDWR)


def _cut_off(port: int) -> None:
    """Close the connections of a server that does not end."""
    for connection, _ in _connections(port):
        connection.shutdown(socket.SHUT_RDWR)


def _connections(port: int) -> Iterator[tuple[socket.socket, Any]]:
    """Yield the connections of this process that came in on a port, with who is at the other end. Granian
    holds them; those that it closes meanwhile are left out."""
    for name in os.listdir(_OPEN_FILES):
        with suppress(OSError):
            if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                continue
            with socket.socket(fileno=os.dup(int(name))) as connection:
                own = connection.getsockname()
                if connection.family in (socket.AF_INET, socket.AF_INET6) and own[1] == port:
                    yield connection, connection.getpeername()
