"""Quality: where each value of an answer is said to come from. One row of a table is one rule."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.synth.recordings import (
    Answer,
    Document,
    Step,
    exchange,
    model_of,
    session,
    source,
    variant,
)
from wraith.runtime import write_time
from wraith.wir import Case, Cast, Clock, Expr, First, FreshId, Literal, Model, Ref, Sum, Text

DAY_S = 86_400

KEYS = ("it_k3Jd82mQ", "it_9xPq27Lb", "it_Zr41wTn6", "it_b8Vc5Hs0", "it_Q7my3Ke2", "it_4fGu9Da1")


def asked(field: str) -> Ref:
    """Return the reference to a member of the request's body."""
    return Ref(("request", "body", field))


def answered(field: str) -> Ref:
    return Ref(("response", "body", field))


def created(rows: Sequence[tuple[Document, Answer]], *, form: bool) -> Model:
    """Return what is learned from one creation per session; answers hold ``value`` beside a fresh key."""
    return model_of(*(session(_creation(number, *row, form=form)) for number, row in enumerate(rows)))


def _creation(number: int, sent: Document, value: Answer, *, form: bool) -> Step:
    def answer(now_ms: int) -> Document:
        return {"id": KEYS[number], "value": value(now_ms) if callable(value) else value}

    if form:
        return exchange("POST", "/v1/items", form=sent, answer=answer)
    return exchange("POST", "/v1/items", json=sent, answer=answer)


def at(unit: str, offset_s: int = 0) -> Answer:
    """Return the time of the exchange, as a service whose clock is half a second behind writes it."""
    return lambda now_ms: write_time(unit, now_ms - 500 + offset_s * 1000)


