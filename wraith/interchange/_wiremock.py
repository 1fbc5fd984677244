"""WireMock: stub mappings, those that its recorder wrote and those that people wrote like them.

A stub is a pattern with an answer. It stands for an exchange where its pattern leaves no choice: one method,
one path, one query, one body. Any other stub says how a family of requests is answered, which nobody
recorded; it is left out. Where two stubs accept the same request, that which WireMock answers with stays.

Source: the JSON of ``/__admin/mappings``, of the folder ``mappings``, and of snapshots (WireMock 2 and 3).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wraith.canonical import JsonValue, compact
from wraith.errors import InputError
from wraith.exchange import encode_json
from wraith.interchange._entry import Entry, Item, LeftOut
from wraith.interchange._json import is_json, load_json
from wraith.interchange._parts import (
    NotUnderstood,
    decoded_body,
    headers_of,
    member,
    milliseconds,
    status_of,
)
from wraith.interchange._source import Source
from wraith.interchange._stubs import TEMPLATE_MARK, body_beside, in_order_of_states, steps_from
from wraith.interchange._wiremock_request import request_of

_STARTED: Final = "Started"
"""The state in which every scenario begins."""
_DEFAULT_PRIORITY: Final = 5
_TEMPLATES: Final = "response-template"
_HEAD_BYTES: Final = 1 << 16
_SMALL_BYTES: Final = 1 << 20
"""What is parsed to find out; a file of one stub is smaller, but for a body that is in it."""


@dataclass(frozen=True, slots=True)
class _Stub:
    """One mapping, with its place in the file."""

    document: JsonValue
    position: int
    where: str

    def text(self, name: str) -> str | None:
        value = member(self.document, name)
        return value if isinstance(value, str) else None

    def number(self, name: str, default: int) -> int:
        value = member(self.document, name)
        return value if isinstance(value, int) else default


def looks_like(source: Source) -> bool:
    """Whether the file holds ``mappings``, or one object with ``request`` and ``response``."""
    if not is_json(source.data):
        return False
    if re.search(rb'\A\W*"mappings"\s*:\s*\[', source.data[:_HEAD_BYTES]):
        return True
    if len(source.data) > _SMALL_BYTES:
        return False
    try:
        document = load_json(source)
    except InputError:
        return False
    mappings = member(document, "mappings")
    stubs = mappings[:1] if isinstance(mappings, list) else [document]
    return all(
        isinstance(member(stub, "request"), dict) and isinstance(member(stub, "response"), dict)
        for stub in stubs
    )


def read(source: Source) -> Iterator[Item]:
    """Yield what the stubs stand for: scenarios in the order of their states, everything else in the order in
    which it was added."""
    stubs = _stubs(source)
    entries: list[tuple[_Stub, Entry]] = []
    for stub in stubs:
        try:
            entries.append((stub, _entry(stub, source.path)))
        except NotUnderstood as error:
            yield LeftOut(stub.where, str(error))
    chosen: dict[bytes, _Stub] = {}
    for stub, entry in entries:
        key = _accepts(stub, entry)
        if key not in chosen or _precedence(stub) > _precedence(chosen[key]):
            chosen[key] = stub
    answering = [(stub, entry) for stub, entry in entries if chosen[_accepts(stub, entry)] is stub]
    for stub, entry in entries:
        winner = chosen[_accepts(stub, entry)]
        if winner is not stub:
            yield LeftOut(entry.where, f"{winner.where} answers the same request, and goes before it")
    yield from _in_order(answering)


def _stubs(source: Source) -> list[_Stub]:
    document = load_json(source)
    mappings = member(document, "mappings")
    if isinstance(mappings, list):
        return [_Stub(stub, place, _place(place, stub)) for place, stub in enumerate(mappings)]
    if member(document, "request") is None:
        raise InputError("holds no mappings of WireMock", where=source.path)
    return [_Stub(document, 0, "the mapping")]


def _place(number: int, stub: JsonValue) -> str:
    name = member(stub, "name")
    return f"mappings[{number}] ({name})" if isinstance(name, str) else f"mappings[{number}]"


def _in_order(answering: list[tuple[_Stub, Entry]]) -> Iterator[Entry]:
    moves: dict[str, list[tuple[str, str]]] = {}
    for stub, _ in answering:
        needed, new = stub.text("requiredScenarioState"), stub.text("newScenarioState")
        if needed is not None and new is not None:
            moves.setdefault(stub.text("scenarioName") or "", []).append((needed, new))
    steps = {name: steps_from(_STARTED, found) for name, found in moves.items()}

    def rank(pair: tuple[_Stub, Entry]) -> int:
        known = steps.get(pair[0].text("scenarioName") or "", {})
        return known.get(pair[0].text("requiredScenarioState") or _STARTED, len(known))

    added = sorted(answering, key=lambda pair: pair[0].number("insertionIndex", pair[0].position))
    for _, entry in in_order_of_states(added, lambda pair: pair[0].text("scenarioName"), rank):
        yield entry


def _accepts(stub: _Stub, entry: Entry) -> bytes:
    """Return what the stub accepts, as a key."""
    asked: list[JsonValue] = [
        stub.text("scenarioName"),
        stub.text("requiredScenarioState"),
        entry.method,
        entry.url,
        *(f"{name}: {value}" for name, value in entry.request_headers),
    ]
    return compact(asked) + entry.request_body


def _precedence(stub: _Stub) -> tuple[int, int, int]:
    """Return which of two stubs answers: the lower priority, then the one that was added last."""
    return (
        -stub.number("priority", _DEFAULT_PRIORITY),
        stub.number("insertionIndex", stub.position),
        stub.position,
    )


def _entry(stub: _Stub, path: Path) -> Entry:
    mended: list[str] = []
    answer = member(stub.document, "response")
    if not isinstance(answer, dict):
        raise NotUnderstood("there is no response")
    request = request_of(member(stub.document, "request"), mended)
    _refuse_made_answers(answer)
    headers = headers_of(answer.get("headers"), "response")
    body = _answer_body(answer, path, mended)
    transformers = answer.get("transformers")
    if isinstance(transformers, list) and _TEMPLATES in transformers:
        texts = [*(value for _, value in headers), body.decode("latin-1")]
        if any(TEMPLATE_MARK in text for text in texts):
            raise NotUnderstood("its answer is a template")
    return Entry(
        where=stub.where,
        method=request.method,
        url=request.url,
        request_headers=request.headers,
        request_body=request.body,
        status=status_of(answer.get("status", 200)),
        response_headers=headers,
        response_body=body,
        duration_ms=milliseconds(answer.get("fixedDelayMilliseconds")),
        mended=tuple(mended),
    )


def _refuse_made_answers(answer: dict[str, JsonValue]) -> None:
    """Raise for answers that do not stand in the file."""
    if answer.get("proxyBaseUrl") is not None:
        raise NotUnderstood("it passes the request on to another server")
    if answer.get("fault") is not None:
        raise NotUnderstood("its answer is a broken connection")
    transformers = answer.get("transformers")
    for name in transformers if isinstance(transformers, list) else ():
        if name != _TEMPLATES:
            raise NotUnderstood(f"its answer is made by the transformer {name}")


def _answer_body(answer: dict[str, JsonValue], path: Path, mended: list[str]) -> bytes:
    if (name := answer.get("bodyFileName")) is not None:
        if not isinstance(name, str) or TEMPLATE_MARK in name:
            raise NotUnderstood("its answer is in a file whose name is a template")
        return body_beside((folder / "__files" for folder in (path, *path.parents)), name.lstrip("/"))
    if (packed := answer.get("base64Body")) is not None:
        return decoded_body(packed, "response", mended)
    if "jsonBody" in answer:
        return encode_json(answer["jsonBody"])
    text = answer.get("body")
    return text.encode("utf-8") if isinstance(text, str) else b"" if text is None else encode_json(text)
