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

from wraith.cli._args import add_reading_twin, instant, port
from wraith.cli._output import Line, Output, count
from wraith.cli._serving import add_composing, serving_twin
from wraith.cli._simulating import add_simulating

if TYPE_CHECKING:
    from wraith.asgi import Address
    from wraith.serve import Backing
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
        "--clock-epoch",
        type=instant,
        metavar="TIME",
        help="where such a clock begins, such as 2026-01-01T00:00:00Z",
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
        "--watch",
        action="store_true",
        help="answer anew when model, handlers, fixtures, faults or configuration change",
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
    from wraith.cli._serve_load import Loading
    from wraith.config import DEFAULT_NAME
    from wraith.serve import AccessLog, TraceLog, Watch, serve_twin

    trace = TraceLog() if args.trace else None
    load = Loading(workspace, args, trace, out.note)
    loaded = load()
    routes = count(len(loaded.twin.model.routes), "route")

    def say(address: Address) -> None:
        settle()
        out.answer(
            {
                "schema": "wraith.serve/1",
                "twin": workspace.name,
                "url": address.url,
                "host": address.host,
                "port": address.port,
                "fidelity": loaded.settings.fidelity,
                "routes": len(loaded.twin.model.routes),
                "pid": os.getpid(),
            },
            Line(f"serving {workspace.name} ({routes}) at {address.url}, until Ctrl-C", "good"),
        )

    serve_twin(
        loaded,
        name=workspace.name,
        access=AccessLog.to(sys.stderr, os.environ),
        fixtures=args.fixture or DEFAULT_NAME,
        host=args.host,
        port=args.port,
        on_bound=say,
        ready_json=args.ready_json,
        backing=_backing(workspace),
        trace=trace,
        watch=Watch(workspace.root, load, out.note) if args.watch else None,
        server=args.server,
    )


def _backing(workspace: Workspace) -> Backing:
    """Return what the page of the twin tells of evidence and the last check, read when somebody looks."""
    from functools import partial

    from wraith.cli._derived import read_evidence, read_report
    from wraith.serve import Backing

    return Backing(partial(read_evidence, workspace), partial(read_report, workspace))
