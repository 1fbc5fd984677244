"""Rate limits: how many requests of a session are answered in a window of time.

The headers are those of draft-ietf-httpapi-ratelimit-headers-06 (``RateLimit-Limit``, ``-Remaining``,
``-Reset``, ``-Policy``), and ``Retry-After`` of RFC 9110, section 10.2.3, beyond the limit.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from wraith.config import RateLimit
from wraith.exchange import header
from wraith.serve._asked import Asked, PerSession

MAX_WINDOWS: Final = 1000
"""Of one session: who asks under ever new names is forgotten, the one that was idle longest first."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a session stands with a limit: how many requests are left, and for how many seconds none, or not
    all, are free again."""

    limit: RateLimit
    left: int
    reset_s: float
    allowed: bool

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return what the client is told of it."""
        reset = str(math.ceil(self.reset_s)).encode()
        told = [
            (b"ratelimit-limit", str(self.limit.limit).encode()),
            (b"ratelimit-remaining", str(self.left).encode()),
            (b"ratelimit-reset", reset),
            (b"ratelimit-policy", f"{self.limit.limit};w={math.ceil(self.limit.window_s)}".encode()),
        ]
        return told if self.allowed else [*told, (b"retry-after", reset)]


class _Window:
    """When the requests of one session came that a limit counts; those that are free again are forgotten."""

    def __init__(self) -> None:
        self._came: deque[float] = deque()

    def look(self, limit: RateLimit, now: float) -> Standing:
        """Return where the session stands with one more request, which is not counted yet."""
        came = self._came
        if limit.algorithm == "fixed":
            if came and now - came[0] >= limit.window_s:
                came.clear()
        else:
            while came and now - came[0] >= limit.window_s:
                came.popleft()
        reset = limit.window_s - (now - came[0]) if came else limit.window_s
        return Standing(limit, max(0, limit.limit - len(came) - 1), reset, len(came) < limit.limit)

    def count(self, now: float) -> None:
        self._came.append(now)


class _Windows:
    """The windows of one session: one for each limit, or one for each caller that a limit tells apart."""

    def __init__(self) -> None:
        self._windows: dict[tuple[int, str | None], _Window] = {}

    def of(self, number: int, caller: str | None) -> _Window:
        """Return the window of a limit, by its position, and of a caller."""
        window = self._windows.pop((number, caller), None)
        if window is None:
            window = _Window()
            if len(self._windows) >= MAX_WINDOWS:
                del self._windows[next(iter(self._windows))]
        self._windows[number, caller] = window  # at the end: the first is the one that was idle longest
        return window


class Limits:
    """The rate limits of a twin, with the requests that they count. ``now`` tells seconds that only rise."""

    def __init__(self, limits: Sequence[RateLimit], now: Callable[[], float]) -> None:
        self._limits = limits
        self._now = now
        self._windows = PerSession(_Windows)
        self.forget = self._windows.forget

    def standing(self, asked: Asked) -> Standing | None:
        """Count a request, and return where it stands with the narrowest of its limits; None where it has
        none. One that a limit refuses counts for no limit."""
        now = self._now()
        windows = self._windows.of(asked.session)
        counted = [
            ((window := windows.of(number, _caller(limit, asked))), window.look(limit, now))
            for number, limit in enumerate(self._limits)
            if asked.is_for(limit.route)
        ]
        if not counted:
            return None
        narrowest = min((standing for _, standing in counted), key=lambda each: (each.allowed, each.left))
        if narrowest.allowed:
            for window, _ in counted:
                window.count(now)
        return narrowest


def _caller(limit: RateLimit, asked: Asked) -> str | None:
    """Return who asks, as far as a limit tells callers apart; None is also one who does not say."""
    return header(asked.headers, limit.header.lower()) if limit.header else None
