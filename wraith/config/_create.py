"""New workspaces and projects: their files whole or not at all, and nothing that exists touched."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from wraith.config._overlay import Base, Overlay
from wraith.config._templates import FOLDERS, SCRUB_OF_BASE, project_files, twin_files, with_base
from wraith.errors import InputError, OperationError
from wraith.files import write_whole
from wraith.workspace import Project, Workspace


def make_workspace(
    workspace: Workspace,
    base_url: str,
    *,
    base: Base | None = None,
    overlay: Overlay | None = None,
    scrub: bytes | None = None,
) -> list[Path]:
    """Write a workspace, whole or not at all, and return its files: with ``base`` and ``overlay`` that of an
    overlay, which is scrubbed as its base is (``scrub``).

    Raises InputError where one exists, or where the address is none.
    """
    _refuse_existing(workspace)
    files = twin_files(workspace.name, checked_url(base_url))
    if base is not None and overlay is not None:
        files["wraith.toml"] = with_base(files["wraith.toml"], base, overlay)
    if scrub is not None:
        files["scrub.toml"] = SCRUB_OF_BASE + scrub.decode()
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
    missing = {project.root / name: text for name, text in project_files().items()}
    missing = {path: text for path, text in missing.items() if not path.exists()}
    for path, text in missing.items():
        write_whole(path, text.encode())
    return list(missing)


def checked_url(base_url: str) -> str:
    """Return the address if a twin can be recorded from it. Raises InputError otherwise."""
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
