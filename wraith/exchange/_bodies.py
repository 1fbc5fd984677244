"""Body codecs: the document in a body, and the body of a document.

A body is the truth, a document a view of it: what does not parse as its content type says is what it really
holds, else text, else bytes (``kind = "binary"``), never an error.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

import orjson

from wraith.canonical import JsonValue, is_nested_beyond, parse
from wraith.exchange._form import parse_form
from wraith.exchange._lines import NotLines, is_lines, parse_lines
from wraith.exchange._multipart import NotMultipart, parse_multipart
from wraith.exchange._xml import MAX_DEPTH, NO_LISTS, NotXml, XmlLists, parse_xml
from wraith.exchange._xml_style import encoding_of

BodyKind: TypeAlias = Literal["empty", "json", "ndjson", "form", "xml", "multipart", "text", "binary"]

_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:+\-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Body:
    """A decoded body: ``document`` is its view as JSON; of ``text`` the text, of ``binary`` the bytes in
    base64."""

    kind: BodyKind
    document: JsonValue = None


EMPTY = Body("empty")


@lru_cache(maxsize=1024)
def media_type(content_type: str | None) -> str:
    """Return the bare media type in lower case, ``""`` where there is none."""
    return content_type.partition(";")[0].strip().lower() if content_type else ""


def charset_of(content_type: str | None) -> str:
    """Return the charset that a content type names, UTF-8 where it names none that is known."""
    found = _CHARSET.search(content_type or "")
    try:
        "".encode(found[1] if found else "utf-8")
    except LookupError:
        return "utf-8"
    return found[1].lower() if found else "utf-8"


def decode_body(content_type: str | None, body: bytes, lists: XmlLists = NO_LISTS) -> Body:
    """Return the document in a body, by its content type and by what it really holds. ``lists`` says which
    elements of XML are lists."""
    if not body:
        return Body("ndjson", []) if content_type and is_lines(media_type(content_type)) else EMPTY
    media = media_type(content_type)
    return (
        _json(media, body)
        or _xml(content_type, media, body, lists)
        or _form(content_type, media, body)
        or _multipart(content_type, media, body)
        or _text(content_type, media, body)
        or Body("binary", base64.b64encode(body).decode())
    )


def _form(content_type: str | None, media: str, body: bytes) -> Body | None:
    if media != _FORM:
        return None
    try:
        return Body("form", parse_form(body.decode(charset_of(content_type))))
    except ValueError:  # not of its charset, or more fields than any form has
        return Body("binary", base64.b64encode(body).decode())


def _json(media: str, body: bytes) -> Body | None:
    if is_lines(media) and (lines := _lines(body)) is not None:
        return lines
    if "json" not in media and not (
        (media in ("", "text/plain") and body[:1] in b"{[") or (media in _LIARS and body[:1] == b"{")
    ):
        return None
    try:
        document = parse(body)
    except ValueError:  # it lies about its type
        return _lines(body, unsaid=True) if b"\n" in body else None
    return None if _is_too_deep(body, document) else Body("json", document)


def _lines(body: bytes, *, unsaid: bool = False) -> Body | None:
    """Return the documents of a body; where its type does not say that it holds many, each is an object."""
    try:
        documents = parse_lines(body)
    except NotLines:
        return None
    if unsaid and not all(isinstance(each, dict) for each in documents):
        return None
    return None if _is_too_deep(body, documents) else Body("ndjson", documents)


def _is_too_deep(body: bytes, document: JsonValue) -> bool:
    brackets = body.count(b"[") + body.count(b"{")
    return brackets > MAX_DEPTH and is_nested_beyond(document, MAX_DEPTH)


_FORM = "application/x-www-form-urlencoded"
_LIARS = ("text/html", "text/javascript", "application/javascript", "application/x-javascript", _FORM)
"""Types under which JSON objects are sent: defaults of frameworks and clients, and what old browsers
wanted."""


def is_xml(media: str) -> bool:
    """Whether a media type says XML (RFC 7303)."""
    return media.endswith(("/xml", "+xml"))


def _xml(content_type: str | None, media: str, body: bytes, lists: XmlLists) -> Body | None:
    lies = body[:5] == b"<?xml" and (media == _FORM or media.startswith("text/"))
    if not (is_xml(media) or lies or (media == "" and body[:1] == b"<")):
        return None
    try:
        named = _CHARSET.search(content_type or "")
        return Body("xml", parse_xml(_unmarked(body, charset_of(content_type)) if named else body, lists))
    except NotXml:
        return None


def _unmarked(body: bytes, charset: str) -> bytes | str:
    """Return XML as the text that its charset makes of it; a byte order mark says more than a charset."""
    try:
        return body if body[:3] == b"\xef\xbb\xbf" or charset == "utf-8" else body.decode(charset)
    except ValueError:
        return body


def _multipart(content_type: str | None, media: str, body: bytes) -> Body | None:
    if not media.startswith("multipart/"):
        return None
    try:
        return Body("multipart", parse_multipart(content_type or "", body))
    except NotMultipart:
        return None


def _text(content_type: str | None, media: str, body: bytes) -> Body | None:
    if b"\0" in body or not (
        media == "" or media.startswith("text/") or is_xml(media) or "json" in media or "javascript" in media
    ):
        return None
    try:
        return Body("text", body.decode(charset_of(content_type)))
    except ValueError:
        return None


def text_of_body(content_type: str | None, body: bytes) -> str:
    """Return an XML body as text, by the charset of its content type, else by its declaration."""
    start = body[:200].decode("latin-1")
    charset = charset_of(content_type) if _CHARSET.search(content_type or "") else encoding_of(start)
    return body.decode(charset, "replace")


def encode_text(text: str, content_type: str | None) -> bytes:
    """Return a text as a body of its content type."""
    return text.encode(charset_of(content_type), "replace")


def encode_json(document: JsonValue) -> bytes:
    """Return a JSON body, keys in the order of the document."""
    try:
        return orjson.dumps(document)
    except TypeError:  # integers beyond 64 bits
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
