"""Bring the project up to date: run every step whose inputs or outputs changed, and nothing else. The same
graph as doit's. A TARGET is a step (check), a task (check:NAME) or a file that one makes; without one,
everything is built."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import TYPE_CHECKING

from wraith.cli._args import find_project
from wraith.cli._output import Line, Output, count

if TYPE_CHECKING:
    from wraith.canonical import JsonValue


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="what to build; everything by default")


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.build import run_graph
    from wraith.cli._build_view import Watch

    project = find_project()
    with Watch(out) as watch:
        exit_code = run_graph(project, args.targets, progress=watch)
    outcomes = watch.outcomes
    counts = Counter(outcome.state for outcome in outcomes)
    documents: list[JsonValue] = [outcome.document() for outcome in outcomes]
    shown = ", ".join(
        f"{counts[state]} {state}" for state in ("ran", "fresh", "failed", "blocked") if counts[state]
    )
    out.answer(
        {
            "schema": "wraith.build/1",
            "project": str(project.root),
            "exit_code": exit_code,
            "tasks": documents,
        },
        Line(
            f"{count(len(outcomes), 'task')}: {shown}" if outcomes else "there is nothing to build", "title"
        ),
    )
    return exit_code
