"""Write recordings for other tools: as HAR 1.2, scrubbed as they are stored, a page for each session."""

from __future__ import annotations

import argparse
from pathlib import Path

from wraith.cli._args import add_reading_twin, add_tags, reading_twin
from wraith.cli._output import Line, Output, count


def configure(parser: argparse.ArgumentParser) -> None:
    add_reading_twin(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="the file to write")
    parser.add_argument(
        "--format", choices=("har",), default="har", help="the format of the file; har, the default"
    )
    parser.add_argument(
        "--session",
        dest="sessions",
        metavar="ID",
        action="append",
        default=[],
        help="export this session; may be given again",
    )
    add_tags(parser, "export the sessions with this tag; may be given again")


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.cli._recordings_view import size_text
    from wraith.interchange import export_har

    with reading_twin(args, recordings=True) as workspace, out.working("exporting"):
        exported = export_har(workspace, args.file, session_ids=args.sessions, tags=args.tags)
    total = f"{count(exported.exchanges, 'exchange')} in {count(exported.sessions, 'session')}"
    out.answer(
        {
            "schema": "wraith.export/1",
            "twin": workspace.name,
            "file": str(exported.path),
            "format": args.format,
            "sessions": exported.sessions,
            "exchanges": exported.exchanges,
            "size_bytes": exported.size_bytes,
        },
        Line(f"exported {total} to {exported.path} ({size_text(exported.size_bytes)})", "good"),
    )
    return 0
