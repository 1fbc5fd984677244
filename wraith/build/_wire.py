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
RESET: Final = Request("POST", "/__wraith/reset")


def wire(
    workspace: Workspace,
    *,
    tags: Sequence[str] = (),
    sessions: Sequence[str] = (),
    route: str | None = None,
    today: datetime.date | None = None,
    gallery: Gallery | None = None,
) -> Wire:
    """Start the twin's server on a free port, replay the recordings on it and return how it did; nothing is
    written. Raises OperationError where the server does not start, or goes away."""
    from wraith.build.steps import read_drift, read_evidence, read_model
    from wraith.config import TwinConfig, read_toml
    from wraith.conformance import check_wire
    from wraith.live import Client, served
    from wraith.recording import sealed_sessions

    config = read_toml(workspace.require().config_path, TwinConfig)
    model, runs = read_model(workspace), read_evidence(workspace).runs
    recorded = sealed_sessions(workspace, tuple(tags) or config.synth.tags)
    with served(workspace) as url, Client(url) as client:

        def send(session: str, request: Request) -> Response:
            return client.send(request, {SESSION: session})

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
            drift=read_drift(workspace),
            today=today,
            runs=runs,
            counted=frozenset(sessions) or None,
            route=route,
            gallery=gallery,
        )
