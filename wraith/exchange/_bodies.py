"""Body codecs: the document in a body, and the body of a document.

A body is the truth, a document a view of it: what does not parse as its content type says stays bytes
(``kind = "binary"``) or text, never an error.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal, TypeAlias

import orjson

from wraith.canonical import JsonValue, parse
from wraith.exchange._form import parse_form

BodyKind: TypeAlias = Literal["empty", "json", "form", "text", "binary"]


@dataclass(frozen=True, slots=True)
class Body:
    """A decoded body: ``document`` is JSON for ``json`` and ``form``, text for ``text``, else None."""

    kind: BodyKind
    document: JsonValue = None


EMPTY = Body("empty")


def media_type(content_type: str | None) -> str:
    """Return the bare media type in lower case, ``""`` where there is none."""
    return content_type.partition(";")[0].strip().lower() if content_type else ""


def decode_body(content_type: str | None, body: bytes) -> Body:
    """Return the document in a body, by its content type and by what it really holds."""
    if not body:
        return EMPTY
    media = media_type(content_type)
    if media == "application/x-www-form-urlencoded":
        try:
            return Body("form", parse_form(body.decode("utf-8")))
        except ValueError:  # no UTF-8, or more fields than any form has
            return Body("binary")
    if "json" in media or (media in ("", "text/plain") and body[:1] in b"{["):
        try:
            return Body("json", parse(body))
        except ValueError:
            pass  # it lies about its type
    if b"\0" in body or not (media.startswith("text/") or "xml" in media or "json" in media or media == ""):
        return Body("binary")
    try:
        return Body("text", body.decode("utf-8"))
    except UnicodeDecodeError:
        return Body("binary")


def encode_json(document: JsonValue) -> bytes:
    """Return a JSON body, keys in the order of the document."""
    try:
        return orjson.dumps(document)
    except TypeError:  # integers beyond 64 bits
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
