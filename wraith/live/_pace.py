"""Not more requests a second than a service was promised."""

from __future__ import annotations

import time
from collections.abc import Callable


class Pace:
    """Lets one request go at a time, evenly. The clock and the pause are seams."""

    def __init__(
        self,
        rps: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._every = 1 / rps
        self._clock = clock
        self._pause = pause
        self._next = clock()

    def wait(self) -> None:
        """Return when the next request may go."""
        now = self._clock()
        if now < self._next:
            self._pause(self._next - now)
        self._next = max(now, self._next) + self._every
