"""``wraith record``: the recording proxy from the first request to the seal of the last session."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wraith.config import TwinConfig
from wraith.recording._index import read_index, write_index
from wraith.recording._recorder import ExchangeScrubber, Recorder
from wraith.recording._recovery import recover
from wraith.recording._writer import make_run_id
from wraith.workspace import Workspace

if TYPE_CHECKING:
    from wraith.asgi import Address, Guard


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a run recorded."""

    run: str
    sessions: tuple[str, ...]
    exchanges: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What the sessions of one recording run have in common."""

    workspace: Workspace
    scrubber: ExchangeScrubber
    policy_digest: str
    base_url: str
    preserve_host: bool
    max_body_bytes: int
    id: str
    source: Mapping[str, str]
    tags: tuple[str, ...] = ()


def record(
    workspace: Workspace,
    config: TwinConfig,
    scrubber: ExchangeScrubber,
    *,
    policy_digest: str,
    host: str = "127.0.0.1",
    port: int = 8080,
    tags: Sequence[str] = (),
    preserve_host: bool | None = None,
    on_bound: Callable[[Address], None] | None = None,
    ready_json: Path | None = None,
    source_kind: str = "proxy",
    environ: Mapping[str, str] = os.environ,
) -> Recorded:
    """Record until SIGTERM or SIGINT, then seal what is open and write the index.

    Sessions that a crash left open are sealed first. ``preserve_host`` is the configuration's where it is
    None. Raises PolicyError where the host is not loopback and no control token is set, or where a secret may
    not be written; OperationError where the port is taken or the disk refuses. What was complete is on the
    disk by then.
    """
    from wraith.asgi import control_guard

    guard = control_guard(host, environ)
    recover(workspace)
    base_url = config.upstream.base_url
    run = Run(
        workspace=workspace,
        scrubber=scrubber,
        policy_digest=policy_digest,
        base_url=base_url,
        preserve_host=config.record.preserve_host if preserve_host is None else preserve_host,
        max_body_bytes=config.record.max_body_bytes,
        id=make_run_id(time.time_ns() // 1_000_000),
        source={"kind": source_kind, "upstream": base_url},
        tags=tuple(tags),
    )
    recorded = asyncio.run(
        serve_proxy(run, guard=guard, host=host, port=port, on_bound=on_bound, ready_json=ready_json)
    )
    index = read_index(workspace)
    write_index(workspace, index.made_from if index is not None else None)
    return recorded


async def serve_proxy(
    run: Run,
    *,
    guard: Guard,
    host: str,
    port: int,
    on_bound: Callable[[Address], None] | None = None,
    ready_json: Path | None = None,
    stop: asyncio.Event | None = None,
    signals: bool = True,
) -> Recorded:
    """Serve the proxy until it is stopped, and seal its sessions. Raises what the recorder failed with."""
    from wraith.asgi import Front, run_app
    from wraith.recording._control import control_app
    from wraith.recording._proxy import Proxy
    from wraith.recording._upstream import Upstream

    stop = stop or asyncio.Event()
    recorder = Recorder(
        run.workspace,
        run.scrubber,
        run=run.id,
        source=run.source,
        tags=run.tags,
        policy_digest=run.policy_digest,
        on_failure=stop.set,
    )
    upstream = Upstream(run.base_url)
    proxy = Proxy(upstream, recorder, preserve_host=run.preserve_host, max_body_bytes=run.max_body_bytes)
    control = control_app(recorder, run.workspace.name, run.base_url)
    try:
        await run_app(
            Front(proxy, control, guard),
            host=host,
            port=port,
            on_bound=on_bound,
            ready_json=ready_json,
            stop=stop,
            signals=signals,
            raw_headers=True,
        )
    finally:
        await upstream.aclose()
        recorder.finish()
    if recorder.failure is not None:
        raise recorder.failure
    return Recorded(run.id, tuple(recorder.sealed), recorder.exchanges)