FROM_JSON: dict[str, tuple[list[tuple[Document, Answer]], Expr]] = {
    "constant": ([({"name": "ant"}, "item"), ({"name": "bee"}, "item")], Literal("item")),
    "constant null": ([({"name": "ant"}, None), ({"name": "bee"}, None)], Literal(None)),
    "constant object": ([({"name": "ant"}, {"a": [1]}), ({"name": "bee"}, {"a": [1]})], Literal({"a": [1]})),
    "constant that looks like a hole": ([({"name": "ant"}, "$5"), ({"name": "bee"}, "$5")], Literal("$$5")),
    "echo": ([({"name": "ant"}, "ant"), ({"name": "bee"}, "bee")], asked("name")),
    "echo of a number": ([({"n": 70}, 70), ({"n": 31}, 31)], asked("n")),
    "echo of an object": ([({"m": {"a": 1}}, {"a": 1}), ({"m": {"b": 2}}, {"b": 2})], asked("m")),
    "echo under another name": ([({"title": "ant"}, "ant"), ({"title": "bee"}, "bee")], asked("title")),
    "echo, the field of the same name first": (
        [({"alias": "ant", "value": "ant"}, "ant"), ({"alias": "bee", "value": "bee"}, "bee")],
        asked("value"),
    ),
    "echo of a nested member": (
        [({"card": {"brand": "visa"}}, "visa"), ({"card": {"brand": "amex"}}, "amex")],
        Ref(("request", "body", "card", "brand")),
    ),
    "echo with default": (
        [({"size": "large"}, "large"), ({"size": "small"}, "small"), ({"n": 1}, "medium"), ({}, "medium")],
        First((asked("size"), Literal("medium"))),
    ),
    "echo with a default of null": (
        [({"size": "large"}, "large"), ({"size": "small"}, "small"), ({"n": 1}, None), ({}, None)],
        First((asked("size"), Literal(None))),
    ),
    "echo where one of two names is used": (
        [({"a": "ant"}, "ant"), ({"a": "bear"}, "bear"), ({"b": "cat"}, "cat"), ({"b": "dog"}, "dog")],
        First((asked("a"), asked("b"))),
    ),
    "clock in seconds": ([({"n": 1}, at("epoch_s")), ({"n": 2}, at("epoch_s"))], Clock("epoch_s")),
    "clock in milliseconds": ([({"n": 1}, at("epoch_ms")), ({"n": 2}, at("epoch_ms"))], Clock("epoch_ms")),
    "clock in ISO 8601": (
        [({"n": 1}, at("%Y-%m-%dT%H:%M:%SZ")), ({"n": 2}, at("%Y-%m-%dT%H:%M:%SZ"))],
        Clock("%Y-%m-%dT%H:%M:%SZ"),
    ),
    "clock in ISO 8601 with milliseconds": (
        [({"n": 1}, at("%Y-%m-%dT%H:%M:%S.%LZ")), ({"n": 2}, at("%Y-%m-%dT%H:%M:%S.%LZ"))],
        Clock("%Y-%m-%dT%H:%M:%S.%LZ"),
    ),
    "clock in thirty days": (
        [({"n": 1}, at("epoch_s", 30 * DAY_S)), ({"n": 2}, at("epoch_s", 30 * DAY_S))],
        Clock("epoch_s", 30 * DAY_S),
    ),
    "clock an hour ago": (
        [({"n": 1}, at("epoch_s", -3600)), ({"n": 2}, at("epoch_s", -3600))],
        Clock("epoch_s", -3600),
    ),
    "text with the fresh key": (
        [({"n": 1}, f"/v1/items/{KEYS[0]}"), ({"n": 2}, f"/v1/items/{KEYS[1]}")],
        Text((Literal("/v1/items/"), answered("id"))),
    ),
    "text with two values": (
        [({"a": "ant", "b": "cow"}, "ant & cow!"), ({"a": "bee", "b": "doe"}, "bee & doe!")],
        Text((asked("a"), Literal(" & "), asked("b"), Literal("!"))),
    ),
    "sum": (
        [({"a": 31, "b": 7}, 38), ({"a": 500, "b": 40}, 540), ({"a": 12, "b": 88}, 100)],
        Sum((asked("a"), asked("b"))),
    ),
    "difference": (
        [({"a": 31, "b": 7}, 24), ({"a": 500, "b": 40}, 460), ({"a": 98, "b": 12}, 86)],
        Sum((asked("a"),), (asked("b"),)),
    ),
    "enum map": (
        [
            ({"k": "month"}, 30),
            ({"k": "week"}, 7),
            ({"k": "month"}, 30),
            ({"k": "week"}, 7),
            ({"k": "week"}, 7),
            ({"k": "month"}, 30),
        ],
        Case(asked("k"), (("month", 30), ("week", 7))),
    ),
}

FROM_FORM: dict[str, tuple[list[tuple[Document, Answer]], Expr]] = {
    "text stays text": ([({"zip": "8888"}, "8888"), ({"zip": "1234"}, "1234")], asked("zip")),
    "integer": ([({"n": "8888"}, 8888), ({"n": "17"}, 17)], Cast(asked("n"), "integer")),
    "number": ([({"n": "1.5"}, 1.5), ({"n": "2.25"}, 2.25)], Cast(asked("n"), "number")),
    "boolean": ([({"b": "true"}, True), ({"b": "false"}, False)], Cast(asked("b"), "boolean")),
    "nested name": (
        [({"card": {"year": "2031"}}, 2031), ({"card": {"year": "2032"}}, 2032)],
        Cast(Ref(("request", "body", "card", "year")), "integer"),
    ),
    "list": ([({"tags": ["ant", "bee"]}, ["ant", "bee"]), ({"tags": ["cow"]}, ["cow"])], asked("tags")),
    "object of texts": (
        [({"m": {"a": "x"}}, {"a": "x"}), ({"m": {"b": "y"}}, {"b": "y"}), ({"n": "1"}, {}), ({}, {})],
        First((asked("m"), Literal({}))),
    ),
    "integer with default": (
        [({"n": "8888"}, 8888), ({"n": "17"}, 17), ({"x": "1"}, 1), ({}, 1)],
        First((Cast(asked("n"), "integer"), Literal(1))),
    ),
}


