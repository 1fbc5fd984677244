"""``wraith pack``: a workspace as one file."""

from __future__ import annotations

from pathlib import Path

from wraith.artifact._artifact import make_artifact
from wraith.artifact._contents import contents
from wraith.artifact._store import Packed, artifact_bytes, keep
from wraith.files import write_whole
from wraith.workspace import Workspace


def pack(
    workspace: Workspace, output: Path, *, recordings: bool = False, diagnostics: bool = False
) -> Packed:
    """Write the twin as an artifact, and keep a copy in the project's store.

    Raises InputError where a file is missing or cannot be packed, OperationError where the disk refuses.
    """
    files = contents(workspace.require(), recordings=recordings, diagnostics=diagnostics)
    artifact = make_artifact(workspace.name, files, workspace.root)
    data = artifact_bytes(artifact)
    write_whole(output, data)
    packed = Packed(output, artifact.manifest, len(data))
    keep(workspace.project, packed, data)
    return packed
