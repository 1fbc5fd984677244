"""The action cache of the project, .wraith/cache: what steps wrote, by what it was made from. stats says how
much it holds; gc removes what was not used for longest; verify hashes every content and removes what is
damaged; clear removes everything. None of them changes what a build comes to."""

from __future__ import annotations

import argparse
from typing import Final

from wraith.cli._args import find_project
from wraith.cli._output import Line, Output, count

ACTIONS: Final = ("stats", "gc", "verify", "clear")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=ACTIONS, metavar="ACTION", help=", ".join(ACTIONS))


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.build import open_store

    store = open_store(find_project())
    removed = 0
    damaged: tuple[str, ...] = ()
    lines: list[Line] = []
    if args.action == "verify":
        found = store.verify()
        damaged = found.removed
        lines = [Line(f"damaged, and removed: {digest}", "warn") for digest in damaged]
        lines.append(Line(f"hashed {count(found.checked, 'content')}"))
    elif args.action != "stats":
        removed = store.clear() if args.action == "clear" else store.trim()
        lines.append(Line(f"removed {size(removed)}"))
    stats = store.stats()
    held = f"{count(stats.results, 'result')} and {count(stats.contents, 'content')}"
    out.answer(
        {
            "schema": "wraith.cache/1",
            "folder": str(store.folder),
            "results": stats.results,
            "contents": stats.contents,
            "size_bytes": stats.size_bytes,
            "limit_bytes": stats.limit_bytes,
            "removed_bytes": removed,
            "damaged": list(damaged),
        },
        *lines,
        Line(f"{held}, {size(stats.size_bytes)} of {size(stats.limit_bytes)}, in {store.folder}", "title"),
    )
    return 0


def size(number: int) -> str:
    """Return a number of bytes for people: ``1.5 MiB``."""
    value = float(number)
    for unit in ("B", "KiB", "MiB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} GiB"
