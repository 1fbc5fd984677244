"""One bound of time for many waits at once.

``asyncio.timeout`` sets and takes back a timer for each, which costs a request more than reading its body
does. All waits here are as long, so that those that are over are the ones that began first: one timer is
enough, and a wait that ends in time costs two entries of a dictionary.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any


class Patience:
    """What is awaited in its ``with`` block takes no longer than so many seconds, or raises TimeoutError.
    For the tasks of one event loop, each of which waits once at a time."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._due: dict[asyncio.Task[Any], float] = {}
        """When the waits of tasks are over, in the order in which they began."""
        self._late: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> None:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None  # Invariant: whoever awaits is a task
        self._due[task] = loop.time() + self.seconds
        if self._timer is None:
            self._timer = loop.call_later(self.seconds, self._look)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        task = asyncio.current_task()
        assert task is not None  # Invariant: it came in
        del self._due[task]
        if task in self._late:
            self._late.discard(task)
            if task.uncancel() == 0 and kind is asyncio.CancelledError:
                raise TimeoutError from error

    def _look(self) -> None:
        """End the waits that are over, and look again when the next one will be."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._timer = None
        for task, due in self._due.items():
            if task in self._late:
                continue
            if due > now:
                self._timer = loop.call_later(due - now, self._look)
                break
            self._late.add(task)
            task.cancel()
