"""Make the workspace of a new twin below twins/: commented configuration, folders, a .gitignore for what
is derived. Where they are missing also the project's dodo.py and wraith-project.toml, so that doit works at
once. An existing workspace is never touched.

With --base the twin is an overlay: the base is pinned by its digest and kept in base/, and recording goes to
the base's upstream unless --base-url names another."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from wraith.cli._args import add_artifact_path, add_twin, find_project
from wraith.cli._output import Line, Output
from wraith.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from wraith.canonical import JsonValue
    from wraith.workspace import Workspace


def configure(parser: argparse.ArgumentParser) -> None:
    add_twin(parser)
    parser.add_argument("--base-url", metavar="URL", help="the address of the real service")
    parser.add_argument(
        "--base", metavar="REF", help="make an overlay on this twin, .wraith file or NAME@sha256:…"
    )
    parser.add_argument("--owner", metavar="TEAM", help="whose overlay it is")
    parser.add_argument(
        "--requires",
        metavar="REF",
        action="append",
        default=[],
        help="an overlay that comes before this one; may be given again",
    )
    add_artifact_path(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.config import make_project

    project = find_project()
    workspace = project.twin(args.name)
    made = _overlay(workspace, args) if args.base is not None else _root(workspace, args)
    created = made + make_project(project)
    steps = next_steps(workspace.name, is_overlay=args.base is not None)
    names: list[JsonValue] = [str(path.relative_to(project.root)) for path in created]
    kind = "overlay" if args.base is not None else "twin"
    out.answer(
        {
            "schema": "wraith.init/1",
            "twin": workspace.name,
            "workspace": str(workspace.root),
            "created": names,
            "next": list(steps),
        },
        Line(f"made the {kind} {workspace.name} in {workspace.root}", "good"),
        *(Line(f"  {name}", "dim") for name in map(str, names)),
        Line("next:"),
        *(Line(f"  {step}") for step in steps),
    )
    return 0


def _root(workspace: Workspace, args: argparse.Namespace) -> list[Path]:
    from wraith.config import make_workspace

    if args.base_url is None:
        raise InputError(
            "which service? a root twin needs its address",
            where="--base-url",
            hint=f"wraith init {args.name} --base-url URL; an overlay: --base REF --owner TEAM",
        )
    if args.owner is not None or args.requires:
        raise InputError(
            "--owner and --requires belong to an overlay", where="--base", hint="name its base: --base REF"
        )
    return make_workspace(workspace, args.base_url)


def _overlay(workspace: Workspace, args: argparse.Namespace) -> list[Path]:
    from wraith.build import steps

    if not args.owner:
        raise InputError(
            "whose overlay is it?", where="--owner", hint="name the team that answers for it: --owner TEAM"
        )
    return steps.make_overlay(
        workspace,
        args.base,
        owner=args.owner,
        requires=args.requires,
        base_url=args.base_url,
        search=args.artifact_paths,
    )


def next_steps(name: str, *, is_overlay: bool = False) -> tuple[str, ...]:
    """Return the commands that lead from an empty workspace to a served twin."""
    judge = (f"wraith promote --overlay {name}",) if is_overlay else ()
    return (f"wraith record {name}", f"doit check:{name}", f"wraith serve {name}", *judge)
