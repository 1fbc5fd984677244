"""What of a workspace goes into an artifact."""

from __future__ import annotations

import os
from pathlib import Path

from wraith.artifact._config import portable_config
from wraith.artifact._manifest import FOLDERS, REQUIRED
from wraith.errors import InputError
from wraith.files import read_bytes
from wraith.workspace import Workspace


def contents(workspace: Workspace) -> dict[str, bytes]:
    """Return the files to pack by their path. Raises InputError where one is missing, or is a link.

    Hidden files stay behind, and the configuration leaves its commands behind.
    """
    files: dict[str, bytes] = {}
    for name in sorted(REQUIRED):
        files[name] = _read(workspace, workspace.root / name)
    files["wraith.toml"] = portable_config(files["wraith.toml"], workspace.config_path)
    for folder in FOLDERS:
        for path in _files_below(workspace.root / folder):
            files[path.relative_to(workspace.root).as_posix()] = _read(workspace, path)
    return files


def _files_below(folder: Path) -> list[Path]:
    found = []
    for parent, folders, names in os.walk(folder):
        for name in folders:
            _refuse_link(Path(parent, name))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(parent, name) for name in names if not name.startswith(".")]
    return sorted(found)


def _read(workspace: Workspace, path: Path) -> bytes:
    _refuse_link(path)
    try:
        return read_bytes(path)
    except FileNotFoundError:
        raise InputError(
            "is missing, and a packed twin needs it", where=path, hint=_maker(workspace, path)
        ) from None


def _maker(workspace: Workspace, path: Path) -> str:
    derived = path in (workspace.symbols_path, workspace.evidence_path)
    return f"wraith synth {workspace.name}" if derived else "restore the file from version control"


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        raise InputError(
            "is a symbolic link, which is never packed",
            where=path,
            hint="put a copy of the file in its place",
        )
