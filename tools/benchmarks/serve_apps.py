"""The servers of ours that ``bench_serve`` measures: ``python -m benchmarks.serve_apps NAME READY_JSON``.

All of them answer a read and a create with the same 1 KB. ``raw`` is the shortest ASGI application that does,
on Hypercorn as it comes and on granian, ``quart`` a route of Quart; the others are twins, as ``wraith serve``
serves them.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import socket
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wraith.asgi import Receive, Send, ServerName, new_event_loop, run_app
from wraith.canonical import JsonValue
from wraith.config import Fault, FaultProfile, ScrubConfig, Serve
from wraith.config import Latency as LatencyConfig
from wraith.files import write_json
from wraith.runtime import Twin
from wraith.scrub import Scrubber, restore
from wraith.serve import (
    AccessLog,
    Faults,
    Latency,
    Loaded,
    Simulation,
    TracedTwin,
    TraceLog,
    masking,
    serve_twin,
)
from wraith.wir import model_from_json

if TYPE_CHECKING:
    from quart import Quart
    from quart import Response as QuartResponse

TEXT: Final = "x" * 960
ITEM: Final = {"id": "item_00000000", "name": "tea", "text": TEXT}
SENT: Final = json.dumps({"name": "tea", "text": TEXT})
LIMITS: Final = Serve(max_sessions=100, max_entities=2_000)
"""Few enough that a run of 20,000 requests reaches them."""
ENDLESS: Final = Serve(max_entities=10**9, max_bytes=10**12)


def hole(kind: str, source: JsonValue) -> JsonValue:
    """Return a hole that text fills."""
    return {"class": kind, "type": "string", "source": source}


MODEL: Final[JsonValue] = {
    "format": "wraith.model/1",
    "entities": [{"name": "item", "key": "id"}],
    "fixtures": {"item": [{"key": str(ITEM["id"]), "value": {**ITEM}}]},
    "routes": [
        {
            "method": "POST",
            "path_pattern": "/items",
            "state_op": "create",
            "entity": "item",
            "variants": [
                {
                    "status": 201,
                    "headers": [["Content-Type", {"literal": "application/json"}]],
                    "body_template": {"id": "$id", "name": "$name", "text": "$text"},
                    "holes": {
                        "id": hole("generated", {"fresh_id": "item_[a-z0-9]{8}"}),
                        "name": hole("echoed", {"path": "request.body.name"}),
                        "text": hole("echoed", {"path": "request.body.text"}),
                    },
                    "effects": [
                        {
                            "put": "item",
                            "key": {"path": "response.body.id"},
                            "value": {"path": "response.body"},
                        }
                    ],
                }
            ],
        },
        {
            "method": "GET",
            "path_pattern": "/items/{id}",
            "state_op": "read",
            "entity": "item",
            "key": {"path": "request.path.id"},
            "variants": [
                {
                    "status": 200,
                    "headers": [["Content-Type", {"literal": "application/json"}]],
                    "guards": [{"exists": "entity"}],
                    "body_template": "$item",
                    "holes": {"item": hole("state", {"path": "entity"})},
                },
                {"status": 404, "guards": [{"absent": "entity"}], "body_template": {"error": "none"}},
            ],
        },
    ],
}


def body() -> bytes:
    """Return the answer to every request, made anew, as an application would."""
    return json.dumps(ITEM, separators=(",", ":")).encode()


async def raw(scope: Any, receive: Receive, send: Send) -> None:
    """An ASGI application that reads the request and answers what the twin answers."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    answer = body()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
    status = 201 if scope["method"] == "POST" else 200
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": answer, "more_body": False})


def quart_app() -> Quart:
    """Return a Quart application that answers what the twin answers."""
    from quart import Quart, Response, request

    app = Quart(__name__)

    @app.get("/items/<key>")
    async def read(key: str) -> QuartResponse:
        return Response(body(), content_type="application/json")

    @app.post("/items")
    async def create() -> QuartResponse:
        await request.get_json()
        return Response(body(), 201, content_type="application/json")

    return app


def on_hypercorn(app: Any, ready: Path) -> None:
    """Serve an application on Hypercorn as it comes."""
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    listener = _listener(ready)
    config = Config()
    config.loglevel = "WARNING"
    config.keep_alive_max_requests = 10**9  # else wrk would have to connect anew every 1,000
    config.bind = [f"fd://{listener.detach()}"]
    asyncio.run(serve(app, config))


def on_granian(app: Any, ready: Path) -> None:
    """Serve an application on granian, one worker."""
    with asyncio.Runner(loop_factory=partial(new_event_loop, "granian")) as runner:
        runner.run(run_app(app, host="127.0.0.1", port=0, ready_json=ready, server="granian"))


def _listener(ready: Path) -> socket.socket:
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    write_json(ready, {"address": f"http://127.0.0.1:{listener.getsockname()[1]}"})
    return listener


def twin(
    ready: Path,
    *,
    server: ServerName = "hypercorn",
    settings: Serve = ENDLESS,
    simulation: Simulation | None = None,
    trace: TraceLog | None = None,
) -> None:
    """Serve the twin as ``wraith serve`` does: requests are looked through for secrets, and logged."""
    scrubber = Scrubber(ScrubConfig(), None)
    model = model_from_json(MODEL)
    serve_twin(
        Loaded(
            TracedTwin(trace, model) if trace is not None else Twin(model),
            "",
            masking(scrubber.request, restore, scrubber.secrets),
            settings,
            simulation=simulation or Simulation(),
        ),
        name="bench",
        access=AccessLog.to(sys.stderr, os.environ),
        port=0,
        on_bound=lambda _: gc.freeze(),
        ready_json=ready,
        trace=trace,
        server=server,
    )


def elsewhere() -> Simulation:
    """Return faults and a latency that no request meets: what it costs to have them on."""
    never = Fault(kind="error", route="GET /elsewhere", status=503)
    at_once = LatencyConfig(mode="fixed", ms=0.0)
    return Simulation(faults=Faults(FaultProfile(faults=(never,))), latency=Latency(at_once, {}))


APPS: Final[dict[str, Callable[[Path], None]]] = {
    "raw": partial(on_hypercorn, raw),
    "raw-granian": partial(on_granian, raw),
    "quart": lambda ready: on_hypercorn(quart_app(), ready),
    "wraith": twin,
    "wraith-granian": partial(twin, server="granian"),
    "wraith-simulation": lambda ready: twin(ready, simulation=elsewhere()),
    "wraith-trace": lambda ready: twin(ready, trace=TraceLog()),
    "wraith-limited": partial(twin, settings=LIMITS),
}

if __name__ == "__main__":
    APPS[sys.argv[1]](Path(sys.argv[2]))
