"""``wraith serve``: a twin on a socket until a signal ends it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from wraith.asgi import (
    Address,
    Front,
    Guard,
    ServerName,
    Traffic,
    control_guard,
    new_event_loop,
    run_app,
)
from wraith.config import DEFAULT_NAME
from wraith.serve._access import AccessLog
from wraith.serve._control import control_app
from wraith.serve._loaded import Loaded
from wraith.serve._naming import Naming
from wraith.serve._page import Backing, Looked, add_page
from wraith.serve._replay import Replay
from wraith.serve._session_control import add_session_control
from wraith.serve._sessions import Sessions
from wraith.serve._simulation import Simulated
from wraith.serve._trace import TraceLog, add_trace
from wraith.serve._twin import TwinApp
from wraith.serve._watch import Switch, Watch

if TYPE_CHECKING:
    from quart import Quart


def serve_twin(
    loaded: Loaded,
    *,
    name: str,
    access: AccessLog,
    fixtures: str = DEFAULT_NAME,
    host: str = "127.0.0.1",
    port: int = 8081,
    on_bound: Callable[[Address], None] | None = None,
    ready_json: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    backing: Backing | None = None,
    trace: TraceLog | None = None,
    watch: Watch | None = None,
    server: ServerName = "hypercorn",
) -> None:
    """Serve the twin until SIGTERM or SIGINT; requests that have begun are answered first. ``fixtures`` is
    the set that sessions begin with which ask for none, ``backing`` what its page tells of evidence and the
    last check. ``trace`` is what a ``TracedTwin`` writes to; ``watch`` brings another twin, or other
    settings, when files change.

    Raises PolicyError where the host is not loopback and no control token is set, OperationError where the
    address cannot be bound, InputError where the server is not installed.
    """
    guard = control_guard(host, environ)
    sessions = Sessions(loaded.twin, fixtures, loaded.settings)
    naming = Naming(loaded.settings.session_mode)
    serving = _Serving(name, sessions, naming, access, backing or Backing(), trace, guard)
    switch = Switch(serving.front(loaded))

    def replace(other: Loaded) -> None:
        sessions.serve(other.twin, other.settings)
        naming.mode = other.settings.session_mode
        switch.app = serving.front(other)

    async def main() -> None:
        async with _followed(watch, replace):
            await run_app(
                switch, host=host, port=port, on_bound=on_bound, ready_json=ready_json, server=server
            )

    try:
        with asyncio.Runner(loop_factory=partial(new_event_loop, server)) as runner:
            runner.run(main())
    finally:
        access.flush()


@asynccontextmanager
async def _followed(watch: Watch | None, replace: Callable[[Loaded], None]) -> AsyncIterator[None]:
    """Hand over the twins that changes bring, for as long as the block lasts."""
    if watch is None:
        yield
        return

    async def follow() -> None:
        async for loaded in watch.changes():
            replace(loaded)

    following = asyncio.create_task(follow())
    await asyncio.sleep(0)  # the files are watched before anybody hears that the twin serves
    try:
        yield
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following


@dataclass(slots=True)
class _Serving:
    """What goes on while twins come and go: sessions, their names, the log, the traces."""

    name: str
    sessions: Sessions
    naming: Naming
    access: AccessLog
    backing: Backing
    trace: TraceLog | None
    guard: Guard
    replay: Replay | None = None
    """What was recorded, once it was asked for: recordings do not change while they are served."""

    def front(self, loaded: Loaded) -> Front:
        """Return the application that answers as was loaded."""
        simulation = loaded.simulation
        self.sessions.on_reset = simulation.forget if simulation.is_on else None
        answers = TwinApp(
            loaded.twin,
            self.sessions,
            loaded.mask,
            self.naming,
            settings=loaded.settings,
            access=self.access,
            replay=self._replay(loaded),
            passthrough=loaded.passthrough,
            upstream_url=loaded.upstream_url,
        )
        traffic: Traffic = answers
        if simulation.is_on:
            traffic = Simulated(
                answers,
                simulation,
                loaded.twin,
                loaded.mask,
                self.access,
                self.naming,
                cors=loaded.settings.cors,
            )
        return Front(traffic, self._control(loaded), self.guard)

    def _replay(self, loaded: Loaded) -> Replay | None:
        if loaded.settings.fidelity != "strict":
            return None
        self.replay = self.replay or Replay(loaded.recordings)
        return self.replay

    def _control(self, loaded: Loaded) -> Quart:
        model, settings = loaded.twin.model, loaded.settings
        control = control_app(
            self.sessions,
            {
                "twin": self.name,
                "model_digest": loaded.model_digest,
                "routes": len(model.routes),
                "fidelity": settings.fidelity,
                "clock": settings.clock,
                "fixtures": [*self.sessions.fixture_names],
            },
        )
        facts = (
            ("Fidelity", settings.fidelity),
            ("Routes", f"{len(model.routes)}"),
            ("Model", loaded.model_digest),
        )
        add_session_control(control, self.sessions, model)
        add_page(control, Looked(self.name, model, self.sessions, self.access, facts, self.backing))
        if self.trace is not None:
            self.trace.name_of = self.sessions.name_of
            add_trace(control, self.trace)
        return control
