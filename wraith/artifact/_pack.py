"""``wraith pack``: a workspace as one file."""

from __future__ import annotations

from pathlib import Path

from wraith.artifact._artifact import make_artifact
from wraith.artifact._contents import contents
from wraith.artifact._store import Packed, write_artifact
from wraith.workspace import Workspace


def pack(
    workspace: Workspace,
    output: Path,
    *,
    recordings: bool = False,
    diagnostics: bool = False,
    sign: Path | None = None,
) -> Packed:
    """Write the twin as an artifact, and keep a copy in the project's store; see ``write_artifact``.

    Raises InputError where a file is missing or cannot be packed.
    """
    files = contents(workspace.require(), recordings=recordings, diagnostics=diagnostics)
    artifact = make_artifact(workspace.name, files, workspace.root)
    return write_artifact(artifact, output, sign=sign, store=workspace.project)
