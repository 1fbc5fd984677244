"""Requests, responses, exchanges: HTTP messages as plain values, bytes kept as they came.

Messages are tuples: a frozen dataclass takes three times as long to make, and each request makes some.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

Headers: TypeAlias = tuple[tuple[str, str], ...]
"""Name and value in the order of the wire, duplicates kept. Latin-1 text, names in the case they came in."""


def header(headers: Headers, name: str) -> str | None:
    """Return the first value of a header, or None. ``name`` is lower case."""
    for key, value in headers:
        if len(key) == len(name) and key.lower() == name:
            return value
    return None


@dataclass(frozen=True, slots=True)
class Truncated:
    """What is left of a body above the limit: its digest and size; the exchange holds none of its bytes."""

    sha256: str
    size_bytes: int


class Request(NamedTuple):
    """A request. ``target`` is the raw request target (path and query, escapes as sent), latin-1."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""
    truncated: Truncated | None = None

    @property
    def path(self) -> str:
        """The raw path, escapes as sent."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The raw query, without the question mark."""
        return self.target.partition("?")[2]


class Response(NamedTuple):
    """A response. The body has its content coding (gzip, …) undone and the header that names it removed."""

    status: int
    headers: Headers = ()
    body: bytes = b""
    truncated: Truncated | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with its response, and when it happened."""

    request: Request
    response: Response
    started_at_ms: int = 0
    """UTC, milliseconds since 1970."""
    duration_ms: int = 0
    tags: tuple[str, ...] = field(default=())
