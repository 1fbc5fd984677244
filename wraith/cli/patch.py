"""Turn edits of model/symbols.json into files of model/patches, which every synth applies, so that no edit is
lost; or discard them. Routes and variants are named by content, not by position."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from wraith.cli._args import add_twin, find_twin
from wraith.cli._output import Line, Output

if TYPE_CHECKING:
    from wraith.canonical import JsonValue


def configure(parser: argparse.ArgumentParser) -> None:
    add_twin(parser)
    parser.add_argument("--discard-edits", action="store_true", help="put back what synth last wrote")


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.build import steps

    workspace = find_twin(args)
    changed = steps.discard_edits(workspace) if args.discard_edits else steps.patch(workspace)
    files: list[JsonValue] = [str(path.relative_to(workspace.root)) for path in changed]
    done = "discarded" if args.discard_edits else "kept"
    text = f"edits {done}: {', '.join(map(str, files))}" if files else "the model has no edits"
    out.answer(
        {
            "schema": "wraith.patch/1",
            "twin": workspace.name,
            "discarded": bool(args.discard_edits and files),
            "files": files,
        },
        Line(f"{workspace.name}: {text}", "good"),
    )
    return 0
