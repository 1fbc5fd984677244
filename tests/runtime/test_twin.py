"""Twins: from a request to an answer, and from the same requests to the same bytes."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue, parse
from wraith.config import FixtureSets
from wraith.errors import InputError
from wraith.exchange import Request
from wraith.runtime import Session, Twin
from wraith.wir import (
    Absent,
    Clock,
    Delete,
    Equals,
    Exists,
    Expr,
    Fixture,
    FreshId,
    Hole,
    IsType,
    Literal,
    Merge,
    Model,
    Put,
    Query,
    Route,
    Sum,
    Variant,
    ref,
)

JSON = (("content-type", Literal("application/json")),)
KEY = ref("request.path.id")


def hole(source: Expr) -> Hole:
    return Hole(hole_class="derived", type="string", source=source)


MISSING_ITEM = Variant(
    status=404, guards=(Absent(ref("entity")),), headers=JSON, body_template={"error": "none"}
)
ITEMS = Model(
    fixtures={"item": (Fixture(key="first", value={"id": "first", "n": 1}),)},
    routes=(
        Route(
            method="POST",
            path_pattern="/items",
            variants=(
                Variant(
                    status=422,
                    guards=(Absent(ref("request.body.n")),),
                    headers=JSON,
                    body_template={"error": "n is missing"},
                ),
                Variant(
                    status=201,
                    guards=(Exists(ref("request.body.n")),),
                    support=(IsType(ref("request.body.n"), "integer"),),
                    headers=(*JSON, ("location", ref("response.body.id"))),
                    body_template={"id": "$id", "n": "$n", "at": "$at"},
                    holes={
                        "id": hole(FreshId("it_[a-z0-9]{10}")),
                        "n": hole(ref("request.body.n")),
                        "at": hole(Clock("epoch_ms")),
                    },
                    effects=(Put("item", ref("response.body.id"), ref("response.body")),),
                ),
            ),
        ),
        Route(
            method="GET",
            path_pattern="/items",
            variants=(
                Variant(
                    status=200,
                    headers=JSON,
                    body_template={"data": "$list", "total": "$total"},
                    holes={"list": hole(Query("item")), "total": hole(ref("page.total"))},
                ),
            ),
        ),
        Route(
            method="GET",
            path_pattern="/items/{id}",
            entity="item",
            key=KEY,
            variants=(
                MISSING_ITEM,
                Variant(
                    status=200,
                    guards=(Exists(ref("entity")),),
                    headers=JSON,
                    body_template="$item",
                    holes={"item": hole(ref("entity"))},
                ),
            ),
        ),
        Route(
            method="PATCH",
            path_pattern="/items/{id}",
            entity="item",
            key=KEY,
            variants=(
                MISSING_ITEM,
                Variant(
                    status=200,
                    guards=(Exists(ref("entity")),),
                    headers=JSON,
                    body_template="$merged",
                    holes={"merged": hole(Merge(ref("entity"), ref("request.body")))},
                    effects=(Put("item", KEY, ref("response.body")),),
                ),
            ),
        ),
        Route(
            method="DELETE",
            path_pattern="/items/{id}",
            entity="item",
            key=KEY,
            variants=(
                MISSING_ITEM,
                Variant(
                    status=204,
                    guards=(Exists(ref("entity")),),
                    body_kind="empty",
                    effects=(Delete("item", KEY),),
                ),
            ),
        ),
    ),
)
TWIN = Twin(ITEMS)


def request(method: str, target: str, body: bytes = b"") -> Request:
    return Request(method, target, (("Content-Type", "application/json"),) if body else (), body)


def ask(
    session: Session, method: str, target: str, body: bytes = b"", twin: Twin = TWIN
) -> tuple[int, JsonValue]:
    response = twin.respond(request(method, target, body), session, now_ms=1000).response
    return response.status, parse(response.body) if response.body else None


def test_what_was_created_is_read_changed_listed_and_deleted() -> None:
    """A twin remembers, as the service does."""
    session = TWIN.open_session()
    status, created = ask(session, "POST", "/items", b'{"n": 2}')
    assert isinstance(created, dict)
    place = f"/items/{created['id']}"
    assert (status, created["n"], created["at"]) == (201, 2, 1000)
    assert ask(session, "GET", place) == (200, created)
    assert ask(session, "PATCH", place, b'{"n": 3}') == (200, {**created, "n": 3})
    assert ask(session, "GET", "/items") == (
        200,
        {"data": [{"id": "first", "n": 1}, {**created, "n": 3}], "total": 2},
    )
    assert ask(session, "DELETE", place) == (204, None)
    assert ask(session, "GET", place) == (404, {"error": "none"})
    assert ask(session, "GET", "/items") == (200, {"data": [{"id": "first", "n": 1}], "total": 1})


requests = st.sampled_from(
    [
        request("POST", "/items", b'{"n": 2}'),
        request("POST", "/items", b"{}"),
        request("POST", "/items", b"\xff"),
        request("GET", "/items"),
        request("GET", "/items/first"),
        request("HEAD", "/items/first"),
        request("PATCH", "/items/first", b'{"n": null, "big": 123456789012345678901234}'),
        request("DELETE", "/items/first"),
        request("GET", "/unknown"),
    ]
)
conversations = st.lists(requests, max_size=8)


@given(conversations, st.text(max_size=4))
def test_the_same_requests_give_the_same_bytes(conversation: list[Request], seed: str) -> None:
    """A session is decided by its seed, its requests and their instants; a compiled model adds nothing."""
    answers = []
    for twin in (TWIN, Twin(ITEMS)):
        session = twin.open_session(seed)
        answers.append(
            [twin.respond(each, session, now_ms=n).response for n, each in enumerate(conversation)]
        )
    assert answers[0] == answers[1]


@given(st.lists(st.tuples(st.booleans(), requests), max_size=12))
def test_sessions_do_not_see_each_other(turns: list[tuple[bool, Request]]) -> None:
    """Interleaved, two conversations get the answers they would get alone."""
    together = {left: TWIN.open_session(f"{left}") for left in (True, False)}
    mixed: dict[bool, list[object]] = {True: [], False: []}
    for left, each in turns:
        mixed[left].append(TWIN.respond(each, together[left], now_ms=0).response)
    for left in (True, False):
        alone = TWIN.open_session(f"{left}")
        assert mixed[left] == [
            TWIN.respond(each, alone, now_ms=0).response for side, each in turns if side is left
        ]


def test_what_was_never_seen_is_extrapolated_and_says_so() -> None:
    """Guards alone choose the variant where no support holds."""
    session = TWIN.open_session()
    seen = TWIN.respond(request("POST", "/items", b'{"n": 1}'), session, now_ms=0)
    unseen = TWIN.respond(request("POST", "/items", b'{"n": "x"}'), session, now_ms=0)
    assert (seen.variant, seen.extrapolated) == (1, False)
    assert (unseen.variant, unseen.extrapolated, unseen.response.status) == (1, True, 201)


def test_a_variant_that_holds_comes_before_an_earlier_one_that_is_only_guarded() -> None:
    """Evidence goes before extrapolation, whatever the order."""
    n = ref("request.query.n")
    twin = one_route(
        Variant(status=201, support=(Equals(n, "1"),)),
        Variant(status=202, support=(Equals(n, "2"),)),
    )
    statuses = [ask(twin.open_session(), "GET", f"/?n={n}", twin=twin)[0] for n in (1, 2, 3)]
    assert statuses == [201, 202, 201]


def one_route(*variants: Variant) -> Twin:
    return Twin(Model(routes=(Route(method="GET", path_pattern="/", variants=variants),)))


def test_head_is_get_without_the_content() -> None:
    """RFC 9110, 9.3.2: the same status and fields, no body."""
    session = TWIN.open_session()
    get = TWIN.respond(request("GET", "/items/first"), session, now_ms=0).response
    head = TWIN.respond(request("HEAD", "/items/first"), session, now_ms=0).response
    assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")


def test_an_unknown_route_names_those_near() -> None:
    """501, in JSON, with a way on; the answer carries the same."""
    answer = TWIN.respond(request("GET", "/item"), TWIN.open_session(), now_ms=0)
    document = parse(answer.response.body)
    assert answer.response.status == 501
    assert answer.route is None
    assert isinstance(document, dict)
    assert document["error"] == "unknown_route"
    assert document["near"] == list(answer.near)
    assert answer.near[0] == "GET /items"


def test_a_request_that_no_guard_lets_in_is_answered_so() -> None:
    """501 names the route."""
    twin = one_route(Variant(status=200, guards=(Exists(ref("request.query.n")),)))
    status, document = ask(twin.open_session(), "GET", "/", twin=twin)
    assert status == 501
    assert isinstance(document, dict)
    assert document["error"] == "no_variant"
    assert "GET /" in str(document["message"])


BODIES: dict[str, tuple[str, JsonValue, bytes]] = {
    "empty": ("empty", {"a": 1}, b""),
    "JSON, members in their order": ("json", {"b": 1, "a": "é"}, '{"b":1,"a":"é"}'.encode()),
    "JSON with a big integer, members in their order": (
        "json",
        {"b": 2**70, "a": 1},
        b'{"b":%d,"a":1}' % 2**70,
    ),
    "JSON null": ("json", None, b"null"),
    "text": ("text", "é", "é".encode()),
    "a form": ("form", "a=1", b"a=1"),
    "text that is none": ("text", {"a": 1}, b""),
    "bytes": ("binary", base64.b64encode(b"\x89\0").decode(), b"\x89\0"),
    "bytes that are none": ("binary", "a", b""),
}


@pytest.mark.parametrize(("kind", "template", "expected"), BODIES.values(), ids=BODIES)
def test_the_bytes_of_a_body(kind: str, template: JsonValue, expected: bytes) -> None:
    """The kind of a body decides how its document is written."""
    twin = one_route(Variant(status=200, body_kind=kind, body_template=template))
    assert twin.respond(request("GET", "/"), twin.open_session(), now_ms=0).response.body == expected


HEADERS: dict[str, tuple[JsonValue, str | None]] = {
    "text": ("a b", "a b"),
    "a number": (5, "5"),
    "true": (True, "true"),
    "null": (None, None),
    "an object": ({}, None),
}


@pytest.mark.parametrize(("value", "expected"), HEADERS.values(), ids=HEADERS)
def test_the_value_of_a_header(value: JsonValue, expected: str | None) -> None:
    """Scalars stand in headers as text; what has none leaves its header out."""
    twin = one_route(Variant(status=200, headers=(("x", Literal(value)),)))
    headers = twin.respond(request("GET", "/"), twin.open_session(), now_ms=0).response.headers
    assert headers == ((("x", expected),) if expected is not None else ())


BROKEN: dict[str, tuple[Route, str, str]] = {
    "a hole that is not there": (
        Route(method="GET", path_pattern="/a", variants=(Variant(status=200, body_template="$h"),)),
        "route GET /a, variant 0 (status 200)",
        "there is no such hole",
    ),
    "a path without a root": (
        Route(
            method="GET", path_pattern="/a", variants=(Variant(status=200, guards=(Exists(ref("body.a")),)),)
        ),
        "route GET /a, variant 0 (status 200)",
        "path without a root",
    ),
    "a key without a root": (
        Route(method="GET", path_pattern="/a", key=Sum((ref("id"),)), variants=()),
        "route GET /a, key",
        "path without a root",
    ),
}


@pytest.mark.parametrize(("route", "where", "message"), BROKEN.values(), ids=BROKEN)
def test_a_model_that_does_not_compile_names_the_place(route: Route, where: str, message: str) -> None:
    """The mistake shows when the twin is made, with route and variant."""
    with pytest.raises(InputError, match=message) as caught:
        Twin(Model(routes=(route,)))
    assert caught.value.where == where


def test_a_choice_is_what_the_answer_will_come_from() -> None:
    """``choose`` says which variant answers, with what it sees, and nothing has happened by it."""
    twin = Twin(ITEMS)
    session = twin.open_session()
    request = Request("POST", "/items", (("content-type", "application/json"),), b'{"n": "2"}')
    chosen = twin.choose(request, session, now_ms=5)
    assert chosen is not None
    answer = twin.respond(request, twin.open_session(), now_ms=5)
    assert (chosen.route, chosen.variant, chosen.extrapolated) == (answer.route, answer.variant, True)
    assert chosen.env.body == {"n": "2"}
    assert session.ids.made == 0
    assert list(session.state.all("item")) == ["first"]
    assert twin.choose(Request("GET", "/nothing"), session, now_ms=5) is None


SETS: FixtureSets = {
    "": {"item": {"second": {"id": "second", "n": 2}}},
    "more": {"item": {"first": {"id": "first", "n": 10}}, "box": {"b": {"id": "b"}}},
}


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        (None, {"item": {"first": 1, "second": 2}}),
        ("default", {"item": {"first": 1, "second": 2}}),
        ("more", {"item": {"first": 10, "second": 2}, "box": {"b": None}}),
    ],
)
def test_a_session_begins_with_a_fixture_set(name: str | None, begins: JsonValue) -> None:
    """The model's own fixtures, the default ones and those of the set, each in the place of those before."""
    session = Twin(ITEMS, SETS).open_session("s", name)
    assert {
        kind: {key: entity.get("n") for key, entity in stored.items()}
        for kind, stored in session.state.entities.items()
    } == begins


def test_sessions_of_one_set_do_not_share_what_they_do() -> None:
    """What one session stores, the next one does not begin with."""
    twin = Twin(ITEMS, SETS)
    twin.open_session("s", "more").state.put("item", "third", {"id": "third"})
    assert "third" not in twin.open_session("s", "more").state.all("item")


def test_a_session_cannot_begin_with_an_unknown_set() -> None:
    """The names that exist are in the message."""
    with pytest.raises(InputError, match="sets: default, more"):
        Twin(ITEMS, SETS).open_session("s", "less")
