"""Pytest fixtures of pages: reports of small corpora, and a browser to look at them with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import pytest

from tests.pages.chromium import Chromium
from tests.synth.recordings import Document, exchange, recording, session
from wraith.canonical import JsonValue
from wraith.config import Diff
from wraith.conformance import Gallery, Report, check
from wraith.exchange import Exchange, Response, encode_json
from wraith.synth import learn
from wraith.wir import Model

TREE: Document = {
    "name": "oak",
    "count": 3,
    "tags": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}],
    "size": {"height": 4, "width": 5},
    **{f"leaf{number}": number for number in range(30)},
}


@dataclass(frozen=True)
class Checked:
    """A report, and what is to be looked at."""

    report: Report
    gallery: Gallery


@cache
def trees(model_sessions: int = 3) -> Model:
    """The model of a service that answers one tree."""
    asked = (
        exchange("GET", "/v1/trees/oak", answer=TREE),
        exchange("POST", "/v1/trees", json={"name": "oak"}, status=201, answer={"ok": True}),
    )
    return learn(recording(*(session(*asked) for _ in range(model_sessions)))).model


Change = Callable[[int, Exchange], Exchange]


def checked(change: Change, *, sessions: int = 2, length: int = 4, diff: Diff | None = None) -> Checked:
    """Check the model against sessions whose exchanges, numbered throughout, were changed."""
    asked = [
        exchange("GET", "/v1/trees/oak", answer=TREE)
        if number % 2
        else exchange("POST", "/v1/trees", json={"name": "oak"}, status=201, answer={"ok": True})
        for number in range(length)
    ]
    corpus = recording(*(session(*asked) for _ in range(sessions)))
    changed = [
        replace(
            each,
            exchanges=tuple(change(at * length + index, one) for index, one in enumerate(each.exchanges)),
        )
        for at, each in enumerate(corpus)
    ]
    gallery = Gallery()
    return Checked(check(trees(), changed, twin="shop", diff=diff, gallery=gallery), gallery)


def with_body(one: Exchange, document: JsonValue) -> Exchange:
    """Return an exchange that was answered with another document."""
    return replace(one, response=one.response._replace(body=encode_json(document)))


def mostly_right(number: int, one: Exchange) -> Exchange:
    """One exchange in three differs: by a value, a member less, another status, or bytes."""
    if number % 3 or one.request.method == "POST":
        return one
    kinds: tuple[Exchange, ...] = (
        with_body(one, TREE | {"name": "elm", "size": {"height": 9, "width": 9}}),
        with_body(one, {name: value for name, value in TREE.items() if name != "count"}),
        replace(one, response=Response(404, one.response.headers, b'{"error": "gone"}')),
        replace(one, response=Response(200, (("content-type", "image/png"),), bytes(range(256)))),
    )
    return kinds[number // 3 % len(kinds)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    """A real browser."""
    with Chromium() as started:
        yield started
