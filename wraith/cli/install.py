"""Unpack a packed twin as a new workspace, after every digest in it has been verified. The workspace
appears whole or not at all, and one that exists is touched only with --force, which replaces what was
installed there before, never recordings that were made there. The project's store keeps a copy."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from wraith.cli._args import find_project
from wraith.cli._output import Line, Output, count

if TYPE_CHECKING:
    from wraith.canonical import JsonValue


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that wraith pack wrote")
    parser.add_argument("--name", metavar="N", help="the name of the new workspace; default: the twin's own")
    parser.add_argument(
        "--into", type=Path, metavar="DIR", help="the folder for it; default: twins/ of the project"
    )
    parser.add_argument("--force", action="store_true", help="replace what was installed there before")


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.artifact import install
    from wraith.build import steps

    project = find_project()
    installed = install(args.file, project, name=args.name, into=args.into, force=args.force)
    workspace, manifest = installed.workspace, installed.manifest
    missing: list[JsonValue] = [*steps.missing_pins(workspace)]
    shown = workspace.name if workspace.place is None else str(workspace.root)
    out.answer(
        {
            "schema": "wraith.install/1",
            "twin": workspace.name,
            "artifact_kind": manifest.artifact_kind,
            "workspace": str(workspace.root),
            "content_digest": manifest.content_digest,
            "files": len(manifest.entries),
            "missing": missing,
        },
        Line(f"installed {workspace.name} into {workspace.root}", "good"),
        Line(f"  {count(len(manifest.entries), 'file')}, {manifest.content_digest}"),
        *(
            Line(f"it stands on {pin}, which is not here: wraith install that as well", "warn")
            for pin in missing
        ),
        Line(f"next: wraith serve {shown}" + (" --build" if manifest.artifact_kind == "overlay" else "")),
    )
    return 0
