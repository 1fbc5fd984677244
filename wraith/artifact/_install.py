"""``wraith install``: an artifact as a new workspace, whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wraith.artifact._config import refuse_commands
from wraith.artifact._manifest import dump_manifest
from wraith.artifact._verify import read_artifact, verify
from wraith.errors import InputError, OperationError, WraithError
from wraith.files import write_whole
from wraith.workspace import Project, Workspace


def install(file: Path, project: Project) -> Workspace:
    """Unpack an artifact as the workspace of its name, and return it.

    Raises InputError where the artifact is broken, or something of that name is there; PolicyError where it
    brings commands; OperationError where the disk refuses. In each case nothing is left behind.
    """
    manifest = verify(file)
    workspace = project.twin(manifest.name)
    _refuse_existing(workspace, file)
    with _draft(project) as draft:
        # read again, into files: between the two somebody may have changed the artifact, so both are checked
        if read_artifact(file, lambda path, chunk: _append(draft / path, chunk)) != manifest:
            raise InputError("it changed while it was read", where=file, hint="run the command again")
        refuse_commands((draft / "wraith.toml").read_bytes(), file)
        write_whole(draft / workspace.origin_path.name, dump_manifest(manifest))
        _claim(draft, workspace, file)
    return workspace


def _append(path: Path, chunk: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as out:
        out.write(chunk)


@contextmanager
def _draft(project: Project) -> Iterator[Path]:
    """Yield a folder on the project's disk, removed where it was not moved into place."""
    draft: Path | None = None
    try:
        project.state_path.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix="install-", dir=project.state_path))
        draft.chmod(0o755)  # mkdtemp's folders are private
        yield draft
    except WraithError:
        raise  # a PolicyError is an OSError too, and no failure of the disk
    except OSError as error:
        raise OperationError(
            f"cannot be written: {error.strerror or error}",
            where=draft or project.state_path,
            hint="make room or mend the permissions; nothing was changed",
        ) from error
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)


def _claim(draft: Path, workspace: Workspace, file: Path) -> None:
    workspace.project.twins_path.mkdir(parents=True, exist_ok=True)
    try:
        os.rename(draft, workspace.root)
    except OSError:
        _refuse_existing(workspace, file)
        raise


def _refuse_existing(workspace: Workspace, file: Path) -> None:
    if os.path.lexists(workspace.root):
        raise InputError(
            f"there is a twin {workspace.name!r} already, and {file.name} was not installed",
            where=workspace.root,
            hint="move the folder away, or install into another project",
        )
