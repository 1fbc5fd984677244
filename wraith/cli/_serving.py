"""Which workspace answers for a name: the twin's own, an overlay's composite, a composite of the project, or
one that is made of a twin and overlays for the occasion. What is not built, or not what it is made of any
more, is said with the task that builds it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
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
        yield _composed(project, args)
        return
    target = _task_of(project, args.name)
    if target is not None:
        workspace, task = target
        if args.build:
            _build(project, task)
        if workspace.place is not None and not workspace.symbols_path.is_file():
            raise InputError(
                f"{args.name} is not built yet",
                where=workspace.symbols_path,
                hint=f"doit {task}, or wraith serve {args.name} --build",
            )
        if workspace.place is not None and (stale := _stale(project, workspace)):
            out.note(f"{args.name} is stale: {stale}; doit {task} builds it, as --build does", "warn")
        yield workspace
        return
    with reading_twin(args) as workspace:
        yield workspace


def _task_of(project: Project, name: str) -> tuple[Workspace, str] | None:
    """Return what answers for the name of a twin or composite of the project, and the task that builds it."""
    from wraith.build import steps

    if "@" in name or "/" in name or name.endswith(".wraith"):
        return None
    if name in steps.declared(project):
        return project.composite(name), f"compose:{name}"
    workspace = project.twin(name)
    if not workspace.exists():
        return None
    if steps.is_overlay(workspace):
        return workspace.composite, f"compose:{name}"
    return workspace, f"synth:{name}"


def _build(project: Project, task: str) -> None:
    from wraith.build import run_graph
    from wraith.errors import AnswerIsNo

    if status := run_graph(project, (task,)):
        error = AnswerIsNo(f"{task} failed", hint="what it says above is the reason")
        error.exit_code = status
        raise error


def _stale(project: Project, workspace: Workspace) -> str:
    """Return why a composite is not what it would be today; ``""`` where it is."""
    from wraith.build import steps
    from wraith.errors import WraithError

    try:
        return steps.changed_layers(project, workspace)
    except WraithError as error:  # a layer is not there: it cannot be what it was
        return str(error)


def _composed(project: Project, args: argparse.Namespace) -> Workspace:
    """Materialize the twin with overlays below ``.wraith``, and return the workspace."""
    from wraith.build import steps

    base = steps.found_layer(project, args.name, args.artifact_paths)
    overlays = [steps.found_layer(project, each, args.artifact_paths) for each in args.overlays]
    known = sha256("\n".join(layer.pin for layer in (base, *overlays)).encode())
    workspace = project.composite(f"{base.name}-{known.removeprefix('sha256:')[:16]}")
    return steps.compose_layers(base, overlays, workspace).workspace
