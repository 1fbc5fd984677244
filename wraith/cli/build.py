"""Bring the project up to date: run every step whose inputs or outputs changed, and nothing else; what was
built before is restored from the cache. The same graph as doit's. A TARGET is a step (check), a task
(check:NAME) or a file that one makes; without one, everything is built."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from wraith.cli._args import add_artifact_path, find_project, number
from wraith.cli._output import Line, Output, count
from wraith.errors import InputError

if TYPE_CHECKING:
    from wraith.canonical import JsonValue
    from wraith.cli._build_view import Watch
    from wraith.workspace import Project


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
    add_artifact_path(parser)
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--explain", action="store_true", help="run nothing; say what would run, and why")
    instead.add_argument("--watch", action="store_true", help="build again whenever an input changes")
    instead.add_argument(
        "--sandbox",
        action="store_true",
        help="then run each step once more with nothing but its declared inputs, and fail where that differs",
    )


def run(args: argparse.Namespace, out: Output) -> int:
    project = find_project()
    if args.artifact_paths:
        from wraith.build import steps

        steps.keep_pinned(project, args.artifact_paths)
    if args.explain:
        return _explain(args, project, out)
    if args.watch:
        return _watch(args, project, out)
    watch, exit_code = _build(args, project, out)
    undeclared = _undeclared(args, project, out) if args.sandbox and not exit_code else []
    documents: list[JsonValue] = [outcome.document() for outcome in watch.outcomes]
    document: dict[str, JsonValue] = {
        "schema": "wraith.build/1",
        "project": str(project.root),
        "exit_code": exit_code or (2 if undeclared else 0),
        "seconds": round(watch.seconds, 3),
        "tasks": documents,
    }
    if args.sandbox:
        document["undeclared"] = undeclared
    out.answer(document, Line(watch.summary, "title"))
    return exit_code or (2 if undeclared else 0)


def _build(args: argparse.Namespace, project: Project, out: Output) -> tuple[Watch, int]:
    from wraith.build import run_graph
    from wraith.cli._build_view import Watch

    with Watch(out) as watch:
        exit_code = run_graph(
            project, args.targets, progress=watch, jobs=args.jobs, keep_going=args.keep_going
        )
    return watch, exit_code


def _undeclared(args: argparse.Namespace, project: Project, out: Output) -> list[JsonValue]:
    from wraith.build import find_undeclared

    with out.working("running each step with its declared inputs alone"):
        found = find_undeclared(project, args.targets)
    for each in found:
        out.note(f"{each.task} {each.why}", "bad")
    if not found:
        out.note("every step comes to the same with nothing but its declared inputs", "good")
    return [{"task": each.task, "why": each.why} for each in found]


def _explain(args: argparse.Namespace, project: Project, out: Output) -> int:
    from wraith.build import explain
    from wraith.cli._plan_view import plan_documents, plan_lines

    planned = explain(project, args.targets)
    stale = [each for each in planned if each.standing != "fresh"]
    fresh = f"{count(len(planned) - len(stale), 'task')} fresh"
    out.answer(
        {"schema": "wraith.plan/1", "project": str(project.root), "tasks": plan_documents(planned)},
        *plan_lines(stale),
        Line(f"{fresh}, {len(stale)} not" if stale else f"nothing to do: {fresh}", "title"),
    )
    return 0


def _watch(args: argparse.Namespace, project: Project, out: Output) -> int:
    from wraith.build import changed_inputs

    if out.format == "json":
        raise InputError(
            "--watch has no end, and JSON is one document", hint="wraith build --json after each change"
        )
    for changed in changed_inputs(project):
        for name in changed[:3]:
            out.note(f"{name} changed", "dim")
        try:
            watch, _ = _build(args, project, out)
        except InputError as error:  # a file half-written by an editor: the next change may mend it
            out.note(f"error: {error}", "bad")
        else:
            out.note(watch.summary, "title")
    return 0
