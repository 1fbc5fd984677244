"""Replay the recordings on the model and score the answers, now and whether the report is fresh or not. The
same as the task check:NAME, but that rules expire today. Ends with 2 where too few sessions pass, and where
nothing was compared.

With --holdout K the sessions are also divided into K folds, and each is predicted by a model learned from the
others: how well the twin answers what was never recorded. With --wire the recordings are also replayed over
HTTP on a server of its own. With --tamper constants of the model are changed, and it ends with 2 where the
check notices fewer than 99 % of the changes. With --html the report is also a page to look at. With --accept
a drift of the last report is accepted, and nothing is replayed.

With --upstream the live service is asked instead: has it drifted from what was recorded? Ends with 2 where it
has, and with 4 where the network failed. Only reads are sent, unless writes are asked for."""

from __future__ import annotations

import argparse
import datetime
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wraith.cli._args import add_jobs, add_reading_twin, add_tags, find_twin, reading_twin
from wraith.cli._output import Line, Output
from wraith.errors import AnswerIsNo, InputError, OperationError

if TYPE_CHECKING:
    from wraith.canonical import JsonValue
    from wraith.workspace import Workspace

DEFAULT_RPS: Final = 10.0
"""What a service of any size bears beside its other clients."""
MAX_RPS: Final = 10_000
"""Beyond what one connection carries."""


def configure(parser: argparse.ArgumentParser) -> None:
    add_reading_twin(parser)
    parser.add_argument(
        "--in-memory",
        action="store_true",
        default=True,
        help="replay in this process, without a server (the default)",
    )
    parser.add_argument(
        "--wire",
        action="store_true",
        help="also replay over HTTP, on a server of the twin that is started for it",
    )
    parser.add_argument(
        "--holdout",
        type=folds_number,
        metavar="K",
        help="also predict each of K folds of the sessions from the others",
    )
    add_jobs(parser)
    add_tags(parser, "replay only sessions with this tag; may be given again")
    parser.add_argument(
        "--session",
        dest="sessions",
        metavar="ID",
        action="append",
        default=[],
        help="judge only this session; may be given again",
    )
    parser.add_argument("--route", metavar="PATTERN", help='judge only routes like this: "GET /v1/*"')
    parser.add_argument("--fixture", metavar="SET", help="begin sessions with this set of fixtures")
    parser.add_argument(
        "--without-handlers",
        action="store_true",
        help="let the model answer alone, without the twin's Lua handlers",
    )
    parser.add_argument(
        "--show-suppressed", action="store_true", help="list what is not compared, and what would change that"
    )
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="also write the report as a page, whole in one file"
    )
    parser.add_argument(
        "--today", type=day, metavar="DATE", help="the date that rules expire by, 2027-01-31; default: today"
    )
    parser.add_argument(
        "--tamper",
        action="store_true",
        help="change constants of the model one at a time, and list the changes that nothing notices",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="which constants --tamper changes; default 0"
    )
    live = parser.add_argument_group("the live service")
    live.add_argument(
        "--upstream",
        action="store_true",
        help="replay against the live service instead, and report how it differs from the recording",
    )
    live.add_argument("--target", metavar="URL", help="its address; default: [upstream] base_url")
    live.add_argument(
        "--header",
        dest="headers",
        metavar="'NAME: VALUE'",
        action="append",
        default=[],
        help="set this header, ${VARIABLE} in it from the environment; may be given again",
    )
    live.add_argument("--rps", type=rate, metavar="R", help="requests a second at most, default 10")
    live.add_argument(
        "--include-writes", action="store_true", help="send also what may change something at the service"
    )
    parser.add_argument("--accept", metavar="DRIFT_ID", help="accept a drift of the last report")
    parser.add_argument("--reason", metavar="TEXT", help="why it is accepted")


def folds_number(text: str) -> int:
    """Return the number of folds. Raises ArgumentTypeError for what is none."""
    if not text.isdigit() or int(text) < 2:
        raise argparse.ArgumentTypeError(f"expected 2 or more folds, such as 5, found {text!r}")
    return int(text)


def rate(text: str) -> float:
    """Return how many requests a second. Raises ArgumentTypeError for what is no such number."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= MAX_RPS:
        raise argparse.ArgumentTypeError(f"expected requests a second, such as 5 or 0.5, found {text!r}")
    return value


def day(text: str) -> datetime.date:
    """Return a date. Raises ArgumentTypeError for what is none."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a date such as 2027-01-31: {text!r}") from None


def run(args: argparse.Namespace, out: Output) -> int:
    if (args.accept is None) != (args.reason is None):
        raise InputError(
            "--accept and --reason belong together", hint="--accept DRIFT_ID --reason 'why it is fine'"
        )
    if args.html is not None and (args.accept is not None or args.tamper):
        raise InputError(
            "--html is about a replay, and there is none with --accept and --tamper",
            hint=f"wraith check {args.name} --html {args.html}",
        )
    if args.accept is not None:
        return _accept(find_twin(args), args, out)
    _refuse_what_does_not_go_together(args)
    if args.upstream:
        return _upstream(find_twin(args), args, out)
    with reading_twin(args, recordings=True) as workspace:
        return _tamper(workspace, args, out) if args.tamper else _check(workspace, args, out)


