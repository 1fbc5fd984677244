"""``manifest.json``: what an artifact holds, where it came from, and the digest that others pin.

The manifest is the first file of the archive, in canonical form, and names the digest of every other
file. The content digest covers those files that can change an answer, and the scrub policy: it moves only
when behaviour may have changed. Everything else has digests of its own, which are verified all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import Field, ValidationError, model_validator

from wraith.artifact._layout import REQUIRED, check_paths, part_of
from wraith.artifact._lineage import Digest, Kind, Name, Pin
from wraith.canonical import JsonValue, compact, parse, pretty, sha256
from wraith.config import Document, describe
from wraith.errors import InputError

MANIFEST: Final = "manifest.json"
FORMAT: Final = "wraith.artifact/1"

REFUSED: Final = "it was not made by wraith pack; get it again from where it came from"


class FileEntry(Document):
    """One file of an artifact."""

    digest: Digest
    size_bytes: Annotated[int, Field(ge=0, lt=2**32)]

    @classmethod
    def of(cls, data: bytes) -> FileEntry:
        return cls(digest=sha256(data), size_bytes=len(data))


class Signature(Document):
    """Who vouches for the manifest; see ``_signature``."""

    algorithm: str
    public_key: str
    """The 32 bytes of the key in base64."""
    value: str
    """The signature in base64."""


class Provenance(Document):
    """What changes no answer: where the artifact came from, and what it was judged by."""

    files: dict[str, FileEntry]
    signature: Signature | None = None


class Manifest(Document):
    """The whole of ``manifest.json``."""

    format: Literal["wraith.artifact/1"] = FORMAT
    twin: Name
    artifact_kind: Kind
    wraith_version: str
    model_schema_version: Annotated[int, Field(ge=1)]
    scrub_policy_hash: Digest
    """See ``wraith.scrub.effective_policy_digest``."""
    scrub_rules_version: Annotated[int, Field(ge=1)]
    """Of the built-in rules that the hash covers."""
    base: Pin | None
    overlays: tuple[Pin, ...]
    requires: tuple[Pin, ...]
    content_digest: Digest
    files: dict[str, FileEntry]
    """What can change an answer: what the content digest covers."""
    provenance: Provenance

    @property
    def entries(self) -> dict[str, FileEntry]:
        """Every file by its path, sorted: the order in which they stand in the archive."""
        return dict(sorted({**self.files, **self.provenance.files}.items()))

    @property
    def has_recordings(self) -> bool:
        return any(part_of(path) == "recordings" for path in self.provenance.files)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_paths([*self.files, *self.provenance.files])
        for path in self.files.keys() | self.provenance.files.keys():
            if (part_of(path) == "content") != (path in self.files):
                raise ValueError(f"files: {path!r} stands in the wrong list")
        if missing := sorted(REQUIRED - self.files.keys() - self.provenance.files.keys()):
            raise ValueError(f"files: expected {', '.join(missing)}")
        if (expected := content_digest(self.files, self.scrub_policy_hash)) != self.content_digest:
            raise ValueError(f"content_digest: expected {expected}, found {self.content_digest}")
        return self


def content_digest(files: Mapping[str, FileEntry], scrub_policy_hash: str) -> str:
    """Return the digest of what can change an answer: the files by path and digest, and the scrub policy."""
    digests: dict[str, JsonValue] = {path: entry.digest for path, entry in files.items()}
    return sha256(
        compact({"format": "wraith.content/1", "files": digests, "scrub_policy_hash": scrub_policy_hash})
    )


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
    manifest = manifest_from(document, where)
    if dump_manifest(manifest) != data:
        raise InputError(f"{MANIFEST} is not in canonical form", where=str(where), hint=REFUSED)
    return manifest


def manifest_from(document: JsonValue, where: object) -> Manifest:
    """Return the manifest in a document. Raises InputError that lists every wrong key."""
    try:
        return Manifest.model_validate(document)
    except ValidationError as error:
        raise InputError(f"{MANIFEST}: {describe(error)}", where=str(where), hint=REFUSED) from None
