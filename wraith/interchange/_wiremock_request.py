"""The one request that a stub of WireMock accepts, where it accepts no other."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from wraith.canonical import JsonValue
from wraith.exchange import Headers, encode_json
from wraith.interchange._parts import NotUnderstood, decoded_body, member, text_of

_PATTERNS: Final = ("urlPattern", "urlPathPattern", "urlPathTemplate")
_FURTHER: Final = ("multipartPatterns", "customMatcher")
_PLACEHOLDER: Final = re.compile(r"\$\{(?:json|xml)-?unit\.")
"""Stands for any value in ``equalToJson`` and ``equalToXml``."""
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class StubRequest:
    """What is asked, as an entry holds it."""

    method: str
    url: str
    headers: Headers
    body: bytes


def request_of(document: JsonValue, mended: list[str]) -> StubRequest:
    """Return the request that the stub stands for. Raises NotUnderstood where it accepts several.

    Headers that are matched by a pattern are left out of the request, and told in ``mended``: what a client
    sends there does not choose among answers of one file.
    """
    if not isinstance(document, dict):
        raise NotUnderstood("there is no request")
    method = text_of(document, "method", "method")
    if method == "ANY":
        raise NotUnderstood("it accepts any method")
    for name in _FURTHER:
        if document.get(name):
            raise NotUnderstood(f"its request is matched by {name}")
    form = dict(_values(document.get("formParameters"), "form field"))
    headers = tuple(_headers(document, bool(form), mended))
    body = urlencode(form, doseq=True).encode() if form else _body(document.get("bodyPatterns"), mended)
    return StubRequest(method, _origin(document) + _target(document), headers, body)


def _target(document: dict[str, JsonValue]) -> str:
    for name in _PATTERNS:
        if document.get(name) is not None:
            raise NotUnderstood(f"its URL is a pattern ({name})")
    target = document.get("url") or document.get("urlPath")
    if not isinstance(target, str) or not target:
        raise NotUnderstood("it names no URL")
    query = dict(_values(document.get("queryParameters"), "query parameter"))
    if not query or "?" in target:
        return target
    return f"{target}?{urlencode(query, doseq=True, quote_via=quote)}"


def _origin(document: dict[str, JsonValue]) -> str:
    host = document.get("host")
    if host is None:
        return ""
    name = _exact(host)
    if not isinstance(name, str):
        raise NotUnderstood("its host is a pattern")
    port = document.get("port")
    scheme = document.get("scheme") or "https"
    return f"{scheme}://{name}" + (f":{port}" if port is not None else "")


def _headers(document: dict[str, JsonValue], form: bool, mended: list[str]) -> Iterator[tuple[str, str]]:
    matchers = document.get("headers")
    named = matchers if isinstance(matchers, dict) else {}
    for name, matcher in named.items():
        value = _exact(matcher)
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, list):
            yield from ((name, each) for each in value)
        elif not member(matcher, "absent"):
            mended.append(f"the header {name} of the request is a pattern, and is left out of it")
    if form and not any(name.lower() == "content-type" for name in named):
        yield "Content-Type", _FORM
    user = document.get("basicAuthCredentials")
    if user is not None:
        pair = f"{member(user, 'username') or ''}:{member(user, 'password') or ''}"
        yield "Authorization", "Basic " + base64.b64encode(pair.encode()).decode()
    cookies = [f"{name}={value}" for name, value in _values(document.get("cookies"), "cookie")]
    if cookies:
        yield "Cookie", "; ".join(cookies)


def _values(matchers: JsonValue, what: str) -> Iterator[tuple[str, str | list[str]]]:
    for name, matcher in matchers.items() if isinstance(matchers, dict) else ():
        value = _exact(matcher)
        if value is not None:
            yield name, value
        elif not member(matcher, "absent"):
            raise NotUnderstood(f"the {what} {name} is a pattern")


def _exact(matcher: JsonValue) -> str | list[str] | None:
    """Return the value, or the values, that a matcher asks for; None for a pattern."""
    several = member(matcher, "hasExactly")
    if isinstance(several, list):
        values = [_exact(each) for each in several]
        return [each for each in values if isinstance(each, str)] if all(map(_is_text, values)) else None
    value = member(matcher, "equalTo")
    return value if isinstance(value, str) else None


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _body(patterns: JsonValue, mended: list[str]) -> bytes:
    """Return the body that the patterns ask for; several of them are taken where one is a whole body."""
    given = [each for each in patterns if isinstance(each, dict)] if isinstance(patterns, list) else []
    for pattern in given:
        if "binaryEqualTo" in pattern:
            return decoded_body(pattern["binaryEqualTo"], "request", mended)
        for name in ("equalToJson", "equalToXml", "equalTo"):
            if name in pattern:
                value = pattern[name]
                body = value.encode("utf-8") if isinstance(value, str) else encode_json(value)
                if _PLACEHOLDER.search(body.decode("latin-1")):
                    raise NotUnderstood("its body is a pattern (with placeholders)")
                return body
    if any("absent" not in pattern for pattern in given):
        names = sorted({name for pattern in given for name in pattern})
        raise NotUnderstood(f"its body is a pattern ({', '.join(names)})")
    return b""
