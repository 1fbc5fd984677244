"""Bring the project up to date: run every step whose inputs or outputs changed, and nothing else. The same
graph as doit's. A TARGET is a step (check), a task (check:NAME) or a file that one makes; without one,
everything is built."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from wraith.cli._args import find_project, number
from wraith.cli._output import Line, Output

if TYPE_CHECKING:
    from wraith.canonical import JsonValue


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="what to build; everything by default")
    parser.add_argument(
        "-n", "--jobs", type=number, default=1, metavar="N", help="how many steps run at once, in processes"
    )
    parser.add_argument(
        "--continue",
        dest="keep_going",
        action="store_true",
        help="after a failure go on with what does not depend on it",
    )


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.build import run_graph
    from wraith.cli._build_view import Watch

    project = find_project()
    with Watch(out) as watch:
        exit_code = run_graph(
            project, args.targets, progress=watch, jobs=args.jobs, keep_going=args.keep_going
        )
    documents: list[JsonValue] = [outcome.document() for outcome in watch.outcomes]
    out.answer(
        {
            "schema": "wraith.build/1",
            "project": str(project.root),
            "exit_code": exit_code,
            "seconds": round(watch.seconds, 3),
            "tasks": documents,
        },
        Line(watch.summary, "title"),
    )
    return exit_code
