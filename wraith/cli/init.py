"""Make the workspace of a new twin below twins/: commented configuration, folders, a .gitignore for what
is derived. Where they are missing also the project's dodo.py and wraith-project.toml, so that doit works at
once. An existing workspace is never touched."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from wraith.cli._args import add_twin, find_project
from wraith.cli._output import Line, Output
from wraith.errors import InputError, OperationError
from wraith.files import write_whole
from wraith.workspace import Project, Workspace

if TYPE_CHECKING:
    from wraith.canonical import JsonValue


def configure(parser: argparse.ArgumentParser) -> None:
    add_twin(parser)
    parser.add_argument("--base-url", required=True, metavar="URL", help="the address of the real service")


def run(args: argparse.Namespace, out: Output) -> int:
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


def make_workspace(workspace: Workspace, base_url: str) -> list[Path]:
    """Write a workspace, whole or not at all, and return its files.

    Raises InputError where one exists, or where the address is none.
    """
    from wraith.cli._templates import FOLDERS, twin_files

    _refuse_existing(workspace)
    files = twin_files(workspace.name, checked_url(base_url))
    try:
        workspace.project.twins_path.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{workspace.name}.", dir=workspace.project.twins_path))
    except OSError as error:
        raise OperationError(
            f"cannot be written: {error.strerror}",
            where=workspace.project.twins_path,
            hint="nothing was changed",
        ) from error
    try:
        for folder in FOLDERS:
            (draft / folder).mkdir(parents=True)
        for name, text in files.items():
            write_whole(draft / name, text.encode())
        draft.chmod(0o755)  # mkdtemp's folders are private
        _claim(draft, workspace)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return [workspace.root / name for name in files]


def make_project(project: Project) -> list[Path]:
    """Write the files of a project that are missing, and return them."""
    from wraith.cli._templates import project_files

    missing = {project.root / name: text for name, text in project_files().items()}
    missing = {path: text for path, text in missing.items() if not path.exists()}
    for path, text in missing.items():
        write_whole(path, text.encode())
    return list(missing)


def checked_url(base_url: str) -> str:
    """Return the address if a twin can be recorded from it. Raises InputError otherwise."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or not base_url.isprintable() or " " in base_url:
        raise InputError(
            f"not the address of a service: {base_url!r}",
            where="--base-url",
            hint="write it like https://api.example.com",
        )
    if parts.query or parts.fragment or parts.username:
        raise InputError(
            f"an address with a query, a fragment or a user name: {base_url!r}",
            where="--base-url",
            hint="give scheme, host, port and path alone; credentials belong to the client, not into a file",
        )
    return base_url


def _refuse_existing(workspace: Workspace) -> None:
    root = workspace.root
    if root.is_symlink() or (root.exists() and (not root.is_dir() or any(root.iterdir()))):
        raise InputError(
            "exists already; a workspace that exists is never touched",
            where=root,
            hint=f"choose another name, or look at it: wraith doctor {workspace.name}",
        )


def _claim(draft: Path, workspace: Workspace) -> None:
    """Move the draft into place: the rename fails where something has appeared meanwhile."""
    try:
        draft.rename(workspace.root)
    except OSError as error:
        _refuse_existing(workspace)
        raise OperationError(f"cannot be written: {error.strerror}", where=workspace.root) from error
