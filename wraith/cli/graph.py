"""Show the build graph: every task, whether it is up to date, and what it needs. text is a table with a row
for each twin; dot is for Graphviz; html is one page with a picture. Nothing runs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wraith.cli._args import find_project
from wraith.cli._output import Kind, Line, Output, Table, count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wraith.build import Planned

LEGEND: Final = {
    "fresh": "is what its inputs make of it",
    "stale": "a build runs or restores it",
    "waits": "fresh as things stand; what it reads is made by a stale task",
    "ignored": "left out, as doit was told",
}
LOOKS: Final[dict[str, Kind]] = {"fresh": "good", "stale": "bad", "waits": "warn", "ignored": "dim"}
COLOURS: Final = {"fresh": "#dcefdf", "stale": "#f6b3aa", "waits": "#fdf0c8", "ignored": "#eeeeee"}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "targets", nargs="*", metavar="TARGET", help="show these and what they need; else all"
    )
    parser.add_argument(
        "--format",
        dest="drawn",
        choices=("text", "dot", "html"),
        default="text",
        help="text (default), dot or html",
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="write dot or html to a file")


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.build import explain
    from wraith.cli._plan_view import plan_documents

    project = find_project()
    planned = explain(project, args.targets)
    if out.format == "json":
        out.answer(
            {"schema": "wraith.graph/1", "project": str(project.root), "tasks": plan_documents(planned)}
        )
    elif args.drawn == "text":
        stale = sum(each.standing != "fresh" for each in planned)
        out.answer({}, _table(planned), Line(f"{count(len(planned), 'task')}, {stale} not fresh", "title"))
    else:
        _write(_dot(planned) if args.drawn == "dot" else _page(planned, project.root.name), args.output, out)
    return 0


def _write(text: str, output: str | None, out: Output) -> None:
    from wraith.files import write_whole

    if output is None:
        sys.stdout.write(text)
        return
    write_whole(Path(output), text.encode())
    out.answer({}, Line(f"wrote {output}"))


def _table(planned: Sequence[Planned]) -> Table:
    steps = list(dict.fromkeys(each.task.step for each in planned))
    states = {each.task.name: each.standing for each in planned}
    twins = sorted({each.task.twin for each in planned})
    rows = []
    for twin in twins:
        found = [states.get(f"{step}:{twin}") for step in steps]
        rows.append((twin, *(Line(state, LOOKS[state]) if state else "" for state in found)))
    return Table(("twin", *steps), rows)


def _dot(planned: Sequence[Planned]) -> str:
    lines = ["digraph wraith {", "  rankdir=LR;", '  node [shape=box, style="rounded,filled"];']
    for each in planned:
        lines.append(f"  {_quoted(each.task.name)} [fillcolor={_quoted(COLOURS[each.standing])}];")
    shown = {each.task.name for each in planned}
    for each in planned:
        lines += [
            f"  {_quoted(need)} -> {_quoted(each.task.name)};" for need in sorted(each.needs) if need in shown
        ]
    return "\n".join([*lines, "}", ""])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _page(planned: Sequence[Planned], name: str) -> str:
    from wraith.cli._plan_view import plan_lines
    from wraith.pages import Node, graph_page

    nodes = [
        Node(
            each.task.name,
            each.task.twin,
            each.task.step,
            each.standing,
            "\n".join(line.text for line in plan_lines([each])),
            each.needs,
        )
        for each in planned
    ]
    return graph_page(f"The build graph of {name}", nodes, LEGEND)
