"""Byte ranges of content (RFC 9110, section 14): one range, as clients ask for it."""

from __future__ import annotations

import base64
import re

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found

_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,15})-(\d{0,15})\s*")


def byte_range(content: JsonValue, wanted: JsonValue) -> Found:
    """Return the part of base64 content that a ``Range`` asks for, as base64; ``MISSING`` where there is
    none."""
    data = _bytes(content)
    bounds = _bounds(data, wanted)
    if data is None or bounds is None or bounds[0] >= bounds[1]:
        return MISSING
    return base64.b64encode(data[slice(*bounds)]).decode()


def content_range(content: JsonValue, wanted: JsonValue) -> Found:
    """Return the value of ``Content-Range`` for the part, or for the refusal of one that there is not."""
    data = _bytes(content)
    bounds = _bounds(data, wanted)
    if data is None or bounds is None:
        return MISSING
    start, end = bounds
    return f"bytes {start}-{end - 1}/{len(data)}" if start < end else f"bytes */{len(data)}"


def _bytes(content: JsonValue) -> bytes | None:
    try:
        return base64.b64decode(content, validate=True) if isinstance(content, str) else None
    except ValueError:
        return None


def _bounds(data: bytes | None, wanted: JsonValue) -> tuple[int, int] | None:
    """Return start and end of what is wanted, start not before end where it is outside of the data."""
    found = _RANGE.fullmatch(wanted) if isinstance(wanted, str) else None
    if data is None or found is None or not (found[1] or found[2]):
        return None
    size = len(data)
    if not found[1]:
        return max(size - int(found[2]), 0), size
    start = int(found[1])
    end = min(int(found[2]) + 1, size) if found[2] else size
    if found[2] and int(found[2]) < start:
        return None  # no range: it is ignored (RFC 9110, 14.1.1)
    return start, end
