"""``wraith install``: an artifact as a new workspace, whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from wraith.artifact._artifact import verified
from wraith.artifact._manifest import Manifest, dump_manifest
from wraith.artifact._read import file_bytes, read_archive
from wraith.artifact._signature import refuse_forged
from wraith.artifact._store import keep
from wraith.errors import InputError, OperationError, WraithError
from wraith.files import read_bytes, write_whole
from wraith.workspace import ORIGIN, Project, Workspace


@dataclass(frozen=True, slots=True)
class Installed:
    """What was installed, and where."""

    workspace: Workspace
    manifest: Manifest


def install(
    file: Path, project: Project, *, name: str | None = None, into: Path | None = None, force: bool = False
) -> Installed:
    """Unpack an artifact as the workspace ``into/name``, by default ``twins/`` and the artifact's own
    name, and keep a copy in the project's store.

    ``force`` replaces what was installed there before, never recordings that were made there. Raises
    InputError where the artifact is none, or the place is taken; PolicyError where it is not what it
    says, or brings commands; OperationError where the disk refuses. In each case the workspace is as it
    was, or is not there.
    """
    data = file_bytes(file)
    manifest = verified(data, file).manifest
    refuse_forged(manifest, file)
    workspace = _target(project, name or manifest.twin, into)
    _refuse_existing(workspace, file, force)
    with _draft(workspace) as draft:
        unpack(data, file, draft / "new", manifest)
        keep(project, manifest, data)
        _claim(draft / "new", draft / "old", workspace, file, force)
    return Installed(workspace, manifest)


def unpack(data: bytes, where: Path, folder: Path, manifest: Manifest) -> None:
    """Write the files of an archive, which was verified, and its manifest into a folder."""
    made: set[Path] = set()

    def append(path: str, chunk: bytes) -> None:
        target = folder / path
        if target.parent not in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            made.add(target.parent)
        with target.open("ab") as out:
            out.write(chunk)

    read_archive(data, where, append)
    write_whole(folder / ORIGIN, dump_manifest(manifest))


def _target(project: Project, name: str, into: Path | None) -> Workspace:
    workspace = project.twin(name)
    if into is None or into.resolve() == project.twins_path.resolve():
        return workspace
    return Workspace(project, name, into.resolve() / name)


@contextmanager
def _draft(workspace: Workspace) -> Iterator[Path]:
    """Yield a hidden folder beside the workspace's place, which is removed in the end."""
    parent = workspace.root.parent
    draft: Path | None = None
    try:
        parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{workspace.name}.", dir=parent))
        yield draft
    except WraithError:
        raise  # a PolicyError is an OSError too, and no failure of the disk
    except OSError as error:
        raise OperationError(
            f"cannot be written: {error.strerror or error}",
            where=draft or parent,
            hint="make room or mend the permissions; nothing was changed",
        ) from error
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)


def _claim(new: Path, old: Path, workspace: Workspace, file: Path, force: bool) -> None:
    """Move the new folder into place; what is there moves out of the way, and back where that fails."""
    if force and workspace.root.is_dir():
        os.rename(workspace.root, old)
    try:
        os.rename(new, workspace.root)
    except OSError:
        if old.exists():
            os.rename(old, workspace.root)
        _refuse_existing(workspace, file, force)
        raise


def _refuse_existing(workspace: Workspace, file: Path, force: bool) -> None:
    if not os.path.lexists(workspace.root):
        return
    if not force:
        raise InputError(
            f"there is a twin {workspace.name!r} already, and {file.name} was not installed",
            where=workspace.root,
            hint="give it another name with --name, or replace what was installed there with --force",
        )
    if workspace.root.is_symlink() or not workspace.exists():
        raise InputError(
            "is no workspace, and --force replaces nothing else",
            where=workspace.root,
            hint="move it away",
        )
    if own := sorted(_sessions(workspace) - _packed_sessions(workspace)):
        raise InputError(
            f"holds recordings that were made here ({own[0]}), and --force does not remove them",
            where=workspace.root,
            hint="give the artifact another name with --name, or move the folder away",
        )
    if not workspace.origin_path.is_file():
        raise InputError(
            "was made here, not installed, and --force replaces only what was installed",
            where=workspace.root,
            hint="give the artifact another name with --name, or move the folder away",
        )


def _sessions(workspace: Workspace) -> set[str]:
    path = workspace.sessions_path
    return {folder.name for folder in path.iterdir()} if path.is_dir() else set()


def _packed_sessions(workspace: Workspace) -> set[str]:
    """Return the sessions that came with the artifact which the workspace was installed from."""
    try:
        manifest = Manifest.model_validate_json(read_bytes(workspace.origin_path))
    except (FileNotFoundError, ValidationError):
        return set()
    paths = [path.split("/") for path in manifest.provenance.files]
    return {parts[2] for parts in paths if parts[:2] == ["recordings", "sessions"]}
