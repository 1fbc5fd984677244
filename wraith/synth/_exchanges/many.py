"""Many in one: a request that holds a list of requests, answered by a list of answers.

What stands inside is taken apart, so that it teaches the routes that it is for and what it did to the state;
the request around it is answered by asking the twin itself, element by element.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from wraith.canonical import JsonValue
from wraith.exchange import Exchange, Headers, Request, Response, decode_body, encode_json, header
from wraith.paths import MISSING, Path
from wraith.synth._shared.priors import (
    BATCH_ANSWER_NAMES,
    BATCH_HEADER_NAMES,
    BATCH_METHOD_NAMES,
    BATCH_PATH_NAMES,
    BATCH_SENT_NAMES,
    BATCH_STATUS_NAMES,
)
from wraith.wir import Ask, Each, Exists, Expr, Literal, Object, Ref, Text, When

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_Item = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Many:
    """How a batch is built: where the lists stand, and which members of their elements are what."""

    requests: Path
    answers: Path
    prefix: str
    method: str | None
    path: str
    headers: str | None
    body: str | None
    status: str
    answer_headers: str | None
    answer_body: str | None
    names: tuple[str, ...]
    """The names of headers, as the answers spell them."""
    untrimmed: tuple[tuple[str, str], ...]
    """Headers whose values have space around them here, which HTTP would have taken away."""
    echoes: tuple[tuple[str, str], ...]
    """Members of an answer that say something of its request: the address, or a member of the request."""

    def source(self) -> Expr:
        """Return the expression for the list of answers."""

        def part(name: str | None) -> Expr | None:
            return Ref(("item", name)) if name is not None else None

        path = Ref(("item", self.path))
        asked = Ask(
            part(self.method) or Literal("GET"),
            Text((Literal(self.prefix), path)) if self.prefix else path,
            part(self.headers),
            part(self.body),
            self.names,
        )
        members: list[tuple[str, Expr]] = [(self.status, Ref(("item", "status")))]
        members += [(name, Ref(("item", *told.split(".")))) for name, told in self.echoes]
        if self.answer_headers is not None:
            told_headers: Expr = Ref(("item", "headers"))
            if self.untrimmed:
                spaced = tuple(
                    (name, When(Exists(Ref(("item", "headers", name))), Literal(value)))
                    for name, value in self.untrimmed
                )
                told_headers = Object(spaced, told_headers)
            members.append((self.answer_headers, told_headers))
        if self.answer_body is not None:
            members.append((self.answer_body, Ref(("item", "body"))))
        return Each(Each(Ref(("request", "body", *self.requests)), asked), Object(tuple(members)))


def take_apart(exchange: Exchange) -> tuple[Many, list[Exchange]] | None:
    """Return how a batch is built and what stands in it, or None for an exchange that is no batch."""
    request, response = exchange.request, exchange.response
    if request.body[:1] not in (b"{", b"[") or response.status >= 400 or b'"/' not in request.body:
        return None
    sent = decode_body(header(request.headers, "content-type"), request.body)
    answered = decode_body(header(response.headers, "content-type"), response.body)
    if sent.kind != "json" or answered.kind != "json":
        return None
    for at, requests in _lists(sent.document):
        for place, answers in _lists(answered.document):
            if len(requests) == len(answers):
                many = _many(at, requests, place, answers, request.path)
                if many is not None:
                    pairs = zip(requests, answers, strict=True)
                    return many, [_inner(many, exchange, one, other) for one, other in pairs]
    return None


def together(batches: Iterable[Many | None]) -> Many | None:
    """Return how batches are built that are built alike, with what each of them shows; None where none is."""
    built = [each for each in batches if each is not None]
    if not built:
        return None
    names = dict.fromkeys(name for each in built for name in each.names)

    def shown(part: str) -> str | None:
        return next((value for each in built if (value := getattr(each, part)) is not None), None)

    return replace(
        built[0],
        method=shown("method"),
        headers=shown("headers"),
        body=shown("body"),
        answer_headers=shown("answer_headers"),
        answer_body=shown("answer_body"),
        names=tuple(names),
    )


def _lists(document: JsonValue) -> list[tuple[Path, list[_Item]]]:
    """Return the lists of objects in a document: the whole, or a member."""
    members: list[tuple[Path, JsonValue]] = [((), document)]
    if isinstance(document, dict):
        members += [((name,), value) for name, value in document.items()]
    return [
        (at, [item for item in value if isinstance(item, dict)])
        for at, value in members
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value)
    ]


def _many(at: Path, requests: list[_Item], place: Path, answers: list[_Item], around: str) -> Many | None:
    path = _named(BATCH_PATH_NAMES, requests, lambda value: isinstance(value, str) and value.startswith("/"))
    status = _named(BATCH_STATUS_NAMES, answers, lambda value: isinstance(value, int) and 100 <= value <= 599)
    if path is None or status is None:
        return None
    method = _named(BATCH_METHOD_NAMES, requests, lambda value: value in METHODS, some=True)
    if method is None and any(name in each for each in requests for name in BATCH_METHOD_NAMES):
        return None
    headers = _named(BATCH_HEADER_NAMES, answers, lambda value: isinstance(value, dict), some=True)
    body = _named(BATCH_ANSWER_NAMES, answers, lambda value: True, some=True)
    parent = around.rpartition("/")[0]
    prefix = "" if any(str(each[path]).startswith(f"{parent}/") for each in requests) else parent
    known = {status, headers, body}
    told = [each.get(headers) for each in answers] if headers is not None else []
    names = dict.fromkeys(name for each in told if isinstance(each, dict) for name in each)
    return Many(
        at,
        place,
        prefix,
        method,
        path,
        _named(BATCH_HEADER_NAMES, requests, lambda value: isinstance(value, dict), some=True),
        _named(BATCH_SENT_NAMES, requests, lambda value: isinstance(value, dict | list), some=True),
        status,
        headers,
        body,
        tuple(names),
        tuple(_untrimmed([each for each in told if isinstance(each, dict)])),
        _echoes(requests, answers, path, prefix, known),
    )


def _untrimmed(told: list[_Item]) -> Iterator[tuple[str, str]]:
    for name in dict.fromkeys(name for each in told for name in each):
        values = {value for each in told if isinstance(value := each.get(name), str)}
        value = values.pop() if values else ""
        if value != value.strip() and all(each.get(name) == value for each in told):
            yield name, value


def _named(names: tuple[str, ...], items: list[_Item], fits: object, some: bool = False) -> str | None:
    """Return the first of the names that stands in the items with fitting values: in all, or in some."""
    assert callable(fits)  # Invariant: callers pass functions
    for name in names:
        values = [item[name] for item in items if name in item]
        if values and all(map(fits, values)) and (some or len(values) == len(items)):
            return name
    return None


def _echoes(
    requests: list[_Item], answers: list[_Item], path: str, prefix: str, known: set[str | None]
) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for name in dict.fromkeys(name for each in answers for name in each if name not in known):
        values = [each.get(name) for each in answers]
        if values == [f"{prefix}{each[path]}" for each in requests]:
            found.append((name, "path"))
        elif values == [each.get(name) for each in requests]:
            found.append((name, f"asked.{name}"))
    return tuple(found)


def _inner(many: Many, exchange: Exchange, sent: _Item, answered: _Item) -> Exchange:
    body = sent.get(many.body, MISSING) if many.body is not None else MISSING
    around = tuple(
        each for each in exchange.request.headers if each[0].lower() not in ("content-length", "content-type")
    )
    more = _headers(sent.get(many.headers)) if many.headers is not None else ()
    given = {name.lower() for name, _ in more}
    headers = (*(each for each in around if each[0].lower() not in given), *more)
    if body is not MISSING and "content-type" not in given:
        headers = (*headers, ("content-type", "application/json"))
    method = str(sent.get(many.method, "GET")) if many.method is not None else "GET"
    request = Request(
        method,
        f"{many.prefix}{sent[many.path]}",
        headers,
        b"" if body is MISSING else encode_json(body),
    )
    content = answered.get(many.answer_body, MISSING) if many.answer_body is not None else MISSING
    told = _headers(answered.get(many.answer_headers)) if many.answer_headers is not None else ()
    if content is not MISSING and not any(name.lower() == "content-type" for name, _ in told):
        told = (*told, ("content-type", "application/json"))
    status = answered[many.status]
    assert isinstance(status, int)  # Invariant: _many has looked
    response = Response(status, told, b"" if content is MISSING else encode_json(content))
    return Exchange(request, response, exchange.started_at_ms, exchange.duration_ms)


def _headers(value: JsonValue) -> Headers:
    if not isinstance(value, Mapping):
        return ()
    return tuple((name, text.strip()) for name, text in value.items() if isinstance(text, str))
