"""The twin's control plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wraith.asgi import CONTROL_PREFIX, new_control_app
from wraith.canonical import JsonValue
from wraith.serve._sessions import Sessions

if TYPE_CHECKING:
    from quart import Quart


def control_app(sessions: Sessions, about: dict[str, JsonValue]) -> Quart:
    """Return the Quart application that answers below ``/__wraith``. ``about`` is part of what it tells."""
    from quart import request

    app = new_control_app("wraith.serve")

    @app.get(f"{CONTROL_PREFIX}/health")
    async def health() -> dict[str, JsonValue]:
        return {"status": "serving"}

    @app.get(f"{CONTROL_PREFIX}/ready")
    async def ready() -> dict[str, JsonValue]:
        return {"ready": True}

    @app.get(f"{CONTROL_PREFIX}/info")
    async def info() -> dict[str, JsonValue]:
        names: list[JsonValue] = [*sessions.names()]
        return {**about, "address": request.host_url.rstrip("/"), "sessions": names}

    @app.post(f"{CONTROL_PREFIX}/reset")
    async def reset() -> dict[str, JsonValue]:
        forgotten: list[JsonValue] = [*sessions.reset(request.headers.get("X-Wraith-Session", ""))]
        return {"reset": forgotten}

    return app
