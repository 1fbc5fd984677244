"""Serve the twin over HTTP until Ctrl-C or SIGTERM, and say the address once it is bound. Each client session
(header X-Wraith-Session) has its own state; POST /__wraith/reset begins it anew. GET /__wraith/ is a page to
look at. One line per request goes to standard error: compact on a terminal, JSON in a pipe."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wraith.cli._args import add_reading_twin, port
from wraith.cli._output import Line, Output, count
from wraith.cli._serving import add_composing, serving_twin
from wraith.cli._simulating import add_simulating, simulation_of

if TYPE_CHECKING:
    from wraith.asgi import Address
    from wraith.config import Serve
    from wraith.serve import Backing, Loaded, Mask, TraceLog
    from wraith.workspace import Workspace

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8081


def configure(parser: argparse.ArgumentParser) -> None:
    add_reading_twin(parser)
    add_composing(parser)
    parser.add_argument(
        "--port",
        type=port,
        default=DEFAULT_PORT,
        metavar="P",
        help=f"default {DEFAULT_PORT}; 0 picks a free one",
    )
    parser.add_argument(
        "--host", default=DEFAULT_HOST, metavar="H", help=f"the address to listen on, default {DEFAULT_HOST}"
    )
    parser.add_argument(
        "--server",
        choices=("hypercorn", "granian"),
        default="hypercorn",
        help="what speaks HTTP, default hypercorn; granian is faster, and comes with wraith[fast]",
    )
    parser.add_argument(
        "--fidelity",
        choices=("synth", "strict"),
        help="synth: answer as the model does; strict: recorded responses alone; default as in wraith.toml",
    )
    parser.add_argument(
        "--clock",
        choices=("deterministic", "fixed", "real"),
        help="deterministic: from the epoch on, a second per request; default as in wraith.toml",
    )
    parser.add_argument(
        "--clock-epoch", metavar="TIME", help="where such a clock begins, such as 2026-01-01T00:00:00Z"
    )
    parser.add_argument(
        "--seed", metavar="TEXT", help="other identifiers than without it, the same each time"
    )
    parser.add_argument(
        "--unknown-entity",
        choices=("not_found", "synthesize"),
        help="what there is under a key that was never seen; default as in wraith.toml",
    )
    parser.add_argument(
        "--as-recorded",
        action="store_true",
        help="answer as the interpreter does: no addresses rewritten, no headers left out or added, "
        "no idempotency keys",
    )
    parser.add_argument(
        "--session-mode",
        choices=("header", "cookie", "path"),
        help="what names sessions besides X-Wraith-Session; default as in wraith.toml",
    )
    parser.add_argument(
        "--fixture", metavar="SET", help="what sessions begin with that send no X-Wraith-Fixture"
    )
    parser.add_argument(
        "--ready-json", type=Path, metavar="FILE", help="write the address to FILE once it is bound"
    )
    add_simulating(parser)
    parser.add_argument(
        "--watch", action="store_true", help="answer anew when model, handlers or fixtures change"
    )


def run(args: argparse.Namespace, out: Output) -> int:
    with _uncollected() as settle, serving_twin(args, out) as workspace:
        _serve(workspace, args, out, settle)
    return 0


@contextmanager
def _uncollected() -> Iterator[Callable[[], None]]:
    """Start without the garbage collector: modules and a compiled model are no garbage, and looking through
    them again and again takes as long as making them. What is yielded ends that: it starts the collector, and
    has it leave alone what is there by then."""

    def settle() -> None:
        gc.freeze()
        gc.enable()

    gc.disable()
    try:
        yield settle
    finally:
        gc.unfreeze()
        gc.enable()


def _serve(workspace: Workspace, args: argparse.Namespace, out: Output, settle: Callable[[], None]) -> None:
    from functools import partial

    from wraith.config import DEFAULT_NAME, TwinConfig, read_toml
    from wraith.recording import sealed_sessions
    from wraith.serve import AccessLog, Passthrough, TraceLog, Watch, serve_twin

    config = read_toml(workspace.config_path, TwinConfig)
    trace = TraceLog() if args.trace else None
    load = partial(_load, workspace, args.fixture, trace)
    loaded = load()
    twin = loaded.twin
    routes = count(len(twin.model.routes), "route")
    settings = _settings(config.serve, args)
    strict = settings.fidelity == "strict"
    passing = config.passthrough
    passthrough = Passthrough(config.upstream.base_url, passing.allow) if passing.enabled else None

    def say(address: Address) -> None:
        settle()
        out.answer(
            {
                "schema": "wraith.serve/1",
                "twin": workspace.name,
                "url": address.url,
                "host": address.host,
                "port": address.port,
                "fidelity": settings.fidelity,
                "routes": len(twin.model.routes),
                "pid": os.getpid(),
            },
            Line(f"serving {workspace.name} ({routes}) at {address.url}, until Ctrl-C", "good"),
        )

    serve_twin(
        twin,
        _mask(workspace),
        name=workspace.name,
        model_digest=loaded.model_digest,
        access=AccessLog.to(sys.stderr, os.environ),
        settings=settings,
        upstream_url=config.upstream.base_url,
        recordings=sealed_sessions(workspace, config.synth.tags) if strict else (),
        passthrough=passthrough,
        fixtures=args.fixture or DEFAULT_NAME,
        host=args.host,
        port=args.port,
        on_bound=say,
        ready_json=args.ready_json,
        backing=_backing(workspace),
        simulation=simulation_of(workspace, config, twin, args),
        trace=trace,
        watch=Watch(workspace.root, load, out.note) if args.watch else None,
        server=args.server,
    )


def _load(workspace: Workspace, fixture: str | None, trace: TraceLog | None) -> Loaded:
    """Return the twin of the workspace as its files are now. Raises InputError for what is wrong with them,
    and where there is no such fixture set."""
    from wraith.build.steps import fixtures_of, handlers_of, read_model
    from wraith.canonical import sha256
    from wraith.config import selected
    from wraith.runtime import Twin
    from wraith.serve import Loaded, TracedTwin
    from wraith.wir import dump_model

    model = read_model(workspace)
    sets = fixtures_of(workspace, model)
    selected(sets, fixture)
    handlers = handlers_of(workspace)
    twin = TracedTwin(trace, model, sets, handlers) if trace is not None else Twin(model, sets, handlers)
    return Loaded(twin, sha256(dump_model(model)))


def _settings(configured: Serve, args: argparse.Namespace) -> Serve:
    """Return ``[serve]`` with what the command line says in its place. Raises InputError for an epoch that is
    none."""
    from wraith.config import Serve, validate

    names = ("fidelity", "clock", "clock_epoch", "seed", "session_mode", "unknown_entity")
    given = {name: value for name in names if (value := getattr(args, name)) is not None}
    if args.as_recorded:
        given |= {"rewrite_urls": False, "strip_headers": False, "cors": False, "idempotency": {"header": ""}}
    return validate({**configured.model_dump(), **given}, Serve, "wraith serve") if given else configured


def _backing(workspace: Workspace) -> Backing:
    """Return what the page of the twin tells of evidence and the last check, read when somebody looks."""
    from functools import partial

    from wraith.cli._derived import read_evidence, read_report
    from wraith.serve import Backing

    return Backing(partial(read_evidence, workspace), partial(read_report, workspace))


def _mask(workspace: Workspace) -> Mask:
    """Return how requests are scrubbed before they are matched, as they were when they were recorded."""
    from wraith.config import ScrubConfig, read_toml
    from wraith.scrub import Scrubber, find_key, restore
    from wraith.serve import masking

    scrub = read_toml(workspace.scrub_path, ScrubConfig)
    scrubber = Scrubber(scrub, find_key(workspace.project, create=False))
    return masking(scrubber.request, restore, scrubber.secrets)
