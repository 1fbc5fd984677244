"""How an application is served on Hypercorn."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from wraith.asgi._limits import GRACE_S, KEEP_ALIVE_S, MAX_HEAD_BYTES

if TYPE_CHECKING:
    from hypercorn.config import Config

    from wraith.asgi._types import App


async def serve_on_hypercorn(
    app: App, listener: socket.socket, stop: asyncio.Event, *, drain_s: float, raw_headers: bool
) -> None:
    """Serve until the event, then for at most ``drain_s`` until what has begun has ended."""
    from hypercorn.asyncio import serve

    from wraith.asgi._connections import let_go_of_closed_connections
    from wraith.asgi._streams import hand_over_whole_requests

    hand_over_whole_requests()
    let_go_of_closed_connections()
    config = _config(raw_headers, drain_s)
    config.bind = [f"fd://{listener.detach()}"]  # which Hypercorn owns, and closes, from here on
    with _cut_off_quietly():
        serving = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait, mode="asgi"))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            # Python 3.12's Hypercorn would wait for an endless stream for ever
            await asyncio.wait({serving}, timeout=drain_s + GRACE_S)
        finally:
            stop.set()
            stopping.cancel()
            if not serving.done():
                serving.cancel()
            with suppress(asyncio.CancelledError):  # of serving; a cancellation of ours goes on by itself
                await serving
        await asyncio.sleep(0)  # for what the loop still has to say of connections that were cut off


def _config(raw_headers: bool, drain_s: float) -> Config:
    from hypercorn.config import Config

    config = Config()
    config.loglevel = "WARNING"
    config.graceful_timeout = drain_s
    config.h11_max_incomplete_size = MAX_HEAD_BYTES
    config.h11_pass_raw_headers = raw_headers
    config.include_date_header = False  # an answer has the headers that the upstream or the model gave it
    config.include_server_header = False
    config.keep_alive_max_requests = 10**9
    config.keep_alive_timeout = KEEP_ALIVE_S
    return config


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
