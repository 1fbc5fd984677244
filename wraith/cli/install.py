"""Unpack a packed twin into this project, after every digest in it has been verified. What exists already is
never touched."""

from __future__ import annotations

import argparse
from pathlib import Path

from wraith.cli._args import find_project
from wraith.cli._output import Line, Output, count
from wraith.errors import InputError


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that wraith pack wrote")


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.artifact import install, verify

    if not args.file.is_file():
        raise InputError(
            "there is no such file", where=args.file, hint="wraith pack NAME --output FILE writes one"
        )
    manifest = verify(args.file)
    workspace = install(args.file, find_project())
    out.answer(
        {
            "schema": "wraith.install/1",
            "twin": workspace.name,
            "workspace": str(workspace.root),
            "digest": manifest.digest,
            "files": len(manifest.files),
        },
        Line(f"installed {workspace.name} into {workspace.root}", "good"),
        Line(f"  {count(len(manifest.files), 'file')}, {manifest.digest}"),
        Line(f"next: wraith serve {workspace.name}"),
    )
    return 0
