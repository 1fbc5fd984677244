"""Multipart bodies (RFC 2046, 7578) as documents.

A part without a file name is a field: its text under its name. A file is an object of ``filename``,
``content_type``, ``content`` (text, or base64 of what is none) and ``size``, in bytes. A name that repeats is
a list; names with brackets nest as in forms. Parts without a name, as in ``multipart/mixed``, are the list
``parts``. The parser is the standard library's own for messages, which keeps bytes as they came.
"""

from __future__ import annotations

import base64
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP

from wraith.canonical import JsonValue
from wraith.exchange._form import nested

MAX_PARTS = 1_000
"""More parts than any form has."""

PARTS = "parts"


class NotMultipart(ValueError):
    """The body has no parts between the boundary that its content type names."""


def parse_multipart(content_type: str, body: bytes) -> dict[str, JsonValue]:
    """Return the document of a multipart body. Raises NotMultipart."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    if body.count(b"Content-") > 4 * MAX_PARTS:
        raise NotMultipart("more parts than any form has")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    parts = message.get_payload()
    if not message.is_multipart() or not isinstance(parts, list) or message.defects:
        raise NotMultipart("no parts between boundaries")
    pairs: list[tuple[str, JsonValue]] = []
    nameless: list[JsonValue] = []
    for part in parts:
        assert isinstance(part, Message)  # Invariant: what is_multipart says of the payload
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str):
            pairs.append((name, _value(part)))
        else:
            nameless.append(_file(part))
    document = nested(pairs)
    return {**document, PARTS: nameless} if nameless else document


def _value(part: Message) -> JsonValue:
    if part.get_filename() is not None:
        return _file(part)
    data = _bytes(part)
    charset = part.get_content_charset() or "utf-8"
    try:
        return data.decode(charset)
    except (LookupError, ValueError):
        return _file(part)


def _file(part: Message) -> dict[str, JsonValue]:
    data = _bytes(part)
    done: dict[str, JsonValue] = {}
    if (name := part.get_filename()) is not None:
        done["filename"] = name
    if "content-type" in part:
        done["content_type"] = str(part["content-type"])
    return {**done, "content": _content(data), "size": len(data)}


def _content(data: bytes) -> str:
    try:
        return data.decode()
    except ValueError:
        return base64.b64encode(data).decode()


def _bytes(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
