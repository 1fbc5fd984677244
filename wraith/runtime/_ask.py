"""Asking the twin itself: the answer to another request as a value, for requests that hold requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from wraith.canonical import JsonValue
from wraith.exchange import Headers, Request, Response, decode_body, encode_json, header
from wraith.paths import MISSING, Found
from wraith.runtime._environment import Environment
from wraith.runtime._values import text_of

Compute: TypeAlias = Callable[[Environment], Found]

OF_THE_BODY = frozenset(("content-length", "content-type", "content-encoding", "transfer-encoding"))
"""Headers of the outer request that say how its own body is written."""


def compile_ask(
    names: Sequence[str],
    method: Compute,
    path: Compute,
    headers: Compute | None,
    body: Compute | None,
) -> Compute:
    """Return the function that asks; missing where there is no path, or nobody to ask."""

    def ask(env: Environment) -> Found:
        target = text_of(path(env))
        if env.ask is None or target is None or not target.startswith("/"):
            return MISSING
        more = headers(env) if headers is not None else MISSING
        content = body(env) if body is not None else MISSING
        request = _request(env.request, text_of(method(env)) or "GET", target, more, content)
        answer: dict[str, JsonValue] = _told(env.ask(request), names)
        answer["path"] = target
        if env.item is not MISSING:
            answer["asked"] = env.item
        return answer

    return ask


def _request(outer: Request, method: str, target: str, more: Found, content: Found) -> Request:
    own = {name.lower(): text for name, value in _members(more) if (text := text_of(value)) is not None}
    if content is not MISSING:
        own.setdefault("content-type", "application/json")
    kept = [each for each in outer.headers if each[0].lower() not in own.keys() | OF_THE_BODY]
    data = b"" if content is MISSING else encode_json(content)
    return Request(method.upper(), target, (*kept, *own.items()), data)


def _members(value: Found) -> Sequence[tuple[str, JsonValue]]:
    return list(value.items()) if isinstance(value, dict) else []


def _told(response: Response, names: Sequence[str]) -> dict[str, JsonValue]:
    decoded = decode_body(header(response.headers, "content-type"), response.body)
    told: dict[str, JsonValue] = {"status": response.status, "headers": _spelled(response, names)}
    if decoded.kind in ("json", "ndjson", "text"):
        told["body"] = decoded.document
    return told


def _spelled(response: Response, names: Sequence[str]) -> JsonValue:
    values: Headers = (*response.headers, ("content-length", str(len(response.body))))
    found = ((name, header(values, name.lower())) for name in names)
    return {name: value for name, value in found if value is not None}
