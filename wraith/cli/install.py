"""Unpack a packed twin into this project, after every digest in it has been verified. What exists already is
never touched."""

from __future__ import annotations

import argparse
from pathlib import Path

from wraith.cli._args import find_project
from wraith.cli._output import Line, Output, count


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that wraith pack wrote")


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.artifact import install

    installed = install(args.file, find_project())
    workspace, manifest = installed.workspace, installed.manifest
    out.answer(
        {
            "schema": "wraith.install/1",
            "twin": workspace.name,
            "workspace": str(workspace.root),
            "content_digest": manifest.content_digest,
            "files": len(manifest.entries),
        },
        Line(f"installed {workspace.name} into {workspace.root}", "good"),
        Line(f"  {count(len(manifest.entries), 'file')}, {manifest.content_digest}"),
        Line(f"next: wraith serve {workspace.name}"),
    )
    return 0
