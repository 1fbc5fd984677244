"""Artifacts on disk: written whole, and kept by the project under their content digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wraith.artifact._archive import MAX_BYTES, archive, unpacked_bytes
from wraith.artifact._artifact import Artifact
from wraith.artifact._manifest import MANIFEST, Manifest, dump_manifest
from wraith.artifact._read import read_manifest
from wraith.artifact._secrets import refuse_secrets
from wraith.artifact._signature import signed
from wraith.errors import InputError, WraithError
from wraith.files import read_bytes, write_whole
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


def write_artifact(
    artifact: Artifact, output: Path, *, sign: Path | None = None, store: Project | None = None
) -> Packed:
    """Write an artifact as one file, whole or not at all. Same artifact, same bytes, on every machine.

    ``sign`` is the file of a private key, ``store`` the project that keeps a copy. Everything is scrubbed
    again first. Raises PolicyError where that finds a secret, InputError where the artifact is too large
    or the key is none, OperationError where the disk refuses.
    """
    refuse_secrets(artifact.files, artifact.name)
    manifest = artifact.manifest if sign is None else signed(artifact.manifest, sign)
    data = _bytes(manifest, artifact.files)
    write_whole(output, data)
    if store is not None:
        keep(store, manifest, data)
    return Packed(output, manifest, len(data))


def keep(project: Project, manifest: Manifest, data: bytes) -> None:
    """Put an artifact into the project's store. Of two with the same content the signed one stays, else the
    newer one."""
    path = stored_path(project, manifest.content_digest)
    if manifest.provenance.signature is not None or not _is_signed(path):
        write_whole(path, data)


def keep_file(project: Project, file: Path) -> None:
    """Put a file that holds an artifact into the project's store. Raises InputError where it holds none."""
    keep(project, read_manifest(file), read_bytes(file))


def _bytes(manifest: Manifest, files: Mapping[str, bytes]) -> bytes:
    document = dump_manifest(manifest)
    if unpacked_bytes([len(document), *map(len, files.values())]) > MAX_BYTES:
        raise InputError(
            f"too large to pack: {len(files)} files, and {MAX_BYTES >> 20} MiB is the most",
            where=manifest.twin,
            hint="pack it without recordings",
        )
    return archive([(MANIFEST, document), *sorted(files.items())])


def stored_path(project: Project, digest: str) -> Path:
    """Return where the store has, or would have, the artifact of that content digest."""
    return project.store_path / f"{digest.removeprefix('sha256:')}.wraith"


def _is_signed(path: Path) -> bool:
    try:
        return read_manifest(path).provenance.signature is not None
    except WraithError:  # not there, or broken: it is replaced
        return False
