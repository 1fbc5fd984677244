"""The recording proxy's control plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wraith.asgi import CONTROL_PREFIX, new_control_app
from wraith.canonical import JsonValue
from wraith.recording._recorder import Recorder

if TYPE_CHECKING:
    from quart import Quart


def control_app(recorder: Recorder, twin: str, upstream_url: str) -> Quart:
    """Return the Quart application that answers below ``/__wraith``."""
    from quart import request

    app = new_control_app("wraith.recording")

    @app.get(f"{CONTROL_PREFIX}/health")
    async def health() -> dict[str, JsonValue]:
        return {"status": "recording"}

    @app.get(f"{CONTROL_PREFIX}/ready")
    async def ready() -> dict[str, JsonValue]:
        return {"ready": True}

    @app.get(f"{CONTROL_PREFIX}/info")
    async def info() -> dict[str, JsonValue]:
        return {
            "twin": twin,
            "upstream_url": upstream_url,
            "port": (request.scope["server"] or ("", 0))[1],
            "active_sessions": recorder.active(),
            "exchanges": recorder.exchanges,
            "pending": recorder.pending,
        }

    @app.post(f"{CONTROL_PREFIX}/new-session")
    async def new_session() -> dict[str, JsonValue]:
        closed = await recorder.close_sessions()
        return {"closed": [{"id": session.id, "exchanges": session.exchanges} for session in closed]}

    return app
