"""Judge whether the base may take an overlay over: policy passes, the composite conforms on the overlay's
recordings, and every variant that it contributes is backed by enough recorded exchanges in enough sessions
([promote] in wraith.toml). Writes promotion.json and a suggested change of the base: patches of its model,
fixtures, the evidence and a summary in Markdown.

Ends with 0 where it is promoted, with 3 where policy forbids it and with 2 where something is missing; what
is missing is said of each variant, and written as well."""

from __future__ import annotations

import argparse
from pathlib import Path

from wraith.cli._args import workspace_of
from wraith.cli._output import Line, Output
from wraith.errors import AnswerIsNo, PolicyError


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--overlay", required=True, metavar="NAME", help="the overlay: a twin's name or its path"
    )
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="default twins/NAME/build/promotion of the project"
    )


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.build import steps
    from wraith.cli._overlay_view import promotion_blocks

    workspace = workspace_of(args.overlay).require()
    with out.working(f"judging {workspace.name}"):
        result = steps.promote(workspace, output=args.output)
    promotion = result.promotion
    out.answer(
        {
            "schema": "wraith.promotion/1",
            **promotion.model_dump(mode="json", exclude={"format"}),
            "output": str(result.folder),
        },
        *promotion_blocks(promotion),
        Line(f"wrote {result.folder}/summary.md and what it describes", "dim"),
    )
    if any(finding.severity == "error" for finding in promotion.policy):
        return PolicyError.exit_code
    return 0 if promotion.promoted else AnswerIsNo.exit_code
