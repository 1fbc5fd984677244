"""Replay the recordings on the model and score the answers, now and whether the report is fresh or not. The
same as the task check:NAME. Ends with 2 below the required score, and where nothing was compared."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from wraith.cli._args import add_tags, add_twin, find_twin
from wraith.cli._output import Output
from wraith.errors import AnswerIsNo

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
    add_tags(parser, "replay only sessions with this tag; may be given again")


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.cli._report_view import report_blocks

    workspace = find_twin(args)
    with out.working(f"checking {workspace.name}"):
        report = _report(workspace, args.tags)
    document: dict[str, JsonValue] = {"schema": "wraith.check/1", "twin": workspace.name}
    found = report.to_json()
    assert isinstance(found, dict), "Invariant: a report is an object"
    out.answer(document | found, *report_blocks(workspace.name, report))
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
