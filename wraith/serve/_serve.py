"""``wraith serve``: a twin on a socket until a signal ends it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from wraith.asgi import Address, Front, control_guard, run_app
from wraith.config import DEFAULT_NAME, Serve
from wraith.errors import InputError
from wraith.runtime import Twin
from wraith.serve._access import AccessLog
from wraith.serve._control import control_app
from wraith.serve._mask import Mask
from wraith.serve._page import Backing, Looked, add_page
from wraith.serve._passthrough import Passthrough
from wraith.serve._replay import Recording, Replay
from wraith.serve._session_control import add_session_control
from wraith.serve._sessions import Sessions
from wraith.serve._twin import TwinApp


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
) -> None:
    """Serve the twin until SIGTERM or SIGINT; requests that have begun are answered first. ``fixtures`` is
    the set that sessions begin with which ask for none, ``backing`` what its page tells of evidence and the
    last check. ``recordings`` are what strict fidelity answers with,
    ``upstream_url`` whose addresses become the twin's.

    Raises PolicyError where the host is not loopback and no control token is set, OperationError where the
    address cannot be bound, InputError where fidelity is strict and there are no recordings.
    """
    settings = settings or Serve()
    guard = control_guard(host, environ)
    sessions = Sessions(twin, fixtures, settings)
    replay = _replay(name, recordings) if settings.fidelity == "strict" else None
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
    answers = TwinApp(
        twin,
        sessions,
        mask,
        settings=settings,
        access=access,
        replay=replay,
        passthrough=passthrough,
        upstream_url=upstream_url,
    )
    app = Front(answers, control, guard)
    try:
        asyncio.run(run_app(app, host=host, port=port, on_bound=on_bound, ready_json=ready_json))
    finally:
        access.flush()


def _replay(name: str, recordings: Sequence[Recording]) -> Replay:
    if not recordings:
        raise InputError(
            f"{name} has no recordings here, and strict fidelity answers with nothing else",
            hint="serve with --fidelity synth, record the twin, or pack it with --include-recordings",
        )
    return Replay(recordings)
