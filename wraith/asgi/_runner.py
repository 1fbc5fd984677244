"""The one way an ASGI application of ours is served: on Hypercorn, on a socket that we bind.

We bind and listen before Hypercorn starts, so that port 0 has a number to tell, a port in use is an error of
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
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wraith.canonical import JsonValue
from wraith.errors import OperationError
from wraith.files import write_json

if TYPE_CHECKING:
    from hypercorn.config import Config

    from wraith.asgi._types import App

DRAIN_S: Final = 3.0
"""How long requests that have begun may take to end after the signal."""
_ABORT_S: Final = DRAIN_S + 2.0
"""When to stop waiting for Hypercorn, which from Python 3.12 on would wait for an endless stream for ever."""
_BACKLOG: Final = 512
_MAX_HEAD_BYTES: Final = 128 * 1024
"""Larger than any browser or proxy sends (nginx stops at 32 KiB), small enough to be no burden."""
_KEEP_ALIVE_S: Final = 75.0
"""nginx's default: longer than clients keep idle connections, so that they, not we, close them."""


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
) -> None:
    """Serve the application until SIGTERM, SIGINT or ``stop``; then requests that have begun are ended.

    Port 0 picks a free one. Once clients can connect, ``ready_json`` is written and ``on_bound`` called.
    ``raw_headers`` keeps the case of header names. Raises OperationError where the address cannot be bound.
    """
    stop = stop or asyncio.Event()
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
        config = _config(raw_headers)
        config.bind = [f"fd://{listener.fileno()}"]
        listener.detach()  # Hypercorn owns, and closes, the descriptor from here on
    finally:
        listener.close()
    with _stopped_by_signals(stop) if signals else nullcontext(), _cut_off_quietly():
        await _serve(app, config, stop)
        await asyncio.sleep(0)  # for what the loop still has to say of connections that were cut off


async def _serve(app: App, config: Config, stop: asyncio.Event) -> None:
    from hypercorn.asyncio import serve

    from wraith.asgi._streams import hand_over_whole_requests

    hand_over_whole_requests()
    serving = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait, mode="asgi"))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait({serving}, timeout=_ABORT_S)
    finally:
        stop.set()
        stopping.cancel()
        if not serving.done():
            serving.cancel()
        with suppress(asyncio.CancelledError):  # of serving; a cancellation of ours goes on by itself
            await serving


def _config(raw_headers: bool) -> Config:
    from hypercorn.config import Config

    config = Config()
    config.loglevel = "WARNING"
    config.graceful_timeout = DRAIN_S
    config.h11_max_incomplete_size = _MAX_HEAD_BYTES
    config.h11_pass_raw_headers = raw_headers
    config.include_date_header = False  # an answer has the headers that the upstream or the model gave it
    config.include_server_header = False
    config.keep_alive_max_requests = 10**9
    config.keep_alive_timeout = _KEEP_ALIVE_S
    return config


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
        listener.listen(_BACKLOG)
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


@contextmanager
def _cut_off_quietly() -> Iterator[None]:
    """Keep asyncio from reporting connections cut off at the end of the drain as errors, with a traceback."""
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if not isinstance(context.get("exception"), asyncio.CancelledError):
            loop.default_exception_handler(context)

    loop.set_exception_handler(handle)
    try:
        yield
    finally:
        loop.set_exception_handler(before)