@pytest.mark.parametrize(("rows", "expected"), FROM_JSON.values(), ids=FROM_JSON)
def test_a_value_beside_a_json_request_comes_from(
    rows: list[tuple[Document, Answer]], expected: Expr
) -> None:
    """The expression is the simplest one that gives every observed value."""
    assert source(variant(created(rows, form=False), "POST /v1/items"), "value") == expected


@pytest.mark.parametrize(("rows", "expected"), FROM_FORM.values(), ids=FROM_FORM)
def test_a_value_beside_a_form_comes_from(rows: list[tuple[Document, Answer]], expected: Expr) -> None:
    """What a form brings is text, and takes the type that the answers give it."""
    assert source(variant(created(rows, form=True), "POST /v1/items"), "value") == expected


FRESH = {
    "prefix and letters and digits": (
        ["cus_9aKd82mQLsE1", "cus_Zr41wTn6Pq0x", "cus_Hk7bV3cU5tYe"],
        "cus_[A-Za-z0-9]{12}",
    ),
    "small letters and digits": (["u9ak3d82mq1", "zr41wtn6pq0", "hk7bv3cu5ty"], "[0-9a-z]{11}"),
    "hexadecimal": (["5f1d9a0b77e3", "0c44e1f2a9d8", "b7e21f3309ac"], "[0-9a-f]{12}"),
    "digits": (["83920174", "10593827", "55920183"], "[0-9]{8}"),
    "UUID version 4": (
        [
            "0b5c1f4e-8d27-4c39-9f10-3a7d5e6b2c18",
            "f3a9d6c2-1e45-4b7a-a8d3-90c1b2e4f567",
            "7c2e9b10-53fa-4d68-b1c4-e8f7061a2d3b",
        ],
        "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]{1}[0-9a-f]{3}-[0-9a-f]{12}",
    ),
    "URL-safe base64": (
        ["V1StGXR8_Z5jdHi6B-myT", "aZ3-kfP0Qw_8sLmX2Ye9c", "_9uRt5KdJ7hGq-4WnBvC1"],
        "[A-Za-z0-9_\\-]{21}",
    ),
}


@pytest.mark.parametrize(("made", "pattern"), FRESH.values(), ids=FRESH)
def test_a_fresh_key_is_made_in_the_learned_format(made: list[str], pattern: str) -> None:
    """Prefix, alphabet and length of identifiers that were new in each session become a pattern."""
    model = model_of(
        *(
            session(
                exchange("POST", "/v1/items", json={"n": number}, answer={"id": key}),
                exchange("GET", f"/v1/items/{key}", answer={"id": key}),
            )
            for number, key in enumerate(made)
        )
    )
    assert source(variant(model, "POST /v1/items"), "id") == FreshId(pattern)


def test_a_key_that_the_client_brings_is_taken_and_made_otherwise() -> None:
    """Where some requests bring a key, it is the answer's; where none is brought, one is made."""
    rows: list[tuple[Document, str]] = [
        ({"id": "gold", "n": 1}, "gold"),
        ({"id": "silver", "n": 2}, "silver"),
        ({"n": 3}, "k3Jd82mQ9x"),
        ({"n": 4}, "Pq27LbZr41"),
    ]
    model = model_of(
        *(
            session(
                exchange("POST", "/v1/plans", json=sent, answer={"id": key}),
                exchange("GET", f"/v1/plans/{key}", answer={"id": key}),
            )
            for sent, key in rows
        )
    )
    expected = First((asked("id"), FreshId("[A-Za-z0-9]{10}")))
    assert source(variant(model, "POST /v1/plans"), "id") == expected


