"""The manifest of a session, whose presence seals it, and the note that says what an unsealed session is.

``manifest.json`` is written last. Until then ``open.json`` holds what is known from the start, so that a
session which a crash left behind is sealed with its own tags, source and run.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, ValidationError, model_validator

from wraith.canonical import pretty
from wraith.config import Document, describe
from wraith.errors import InputError
from wraith.files import read_bytes
from wraith.workspace import check_name

MANIFEST: Final = "manifest.json"
OPEN: Final = "open.json"

WREC: Final = ".wrec"
"""How the names of exchange files end."""

_EXCHANGE_FILE = re.compile(r"\d{6,12}\.wrec")

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Name = Annotated[str, AfterValidator(lambda name: check_name(name, "session"))]


def exchange_file(index: int) -> str:
    """Return the file name of the exchange with that index, which counts from 1."""
    return f"{index:06d}.wrec"


def exchange_index(file: str) -> int | None:
    """Return the index in the name of an exchange file, None for other names."""
    return int(file[:-5]) if _EXCHANGE_FILE.fullmatch(file) else None


class ExchangeEntry(Document):
    """One exchange file of a sealed session."""

    file: Annotated[str, Field(pattern=r"^\d{6,12}\.wrec$")]
    sha256: Digest
    size_bytes: Annotated[int, Field(ge=0)]


class _About(Document):
    """What is known of a session from its start."""

    id: Name
    run: Name
    """The recorder process or import that made it: sessions of one run follow each other on one service."""
    tags: tuple[str, ...] = ()
    source: dict[str, str]
    """Where it came from: ``kind`` (``proxy``, ``command``, …) and what that kind says, such as
    ``upstream``."""
    started_at_ms: int
    scrub_policy: str
    """The digest of the rules that it was scrubbed by; see ``wraith.scrub.policy_digest``."""


class OpenSession(_About):
    """The whole of ``open.json``."""

    format: Literal["wraith.open-session/1"] = "wraith.open-session/1"


class Manifest(_About):
    """The whole of ``manifest.json``."""

    format: Literal["wraith.session/1"] = "wraith.session/1"
    sealed_at_ms: int
    exchanges: tuple[ExchangeEntry, ...]

    @model_validator(mode="after")
    def _numbered(self) -> Self:
        for position, entry in enumerate(self.exchanges, start=1):
            if entry.file != exchange_file(position):
                raise ValueError(
                    f"expected exchange {position} to be {exchange_file(position)}, found {entry.file}"
                )
        return self


D = TypeVar("D", OpenSession, Manifest)


def dump(document: OpenSession | Manifest) -> bytes:
    """Return the canonical bytes of the document."""
    return pretty(document.model_dump(mode="json"))


def load(data: bytes, model: type[D], where: Path) -> D:
    """Return the document in the bytes of a file. Raises InputError that lists every wrong key."""
    try:
        document = model.model_validate_json(data)
    except ValidationError as error:
        raise InputError(
            describe(error), where=where, hint="restore the file from version control, or remove its session"
        ) from None
    if document.id != where.parent.name:
        raise InputError(
            f"id: expected the name of its folder, {where.parent.name}, found {document.id}",
            where=where,
            hint="rename the folder back",
        )
    return document


def read_open(folder: Path) -> OpenSession | None:
    """Return what the unsealed session in the folder is, None where it has no ``open.json``."""
    try:
        return load(read_bytes(folder / OPEN), OpenSession, folder / OPEN)
    except FileNotFoundError:
        return None
