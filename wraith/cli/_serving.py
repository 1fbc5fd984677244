"""Which workspace answers for a name: the twin's own, an overlay's composite, a composite of the project, or
one that is made of a twin and overlays for the occasion. What is not built, or not what it is made of any
more, is said with the task that builds it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wraith.canonical import sha256
from wraith.cli._args import find_project, reading_twin
from wraith.errors import InputError

if TYPE_CHECKING:
    from wraith.cli._output import Output
    from wraith.workspace import Project, Workspace


def add_composing(parser: argparse.ArgumentParser) -> None:
    """Add ``--overlay`` and ``--build``."""
    parser.add_argument(
        "--overlay",
        dest="overlays",
        action="append",
        default=[],
        metavar="REF",
        help="serve the twin with this overlay; may be given again, in order",
    )
    parser.add_argument("--build", action="store_true", help="first bring up to date what is served")


@contextmanager
def serving_twin(args: argparse.Namespace, out: Output) -> Iterator[Workspace]:
    """Yield the workspace that answers for NAME. Raises InputError where it is not built."""
    project = find_project()
    if args.overlays:
        yield _composed(project, args, out)
        return
    target = _task_of(project, args.name)
    if target is not None:
        workspace, task = target
        if args.build:
            _build(project, [task], args)
        _require(args.name, workspace, task)
        _tell_stale(project, args.name, workspace, task, out)
        yield workspace
        return
    with reading_twin(args) as workspace:
        yield workspace


def _task_of(project: Project, name: str) -> tuple[Workspace, str] | None:
    """Return what answers for the name of a twin or composite of the project, and the task that builds it."""
    target = _layer(project, name)
    if target is None or not target[1].startswith("delta:"):
        return target
    return target[0].composite, f"compose:{name}"


def _layer(project: Project, name: str) -> tuple[Workspace, str] | None:
    """Return the twin or composite of the project that a name means as a layer of another composite, and the
    task that builds it; None for a file, a path and a digest."""
    from wraith.artifact import Reference, workspace_at
    from wraith.build import steps

    if not steps.is_twin_name(name):
        return None
    workspace = workspace_at(project, Reference.parse(name))
    if workspace.place is not None:
        return workspace, f"compose:{name}"
    if not workspace.exists():
        return None
    return workspace, f"{'delta' if steps.is_overlay(workspace) else 'synth'}:{name}"


def require_built(project: Project, name: str) -> None:
    """Raise InputError that names the task where a layer that is a twin of the project is not built yet."""
    if (target := _layer(project, name)) is not None:
        _require(name, *target)


def _require(name: str, workspace: Workspace, task: str) -> None:
    if not workspace.symbols_path.is_file():
        raise InputError(
            f"{name} is not built yet",
            where=workspace.symbols_path,
            hint=f"doit {task} builds it; so does wraith serve --build, before it serves",
        )


def _build(project: Project, tasks: Sequence[str], args: argparse.Namespace) -> None:
    from wraith.build import run_graph, steps
    from wraith.errors import AnswerIsNo

    steps.keep_pinned(project, args.artifact_paths)
    if status := run_graph(project, tasks):
        error = AnswerIsNo(f"{' '.join(tasks)} failed", hint="what it says above is the reason")
        error.exit_code = status
        raise error


def _tell_stale(project: Project, name: str, workspace: Workspace, task: str, out: Output) -> None:
    from wraith.build import steps

    if why := steps.stale(project, workspace):
        out.note(f"{name} is stale: {why}; doit {task} builds it, as --build does", "warn")


def _composed(project: Project, args: argparse.Namespace, out: Output) -> Workspace:
    """Materialize the twin with overlays below ``.wraith``, and return the workspace."""
    from wraith.build import steps

    layers = {name: target for name in (args.name, *args.overlays) if (target := _layer(project, name))}
    if args.build and layers:
        _build(project, [task for _, task in layers.values()], args)
    for name, (workspace, task) in layers.items():
        _require(name, workspace, task)
        _tell_stale(project, name, workspace, task, out)
    base = steps.found_layer(project, args.name, args.artifact_paths)
    overlays = [steps.found_layer(project, each, args.artifact_paths) for each in args.overlays]
    known = sha256("\n".join(layer.pin for layer in (base, *overlays)).encode())
    workspace = project.composite(f"{base.name}-{known.removeprefix('sha256:')[:16]}")
    return steps.compose_layers(base, overlays, workspace).workspace
