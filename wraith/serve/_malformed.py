"""Bodies that say they are JSON and are not: answered in the shape in which the service says what is wrong.

Where a recording shows what the service says to such a body, the model answers; else its refusals lend their
shape, those of the route before those of others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wraith.canonical import JsonValue
from wraith.exchange import Request, Response, decode_body, encode_json, header, media_type
from wraith.runtime import Answer, Environment, Ids, State, Twin, compile_template
from wraith.serve._sessions import Client
from wraith.wir import Route, Variant

MESSAGE: Final = "the request body is not valid JSON"
_STATUSES: Final = (400, 422)
_TOLD: Final = frozenset({"message", "msg", "detail", "details", "description", "error_description", "title"})
"""Members of errors that tell a person what is wrong (RFC 9457, RFC 6749, and habit)."""


def is_malformed(request: Request) -> bool:
    """Tell whether a body says that it is JSON, and is not."""
    if not request.body:
        return False
    kind = header(request.headers, "content-type")
    return "json" in media_type(kind) and decode_body(kind, request.body).kind not in ("json", "ndjson")


def refusal(twin: Twin, request: Request, client: Client, now_ms: int) -> Answer | None:
    """Return how a malformed body is refused; None where the model knows what is said to it."""
    choice = twin.choose(request, client.session, now_ms=now_ms)
    if choice is None or (choice.variant is not None and not choice.extrapolated):
        return None
    for variant in _refusals(twin, choice.route):
        env = Environment(request, {}, State(), Ids("malformed"), now_ms)
        document = compile_template(variant.body_template, variant.holes)(env)
        if isinstance(document, dict):
            return Answer(_response(variant.status, _retold(document)), choice.route)
    ours = _response(400, {"error": "malformed_json", "message": MESSAGE})
    return Answer(ours, choice.route, by="miss")


def _response(status: int, document: JsonValue) -> Response:
    return Response(status, (("content-type", "application/json"),), encode_json(document))


def _refusals(twin: Twin, route: Route) -> Iterator[Variant]:
    every = [*route.variants, *(variant for other in twin.model.routes for variant in other.variants)]
    for status in _STATUSES:
        yield from (each for each in every if each.status == status and each.body_kind == "json")


def _retold(document: JsonValue) -> JsonValue:
    """Return an error with what is wrong in the place of what was wrong then."""
    if isinstance(document, list):
        return [_retold(part) for part in document]
    if not isinstance(document, dict):
        return document
    return {
        name: MESSAGE if name in _TOLD and isinstance(part, str) else _retold(part)
        for name, part in document.items()
    }
