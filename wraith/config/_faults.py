"""Fault profiles: ``faults/*.toml``, what goes wrong on purpose, where and how often."""

from __future__ import annotations

import re
from typing import ClassVar, Final, Literal, Self

from pydantic import Field, JsonValue, field_validator, model_validator

from wraith.config._read import Document

FaultKind = Literal["error", "delay", "timeout", "drop", "throttle", "partial"]

_NEEDED: dict[str, tuple[str, ...]] = {
    "error": ("status",),
    "delay": ("delay_ms",),
    "timeout": (),
    "drop": (),
    "throttle": ("bytes_per_s",),
    "partial": ("bytes",),
}
_ALLOWED = {**_NEEDED, "error": ("status", "body", "headers"), "timeout": ("delay_ms",)}
_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""A header's name: RFC 9110, 5.6.2."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""What no value holds: RFC 9110, 5.5."""
_OURS: Final = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding"})
_OF_KINDS = ("status", "body", "headers", "delay_ms", "bytes_per_s", "bytes")


class Fault(Document):
    """One of ``[[faults]]``: what happens (``kind``), to which requests, and how often."""

    kind: FaultKind
    route: str = "*"
    """A pattern for ``METHOD /path``, as a route is written: ``POST /v1/charges``, ``GET *``."""
    when: dict[str, str] = Field(default={})
    """Request headers that must match, by lower-case name: patterns of their values."""
    percentage: float = Field(default=100.0, gt=0.0, le=100.0)
    """Of the requests that it could happen to; which of them, the seed decides."""
    after: int = Field(default=0, ge=0)
    """So many such requests of a session go well first."""
    count: int | None = Field(default=None, ge=1)
    """At most so often in a session."""
    status: int | None = Field(default=None, ge=200, le=599)
    body: JsonValue = None
    headers: dict[str, str] = Field(default={})
    delay_ms: int | None = Field(default=None, ge=0)
    bytes_per_s: int | None = Field(default=None, ge=1)
    bytes: int | None = Field(default=None, ge=0)
    """How much of the body is sent before the connection closes."""

    @field_validator("headers")
    @classmethod
    def _can_be_sent(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if not _NAME.fullmatch(name) or _CONTROL.search(value):
                raise ValueError(f"the header {name!r} cannot be sent")
            if name.lower() in _OURS or name.lower().startswith("x-wraith-"):
                raise ValueError(f"the header {name!r} is written by the server")
        return headers

    @model_validator(mode="after")
    def _what_the_kind_takes(self) -> Self:
        given = {name for name in _OF_KINDS if name in self.model_fields_set}
        if missing := [name for name in _NEEDED[self.kind] if name not in given]:
            raise ValueError(f"{self.kind} needs {', '.join(missing)}")
        if extra := sorted(given - set(_ALLOWED[self.kind])):
            raise ValueError(f"{self.kind} takes no {', '.join(extra)}")
        return self


class FaultProfile(Document):
    """The whole of a fault profile; its name is that of the file. The first fault that applies is taken."""

    reference: ClassVar[str] = "docs/reference/overlays.md"

    format: Literal["wraith.faults/1"] = "wraith.faults/1"
    description: str = ""
    seed: int = 0
    faults: tuple[Fault, ...] = Field(min_length=1)
