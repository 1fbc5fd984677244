"""A packed twin as a workspace for as long as it is read, for what only reads: nothing of it stays."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wraith.artifact._artifact import verified
from wraith.artifact._install import unpack
from wraith.artifact._read import file_bytes
from wraith.artifact._signature import refuse_forged
from wraith.errors import InputError
from wraith.workspace import Project, Workspace


@contextmanager
def unpacked(file: Path, project: Project, *, recordings: bool = False) -> Iterator[Workspace]:
    """Yield the workspace of an artifact, in a temporary folder and of the project whose scrub key counts.

    ``recordings`` says that they are needed. Raises what ``open_artifact`` raises, and InputError where the
    recordings are needed and stayed at home.
    """
    data = file_bytes(file)
    manifest = verified(data, file).manifest
    refuse_forged(manifest, file)
    if recordings and not manifest.has_recordings:
        raise InputError(
            f"{manifest.twin} was packed without recordings",
            where=file,
            hint="pack it with --include-recordings",
        )
    with tempfile.TemporaryDirectory(prefix="wraith-") as folder:
        workspace = Workspace(project, manifest.twin, Path(folder).resolve() / manifest.twin)
        unpack(data, file, workspace.root, manifest)
        yield workspace
