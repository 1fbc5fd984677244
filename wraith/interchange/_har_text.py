"""Bodies as HAR holds them: characters, or bytes in base64. One pair of functions, so that reading and
writing agree.

HAR says that a text was decoded, and not by which charset: that of the content type, as browsers do.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from wraith.canonical import JsonValue, parse
from wraith.exchange import media_type

_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_CODECS: Final = {
    "iso-8859-1": "latin-1",
    "latin1": "latin-1",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
}
"""Charsets besides UTF-8: the ones that services still send. Every other text is read as UTF-8."""
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")


def encode_text(text: str, content_type: str) -> bytes:
    """Return the bytes of a text in the charset of its type, in UTF-8 where that cannot hold it."""
    try:
        return text.encode(_codec(content_type))
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def decode_text(body: bytes, content_type: str) -> str | None:
    """Return the text that ``encode_text`` makes the same bytes of; None where there is none."""
    try:
        text = body.decode(_codec(content_type))
    except UnicodeDecodeError:
        return None
    return text if encode_text(text, content_type) == body else None


def decode_base64(text: str, content_type: str, size: JsonValue) -> bytes | None:
    """Return the bytes in a base64 text; None where it is none, but the body itself.

    ``true`` is base64 as well: JSON that is as long as its body is said to be is taken for itself.
    """
    plain = text.encode("utf-8", "replace")
    if size == len(plain) and "json" in media_type(content_type) and is_json(plain):
        return None
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def decode_hex(text: str) -> bytes | None:
    """Return the bytes in a text of hex digits; None where it is none."""
    return bytes.fromhex(text) if _HEX.fullmatch(text) else None


def decode_chunks(text: str) -> bytes | None:
    """Return the bytes in a JSON list of chunks, each in hex or base64, as Polly.JS keeps coded bodies; else
    None."""
    try:
        chunks = parse(text.encode("utf-8", "replace")) if text.lstrip()[:1] == "[" else None
    except ValueError:
        return None
    if not isinstance(chunks, list) or not chunks:
        return None
    texts = [chunk for chunk in chunks if isinstance(chunk, str)]
    if len(texts) < len(chunks):
        return None
    if all(_HEX.fullmatch(chunk) for chunk in texts):
        return b"".join(bytes.fromhex(chunk) for chunk in texts)
    try:
        return b"".join(base64.b64decode(chunk, validate=True) for chunk in texts)
    except (binascii.Error, ValueError):
        return None


def is_json(data: bytes) -> bool:
    """Whether the bytes are one JSON value."""
    try:
        parse(data)
    except ValueError:
        return False
    return True


def _codec(content_type: str) -> str:
    found = _CHARSET.search(content_type)
    return _CODECS.get(found[1].lower(), "utf-8") if found else "utf-8"
