"""What an artifact was made of, as its ``wraith.toml`` says: a root, an overlay on a base, a composite."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, Field

from wraith.canonical import JsonValue
from wraith.config import Document
from wraith.workspace import check_name

Kind: TypeAlias = Literal["root", "overlay", "composite"]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Name = Annotated[str, AfterValidator(check_name)]

_PIN: Final = re.compile(r"([^@]+)@(sha256:[0-9a-f]{64})")


class Pin(Document):
    """An artifact by name and content digest: ``name@sha256:…``."""

    artifact: Name
    digest: Digest

    @classmethod
    def parse(cls, text: object) -> Pin:
        """Return what the text pins. Raises ValueError for what is no ``name@sha256:…``."""
        found = _PIN.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            raise ValueError(f"expected name@sha256:<64 hex digits>, found {text!r}")
        return cls(artifact=found[1], digest=found[2])

    def __str__(self) -> str:
        return f"{self.artifact}@{self.digest}"


class Lineage(Document):
    """The kind of an artifact, and what it stands on."""

    kind: Kind = "root"
    base: Pin | None = None
    overlays: tuple[Pin, ...] = ()
    requires: tuple[Pin, ...] = ()


def lineage_of(tables: Mapping[str, JsonValue]) -> Lineage:
    """Return the lineage that the tables of a valid ``wraith.toml`` say. Raises ValueError for broken
    pins."""
    match tables:
        case {"composite": dict(composite)}:
            return Lineage(
                kind="composite",
                base=Pin.parse(composite.get("base")),
                overlays=_pins(composite.get("overlays")),
            )
        case {"base": dict(base)}:
            overlay = tables.get("overlay")
            requires = overlay.get("requires") if isinstance(overlay, dict) else None
            pin = Pin.parse(f"{base.get('artifact')}@{base.get('digest')}")
            return Lineage(kind="overlay", base=pin, requires=_pins(requires))
        case _:
            return Lineage()


def _pins(value: JsonValue) -> tuple[Pin, ...]:
    return tuple(map(Pin.parse, value)) if isinstance(value, list) else ()
