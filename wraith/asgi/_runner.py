"""The one way an ASGI application of ours is served: by a server that is told, on a socket that we bind.

We bind and listen before the server starts, so that port 0 has a number to tell, a port in use is an error of
ours, and a client that connects as soon as it knows the address is queued rather than refused.
"""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from wraith.asgi._granian import new_fast_loop, require_granian, serve_on_granian
from wraith.asgi._hypercorn import serve_on_hypercorn
from wraith.asgi._limits import BACKLOG
from wraith.canonical import JsonValue
from wraith.errors import OperationError
from wraith.files import write_json

if TYPE_CHECKING:
    from wraith.asgi._types import App

DRAIN_S: Final = 3.0
"""How long requests that have begun may take to end after the signal."""


ServerName: TypeAlias = Literal["hypercorn", "granian"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens."""

    host: str
    port: int

    @property
    def netloc(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.netloc}"


def new_event_loop(server: ServerName) -> asyncio.AbstractEventLoop:
    """Return an event loop that suits the server."""
    return new_fast_loop() if server == "granian" else asyncio.new_event_loop()


async def run_app(
    app: App,
    *,
    host: str,
    port: int,
    on_bound: Callable[[Address], None] | None = None,
    ready_json: Path | None = None,
    stop: asyncio.Event | None = None,
    signals: bool = True,
    raw_headers: bool = False,
    server: ServerName = "hypercorn",
) -> None:
    """Serve the application until SIGTERM, SIGINT or ``stop``; then requests that have begun are ended.

    Port 0 picks a free one. Once clients can connect, ``ready_json`` is written and ``on_bound`` called.
    ``raw_headers`` keeps the case of header names, which Hypercorn can. Raises OperationError where the
    address cannot be bound, InputError where the server is not installed.
    """
    stop = stop or asyncio.Event()
    if server == "granian":
        require_granian()
    listener = _listen(host, port)
    try:
        bound = listener.getsockname()
        address = Address(bound[0], bound[1])
        if ready_json is not None:
            document: dict[str, JsonValue] = {
                "address": address.url,
                "host": address.host,
                "port": address.port,
                "pid": os.getpid(),
            }
            write_json(ready_json, document)
        if on_bound is not None:
            on_bound(address)
        with _stopped_by_signals(stop) if signals else nullcontext():
            if server == "granian":
                await serve_on_granian(app, listener, stop, drain_s=DRAIN_S)
            else:
                await serve_on_hypercorn(app, listener, stop, drain_s=DRAIN_S, raw_headers=raw_headers)
    finally:
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, name = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise OperationError(
            f"not an address to listen on: {error.strerror}", where=f"{host}:{port}"
        ) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(name)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise OperationError(
            f"cannot listen: {error.strerror or error}", where=f"{host}:{port}", hint=_bind_hint(error)
        ) from error
    return listener


def _bind_hint(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another program has the port: end it, or choose another with --port (0 picks a free one)"
    if error.errno == errno.EACCES:
        return "ports below 1024 are reserved: choose another with --port"
    return "choose another with --host and --port"


@contextmanager
def _stopped_by_signals(stop: asyncio.Event) -> Iterator[None]:
    """Set the event on SIGTERM and SIGINT. Only the main thread can listen to signals."""
    loop = asyncio.get_running_loop()
    wanted = (signal.SIGTERM, signal.SIGINT) if threading.current_thread() is threading.main_thread() else ()
    for number in wanted:
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in wanted:
            loop.remove_signal_handler(number)
