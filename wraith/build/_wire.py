"""Checking over the wire: the recordings against a server of the twin, started for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from wraith.errors import OperationError
from wraith.exchange import Request, Response
from wraith.workspace import Workspace

if TYPE_CHECKING:
    import datetime

    from wraith.conformance import Wire

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
) -> Wire:
    """Start the twin's server on a free port, replay the recordings on it and return how it did; nothing is
    written. Raises OperationError where the server does not start, or goes away."""
    from wraith.build.steps import chosen_sessions, fixtures_of, read_drift, read_evidence, read_model
    from wraith.config import TwinConfig, read_toml, selected
    from wraith.conformance import check_wire
    from wraith.live import Client, served

    config = read_toml(workspace.require().config_path, TwinConfig)
    with served(workspace) as address:  # what is read here is read while the server starts
        model, runs = read_model(workspace), read_evidence(workspace).runs
        recorded = chosen_sessions(workspace, tuple(tags) or config.synth.tags, sessions)
        fixtures = selected(fixtures_of(workspace, model), fixture)
        drift = read_drift(workspace)
        begin = {FIXTURE: fixture} if fixture else {}
        with Client(url := address()) as client:

            def send(session: str, request: Request) -> Response:
                return client.send(request, {SESSION: session, **begin})

            def close(session: str) -> None:
                done = client.send(RESET, {SESSION: session})
                if done.status != 200:
                    raise OperationError(f"the server does not reset its sessions: {done.status}", where=url)

            return check_wire(
                model,
                recorded,
                send,
                close=close,
                diff=config.diff,
                drift=drift,
                today=today,
                runs=runs,
                counted=frozenset(sessions) or None,
                route=route,
                fixtures=fixtures,
            )
