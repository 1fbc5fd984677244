"""The front door: control plane to Quart, everything else straight to the traffic's own ASGI application.

Traffic does not pass through Quart's request objects, which would halve the speed of proxy and twin.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Final

from wraith.asgi._answers import failure, send_json
from wraith.asgi._control import CONTROL_PREFIX, Guard

if TYPE_CHECKING:
    from hypercorn.typing import ASGIFramework, HTTPScope, Scope

    from wraith.asgi._types import Receive, Send, Traffic


CHALLENGE: Final = (b"www-authenticate", b'Basic realm="wraith: any name, and the control token"')
"""Has a browser ask for the token; programs send it as ``Bearer``."""


class Front:
    """An ASGI application made of two."""

    def __init__(self, traffic: Traffic, control: ASGIFramework, guard: Guard) -> None:
        self._traffic = traffic
        self._control = control
        self._guard = guard

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "http":
            path = scope["path"]
            if path == CONTROL_PREFIX or path.startswith(f"{CONTROL_PREFIX}/"):
                return self._to_control(scope, receive, send)
            return self._traffic(scope, receive, send)
        if scope["type"] == "lifespan":
            return self._control(scope, receive, send)
        return send({"type": "websocket.close", "code": 1000, "reason": "not supported"})

    async def _to_control(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        refusal = self._guard.refusal(scope["headers"])
        if refusal is not None:
            status = 401 if refusal.needs_token else 403
            challenge = [CHALLENGE] if refusal.needs_token else []
            await send_json(send, failure(status, "refused", refusal.message), headers=challenge)
        else:
            await self._control(scope, receive, send)
