"""Make the workspace of a new twin below twins/: commented configuration, folders, a .gitignore for what
is derived. Where they are missing also the project's dodo.py and wraith-project.toml, so that doit works at
once. An existing workspace is never touched."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from wraith.cli._args import add_twin, find_project
from wraith.cli._output import Line, Output

if TYPE_CHECKING:
    from wraith.canonical import JsonValue


def configure(parser: argparse.ArgumentParser) -> None:
    add_twin(parser)
    parser.add_argument("--base-url", required=True, metavar="URL", help="the address of the real service")


def run(args: argparse.Namespace, out: Output) -> int:
    from wraith.config import make_project, make_workspace

    project = find_project()
    workspace = project.twin(args.name)
    created = make_workspace(workspace, args.base_url) + make_project(project)
    steps = next_steps(workspace.name)
    names: list[JsonValue] = [str(path.relative_to(project.root)) for path in created]
    out.answer(
        {
            "schema": "wraith.init/1",
            "twin": workspace.name,
            "workspace": str(workspace.root),
            "created": names,
            "next": list(steps),
        },
        Line(f"made the twin {workspace.name} in {workspace.root}", "good"),
        *(Line(f"  {name}", "dim") for name in map(str, names)),
        Line("next:"),
        *(Line(f"  {step}") for step in steps),
    )
    return 0


def next_steps(name: str) -> tuple[str, ...]:
    """Return the commands that lead from an empty workspace to a served twin."""
    return (f"wraith record {name}", f"doit check:{name}", f"wraith serve {name}")
