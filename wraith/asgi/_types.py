"""The shapes of ASGI, by the names of its specification."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from hypercorn.typing import ASGIReceiveEvent, ASGISendEvent, HTTPScope, Scope

Receive: TypeAlias = "Callable[[], Awaitable[ASGIReceiveEvent]]"
Send: TypeAlias = "Callable[[ASGISendEvent], Awaitable[None]]"
App: TypeAlias = "Callable[[Scope, Receive, Send], Awaitable[None]]"
Traffic: TypeAlias = "Callable[[HTTPScope, Receive, Send], Awaitable[None]]"
