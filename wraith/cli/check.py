"""Replay the recordings on the model and score the answers, now and whether the report is fresh or not. The
same as the task check:NAME. Ends with 2 below the required score, and where nothing was compared.

With --holdout K the sessions are also divided into K folds, and each is predicted by a model learned from the
others: how well the twin answers what was never recorded."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from wraith.cli._args import add_jobs, add_tags, add_twin, find_twin
from wraith.cli._output import Output
from wraith.errors import AnswerIsNo, InputError

if TYPE_CHECKING:
    from wraith.canonical import JsonValue
    from wraith.conformance import Report
    from wraith.workspace import Workspace


def configure(parser: argparse.ArgumentParser) -> None:
    add_twin(parser)
    parser.add_argument(
        "--in-memory",
        action="store_true",
        default=True,
        help="replay in this process, without a server (the default)",
    )
    parser.add_argument(
        "--holdout",
        type=folds_number,
        metavar="K",
        help="also predict each of K folds of the sessions from the others",
    )
    add_jobs(parser)
    add_tags(parser, "replay only sessions with this tag; may be given again")


def folds_number(text: str) -> int:
    """Return the number of folds. Raises InputError for what is none."""
    if not text.isdigit() or int(text) < 2:
        raise InputError(
            f"not a number of folds: {text!r}", where="--holdout", hint="give 2 or more, such as 5"
        )
    return int(text)


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.build import steps
    from wraith.cli._report_view import holdout_blocks, report_blocks

    workspace = find_twin(args)
    with out.working(f"checking {workspace.name}"):
        report = _report(workspace, args.tags)
    document: dict[str, JsonValue] = {"schema": "wraith.check/1", "twin": workspace.name}
    found = report.to_json()
    assert isinstance(found, dict), "Invariant: a report is an object"
    blocks = list(report_blocks(workspace.name, report))
    if args.holdout:
        with out.working(f"predicting {args.holdout} folds of {workspace.name}"):
            result = steps.holdout(workspace, args.holdout, tags=args.tags, jobs=args.jobs)
        found["generalization"] = result.to_json()
        blocks += holdout_blocks(workspace.name, report, result)
    out.answer(document | found, *blocks)
    return 0 if report.passed else AnswerIsNo.exit_code


def _report(workspace: Workspace, tags: list[str]) -> Report:
    """Run the step, whose answer "no" is an answer here: the report, which it has written by then."""
    from wraith.build import steps
    from wraith.conformance import Report
    from wraith.files import read_bytes

    try:
        return steps.check(workspace, tags=tags).report
    except AnswerIsNo:
        return Report.model_validate_json(read_bytes(workspace.report_path))
