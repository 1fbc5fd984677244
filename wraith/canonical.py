"""Canonical JSON and the digests over it.

Canonical form: UTF-8, keys sorted by code point, no spaces in the *compact* form and two spaces of indent in
the *pretty* one, a final newline in files, non-ASCII characters as themselves. It is our own, not RFC 8785,
which cannot hold integers beyond 2**53; floats are written in their shortest form.

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


_BIG_INTEGER = re.compile(rb'(?<![.\w"])(?:-\d{19}|\d{20})\d*')
_DIGITS_ALONE = bytes(ord("0") if chr(byte) in "0123456789" else ord(" ") for byte in range(256))
_MANY_DIGITS = b"0" * 19
"""In a text in which every digit is a 0: a tenth of the time that the pattern takes to find none."""


def compact(value: JsonValue) -> bytes:
    """Return the canonical bytes of a JSON value, on one line without a newline."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # integers beyond 64 bits or 254 levels, which orjson refuses and JSON allows
        return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def pretty(value: JsonValue, *, sort: bool = True) -> bytes:
    """Return the canonical bytes of a JSON value as a file holds it: indented, with a final newline.

    ``sort=False`` is for documents in which the order of members carries meaning and is deterministic
    already.
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
    """Return the JSON value in the bytes, integers of any size kept. Raises ValueError on what is not JSON.

    orjson turns integers beyond 64 bits into floats without a word. Where runs of so many digits stand, the
    standard library reads; it would let NaN and half surrogates pass, so orjson judges the rest.
    """
    value: JsonValue
    if _MANY_DIGITS not in data.translate(_DIGITS_ALONE) or not _BIG_INTEGER.search(data):
        value = orjson.loads(data)
        return value
    orjson.loads(_BIG_INTEGER.sub(b"1", data))
    try:
        value = json.loads(data)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def is_nested_beyond(value: object, levels: int) -> bool:
    """Whether objects and arrays stand in each other more than so many levels deep."""
    containers = [value] if isinstance(value, dict | list) else []
    for _ in range(levels):
        if not containers:
            return False
        containers = [
            item
            for each in containers
            for item in (each.values() if isinstance(each, dict) else each)
            if isinstance(item, dict | list)
        ]
    return bool(containers)
