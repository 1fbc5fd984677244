"""A small twin of a tea shop, served in the event loop of one test."""

from __future__ import annotations

import asyncio
import copy
import io
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

import httpx
import pytest

from wraith.asgi import Address, Front, Guard, ServerName, Traffic, run_app
from wraith.canonical import JsonValue
from wraith.config import FixtureSets, Serve
from wraith.exchange import Request, Response
from wraith.runtime import Twin
from wraith.serve import AccessLog, Backing, Mask, Passthrough, Simulation, TracedTwin, TraceLog
from wraith.serve._control import control_app
from wraith.serve._mask import Unmask
from wraith.serve._naming import Naming
from wraith.serve._page import Looked, add_page
from wraith.serve._replay import Recording, Replay
from wraith.serve._session_control import add_session_control
from wraith.serve._sessions import Sessions
from wraith.serve._simulation import Simulated
from wraith.serve._trace import add_trace
from wraith.serve._twin import TwinApp
from wraith.wir import model_from_json


def hole(kind: str, source: JsonValue) -> JsonValue:
    return {"class": kind, "type": "string", "source": source}


MODEL: JsonValue = {
    "format": "wraith.model/1",
    "entities": [{"name": "cup", "key": "id"}],
    "routes": [
        {
            "method": "POST",
            "path_pattern": "/cups",
            "state_op": "create",
            "entity": "cup",
            "variants": [
                {
                    "status": 201,
                    "headers": [["X-Name", {"path": "request.body.name"}]],
                    "support": [{"type": ["request.body.name", "string"]}],
                    "body_template": {"id": "$id", "name": "$name"},
                    "holes": {
                        "id": hole("generated", {"fresh_id": "cup_[a-z0-9]{8}"}),
                        "name": hole("echoed", {"path": "request.body.name"}),
                    },
                    "effects": [
                        {
                            "put": "cup",
                            "key": {"path": "response.body.id"},
                            "value": {"path": "response.body"},
                        }
                    ],
                }
            ],
        },
        {
            "method": "GET",
            "path_pattern": "/cups/{id}",
            "state_op": "read",
            "entity": "cup",
            "key": {"path": "request.path.id"},
            "variants": [
                {
                    "status": 200,
                    "guards": [{"exists": "entity"}],
                    "body_template": "$cup",
                    "holes": {"cup": hole("state", {"path": "entity"})},
                },
                {"status": 404, "guards": [{"absent": "entity"}], "body_template": {"error": "no such cup"}},
            ],
        },
        {
            "method": "DELETE",
            "path_pattern": "/cups",
            "variants": [{"status": 204, "body_kind": "empty"}],
        },
        {
            "method": "HEAD",
            "path_pattern": "/cups",
            "variants": [
                {"status": 200, "headers": [["content-length", {"literal": "42"}]], "body_kind": "empty"}
            ],
        },
    ],
}


@dataclass(frozen=True)
class Served:
    """A running twin, a client of it, and what its access log says."""

    client: httpx.AsyncClient
    port: int
    log: io.StringIO
    access: AccessLog

    def logged(self) -> list[dict[str, JsonValue]]:
        self.access.flush()
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


def unmasked(request: Request, _: set[str]) -> tuple[Request, Unmask]:
    """The mask of requests without secrets."""

    def same(response: Response) -> Response:
        return response

    return request, same


class Shop:
    """Serves the twin of a tea shop."""

    more: Sequence[JsonValue] = ()
    """Variants of POST /cups that come before its own."""

    def __init__(self, server: ServerName = "hypercorn") -> None:
        self.server = server

    def twin(self, kind: type[Twin] = Twin, sets: FixtureSets | None = None) -> Twin:
        document = copy.deepcopy(MODEL)
        document["routes"][0]["variants"][:0] = self.more  # type: ignore[index,call-overload]  # as above
        model = model_from_json(document)
        return kind(model, sets) if sets else kind(model)

    @asynccontextmanager
    async def serve(
        self,
        *,
        kind: type[Twin] = Twin,
        mask: Mask = unmasked,
        settings: Serve | None = None,
        recordings: Sequence[Recording] = (),
        passthrough: Passthrough | None = None,
        sets: FixtureSets | None = None,
        fixtures: str = "default",
        max_body_bytes: int = 1000,
        body_timeout_s: float = 5.0,
        backing: Backing | None = None,
        simulation: Simulation | None = None,
        trace: TraceLog | None = None,
    ) -> AsyncIterator[Served]:
        """Serve a twin for as long as the block lasts."""
        log, stop = io.StringIO(), asyncio.Event()
        bound: asyncio.Future[Address] = asyncio.get_running_loop().create_future()
        settings = settings or Serve()
        twin = self.twin(kind, sets) if trace is None else TracedTwin(trace, model_from_json(MODEL), sets)
        sessions, access = Sessions(twin, fixtures, settings), AccessLog(log, as_json=True, colour=False)
        naming = Naming(settings.session_mode)
        answers = TwinApp(
            twin,
            sessions,
            mask,
            naming,
            settings=settings,
            upstream_url="https://api.example.com/v1",
            replay=Replay(recordings) if recordings else None,
            access=access,
            passthrough=passthrough,
            max_body_bytes=max_body_bytes,
            body_timeout_s=body_timeout_s,
        )
        app: Traffic = answers
        control = control_app(sessions, {"twin": "shop"})
        add_session_control(control, sessions, twin.model)
        add_page(control, Looked("shop", twin.model, sessions, access, (), backing or Backing()))
        if simulation is not None:
            sessions.on_reset = simulation.forget
            app = Simulated(answers, simulation, twin, mask, access, naming, cors=settings.cors)
        if trace is not None:
            trace.name_of = sessions.name_of
            add_trace(control, trace)
        front = Front(app, control, Guard(None))
        task = asyncio.create_task(
            run_app(
                front,
                host="127.0.0.1",
                port=0,
                on_bound=bound.set_result,
                stop=stop,
                signals=False,
                server=self.server,
            )
        )
        address = await bound
        try:
            async with httpx.AsyncClient(base_url=address.url, trust_env=False) as client:
                yield Served(client, address.port, log, access)
        finally:
            stop.set()
            await task


@pytest.fixture(params=["hypercorn", "granian"])
def server(request: pytest.FixtureRequest) -> ServerName:
    """Each of the servers that are installed."""
    if request.param == "granian":
        pytest.importorskip("granian", reason="needs the extra wraith[fast]")
    return cast(ServerName, request.param)


@pytest.fixture
def shop(server: ServerName) -> Shop:
    """The tea shop's twin, on each of the servers."""
    return Shop(server)
