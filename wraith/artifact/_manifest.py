"""``manifest.json``: what an artifact holds, and its digest.

The digest is the SHA-256 of the canonical manifest without its own ``digest``. The manifest names the digest
of every file, so whoever pins that one number has pinned every byte.
"""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath
from typing import Annotated, Final, Literal, Self

from pydantic import Field, ValidationError, model_validator

from wraith.canonical import JsonValue, compact, parse, pretty, sha256
from wraith.config import Document, describe
from wraith.errors import InputError
from wraith.workspace import check_name

MANIFEST: Final = "manifest.json"
FORMAT: Final = "wraith.artifact/1"

REQUIRED: Final = frozenset({"wraith.toml", "scrub.toml", "model/symbols.json", "model/evidence.json"})
FOLDERS: Final = ("model/patches", "lua", "state", "faults")
"""Folders whose files are packed. Recordings stay at home: they are large, and other people's traffic."""

MAX_PATH_BYTES: Final = 1000
"""Well below what any system takes, with the project's own path before it."""

REFUSED: Final = "it was not made by wraith pack; get it again from where it came from"

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class FileEntry(Document):
    """One file of an artifact."""

    digest: Digest
    size_bytes: Annotated[int, Field(ge=0, lt=2**32)]


class Manifest(Document):
    """The whole of ``manifest.json``."""

    format: Literal["wraith.artifact/1"] = FORMAT
    name: str
    engine: str
    """The version of the engines that wrote the model."""
    files: dict[str, FileEntry]
    digest: Digest

    @classmethod
    def of(cls, name: str, engine: str, files: dict[str, bytes]) -> Manifest:
        """Return the manifest of the files by their path. Raises InputError for a path that none may have."""
        entries: dict[str, JsonValue] = {
            path: {"digest": sha256(data), "size_bytes": len(data)} for path, data in sorted(files.items())
        }
        document: dict[str, JsonValue] = {"format": FORMAT, "name": name, "engine": engine, "files": entries}
        return _validated({**document, "digest": sha256(compact(document))}, name)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_name(self.name)
        check_paths(list(self.files))
        if missing := sorted(REQUIRED - self.files.keys()):
            raise ValueError(f"files: expected {', '.join(missing)}")
        document = self.model_dump(mode="json", exclude={"digest"})
        if (expected := sha256(compact(document))) != self.digest:
            raise ValueError(f"digest: expected {expected}, found {self.digest}")
        return self


def dump_manifest(manifest: Manifest) -> bytes:
    """Return the canonical bytes of the manifest."""
    return pretty(manifest.model_dump(mode="json"))


def load_manifest(data: bytes, where: object) -> Manifest:
    """Return the manifest in canonical bytes. Raises InputError for any other bytes.

    That refuses, among others, two members with the same name, of which parsers keep one or the other.
    """
    try:
        document = parse(data)
    except ValueError as error:
        raise InputError(f"{MANIFEST} is not JSON: {error}", where=str(where), hint=REFUSED) from error
    manifest = _validated(document, where)
    if dump_manifest(manifest) != data:
        raise InputError(f"{MANIFEST} is not in canonical form", where=str(where), hint=REFUSED)
    return manifest


def check_paths(paths: list[str]) -> None:
    """Raise ValueError for a path that could reach outside, that no twin has, or that hides another one."""
    seen: dict[str, str] = {}
    for path in paths:
        _check_path(path)
        # disks that fold case or normalise names would write two such files into one
        folded = unicodedata.normalize("NFC", path).casefold()
        if folded in seen:
            raise ValueError(f"files: {seen[folded]!r} and {path!r} are one file on some disks")
        seen[folded] = path
    for folded, path in seen.items():
        for parent in PurePosixPath(folded).parents:
            if str(parent) in seen:
                raise ValueError(f"files: {seen[str(parent)]!r} is a file and the folder of {path!r}")


def _check_path(path: str) -> None:
    parts = path.split("/")
    if not path.isprintable() or "\\" in path or ":" in path or any(part.strip(". ") == "" for part in parts):
        raise ValueError(f"files: not a path inside a workspace: {path!r}")
    if any(part.startswith(".") or part.endswith((".", " ")) for part in parts):
        raise ValueError(f"files: hidden files and names that end in a dot are never packed: {path!r}")
    known = path in REQUIRED or path.startswith(tuple(f"{top}/" for top in FOLDERS))
    if not known or len(path.encode()) > MAX_PATH_BYTES:
        raise ValueError(f"files: nothing in a twin has this path: {path!r}")


def _validated(document: JsonValue, where: object) -> Manifest:
    try:
        return Manifest.model_validate(document)
    except ValidationError as error:
        raise InputError(f"{MANIFEST}: {describe(error)}", where=str(where), hint=REFUSED) from None
