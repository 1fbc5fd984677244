"""What a reader of a foreign format yields: entries as the file holds them, and what it had to leave out.

A reader knows the layout of one format and nothing else. It says where each part of an exchange stands and
undoes the format's own encoding of bytes (base64, ``!!binary``). What all formats have in common (content
codings, pseudo headers, hosts, times, scrubbing, sessions) is done once, by ``_assemble``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from wraith.exchange import Headers, Truncated
from wraith.interchange._source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One exchange as a foreign file holds it."""

    where: str
    """Its place in the file, as a person looks it up: ``log.entries[3]``, ``line 17``."""
    group: str = ""
    """The session that it belongs to within the file; empty where the file is one session."""
    method: str
    url: str
    """Absolute, or from the path on where the format holds no host."""
    request_headers: Headers = ()
    request_body: bytes = b""
    status: int
    response_headers: Headers = ()
    response_body: bytes = b""
    started_at_ms: int | None = None
    """UTC, milliseconds since 1970; None where the file does not say."""
    duration_ms: int = 0
    request_truncated: Truncated | None = None
    """For formats that can say what is left of a body which was too long to keep; its bytes are empty
    then."""
    response_truncated: Truncated | None = None
    tags: tuple[str, ...] = ()
    """Those of its session, where the format has such a thing."""
    mended: tuple[str, ...] = ()
    """What the reader had to put right, each as a sentence: ``the body says base64 and is text``."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An entry that cannot be understood."""

    where: str
    reason: str
    """As a clause: ``there is no response``."""


Item: TypeAlias = Entry | LeftOut

Reader: TypeAlias = Callable[[Source], Iterator[Item]]
"""Yields the entries of one file, in its order, one at a time where the format lets it.

Raises InputError, with the file in ``where``, for a file that is not of the format, or is hostile.
"""
