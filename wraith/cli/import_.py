"""Import recordings that other tools made: each file, or each session in it, becomes a sealed session,
scrubbed as on recording. Nothing is sent anywhere. The workspace is made where there is none. Importing the
same file again adds nothing. What had to be put right, and what was left out and why, is listed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wraith.cli._args import add_tags, add_twin, find_workspace
from wraith.cli._key import note_made_key
from wraith.cli._output import Block, Line, Output, count

if TYPE_CHECKING:
    from wraith.canonical import JsonValue
    from wraith.interchange import Imported, ImportedFile

SHOWN_PLACES: Final = 3
"""How many places stand in text beside the reason for leaving them out; the JSON has all."""


def configure(parser: argparse.ArgumentParser) -> None:
    from wraith.interchange import AUTO, FORMATS

    add_twin(parser)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a recording of another tool")
    parser.add_argument(
        "--format",
        choices=(AUTO, *FORMATS),
        default=AUTO,
        help="the format of the files; auto, the default, looks into each",
    )
    parser.add_argument(
        "--base-url",
        metavar="URL",
        help="the address of the real service, for a new twin; targets are what follows its path",
    )
    parser.add_argument(
        "--host", metavar="H", help="import what was sent to this host, by default the twin's"
    )
    add_tags(parser, "tag the sessions; may be given again")


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.interchange import import_files

    workspace = find_workspace(args)
    with out.working("importing"):
        imported = import_files(
            workspace,
            args.files,
            format_name=args.format,
            base_url=args.base_url,
            host=args.host,
            tags=args.tags,
        )
    if imported.made_key is not None:
        note_made_key(imported.made_key, out)
    out.answer(_document(workspace.name, imported), *_blocks(workspace.name, imported))
    return 0


def _document(name: str, imported: Imported) -> dict[str, JsonValue]:
    return {
        "schema": "wraith.import/1",
        "twin": name,
        "base_url": imported.base_url,
        "created": [_named(path) for path in imported.created],
        "run": imported.run,
        "sessions": imported.sessions,
        "exchanges": imported.exchanges,
        "files": [_file_document(file) for file in imported.files],
    }


def _file_document(file: ImportedFile) -> JsonValue:
    return {
        "file": _named(file.path),
        "format": file.format,
        "sha256": file.sha256,
        "sessions": list(file.sessions),
        "exchanges": file.exchanges,
        "present": {"sessions": file.present_sessions, "exchanges": file.present_exchanges},
        "mended": [{"what": each.what, "count": each.count, "first": each.first} for each in file.mended],
        "left_out": [{"where": each.where, "reason": each.reason} for each in file.left_out],
    }


def _named(path: Path) -> str:
    """Return a path as JSON can hold it: names on disks are bytes."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


def _blocks(name: str, imported: Imported) -> list[Block]:
    total = f"{count(imported.exchanges, 'exchange')} in {count(imported.sessions, 'session')}"
    blocks: list[Block] = []
    if imported.created:
        blocks.append(Line(f"made the twin {name} of {imported.base_url}", "good"))
    blocks.append(Line(f"imported {total}", "good" if imported.sessions else "warn"))
    for file in imported.files:
        blocks += _file_blocks(file)
    blocks += [Line("next:"), Line(f"  wraith synth {name}"), Line(f"  wraith check {name}")]
    return blocks


def _file_blocks(file: ImportedFile) -> list[Block]:
    parts = []
    if file.sessions or not file.present_sessions:
        parts.append(f"{count(file.exchanges, 'exchange')} in {count(len(file.sessions), 'session')}")
    if file.present_sessions:
        present = count(file.present_exchanges, "exchange")
        parts.append(f"{present} in {count(file.present_sessions, 'session')} imported before")
    blocks: list[Block] = [Line(f"  {file.path} ({file.format}): {', '.join(parts)}")]
    blocks += [
        Line(f"    mended {each.count}: {each.what} (first: {each.first})", "dim") for each in file.mended
    ]
    places: dict[str, list[str]] = {}
    for entry in file.left_out:
        places.setdefault(entry.reason, []).append(entry.where)
    for reason, wheres in places.items():
        more = ", …" if len(wheres) > SHOWN_PLACES else ""
        shown = ", ".join(wheres[:SHOWN_PLACES])
        blocks.append(Line(f"    left out {len(wheres)}: {reason} ({shown}{more})", "warn"))
    return blocks
