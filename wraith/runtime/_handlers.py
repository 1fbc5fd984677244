"""Handlers: answers that people wrote, in the place of those that were learned.

The sandbox that runs them is not here: a twin is given one callable, and what a handler may see and do passes
through the values below. A handler that fails leaves nothing behind, and the model answers instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from wraith.canonical import JsonValue
from wraith.exchange import Headers
from wraith.paths import Found
from wraith.runtime._draft import Draft


@dataclass(slots=True)
class Invocation:
    """What one handler is given for one request."""

    method: str
    path: str
    headers: Mapping[str, str]
    """By lower-case name."""
    query: Mapping[str, JsonValue]
    body: Found
    params: Mapping[str, str]
    """The parameters of the route's path."""
    state: Draft
    now_ms: int
    seed: str
    """What chance is drawn from: the same for the same request of a session in the same state."""
    ahead_ms: int = 0
    written_bytes: int = 0
    """Of the entities that it stored, as JSON."""

    def advance(self, by_ms: int) -> None:
        """Set the session's clock forward."""
        self.ahead_ms += by_ms
        self.now_ms += by_ms


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler emitted. Without body, status and headers it leaves the answer to the model."""

    status: int | None = None
    headers: Headers = ()
    body: bytes | None = None

    @property
    def empty(self) -> bool:
        return self.status is None and self.body is None and not self.headers


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a handler did not answer."""

    reason: str


Handle: TypeAlias = Callable[[str, Invocation], Reply | Failure]
"""Runs the handler of a name."""


@dataclass(frozen=True, slots=True)
class Handlers:
    """The handlers of a twin: their names, which are those of their files, and what runs them."""

    names: frozenset[str]
    run: Handle
    falls_back: bool = True
    """Where one fails the model answers; else nobody does, and nothing happens."""


NO_HANDLERS: Final = Handlers(frozenset(), lambda name, _: Failure(f"there is no handler {name}"))
