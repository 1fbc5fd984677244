"""The recordings of a twin as the graph sees them: one small file per session, and a stamp of the rest.

A manifest holds the digest of every exchange file of its session, so manifests are hashed and exchanges are
not. Their names, sizes and times are, and a change of those makes the record step look into the files.
"""

from __future__ import annotations

import hashlib
import os

from wraith.workspace import Workspace


def manifests(workspace: Workspace) -> list[str]:
    """Return the manifests of sealed sessions, relative to the project, sorted."""
    root, sessions = str(workspace.project.root), str(workspace.sessions_path)
    place = os.path.relpath(sessions, root).replace(os.sep, "/")
    found = [f"{name}/manifest.json" for name in _names(sessions)]
    return [f"{place}/{name}" for name in found if os.path.isfile(os.path.join(sessions, name))]


def stamps(workspace: Workspace) -> dict[str, str | None]:
    """Return a signature of the names, sizes and times of each session's files, by session."""
    sessions = str(workspace.sessions_path)
    return {f"session {name}": _stamp(os.path.join(sessions, name)) for name in _names(sessions)}


def _names(sessions: str) -> list[str]:
    """Return the names of the folders of sessions, sorted."""
    try:
        with os.scandir(sessions) as entries:
            return sorted(
                entry.name for entry in entries if entry.is_dir() and not entry.name.startswith(".")
            )
    except (FileNotFoundError, NotADirectoryError):
        return []


def _stamp(folder: str) -> str:
    with os.scandir(folder) as entries:
        files = sorted((entry.name, entry.stat()) for entry in entries if entry.name.endswith(".wrec"))
    seen = hashlib.blake2b(digest_size=16)
    for name, status in files:
        seen.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return seen.hexdigest()
