"""Move the pin of an overlay to another artifact: of its base, or of an overlay that it requires. The
artifact is kept beside the overlay, in base/, so that a fresh clone can build. It is judged first as wraith
rebase-check does, and where that says conflict, nothing is moved (exit status 2) unless --force is given.
Afterwards delta and what follows from it are stale, and nothing else."""

from __future__ import annotations

import argparse

from wraith.cli._args import add_artifact_path, add_twin, find_twin
from wraith.cli._output import Line, Output


def configure(parser: argparse.ArgumentParser) -> None:
    add_twin(parser)
    parser.add_argument("--to", required=True, metavar="REF", help="a twin, a .wraith file, NAME@sha256:…")
    parser.add_argument("--force", action="store_true", help="move the pin whatever the answer is")
    add_artifact_path(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.build import steps

    workspace = find_twin(args)
    pin = steps.rebase(workspace, args.to, force=args.force, search=args.artifact_paths)
    out.answer(
        {
            "schema": "wraith.rebase/1",
            "overlay": workspace.name,
            "pin": pin,
            "next": f"doit check:{workspace.name}",
        },
        Line(f"{workspace.name} is now on {pin}", "good"),
        Line(f"build it: doit check:{workspace.name}", "dim"),
    )
    return 0