def test_a_fresh_identifier_told_twice_is_made_once() -> None:
    """A second place that repeats the fresh key refers to the first."""
    model = model_of(
        *(
            session(exchange("POST", "/v1/items", json={"n": n}, answer={"id": key, "self": {"ref": key}}))
            for n, key in enumerate(KEYS)
        )
    )
    assert source(variant(model, "POST /v1/items"), "self.ref") == answered("id")


def test_an_error_quotes_the_request() -> None:
    """A message that holds a value of the request is text with that value in it."""
    model = model_of(
        *(
            session(
                exchange("GET", f"/v1/items/{key}", status=404, answer={"error": f"No such item: '{key}'"})
            )
            for key in KEYS[:3]
        ),
        session(
            exchange("POST", "/v1/items", json={"n": 1}, answer={"id": KEYS[4]}),
            exchange("GET", f"/v1/items/{KEYS[4]}", answer={"id": KEYS[4]}),
        ),
    )
    quoted = Ref(("request", "path", "item_id"))
    assert source(variant(model, "GET /v1/items/{item_id}", 404), "error") == Text(
        (Literal("No such item: '"), quoted, Literal("'"))
    )


# --- restraint ----------------------------------------------------------------------------------------------

RESTRAINT: dict[str, tuple[list[tuple[Document, Answer]], Expr]] = {
    "a constant that equals a field in every request": (
        [({"currency": "eur", "n": 1}, "eur"), ({"currency": "eur", "n": 2}, "eur")],
        Literal("eur"),
    ),
    "a constant that equals a field once": (
        [({"color": "red"}, "red"), ({"color": "blue"}, "red"), ({"color": "gray"}, "red")],
        Literal("red"),
    ),
    "a count that equals a field once": (
        [({"n": 1, "a": "x"}, 1), ({"n": 5, "a": "y"}, 1), ({"n": 9, "a": "z"}, 1)],
        Literal(1),
    ),
    "true is not one": ([({"n": 1}, True), ({"n": 1}, True)], Literal(True)),
    "a time long ago": ([({"n": 1}, 1_500_000_000), ({"n": 2}, 1_500_000_000)], Literal(1_500_000_000)),
    "a time that the client brought": (
        [({"at": 1_700_000_000}, 1_700_000_000), ({"at": 1_700_003_600}, 1_700_003_600)],
        asked("at"),
    ),
}


@pytest.mark.parametrize(("rows", "expected"), RESTRAINT.values(), ids=RESTRAINT)
def test_a_coincidence_is_not_taught(rows: list[tuple[Document, Answer]], expected: Expr) -> None:
    """What is the same in all answers is a constant, whatever else happens to equal it."""
    assert source(variant(created(rows, form=False), "POST /v1/items"), "value") == expected


def test_what_nothing_explains_is_said_to_be_unexplained() -> None:
    """A value without a source is a hole of its own class, never an identifier or a time."""
    rows: list[tuple[Document, Answer]] = [({"n": n}, word) for n, word in enumerate(["oak", "elm", "ash"])]
    found = variant(created(rows, form=False), "POST /v1/items")
    assert {hole.hole_class for hole in found.holes.values()} == {"generated", "unexplained"}


def test_a_short_value_inside_a_word_is_no_part_of_a_text() -> None:
    """A locale ``pt`` is not where the syllable of a path comes from; the key at the end of the path is."""
    made = [
        exchange(
            "POST",
            "/v1/plans",
            json={"locale": "pt"},
            answer={
                "id": f"pl_8fK2mQ0z{at}",
                "url": f"/v1/subscriptions?plan=pl_8fK2mQ0z{at}",
                "locale": "pt",
            },
        )
        for at in range(4)
    ]
    created = variant(model_of(session(*made[:2]), session(*made[2:])), "POST /v1/plans")
    assert source(created, "url") == Text(
        (Literal("/v1/subscriptions?plan="), Ref(("response", "body", "id")))
    )
