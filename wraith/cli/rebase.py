"""Move pins of an overlay to other artifacts: of its base, and of overlays that it requires, together.
Without --to they are moved to what is on offer in dist/. The artifacts are kept beside the overlay, in
base/, so that a fresh clone can build. The move is judged first as wraith rebase-check does, and where that
says conflict, nothing is moved (exit status 2) unless --force is given. Afterwards delta and what follows
from it are stale, and nothing else."""

from __future__ import annotations

import argparse

from wraith.cli._args import add_artifact_path, add_twin, find_twin
from wraith.cli._output import Line, Output


def configure(parser: argparse.ArgumentParser) -> None:
    add_twin(parser)
    parser.add_argument(
        "--to",
        action="append",
        default=[],
        metavar="REF",
        help="a twin, a .wraith file, NAME@sha256:…; may be given again. Default: what is on offer in dist/",
    )
    parser.add_argument("--force", action="store_true", help="move the pin whatever the answer is")
    add_artifact_path(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.build import steps

    workspace = find_twin(args)
    with out.working(f"judging {workspace.name}"):
        found = steps.rebase(workspace, args.to, force=args.force, search=args.artifact_paths)
    following = f"doit check:{workspace.name}" if found.moved else None
    moved = [Line(f"{workspace.name} is now on {pin}", "good") for pin in found.moved]
    unmoved = [Line(f"{workspace.name} is already on {pin}") for pin in found.pins if pin not in found.moved]
    out.answer(
        {
            "schema": "wraith.rebase/1",
            "overlay": workspace.name,
            "moved": list(found.moved),
            "pins": list(found.pins),
            "next": following,
        },
        *moved,
        *(unmoved if not moved else ()),
        *([Line(f"build it: {following}", "dim")] if following else []),
    )
    return 0
