"""Say whether an overlay would still do what it does on a newer base, without recording anew: policy and
composition are judged again, and the overlay's recordings are answered by both composites.

The answer is compatible, additive-safe (the base has grown without doing harm) or conflict, with reasons and
a confidence. Ends with 0, 0 and 2. Nothing but the report is written."""

from __future__ import annotations

import argparse

from wraith.cli._args import add_artifact_path, workspace_of
from wraith.cli._output import Line, Output
from wraith.errors import AnswerIsNo


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--overlay", required=True, metavar="NAME", help="the overlay: a twin's name or its path"
    )
    parser.add_argument(
        "--new-base",
        metavar="REF",
        help="a twin, a .wraith file, NAME@sha256:…; default: [base] candidate, else dist/BASE.wraith",
    )
    add_artifact_path(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.build import steps
    from wraith.cli._overlay_view import rebase_blocks

    workspace = workspace_of(args.overlay).require()
    with out.working(f"judging {workspace.name}"):
        report = steps.rebase_check(workspace, args.new_base, search=args.artifact_paths).report
    found = report.model_dump(mode="json", exclude={"format"})
    can_move = report.verdict != "conflict"
    move = f"wraith rebase {workspace.name} --to {args.new_base or report.new_base}"
    out.answer(
        {"schema": "wraith.rebase-check/1", **found},
        *rebase_blocks(report),
        *([Line(f"move the pin: {move}", "dim")] if can_move else []),
    )
    return 0 if can_move else AnswerIsNo.exit_code
