"""What simulation knows of a request: who asks, and what for; and what it keeps of each session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from wraith.exchange import Headers
from wraith.globs import glob

MAX_KEPT: Final = 10_000
"""Sessions that something is kept of; the one that was longest without a request is forgotten first."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, before it is answered."""

    session: str
    called: str
    """``METHOD /path`` of the request."""
    route: str | None
    """``METHOD /path`` of its route, as it was learned; None where no route matches."""
    headers: Headers

    def is_for(self, pattern: str) -> bool:
        """Return whether the pattern names the route, or the request itself."""
        matches = glob(pattern)
        return matches(self.called) or (self.route is not None and matches(self.route))


class PerSession(Generic[T]):
    """A value for each session, made when it is first asked for; bounded in number."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._kept: dict[str, T] = {}

    def of(self, session: str) -> T:
        """Return the session's value."""
        value = self._kept.pop(session, None)
        if value is None:
            value = self._make()
            if len(self._kept) >= MAX_KEPT:
                del self._kept[next(iter(self._kept))]
        self._kept[session] = value  # at the end: the first is the one that was idle longest
        return value

    def forget(self, session: str) -> None:
        """Begin a session anew; all of them where the name is empty."""
        if session:
            self._kept.pop(session, None)
        else:
            self._kept.clear()
