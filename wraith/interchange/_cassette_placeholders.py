"""Placeholders that stand unquoted inside JSON: ``{"id": <APP_ID>}``, as filters of secrets leave it behind.

They are put in quotes, so that the document is one again. What they stand for is gone and is not guessed.
"""

from __future__ import annotations

import re
from typing import Final

from wraith.canonical import parse

_SUSPECT: Final = re.compile(rb"[:\[,]\s*[-\w.]*<\w")
_STRING_OR_WORD: Final = re.compile(
    rb'"(?:[^"\\]|\\.)*+(?:"|\Z)'  # a text, or what a missing quote leaves of one: never looked at twice
    rb'|(?:[^\s"{}\[\],:<]|<[^<>"\\\r\n]{1,80}>)++',
    re.DOTALL,
)


def quote_placeholders(data: bytes) -> bytes | None:
    """Return the JSON text with its placeholders in quotes; None where that does not mend it."""
    if not _SUSPECT.search(data) or data.lstrip()[:1] not in (b"{", b"[") or _is_json(data):
        return None
    quoted = _STRING_OR_WORD.sub(_quoted, data)
    return quoted if _is_json(quoted) else None


def _quoted(found: re.Match[bytes]) -> bytes:
    token = found[0]
    return b'"' + token + b'"' if b"<" in token and token[:1] != b'"' else token


def _is_json(data: bytes) -> bool:
    try:
        parse(data)
    except ValueError:
        return False
    return True
