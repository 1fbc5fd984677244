"""The tables of ``wraith.toml`` that make a twin an overlay, and the policy that overlays are judged by."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wraith.config._read import Document

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Pinned = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}@sha256:[0-9a-f]{64}$")]
"""The name of an artifact and the digest of its content."""


class Base(Document):
    """``[base]``: the artifact that an overlay is made for, pinned by what it answers."""

    artifact: str
    digest: Digest
    model_schema_version: int = 1
    scrub_policy_hash: Digest
    candidate: str | None = None
    """A newer base on offer: a path, relative to the twin's folder, or a reference. Empty: the base's packed
    artifact in ``dist/``, where there is one."""


class Overlay(Document):
    """``[overlay]``: whose it is, and which overlays it stands on."""

    owner: str = Field(min_length=1)
    description: str = ""
    requires: tuple[Pinned, ...] = ()
    """Overlays that come before this one, in this order."""


class Capabilities(Document):
    """``[capabilities]``: what an overlay may add."""

    routes: bool = True
    variants: bool = True
    schema_: bool = Field(default=True, alias="schema")
    fixtures: bool = True
    faults: bool = True
    handlers: bool = False

    def grants(self, capability: str) -> bool:
        """Whether a capability, by the name of its key, is granted."""
        return bool(self.model_dump(by_alias=True)[capability])


class Promote(Document):
    """``[promote]``: how much must back each part of an overlay before its base may take it over."""

    min_exchanges: int = Field(default=3, ge=1)
    min_sessions: int = Field(default=2, ge=1)


class Policy(Document):
    """A file for ``wraith compose --policy``: what the one who composes allows, beside what each overlay asks
    for."""

    reference: ClassVar[str] = "docs/reference/overlays.md"

    format: Literal["wraith.policy/1"] = "wraith.policy/1"
    signed: bool = False
    """Base and overlays must have been signed by a key that is trusted."""
    capabilities: Capabilities = Capabilities(handlers=True)
    """What an overlay may be granted at all."""
