"""The bytes of a body, out of every way in which cassettes hold one.

Text, bytes, ``{encoding, string}``, ``{encoding, base64_string}``, chunks, or the document that was in it.
Content codings are not undone here: a body that came gzipped leaves gzipped.
"""

from __future__ import annotations

import re
from typing import Final, TypeGuard
from urllib.parse import urlencode

from wraith.canonical import JsonValue
from wraith.exchange import encode_json, media_type
from wraith.interchange._cassette_placeholders import quote_placeholders
from wraith.interchange._parts import decoded_body
from wraith.interchange._yaml_tags import YamlValue

_ENVELOPE: Final = frozenset({"encoding", "string", "base64_string"})
_CHARSET: Final = re.compile(
    r"iso-?8859-?\d{1,2}|latin-?1|windows-?125\d|cp125\d|shift_jis|windows-31j|euc-(?:jp|kr)|gb2312|gbk|gb18030"
    r"|big5|koi8-[ru]|utf-?(?:16|32)(?:le|be)?",
    re.IGNORECASE,
)
"""What text is encoded to, where it is not UTF-8 or its part ASCII: codecs of text that take linear time."""


def read_body(value: YamlValue, content_type: str | None, whose: str, mended: list[str]) -> bytes:
    """Return the bytes of a body. What was put right is added to ``mended``, each as a sentence."""
    body = _bytes(value, content_type, whose, mended)
    quoted = quote_placeholders(body)
    if quoted is None:
        return body
    mended.append(f"the JSON of the {whose} held placeholders without quotes; they are read as text")
    return quoted


def written_document(value: YamlValue, content_type: str | None, whose: str, mended: list[str]) -> bytes:
    """Return the bytes of a body of which only the document was kept: a form, or else JSON."""
    mended.append(f"the body of the {whose} was kept as a document; its bytes are written anew")
    if media_type(content_type) == "application/x-www-form-urlencoded" and _is_form(value):
        return urlencode(value, doseq=True).encode()
    return encode_json(_jsonable(value))


def _bytes(value: YamlValue, content_type: str | None, whose: str, mended: list[str]) -> bytes:
    match value:
        case None:
            return b""
        case bytes():
            return value
        case str():
            return value.encode("utf-8")
        case bool() | int() | float():  # unquoted, and meant as text
            return encode_json(value)
        case dict() if not value:
            return b"{}" if "json" in media_type(content_type) else b""
        case dict() if value.keys() <= _ENVELOPE:
            return _unwrapped(value, content_type, whose, mended)
        case [bytes(), *_] if _is_chunks(value):
            return b"".join(value)
    return written_document(value, content_type, whose, mended)


def _unwrapped(
    envelope: dict[str, YamlValue], content_type: str | None, whose: str, mended: list[str]
) -> bytes:
    packed = envelope.get("base64_string")
    if isinstance(packed, str) and packed:
        return decoded_body(packed, whose, mended)
    value, charset = envelope.get("string") or packed, envelope.get("encoding")
    if isinstance(value, str) and isinstance(charset, str) and _CHARSET.fullmatch(charset):
        try:
            return value.encode(charset)
        except (UnicodeEncodeError, LookupError):
            mended.append(f"the body of the {whose} is no {charset}, and is written as UTF-8")
    return _bytes(value, content_type, whose, mended)


def _is_chunks(value: list[YamlValue]) -> TypeGuard[list[bytes]]:
    return all(isinstance(chunk, bytes) for chunk in value)


def _is_form(value: YamlValue) -> TypeGuard[dict[str, str | list[str]]]:
    return isinstance(value, dict) and all(
        isinstance(field, str) or (isinstance(field, list) and all(isinstance(each, str) for each in field))
        for field in value.values()
    )


def _jsonable(value: YamlValue) -> JsonValue:
    """Return a document without bytes in it: they are text in a form that JSON has no word for."""
    match value:
        case bytes():
            return value.decode("utf-8", "replace")
        case list():
            return [_jsonable(item) for item in value]
        case dict():
            return {name: _jsonable(item) for name, item in value.items()}
    return value
