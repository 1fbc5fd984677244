"""Checking over the wire: the recordings against a server of the twin, started for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from wraith.errors import OperationError
from wraith.exchange import Request, Response
from wraith.workspace import Workspace

if TYPE_CHECKING:
    import datetime

    from wraith.conformance import Gallery, Wire

SESSION: Final = "X-Wraith-Session"
FIXTURE: Final = "X-Wraith-Fixture"
RESET: Final = Request("POST", "/__wraith/reset")


def wire(
    workspace: Workspace,
    *,
    tags: Sequence[str] = (),
    sessions: Sequence[str] = (),
    route: str | None = None,
    fixture: str | None = None,
    today: datetime.date | None = None,
    gallery: Gallery | None = None,
) -> Wire:
    """Start the twin's server on a free port, replay the recordings on it and return how it did; nothing is
    written. Raises OperationError where the server does not start, or goes away."""
    from wraith.build._handlers import patient_handlers
    from wraith.build._judged import judged
    from wraith.build._rules import read_drift
    from wraith.conformance import check_wire
    from wraith.live import Client, served

    with served(workspace.require()) as address:  # what is read here is read while the server starts
        about, drift = judged(workspace, tags, sessions=sessions, fixture=fixture), read_drift(workspace)
        begin = {FIXTURE: about.selected} if about.selected else {}
        with Client(url := address()) as client:

            def send(session: str, request: Request) -> Response:
                return client.send(request, {SESSION: session, **begin})

            def close(session: str) -> None:
                done = client.send(RESET, {SESSION: session})
                if done.status != 200:
                    raise OperationError(f"the server does not reset its sessions: {done.status}", where=url)

            return check_wire(
                about.model,
                about.sessions,
                send,
                close=close,
                diff=about.diff,
                drift=drift,
                today=today,
                runs=about.runs,
                counted=frozenset(sessions) or None,
                route=route,
                fixtures=about.fixtures,
                gallery=gallery,
                handlers=patient_handlers(workspace),
            )
