"""What of a workspace goes into an artifact."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from wraith.artifact._layout import EVIDENCE, REQUIRED, part_of
from wraith.errors import InputError
from wraith.files import read_bytes
from wraith.workspace import Workspace

FOLDERS: Final = ("model/patches", "lua", "state", "faults", "provenance")

COMMANDS: Final = ("start", "exercise", "inputs")
"""The keys of ``[record]`` that run commands, or name what they read: they stay behind."""


def contents(
    workspace: Workspace, *, recordings: bool = False, diagnostics: bool = False
) -> dict[str, bytes]:
    """Return the files to pack by their path, as they are.

    Raises InputError where one is missing, is a link, or where recordings are not what was sealed.
    """
    paths = packed_files(workspace)
    if recordings:
        paths += _recordings(workspace)
    if diagnostics:
        paths += _below(workspace, "reports") + _below(workspace, "build")
    return {_relative(workspace, path): _read(workspace, path) for path in sorted(paths)}


def packed_files(workspace: Workspace) -> list[Path]:
    """Return the files that are packed without being asked for: those that must be there, and those that are.

    What no artifact holds stays behind: hidden files, notes, drafts.
    """
    optional = [workspace.drift_path] if workspace.drift_path.is_file() else []
    needed = [workspace.root / name for name in (*sorted(REQUIRED), EVIDENCE)]
    return [*needed, *optional, *(path for folder in FOLDERS for path in _below(workspace, folder))]


def _recordings(workspace: Workspace) -> list[Path]:
    from wraith.recording import sealed_sessions

    sessions = sealed_sessions(workspace)
    index = [workspace.index_path] if workspace.index_path.is_file() else []
    return index + [
        session.path / name
        for session in sessions
        for name in ("manifest.json", *(entry.file for entry in session.manifest.exchanges))
    ]


def _below(workspace: Workspace, folder: str) -> list[Path]:
    """Return what may be packed of a folder, and the links in it, which reading refuses."""
    found = []
    for parent, folders, names in os.walk(workspace.root / folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = [Path(parent, name) for name in (*folders, *names) if not name.startswith(".")]
        found += [path for path in paths if path.is_symlink() or part_of(_relative(workspace, path))]
    return sorted(found)


def _relative(workspace: Workspace, path: Path) -> str:
    return path.relative_to(workspace.root).as_posix()


def _read(workspace: Workspace, path: Path) -> bytes:
    _refuse_link(path)
    try:
        return read_bytes(path)
    except FileNotFoundError:
        raise InputError(
            "is missing, and a packed twin needs it", where=path, hint=_maker(workspace, path)
        ) from None


def _maker(workspace: Workspace, path: Path) -> str:
    if path not in (workspace.symbols_path, workspace.evidence_path):
        return "restore the file from version control"
    if workspace.place is not None:
        return f"doit compose:{workspace.name}"
    return f"doit check:{workspace.name} builds it, as wraith synth {workspace.name} does"


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        raise InputError(
            "is a symbolic link, which is never packed",
            where=path,
            hint="put a copy of the file in its place",
        )
