"""Checking the live service: the recordings against the service that they were made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from wraith.errors import InputError
from wraith.files import write_json
from wraith.workspace import Workspace

if TYPE_CHECKING:
    import datetime

    from wraith.conformance import Gallery, Upstream
    from wraith.exchange import Corpus


def upstream(
    workspace: Workspace,
    *,
    target: str | None = None,
    headers: Mapping[str, str] | None = None,
    rps: float = 10.0,
    include_writes: bool = False,
    tags: Sequence[str] = (),
    sessions: Sequence[str] = (),
    route: str | None = None,
    today: datetime.date | None = None,
    gallery: Gallery | None = None,
) -> Upstream:
    """Send the recorded requests to the live service, ``[upstream] base_url`` where no ``target`` is named,
    and return how it differs from the recording. The report is written where it is of all sessions and
    routes.

    ``headers`` are set on the requests; ``rps`` is how many go out in a second; ``include_writes`` sends also
    what may change something. What drifted is put into the ``gallery``. Raises InputError for a target that
    is no address, PolicyError where an answer holds a secret and there is no key to scrub it with.
    """
    from wraith.build.steps import chosen_sessions, read_drift, read_evidence, read_model
    from wraith.config import ScrubConfig, TwinConfig, read_toml
    from wraith.conformance import check_upstream
    from wraith.live import Client, Credentials, OwnAddress, Pace, Service
    from wraith.scrub import Scrubber, find_key, stands_in

    config = read_toml(workspace.require().config_path, TwinConfig)
    url = (target or config.upstream.base_url).rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise InputError(f"not an address: {url!r}", where="--target", hint="give http://… or https://…")
    model, runs = read_model(workspace), read_evidence(workspace).runs
    recorded = chosen_sessions(workspace, tuple(tags) or config.synth.tags, sessions)
    scrub = read_toml(workspace.scrub_path, ScrubConfig)
    scrubber = Scrubber(scrub, find_key(workspace.project, create=False))
    credentials = Credentials(headers or {}, _recorded_names(recorded) if headers else frozenset(), stands_in)
    address = OwnAddress(url, config.upstream.base_url)
    with Client(url, outside=True) as client:
        service = Service(client, credentials, scrubber, address, Pace(rps))
        report = check_upstream(
            model,
            recorded,
            service.ask,
            twin=workspace.name,
            target=url,
            include_writes=include_writes,
            diff=config.diff,
            drift=read_drift(workspace),
            today=today,
            runs=runs,
            counted=frozenset(sessions) or None,
            route=route,
            gallery=gallery,
        )
    if not sessions and route is None:
        write_json(workspace.upstream_report_path, report.to_json())
    return report


def _recorded_names(corpus: Corpus) -> frozenset[str]:
    """Return the names of the headers that recorded requests have, in lower case."""
    return frozenset(
        name.lower()
        for session in corpus
        for exchange in session.read()
        for name, _ in exchange.request.headers
    )
