"""Values inside encoded texts: JSON in a string, text or JSON in base64, both ways."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from wraith.canonical import JsonValue, parse
from wraith.exchange import encode_json
from wraith.paths import MISSING, Found, format_path, leaves
from wraith.wir import Call, Expr, Literal

if TYPE_CHECKING:  # what judges candidates needs the index that this module adds to
    from wraith.synth._evidence.rows import Row, Values

MAX_CHARACTERS = 20_000
"""Longer texts are files."""

MAX_PARTS = 60
"""Parts of an encoded document that are places of their own."""

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9_-]{4}){2,}[A-Za-z0-9+/_-]{0,3}={0,2}")
"""Eight characters at least: shorter words are words."""

_TO_PLAIN = str.maketrans("-_", "+/")

Search: TypeAlias = "Callable[[Sequence[Row], Values, str], Expr | None]"


def encoded_places(expr: Expr, value: Found) -> Iterator[tuple[Expr, JsonValue]]:
    """Yield what stands in an encoded text, each part with the expression that gives it."""
    if not isinstance(value, str) or not 2 <= len(value) <= MAX_CHARACTERS:
        return
    document = _from_json(value)
    if document is not None:
        yield from _parts(expr, document)
    elif (text := _from_base64(value)) is not None:
        plain = Call("from_base64", (expr,))
        yield plain, text
        if (document := _from_json(text)) is not None:
            yield from _parts(plain, document)


def _parts(expr: Expr, document: JsonValue) -> Iterator[tuple[Expr, JsonValue]]:
    yield Call("from_json", (expr,)), document
    for count, (path, value) in enumerate(leaves(document)):
        if count == MAX_PARTS:
            return
        if path:
            yield Call("from_json", (expr, Literal(format_path(path)))), value


def encoded_source(rows: Sequence[Row], values: Values, name: str, search: Search) -> Expr | None:
    """Return the encoding of what ``search`` finds for the decoded values, None where there is none."""
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) < len(values) or any(len(text) > MAX_CHARACTERS for text in texts):
        return None
    documents = [_from_json(text) for text in texts]
    if None not in documents and all(
        encode_json(document).decode() == text for document, text in zip(documents, texts, strict=True)
    ):
        return _call("json", search(rows, documents, name))
    plain = [_from_base64(text) for text in texts]
    if None in plain:
        return None
    for function, encode in (("base64", _padded), ("base64url", _bare)):
        if [encode(text or "") for text in plain] == texts:
            inner = search(rows, [each if each is not None else MISSING for each in plain], name)
            return _call(function, inner or encoded_source(rows, list(plain), name, search))
    return None


def _call(function: str, inner: Expr | None) -> Expr | None:
    return None if inner is None or isinstance(inner, Literal) else Call(function, (inner,))


def _from_json(text: str) -> JsonValue:
    """Return the object or list in a text, None where there is none."""
    if text[:1] not in ("{", "["):
        return None
    try:
        return parse(text.encode())
    except ValueError:
        return None


def _from_base64(text: str) -> str | None:
    """Return the text in base64 of either alphabet, None where it holds none that is readable."""
    if not _BASE64.fullmatch(text):
        return None
    try:
        data = base64.b64decode(text.translate(_TO_PLAIN) + "=" * (-len(text) % 4), validate=True)
        plain = data.decode()
    except (binascii.Error, ValueError):
        return None
    return plain if plain.isprintable() or "\n" in plain else None


def _padded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _bare(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
