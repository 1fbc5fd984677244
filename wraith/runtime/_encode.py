"""Documents as the bytes of a body, in the style in which the service writes JSON.

Clients that compare bytes, or digests over them, see the service's own spacing, escapes and numbers.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import orjson

from wraith.canonical import JsonValue
from wraith.exchange import encode_json, encode_lines, encode_text, encode_xml
from wraith.paths import MISSING, Found
from wraith.wir import Literal, Style, Variant


def encoder(variant: Variant) -> Callable[[Found], bytes]:
    """Return the function from the document of an answer to the bytes of its body."""
    match variant.body_kind:
        case "empty":
            return lambda document: b""
        case "binary" | "multipart":
            return lambda document: _from_base64(document) if isinstance(document, str) else b""
        case "text" | "form":
            kind = _content_type(variant)
            return lambda document: encode_text(document, kind) if isinstance(document, str) else b""
        case "xml":
            xml = variant.xml
            return lambda document: b"" if document is MISSING else encode_xml(document, xml)
        case "ndjson":
            each, lines = variant.style, variant.lines
            return lambda document: (
                encode_lines(document, lambda line: encode_styled(line, each), lines)
                if isinstance(document, list)
                else b""
            )
        case "json":
            style = variant.style
            return lambda document: b"" if document is MISSING else encode_styled(document, style)


def _content_type(variant: Variant) -> str | None:
    """Return the content type that a variant always has, which names the charset of its text."""
    for name, value in variant.headers:
        if name == "content-type" and isinstance(value, Literal) and isinstance(value.value, str):
            return value.value
    return None


def encode_styled(document: JsonValue, style: Style | None) -> bytes:
    """Return a JSON body in a style; the compact one where there is none."""
    if style is None:
        return encode_json(document)
    if style.whole:
        document = _whole(document)
    data = _plain(document, style)
    if style.escape:
        data = _escaped(data, style.escape)
    return data + style.end.encode()


def _plain(document: JsonValue, style: Style) -> bytes:
    """Return the bytes without further escapes: by orjson, which writes numbers as most services do, where
    the style is one of its two."""
    if not style.ascii and (style.indent, style.item, style.key) in _OF_ORJSON:
        options = orjson.OPT_INDENT_2 if style.indent else 0
        try:
            return orjson.dumps(document, option=options | (orjson.OPT_SORT_KEYS if style.sorted else 0))
        except TypeError:  # integers beyond 64 bits
            pass
    text = json.dumps(
        document,
        ensure_ascii=style.ascii,
        indent=style.indent or None,
        separators=(style.item, style.key),
        sort_keys=style.sorted,
    )
    return text.encode("utf-8", "replace")


_OF_ORJSON = (("", ",", ":"), ("  ", ",", ": "))


def _escaped(data: bytes, characters: str) -> bytes:
    """Escape characters that have no meaning outside texts: a slash by a backslash, others by number."""
    for character in characters:
        escape = b"\\/" if character == "/" else b"\\u%04x" % ord(character)
        data = data.replace(character.encode(), escape)
    return data


def _whole(value: JsonValue) -> JsonValue:
    """Return the document with floats that are whole as integers, as services write them whose numbers have
    one type."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _EXPONENT else value
    if isinstance(value, dict):
        return {key: _whole(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_whole(element) for element in value]
    return value


_EXPONENT = 1e21
"""From here on JavaScript writes numbers with an exponent (ECMA-262, Number::toString)."""


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except ValueError:  # a hole put something else there
        return b""
