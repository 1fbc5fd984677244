"""Where sessions are recorded until all of them are known to be good: ``.wraith/recording/NAME``."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wraith.errors import OperationError
from wraith.workspace import Project, Workspace


@contextmanager
def stage(workspace: Workspace) -> Iterator[Workspace]:
    """Yield an empty workspace on the same disk; what is left in it when the block ends is removed.

    Raises OperationError where another process records the twin in this way, or the disk refuses.
    """
    folder = workspace.project.state_path / "recording" / workspace.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise OperationError(f"cannot be made: {error.strerror}", where=folder) from error
    try:
        _lock(handle, folder)
        _clear(folder)  # of an attempt that was killed
        try:
            yield Workspace(Project(folder), workspace.name)
        finally:
            _clear(folder)
            _remove_empty(folder, workspace.project)
    finally:
        os.close(handle)


def publish(staged: Workspace, workspace: Workspace) -> None:
    """Move the staged sessions among those of the workspace. Raises OperationError where the disk refuses."""
    try:
        workspace.sessions_path.mkdir(parents=True, exist_ok=True)
        for session in sorted(staged.sessions_path.iterdir()):
            os.rename(session, workspace.sessions_path / session.name)
    except OSError as error:
        raise OperationError(
            f"cannot be moved: {error.strerror}", where=workspace.sessions_path, hint="mend the permissions"
        ) from error


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.path.samestat(os.fstat(handle), folder.stat()):
            raise BlockingIOError  # its holder removed it, and another one made it anew, since it was opened
    except (BlockingIOError, FileNotFoundError):
        raise OperationError(
            "another process records this twin", where=folder, hint="wait until it has ended, then try again"
        ) from None


def _clear(folder: Path) -> None:
    for entry in folder.iterdir():
        shutil.rmtree(entry, ignore_errors=True)


def _remove_empty(folder: Path, project: Project) -> None:
    """Remove the stage, and what was made for it above: a failed attempt in a new project leaves nothing."""
    for path in (folder, folder.parent, project.state_path):
        with suppress(OSError):  # it holds something
            path.rmdir()