def _refuse_what_does_not_go_together(args: argparse.Namespace) -> None:
    of_its_own = {"--upstream": args.upstream, "--tamper": args.tamper}
    beside = {"--wire": args.wire, "--holdout": args.holdout}
    narrowing = {"--session": args.sessions, "--route": args.route}
    if args.tamper:
        beside |= narrowing
    alone = [name for name, given in of_its_own.items() if given]
    if args.upstream:
        beside["--fixture"] = args.fixture
    if args.upstream or args.tamper:
        beside["--without-handlers"] = args.without_handlers
    others = alone[1:] + [name for name, given in beside.items() if given]
    if alone and others:
        raise InputError(f"{alone[0]} and {others[0]} do not go together", hint="run the command twice")
    if args.wire and args.without_handlers:
        raise InputError(
            "--wire and --without-handlers do not go together: a server of the twin has its handlers",
            hint="run the command twice",
        )
    narrowed = [name for name, given in narrowing.items() if given]
    if args.holdout and narrowed:
        raise InputError(
            f"--holdout and {narrowed[0]} do not go together: folds are of all sessions and routes",
            hint="the JSON of --holdout has the share of each route",
        )
    live = {
        "--target": args.target,
        "--header": args.headers,
        "--rps": args.rps,
        "--include-writes": args.include_writes,
    }
    given = [name for name, value in live.items() if value]
    if given and not args.upstream:
        raise InputError(f"{given[0]} is about the live service", hint=f"add --upstream, or drop {given[0]}")


def _check(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    from wraith.build import steps
    from wraith.cli._check_page import Page
    from wraith.cli._report_view import holdout_blocks, report_blocks, suppressed_blocks
    from wraith.cli._wire_view import wire_blocks
    from wraith.conformance import SCHEMA

    today = args.today or datetime.datetime.now(datetime.UTC).date()
    page, generalization = Page(args.html), None
    gallery = page.gallery()
    with out.working(f"checking {workspace.name}"):
        report = steps.measure(
            workspace,
            tags=args.tags,
            sessions=args.sessions,
            route=args.route,
            fixture=args.fixture,
            handlers=not args.without_handlers,
            jobs=args.jobs,
            cluster=args.cluster,
            today=today,
            gallery=gallery,
        )
    passed = report.passed
    document: dict[str, JsonValue] = {"schema": SCHEMA}
    found = report.to_json()
    assert isinstance(found, dict), "Invariant: a report is an object"
    blocks = list(report_blocks(workspace.name, report))
    if args.show_suppressed:
        blocks += suppressed_blocks(report)
    if args.wire:
        over_wire = page.gallery()
        with out.working(f"replaying {workspace.name} over HTTP"):
            wire = steps.wire(
                workspace,
                tags=args.tags,
                sessions=args.sessions,
                route=args.route,
                fixture=args.fixture,
                today=today,
                gallery=over_wire,
            )
        found["wire"] = wire.to_json()
        blocks += wire_blocks(workspace.name, wire)
        passed = passed and wire.passed
        page.add(wire, over_wire)
    if args.holdout:
        with out.working(f"predicting {args.holdout} folds of {workspace.name}"):
            generalization = steps.holdout(
                workspace,
                args.holdout,
                tags=args.tags,
                fixture=args.fixture,
                jobs=args.jobs,
                cluster=args.cluster,
            )
        found["generalization"] = generalization.to_json()
        blocks += holdout_blocks(workspace.name, report, generalization)
    if gallery is not None:
        known = generalization or steps.known_generalization(workspace, tags=args.tags)
        blocks += page.write(report, gallery, known, whole_sessions=args.route is None)
    out.answer(document | found, *blocks)
    return 0 if passed else AnswerIsNo.exit_code


def _upstream(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    from wraith.build import steps
    from wraith.cli._check_page import Page
    from wraith.cli._upstream_view import upstream_blocks
    from wraith.conformance import UPSTREAM_SCHEMA
    from wraith.live import read_header
    from wraith.pages import SERVICE

    headers = dict(read_header(text, os.environ) for text in args.headers)
    page = Page(args.html)
    gallery = page.gallery()
    with out.working(f"asking the service of {workspace.name}"):
        result = steps.upstream(
            workspace,
            target=args.target,
            headers=headers,
            rps=args.rps or DEFAULT_RPS,
            include_writes=args.include_writes,
            tags=args.tags,
            sessions=args.sessions,
            route=args.route,
            today=args.today or datetime.datetime.now(datetime.UTC).date(),
            gallery=gallery,
        )
    found = result.to_json()
    assert isinstance(found, dict), "Invariant: a report is an object"
    document: dict[str, JsonValue] = {"schema": UPSTREAM_SCHEMA}
    blocks = list(upstream_blocks(workspace.name, result, show_suppressed=args.show_suppressed))
    if gallery is not None:  # strips lack what was not sent
        blocks += page.write(result, gallery, None, whole_sessions=False, subject=SERVICE)
    out.answer(document | found, *blocks)
    if result.failed and (result.passed or not result.exchanges_total):
        return OperationError.exit_code
    return 0 if result.passed else AnswerIsNo.exit_code


def _tamper(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    from wraith.build import steps
    from wraith.cli._tamper_view import tamper_blocks

    with out.working(f"tampering with {workspace.name}"):
        result = steps.tamper(workspace, tags=args.tags, fixture=args.fixture, seed=args.seed)
    found = result.to_json()
    assert isinstance(found, dict), "Invariant: a result is an object"
    document: dict[str, JsonValue] = {"schema": "wraith.tamper/1", "twin": workspace.name}
    out.answer(document | found, *tamper_blocks(workspace.name, result))
    return 0 if result.passed else AnswerIsNo.exit_code


def _accept(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    from wraith.build import steps

    path = steps.accept(workspace, args.accept, args.reason)
    out.answer(
        {
            "schema": "wraith.accept/1",
            "twin": workspace.name,
            "drift_id": args.accept,
            "reason": args.reason,
            "file": str(path),
        },
        Line(f"accepted {args.accept} in {path}", "good"),
        Line(f"wraith check {workspace.name} scores without it", "dim"),
    )
    return 0
