"""Canonical JSON and the digests over it.

Canonical form: UTF-8, keys sorted by code point, no spaces in the *compact* form and two spaces of indent in the
*pretty* one, a final newline in files, non-ASCII characters as themselves. It is our own, not RFC 8785, which
cannot hold integers beyond 2**53; floats are written as Python's shortest representation.

``sha256:`` digests name content that people pin; BLAKE3 (``fast_digest``) is for freshness only.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TypeAlias

import orjson

JsonScalar: TypeAlias = str | int | float | bool | None
JsonValue: TypeAlias = "JsonScalar | list[JsonValue] | dict[str, JsonValue]"


_BIG_INTEGER = re.compile(rb"(?<![.\w\"])\d{20,}")


def compact(value: JsonValue) -> bytes:
    """Return the canonical bytes of a JSON value, on one line without a newline."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # integers beyond 64 bits, which orjson refuses and JSON allows
        return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def pretty(value: JsonValue, *, sort: bool = True) -> bytes:
    """Return the canonical bytes of a JSON value as a file holds it: indented, with a final newline.

    ``sort=False`` is for documents in which the order of members carries meaning and is deterministic already.
    """
    try:
        order = orjson.OPT_SORT_KEYS if sort else 0
        return orjson.dumps(value, option=order | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        return json.dumps(value, sort_keys=sort, ensure_ascii=False, indent=2).encode() + b"\n"


def sha256(data: bytes) -> str:
    """Return the digest ``sha256:<64 hex digits>`` of the bytes."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def parse(data: bytes) -> JsonValue:
    """Return the JSON value in the bytes, integers of any size kept.

    orjson turns integers from 2**64 into floats without a word, so bodies with runs of twenty digits take the
    standard library's parser. Raises ValueError on what is not JSON.
    """
    value: JsonValue = json.loads(data) if _BIG_INTEGER.search(data) else orjson.loads(data)
    return value

