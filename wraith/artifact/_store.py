"""Artifacts on disk: written whole, and kept by the project under their content digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wraith.artifact._archive import MAX_BYTES, archive, unpacked_bytes
from wraith.artifact._artifact import Artifact
from wraith.artifact._manifest import MANIFEST, Manifest, dump_manifest
from wraith.errors import InputError, WraithError
from wraith.files import write_whole
from wraith.workspace import Project


@dataclass(frozen=True, slots=True)
class Packed:
    """What was packed."""

    path: Path
    manifest: Manifest
    size_bytes: int

    @property
    def digest(self) -> str:
        """The content digest: what others pin."""
        return self.manifest.content_digest

    @property
    def files(self) -> int:
        return len(self.manifest.entries)


def write_artifact(artifact: Artifact, output: Path) -> Packed:
    """Write an artifact as one file, whole or not at all. Same artifact, same bytes, on every machine.

    Raises InputError where it is too large, OperationError where the disk refuses.
    """
    data = artifact_bytes(artifact)
    write_whole(output, data)
    return Packed(output, artifact.manifest, len(data))


def artifact_bytes(artifact: Artifact) -> bytes:
    """Return the one byte representation of an artifact. Raises InputError where it is too large."""
    files: Mapping[str, bytes] = artifact.files
    manifest = dump_manifest(artifact.manifest)
    if unpacked_bytes([len(manifest), *map(len, files.values())]) > MAX_BYTES:
        raise InputError(
            f"too large to pack: {len(files)} files, and {MAX_BYTES >> 20} MiB is the most",
            where=artifact.name,
            hint="pack it without recordings",
        )
    return archive([(MANIFEST, manifest), *sorted(files.items())])


def keep(project: Project, packed: Packed, data: bytes) -> Path:
    """Put an artifact into the project's store, and return its place there.

    Of two with the same content the signed one stays, else the newer one.
    """
    path = stored_path(project, packed.digest)
    if packed.manifest.provenance.signature is None and _is_signed(path):
        return path
    write_whole(path, data)
    return path


def stored_path(project: Project, digest: str) -> Path:
    """Return where the store has, or would have, the artifact of that content digest."""
    return project.store_path / f"{digest.removeprefix('sha256:')}.wraith"


def _is_signed(path: Path) -> bool:
    from wraith.artifact._read import read_manifest

    try:
        return read_manifest(path).provenance.signature is not None
    except WraithError:  # not there, or broken: it is replaced
        return False
