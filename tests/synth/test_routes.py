"""Quality: which segments of paths become parameters, and which stay words of the service."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.synth.recordings import Step, exchange, model_of, names, recording, session
from wraith.synth._exchanges.seen import see
from wraith.synth._exchanges.survey import sketch
from wraith.synth._routes.routes import Paths

A, B, C = "it_k3Jd82mQ", "it_9xPq27Lb", "it_Zr41wTn6"


def create(target: str, key: str, name: str = "id") -> Step:
    return exchange("POST", target, json={"n": 1}, answer={name: key})


def read(target: str, key: str, name: str = "id") -> Step:
    return exchange("GET", target, answer={name: key})


def missing(target: str, method: str = "GET") -> Step:
    return exchange(method, target, status=404, answer={"error": "not found"})


ITEM = "GET /v1/items/{item_id}"

ROUTES: dict[str, tuple[list[Sequence[Step]], set[str]]] = {
    "a value that flowed from an answer": (
        [
            session(create("/v1/items", "gold", "name"), read("/v1/items/gold", "gold", "name")),
            session(create("/v1/items", "rust", "name"), read("/v1/items/rust", "rust", "name")),
        ],
        {"POST /v1/items", ITEM},
    ),
    "a value that flowed from a request in JSON": (
        [
            session(
                exchange("POST", "/v1/items", json={"name": name}, status=204),
                exchange("GET", f"/v1/items/{name}", answer={"size": 1}),
            )
            for name in ("gold", "rust")
        ],
        {"POST /v1/items", ITEM},
    ),
    "a value that flowed from a form": (
        [
            session(
                exchange("POST", "/v1/items", form={"a": "1", "name": name}, status=204),
                exchange("GET", f"/v1/items/{name}", answer={"size": 1}),
            )
            for name in ("gold", "rust")
        ],
        {"POST /v1/items", ITEM},
    ),
    "the shape of a number": ([session(read("/v1/items/17", "17"))], {ITEM}),
    "the shape of a UUID": (
        [
            session(
                read("/v1/items/0b5c1f4e-8d27-4c39-9f10-3a7d5e6b2c18", "0b5c1f4e-8d27-4c39-9f10-3a7d5e6b2c18")
            )
        ],
        {ITEM},
    ),
    "the shape of a prefixed token": ([session(read(f"/v1/items/{A}", A))], {ITEM}),
    "the shape of a digest": (
        [session(read("/v1/items/5f1d9a0b77e3c4d2", "5f1d9a0b77e3c4d2"))],
        {ITEM},
    ),
    "variety": (
        [session(exchange("GET", f"/v1/items/{word}", answer={"n": 1})) for word in ("oak", "elm", "ash")],
        {ITEM},
    ),
    "variety of what is not found": (
        [session(missing(f"/v1/items/{word}")) for word in ("oak", "elm", "ash")],
        {ITEM},
    ),
    "a word that is not found beside parameters": (
        [session(read(f"/v1/items/{A}", A), missing("/v1/items/nonsuch"))],
        {ITEM},
    ),
    "two words are no variety": (
        [session(exchange("GET", f"/v1/items/{word}", answer={"n": 1})) for word in ("oak", "elm")],
        {"GET /v1/items/oak", "GET /v1/items/elm"},
    ),
    "words that every session visits": (
        [
            session(
                exchange("GET", "/v1/me", answer={"n": 1}),
                exchange("GET", "/v1/search", answer={"n": 2}),
                exchange("GET", "/v1/status", answer={"n": 3}),
            )
            for _ in range(3)
        ],
        {"GET /v1/me", "GET /v1/search", "GET /v1/status"},
    ),
    "a word beside parameters that answers otherwise": (
        [
            session(
                create("/v1/invoices", key),
                read(f"/v1/invoices/{key}", key),
                exchange("GET", "/v1/invoices/upcoming", answer={"object": "invoice", "due": 3}),
            )
            for key in (A, B, C)
        ],
        {"POST /v1/invoices", "GET /v1/invoices/{invoice_id}", "GET /v1/invoices/upcoming"},
    ),
    "a word that earlier answers hold as a name of a member": (
        [
            session(
                exchange("GET", "/v1/me", answer={"settings": {"dark": True}}),
                exchange("GET", "/v1/settings", answer={"dark": True}),
            )
            for _ in range(3)
        ],
        {"GET /v1/me", "GET /v1/settings"},
    ),
    "a word of the service that an answer holds as a value": (
        [
            session(
                exchange("GET", "/v1/me", answer={"home": "orders"}),
                exchange("GET", "/v1/orders", answer={"n": 1}),
                exchange("GET", "/v1/users", answer={"n": 1}),
            )
            for _ in range(3)
        ],
        {"GET /v1/me", "GET /v1/orders", "GET /v1/users"},
    ),
    "the version of the service": (
        [session(exchange("GET", "/2024-01-31/v2/items", answer={"n": 1}))],
        {"GET /2024-01-31/v2/items"},
    ),
    "an action below a parameter": (
        [
            session(create("/v1/items", key), exchange("POST", f"/v1/items/{key}/close", answer={"id": key}))
            for key in (A, B)
        ],
        {"POST /v1/items", "POST /v1/items/{item_id}/close"},
    ),
    "a parameter below a parameter": (
        [session(exchange("GET", f"/v1/users/{n}/notes/{n + 5}", answer={"id": n + 5})) for n in (1, 2)],
        {"GET /v1/users/{user_id}/notes/{note_id}"},
    ),
    "one method each": (
        [session(read(f"/v1/items/{A}", A), exchange("DELETE", f"/v1/items/{A}", status=204))],
        {ITEM, "DELETE /v1/items/{item_id}"},
    ),
    "the root": ([session(exchange("GET", "/", answer={"n": 1}))], {"GET /"}),
    "the query is no part of the path": (
        [session(exchange("GET", "/v1/items?limit=3", answer={"n": 1}))],
        {"GET /v1/items"},
    ),
}


@pytest.mark.parametrize(("sessions", "expected"), ROUTES.values(), ids=ROUTES)
def test_routes_are_parted_into_words_and_parameters(
    sessions: list[Sequence[Step]], expected: set[str]
) -> None:
    """A segment is a parameter by the flow of values, by its shape or by variety; what is left is a word."""
    assert names(model_of(*sessions)) == expected


@given(st.permutations(range(6)))
def test_the_order_of_sketches_changes_no_route(order: list[int]) -> None:
    """Merging what sessions show of the paths is commutative and associative."""
    sketches = [
        sketch(see(number, recorded.read()))
        for number, recorded in enumerate(
            recording(
                *(
                    session(create("/v1/items", f"{A}{n}"), read(f"/v1/items/{A}{n}", f"{A}{n}"))
                    for n in range(6)
                )
            )
        )
    ]
    paths = Paths()
    for number in order:
        paths.add(number, sketches[number])
    assert {each.pattern for each in paths.routes().patterns} == {"/v1/items", "/v1/items/{item_id}"}
