"""Hoverfly: simulations, whose pairs of matchers and answers its capture mode wrote.

A pair stands for an exchange where its matchers leave no choice. Captured bodies are matched as JSON, XML or
forms, which name one document each; globs, regular expressions and paths into documents name many.

Source: the simulation schemas v1 to v5.3. Fields are a value (v1), ``{"exactMatch": …}`` (v2 to v4) or a list
of ``{"matcher": …, "value": …}`` (v5); all are read in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.exchange import encode_json
from wraith.interchange._entry import Entry, Item, LeftOut
from wraith.interchange._json import is_json, load_json
from wraith.interchange._parts import (
    NotUnderstood,
    body_of,
    decoded_body,
    headers_of,
    member,
    milliseconds,
    status_of,
)
from wraith.interchange._source import Source
from wraith.interchange._stubs import TEMPLATE_MARK, body_beside, in_order_of_states

_VERSION: Final = re.compile(r"v([1-5])(?:\.\d+)?")
_PAIRS: Final = re.compile(rb'"pairs"\s*:\s*[\[n]')
_META: Final = b'"schemaVersion"'
_EDGE_BYTES: Final = 1 << 16
"""``meta`` stands before ``data`` or behind it."""

_EXACT: Final = ("exact", "exactMatch")
_QUERY_MATCHES: Final = ("exactMatch", "globMatch", "regexMatch")
"""How v2 to v4 match the whole query; later versions match its parameters, by name."""
_WHOLE_BODY: Final = (*_EXACT, "json", "jsonMatch", "xml", "xmlMatch")
"""Matchers that name one document, spelled in one of its ways."""
_SEQUENCE: Final = "sequence:"
"""Capture numbers the answers to a repeated request by a state of this name."""


def looks_like(source: Source) -> bool:
    """Whether the file holds ``pairs``, and names the version of its schema."""
    data = source.data
    return is_json(data) and bool(
        _PAIRS.search(data, 0, _EDGE_BYTES) and (_META in data[:_EDGE_BYTES] or _META in data[-_EDGE_BYTES:])
    )


def read(source: Source) -> Iterator[Item]:
    """Yield what the pairs stand for, in their order; repeated requests in the order of their sequence."""
    pairs = _pairs(source)
    numbered = in_order_of_states(list(enumerate(pairs)), lambda pair: _sequence(pair[1])[0], _step)
    for place, pair in numbered:
        where = f"data.pairs[{place}]"
        try:
            yield _entry(pair, where, source.path)
        except NotUnderstood as error:
            yield LeftOut(where, str(error))


def _pairs(source: Source) -> list[JsonValue]:
    document = load_json(source)
    version = member(member(document, "meta"), "schemaVersion")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise InputError(
            f"is a Hoverfly simulation of schema {version!r}, and v1 to v5 are known"
            if version is not None
            else "is no Hoverfly simulation: meta.schemaVersion is missing",
            where=source.path,
        )
    pairs = member(member(document, "data"), "pairs")
    if pairs is not None and not isinstance(pairs, list):
        raise InputError("is no Hoverfly simulation: data.pairs is no list", where=source.path)
    return pairs or []


def _sequence(pair: JsonValue) -> tuple[str | None, int]:
    """Return the sequence that the pair belongs to and its number in it."""
    needed = member(member(pair, "request"), "requiresState")
    for name, value in needed.items() if isinstance(needed, dict) else ():
        if name.startswith(_SEQUENCE) and isinstance(value, str) and value.isdecimal():
            return name, int(value)
    return None, 0


def _step(pair: tuple[int, JsonValue]) -> int:
    return _sequence(pair[1])[1]


def _entry(pair: JsonValue, where: str, path: Path) -> Entry:
    mended: list[str] = []
    request, answer = member(pair, "request"), member(pair, "response")
    if not isinstance(request, dict):
        raise NotUnderstood("there is no request")
    if not isinstance(answer, dict):
        raise NotUnderstood("there is no response")
    if request.get("requestType") == "template":
        raise NotUnderstood("its request is a template")
    headers = headers_of(answer.get("headers"), "response")
    body = _answer_body(answer, path, mended)
    if answer.get("templated") and any(
        TEMPLATE_MARK in text for text in (body.decode("latin-1"), *(value for _, value in headers))
    ):
        raise NotUnderstood("its answer is a template")
    return Entry(
        where=where,
        method=_required(request, "method"),
        url=_url(request),
        request_headers=tuple(_headers(request, mended)),
        request_body=_body(request, mended),
        status=status_of(answer.get("status")),
        response_headers=headers,
        response_body=body,
        duration_ms=milliseconds(answer.get("fixedDelay")),
        mended=tuple(mended),
    )


def _url(request: dict[str, JsonValue]) -> str:
    path, query = _required(request, "path"), _query(request)
    target = f"{path}?{query}" if query else path
    host = _text(request, "destination")
    if not host:
        return target
    return f"{_text(request, 'scheme') or 'https'}://{host}{target}"


def _query(request: dict[str, JsonValue]) -> str:
    given = request.get("query")
    if isinstance(given, str):
        return given
    if isinstance(given, dict) and any(name in _QUERY_MATCHES for name in given):
        return _text(request, "query") or ""
    matched = request.get("queriesWithMatchers")
    fields: dict[str, list[str]] = {}
    for matchers in (given, matched):
        for name, matcher in matchers.items() if isinstance(matchers, dict) else ():
            values = _exact_values(matcher)
            if values is None:
                raise NotUnderstood(f"the query parameter {name} is a pattern")
            fields.setdefault(name, []).extend(values)
    return urlencode(fields, doseq=True, quote_via=quote)


def _headers(request: dict[str, JsonValue], mended: list[str]) -> Iterator[tuple[str, str]]:
    for given in (request.get("headers"), request.get("headersWithMatchers")):
        for name, matcher in given.items() if isinstance(given, dict) else ():
            values = _exact_values(matcher)
            if values is None:
                mended.append(f"the header {name} of the request is a pattern, and is left out of it")
            yield from ((name, value) for value in values or ())


def _body(request: dict[str, JsonValue], mended: list[str]) -> bytes:
    matcher = _matcher(request.get("body"), "body")
    if matcher is None:
        return b""
    kind, value = matcher
    if kind == "form" and isinstance(value, dict):
        fields = {name: _exact_values(each) for name, each in value.items()}
        if None in fields.values():
            raise NotUnderstood("a field of the form is a pattern")
        return urlencode({name: each or [] for name, each in fields.items()}, doseq=True).encode()
    if kind not in _WHOLE_BODY:
        raise NotUnderstood(f"the body is a pattern ({kind})")
    if request.get("encodedBody") is True:
        return decoded_body(value, "request", mended)
    return body_of(value, "request", mended)


def _answer_body(answer: dict[str, JsonValue], path: Path, mended: list[str]) -> bytes:
    name = answer.get("bodyFile")
    if isinstance(name, str) and name:
        return body_beside([path.parent], name)
    body = answer.get("body")
    if answer.get("encodedBody") is True and body:
        return decoded_body(body, "response", mended)
    return body_of(body, "response", mended)


def _required(request: dict[str, JsonValue], name: str) -> str:
    value = _text(request, name)
    if not value:
        raise NotUnderstood(f"it accepts any {name}")
    return value


def _text(request: dict[str, JsonValue], name: str) -> str | None:
    """Return the one text that a field accepts; None where it accepts any."""
    matcher = _matcher(request.get(name), name)
    if matcher is None:
        return None
    kind, value = matcher
    if kind not in _EXACT or not isinstance(value, str):
        raise NotUnderstood(f"the {name} is a pattern ({kind})")
    return value


def _matcher(field: JsonValue, name: str) -> tuple[str, JsonValue] | None:
    """Return kind and value of the matcher of a field, of whichever version; None where anything matches."""
    if field is None:
        return None
    several = field if isinstance(field, list) else [field]
    return _narrowest([found for each in several for found in _named(each, name)])


def _named(matcher: JsonValue, name: str) -> list[tuple[str, JsonValue]]:
    """Return the matchers in one item, as kind and value."""
    match matcher:
        case str():
            return [("exact", matcher)]
        case {"matcher": str(kind)}:
            return [(kind.lower() or "exact", member(matcher, "value"))]
        case dict() if all(kind.endswith("Match") for kind in matcher):
            return [(kind, value) for kind, value in matcher.items() if value is not None]
    raise NotUnderstood(f"the {name} is matched in no way that is known")


def _narrowest(matchers: list[tuple[str, JsonValue]]) -> tuple[str, JsonValue] | None:
    """Return the matcher that names one value, of several that must all hold; else the first."""
    exact = [each for each in matchers if each[0] in (*_WHOLE_BODY, "form")]
    return next(iter(exact or matchers), None)


def _exact_values(matcher: JsonValue) -> list[str] | None:
    """Return the values that a header or a parameter must have; None for a pattern."""
    if isinstance(matcher, list) and all(isinstance(each, str) for each in matcher):
        return [str(each) for each in matcher]
    found = _matcher(matcher, "value")
    if found is None:
        return None
    kind, value = found
    if kind == "array" and isinstance(value, list):
        return [each if isinstance(each, str) else encode_json(each).decode() for each in value]
    return [value] if kind in _EXACT and isinstance(value, str) else None
