"""``wraith serve``: a twin on a socket until a signal ends it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from wraith.asgi import Address, Front, control_guard, run_app
from wraith.config import DEFAULT_NAME
from wraith.runtime import Twin
from wraith.serve._access import AccessLog
from wraith.serve._control import control_app
from wraith.serve._mask import Mask
from wraith.serve._page import Backing, Looked, add_page
from wraith.serve._passthrough import Passthrough
from wraith.serve._sessions import Sessions
from wraith.serve._twin import Fidelity, TwinApp


def serve_twin(
    twin: Twin,
    mask: Mask,
    *,
    name: str,
    model_digest: str,
    access: AccessLog,
    fidelity: Fidelity = "synth",
    passthrough: Passthrough | None = None,
    fail_with_handlers: bool = False,
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
    last check; ``fail_with_handlers`` answers 500 where a handler fails.

    Raises PolicyError where the host is not loopback and no control token is set, OperationError where the
    address cannot be bound.
    """
    guard = control_guard(host, environ)
    sessions = Sessions(twin, fixtures)
    control = control_app(
        sessions,
        {
            "twin": name,
            "model_digest": model_digest,
            "routes": len(twin.model.routes),
            "fidelity": fidelity,
            "fixtures": [*sessions.fixture_names],
        },
    )
    facts = (("Fidelity", fidelity), ("Routes", f"{len(twin.model.routes)}"), ("Model", model_digest))
    add_page(control, Looked(name, twin.model, sessions, access, facts, backing or Backing()))
    answers = TwinApp(
        twin,
        sessions,
        mask,
        fidelity=fidelity,
        access=access,
        passthrough=passthrough,
        fail_with_handlers=fail_with_handlers,
    )
    app = Front(answers, control, guard)
    try:
        asyncio.run(run_app(app, host=host, port=port, on_bound=on_bound, ready_json=ready_json))
    finally:
        access.flush()
