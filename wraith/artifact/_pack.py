"""``wraith pack``: a workspace as one file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wraith import ENGINE_VERSION
from wraith.artifact._archive import MAX_BYTES, MAX_MEMBERS, archive
from wraith.artifact._contents import contents
from wraith.artifact._manifest import MANIFEST, Manifest, dump_manifest
from wraith.errors import InputError
from wraith.files import write_whole
from wraith.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Packed:
    """What was packed."""

    digest: str
    """The artifact's digest: what others pin."""
    size_bytes: int
    files: int


def pack(workspace: Workspace, output: Path) -> Packed:
    """Write the twin as an artifact, and return its digest. Same files, same bytes, on every machine.

    Raises InputError where a file is missing or cannot be packed, OperationError where the disk refuses.
    """
    files = contents(workspace)
    manifest = Manifest.of(workspace.name, ENGINE_VERSION, files)
    if len(files) >= MAX_MEMBERS or sum(map(len, files.values())) > MAX_BYTES // 2:
        raise InputError(
            f"too large to pack: {len(files)} files",
            where=workspace.root,
            hint="remove fixtures that are not needed",
        )
    data = archive([(MANIFEST, dump_manifest(manifest)), *sorted(files.items())])
    write_whole(output, data)
    return Packed(manifest.digest, len(data), len(files))
