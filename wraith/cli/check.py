"""Replay the recordings on the model and score the answers, now and whether the report is fresh or not. The
same as the task check:NAME, but that rules expire today. Ends with 2 where too few sessions pass, and where
nothing was compared.

With --holdout K the sessions are also divided into K folds, and each is predicted by a model learned from the
others: how well the twin answers what was never recorded. With --wire the recordings are also replayed over
HTTP on a server of its own. With --tamper constants of the model are changed, and it ends with 2 where the
check notices fewer than 99 % of the changes. With --accept a drift of the last report is accepted, and
nothing is replayed."""

from __future__ import annotations

import argparse
import datetime
from typing import TYPE_CHECKING

from wraith.cli._args import add_jobs, add_reading_twin, add_tags, find_twin, reading_twin
from wraith.cli._output import Line, Output
from wraith.errors import AnswerIsNo, InputError

if TYPE_CHECKING:
    from wraith.canonical import JsonValue
    from wraith.workspace import Workspace


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
    parser.add_argument(
        "--show-suppressed", action="store_true", help="list what is not compared, and what would change that"
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
    parser.add_argument("--accept", metavar="DRIFT_ID", help="accept a drift of the last report")
    parser.add_argument("--reason", metavar="TEXT", help="why it is accepted")


def folds_number(text: str) -> int:
    """Return the number of folds. Raises InputError for what is none."""
    if not text.isdigit() or int(text) < 2:
        raise InputError(
            f"not a number of folds: {text!r}", where="--holdout", hint="give 2 or more, such as 5"
        )
    return int(text)


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
    if args.accept is not None:
        return _accept(find_twin(args), args, out)
    with reading_twin(args, recordings=True) as workspace:
        return _tamper(workspace, args, out) if args.tamper else _check(workspace, args, out)


def _check(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    from wraith.build import steps
    from wraith.cli._report_view import holdout_blocks, report_blocks, suppressed_blocks
    from wraith.cli._wire_view import wire_blocks
    from wraith.conformance import SCHEMA

    today = args.today or datetime.datetime.now(datetime.UTC).date()
    with out.working(f"checking {workspace.name}"):
        report = steps.measure(
            workspace,
            tags=args.tags,
            sessions=args.sessions,
            route=args.route,
            jobs=args.jobs,
            today=today,
        )
    passed = report.passed
    document: dict[str, JsonValue] = {"schema": SCHEMA}
    found = report.to_json()
    assert isinstance(found, dict), "Invariant: a report is an object"
    blocks = list(report_blocks(workspace.name, report))
    if args.show_suppressed:
        blocks += suppressed_blocks(report)
    if args.wire:
        with out.working(f"replaying {workspace.name} over HTTP"):
            wire = steps.wire(
                workspace, tags=args.tags, sessions=args.sessions, route=args.route, today=today
            )
        found["wire"] = wire.to_json()
        blocks += wire_blocks(workspace.name, wire)
        passed = passed and wire.passed
    if args.holdout:
        with out.working(f"predicting {args.holdout} folds of {workspace.name}"):
            result = steps.holdout(workspace, args.holdout, tags=args.tags, jobs=args.jobs)
        found["generalization"] = result.to_json()
        blocks += holdout_blocks(workspace.name, report, result)
    out.answer(document | found, *blocks)
    return 0 if passed else AnswerIsNo.exit_code


def _tamper(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    from wraith.build import steps
    from wraith.cli._tamper_view import tamper_blocks

    with out.working(f"tampering with {workspace.name}"):
        result = steps.tamper(workspace, tags=args.tags, seed=args.seed)
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
