"""Connections of Hypercorn that end when their clients leave, idle at no cost, and write an answer at once.

Hypercorn 0.18 keeps a connection that its client has closed, socket and all, until the keep-alive timeout:
the task that waits for the timeout stands in the connection's task group, and is stopped only behind it. It
also makes that task anew, and a second one within, for every request. Ours is one task for a connection's
life: a request costs it two assignments. And it writes the head of an answer and each part of its body by
themselves, which is a system call each; ours writes together what comes within one turn of the event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from hypercorn.asyncio import run
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.events import Closed, RawData

if TYPE_CHECKING:
    from hypercorn.events import Event
    from hypercorn.typing import TaskGroup

_MOST_HELD: Final = 16 * 1024
"""Bytes that wait for more to be written with them: what is longer gains nothing."""


class _Idle:
    """In the place of Hypercorn's ``AsyncioSingleTask``: since when a connection is idle, and who watches."""

    def __init__(self) -> None:
        self.since: float | None = None
        """By the clock of the loop; None while a request is answered."""
        self._watching: asyncio.Task[None] | None = None
        self._over = False

    async def restart(self, task_group: TaskGroup, watch: Callable[[], Awaitable[None]]) -> None:
        """The connection is idle from here on."""
        self.since = asyncio.get_running_loop().time()
        if not self._over and (self._watching is None or self._watching.done()):
            group: asyncio.TaskGroup = vars(task_group)["_task_group"]
            self._watching = group.create_task(_awaited(watch))

    async def stop(self) -> None:
        """A request has come."""
        self.since = None

    def end(self) -> None:
        """The client has left: nobody waits any more, so that the task group of the connection can end."""
        self._over = True
        if self._watching is not None:
            self._watching.cancel()


async def _awaited(watch: Callable[[], Awaitable[None]]) -> None:
    await watch()


class _Connection(TCPServer):
    idle_task: Any  # an _Idle

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.idle_task = _Idle()
        self._held: list[bytes] = []
        self._held_bytes = 0

    async def protocol_send(self, event: Event) -> None:
        """Take what is to be sent. It is written when it is much, when the answer ends, or when the event
        loop comes round: an application that waits between two parts has sent the first."""
        if isinstance(event, RawData):
            if not event.data:
                return
            if not self._held:
                self.loop.call_soon(self._write)
            self._held.append(event.data)
            self._held_bytes += len(event.data)
            if self._held_bytes >= _MOST_HELD:
                await self._written()
            return
        if self._held:
            await self._written()
        await super().protocol_send(event)

    def _write(self) -> None:
        """Hand over what is held, in the order in which it came."""
        data = b"".join(self._held)
        self._held.clear()
        self._held_bytes = 0
        if data and not self.writer.is_closing():
            self.writer.write(data)

    async def _written(self) -> None:
        """Write, and wait while the client is too slow."""
        self._write()
        async with self.send_lock:
            try:
                await self.writer.drain()
            except (ConnectionError, RuntimeError):
                await self.protocol.handle(Closed())

    async def _initiate_server_close(self) -> None:
        await self.protocol.handle(Closed())
        self._write()
        self.writer.close()

    async def _close(self) -> None:
        self._write()
        await super()._close()

    async def _read_data(self) -> None:
        try:
            await super()._read_data()
        finally:
            self.idle_task.end()

    async def _idle_timeout(self) -> None:
        """Close the connection once it was idle for as long as it may be, or when the server ends."""
        terminated, longest_s = self.context.terminated, self.config.keep_alive_timeout
        while not terminated.is_set():
            since = self.idle_task.since
            left_s = longest_s if since is None else since + longest_s - self.loop.time()
            if left_s <= 0:
                break
            with suppress(TimeoutError):
                await asyncio.wait_for(terminated.wait(), left_s)
        if self.idle_task.since is not None:  # else the end of the request closes it
            await asyncio.shield(self._initiate_server_close())


def let_go_of_closed_connections() -> None:
    """Make Hypercorn serve its connections so."""
    vars(run).update(TCPServer=_Connection)
