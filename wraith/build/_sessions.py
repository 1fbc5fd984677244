"""The recordings of a twin as the graph sees them: one small file per session, and a stamp of the rest.

A manifest holds the digest of every exchange file of its session, so manifests are hashed and exchanges are
not. Their names, sizes and times are, and a change of those makes the record step look into the files.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from wraith.workspace import Workspace


def manifests(workspace: Workspace) -> list[str]:
    """Return the manifests of sealed sessions, relative to the project, sorted."""
    found = [folder / "manifest.json" for folder in _folders(workspace.sessions_path)]
    return sorted(path.relative_to(workspace.project.root).as_posix() for path in found if path.is_file())


def stamps(workspace: Workspace) -> dict[str, str | None]:
    """Return a signature of the names, sizes and times of each session's files, by session."""
    return {f"session {folder.name}": _stamp(folder) for folder in _folders(workspace.sessions_path)}


def _folders(sessions: Path) -> Iterator[Path]:
    try:
        with os.scandir(sessions) as entries:
            names = sorted(
                entry.name for entry in entries if entry.is_dir() and not entry.name.startswith(".")
            )
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        yield sessions / name


def _stamp(folder: Path) -> str:
    with os.scandir(folder) as entries:
        files = sorted((entry.name, entry.stat()) for entry in entries if entry.name.endswith(".wrec"))
    seen = hashlib.blake2b(digest_size=16)
    for name, status in files:
        seen.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return seen.hexdigest()
