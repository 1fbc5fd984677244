"""Pack the twin into one file: configuration, model, patches and a manifest of SHA-256 digests. The same twin
gives the same bytes on every machine. Recordings stay at home."""

from __future__ import annotations

import argparse
from pathlib import Path

from wraith.cli._args import add_twin, find_twin
from wraith.cli._output import Line, Output, count


def configure(parser: argparse.ArgumentParser) -> None:
    add_twin(parser)
    parser.add_argument("--output", type=Path, metavar="FILE", help="default dist/NAME.wraith of the project")


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.build import steps
    from wraith.cli._recordings_view import size_text

    workspace = find_twin(args)
    result = steps.pack(workspace, output=args.output)
    packed = result.packed
    out.answer(
        {
            "schema": "wraith.pack/1",
            "twin": workspace.name,
            "file": str(packed.path),
            "content_digest": packed.digest,
            "files": packed.files,
            "size_bytes": packed.size_bytes,
        },
        Line(f"packed {workspace.name} into {packed.path}", "good"),
        Line(f"  {count(packed.files, 'file')}, {size_text(packed.size_bytes)}, {packed.digest}"),
    )
    return 0
