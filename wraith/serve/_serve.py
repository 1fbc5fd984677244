"""``wraith serve``: a twin on a socket until a signal ends it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

from wraith.asgi import Address, Front, ServerName, Traffic, control_guard, new_event_loop, run_app
from wraith.config import DEFAULT_NAME, Serve
from wraith.errors import InputError
from wraith.runtime import Twin
from wraith.serve._access import AccessLog
from wraith.serve._control import control_app
from wraith.serve._mask import Mask
from wraith.serve._naming import Naming
from wraith.serve._page import Backing, Looked, add_page
from wraith.serve._passthrough import Passthrough
from wraith.serve._replay import Recording, Replay
from wraith.serve._session_control import add_session_control
from wraith.serve._sessions import Sessions
from wraith.serve._simulation import Simulated, Simulation
from wraith.serve._trace import TraceLog, add_trace
from wraith.serve._twin import TwinApp
from wraith.serve._watch import Loaded, Switch, Watch


def serve_twin(
    twin: Twin,
    mask: Mask,
    *,
    name: str,
    model_digest: str,
    access: AccessLog,
    settings: Serve | None = None,
    recordings: Sequence[Recording] = (),
    upstream_url: str = "",
    passthrough: Passthrough | None = None,
    fixtures: str = DEFAULT_NAME,
    host: str = "127.0.0.1",
    port: int = 8081,
    on_bound: Callable[[Address], None] | None = None,
    ready_json: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    backing: Backing | None = None,
    simulation: Simulation | None = None,
    trace: TraceLog | None = None,
    watch: Watch | None = None,
    server: ServerName = "hypercorn",
) -> None:
    """Serve the twin until SIGTERM or SIGINT; requests that have begun are answered first. ``fixtures`` is
    the set that sessions begin with which ask for none, ``backing`` what its page tells of evidence and the
    last check. ``recordings`` are what strict fidelity answers with, ``upstream_url`` whose addresses become
    the twin's. ``simulation`` comes before every answer; ``trace`` is what a ``TracedTwin`` writes to;
    ``watch`` brings another twin when files change.

    Raises PolicyError where the host is not loopback and no control token is set, OperationError where the
    address cannot be bound, InputError where fidelity is strict and there are no recordings, and where the
    server is not installed.
    """
    settings = settings or Serve()
    guard = control_guard(host, environ)
    sessions = Sessions(twin, fixtures, settings)
    replay = _replay(name, recordings) if settings.fidelity == "strict" else None
    if simulation is not None and simulation.is_on:
        sessions.on_reset = simulation.forget
    if trace is not None:
        trace.name_of = sessions.name_of

    def front(twin: Twin, model_digest: str) -> Front:
        control = control_app(
            sessions,
            {
                "twin": name,
                "model_digest": model_digest,
                "routes": len(twin.model.routes),
                "fidelity": settings.fidelity,
                "clock": settings.clock,
                "fixtures": [*sessions.fixture_names],
            },
        )
        facts = (
            ("Fidelity", settings.fidelity),
            ("Routes", f"{len(twin.model.routes)}"),
            ("Model", model_digest),
        )
        add_session_control(control, sessions, twin.model)
        add_page(control, Looked(name, twin.model, sessions, access, facts, backing or Backing()))
        if trace is not None:
            add_trace(control, trace)
        answers: Traffic = TwinApp(
            twin,
            sessions,
            mask,
            settings=settings,
            access=access,
            replay=replay,
            passthrough=passthrough,
            upstream_url=upstream_url,
        )
        if simulation is not None and simulation.is_on:
            answers = Simulated(answers, simulation, twin, mask, access, Naming(settings.session_mode))
        return Front(answers, control, guard)

    switch = Switch(front(twin, model_digest))

    def replace(loaded: Loaded) -> None:
        sessions.serve(loaded.twin)
        switch.app = front(loaded.twin, loaded.model_digest)

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


def _replay(name: str, recordings: Sequence[Recording]) -> Replay:
    if not recordings:
        raise InputError(
            f"{name} has no recordings here, and strict fidelity answers with nothing else",
            hint="serve with --fidelity synth, record the twin, or pack it with --include-recordings",
        )
    return Replay(recordings)
