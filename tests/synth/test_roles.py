"""Quality: what routes do to entities, told by sessions written by hand."""

from __future__ import annotations

from tests.synth.recordings import Document, exchange, model_of, names, route, session, source, variant
from wraith.wir import Cast, Literal, Lookup, Merge, Put, Ref, SetField, StateOp

USERS = (("us_k3Jd82mQ", "ada"), ("us_9xPq27Lb", "bob"), ("us_Zr41wTn6", "cleo"))
BILLS = ("bi_b8Vc5Hs0", "bi_Q7my3Ke2", "bi_4fGu9Da1")


def test_a_stored_entity_is_answered_as_it_is() -> None:
    """Reading answers the stored representation, one hole for the whole body."""
    model = model_of(
        *(
            session(
                exchange("POST", "/v1/users", json={"name": name}, answer={"id": key, "name": name}),
                exchange("GET", f"/v1/users/{key}", answer={"id": key, "name": name}),
            )
            for key, name in USERS
        )
    )
    assert source(variant(model, "GET /v1/users/{user_id}"), "") == Ref(("entity",))


def test_an_update_answers_the_entity_with_the_request_over_it() -> None:
    """Members of the request replace those that are stored; the others stay."""
    changes: list[Document] = [{"age": 7}, {"name": "eve"}, {"name": "flo", "age": 9}]
    sessions = []
    for (key, name), sent in zip(USERS, changes, strict=True):
        made: Document = {"id": key, "name": name, "age": None}
        sessions.append(
            session(
                exchange("POST", "/v1/users", json={"name": name}, answer=made),
                exchange("PATCH", f"/v1/users/{key}", json=sent, answer={**made, **sent}),
            )
        )
    found = source(variant(model_of(*sessions), "PATCH /v1/users/{user_id}"), "")
    assert found == Merge(Ref(("entity",)), Ref(("request", "body")))


def test_a_referenced_entity_is_looked_up() -> None:
    """A value that stands in the entity that a request names comes from there."""
    model = model_of(
        *(
            session(
                exchange("POST", "/v1/users", json={"name": name}, answer={"id": key, "name": name}),
                exchange("GET", f"/v1/users/{key}", answer={"id": key, "name": name}),
                exchange("POST", "/v1/bills", json={"user": key}, answer={"id": bill, "payer": name}),
            )
            for (key, name), bill in zip(USERS, BILLS, strict=True)
        )
    )
    expected = Lookup("users", Ref(("request", "body", "user")), ("name",))
    assert source(variant(model, "POST /v1/bills"), "payer") == expected


def test_a_singleton_is_an_entity_without_a_key() -> None:
    """A route without a parameter that is written and read back holds one entity."""
    model = model_of(
        *(
            session(
                exchange("PUT", "/v1/settings", json={"color": color}, answer={"color": color}),
                exchange("GET", "/v1/settings", answer={"color": color}),
            )
            for color in ("red", "blue", "gray")
        )
    )
    reading, writing = route(model, "GET /v1/settings"), route(model, "PUT /v1/settings")
    assert (reading.state_op, writing.state_op) == ("read", "update")
    assert reading.entity == writing.entity is not None
    assert source(reading.variants[0], "") == Ref(("entity",))


def test_an_envelope_is_no_part_of_the_entity() -> None:
    """What is stored is what stands below the envelope."""
    model = model_of(
        *(
            session(
                exchange(
                    "POST", "/v1/users", json={"name": name}, answer={"data": {"id": key, "name": name}}
                ),
                exchange("GET", f"/v1/users/{key}", answer={"data": {"id": key, "name": name}}),
            )
            for key, name in USERS
        )
    )
    [put] = variant(model, "POST /v1/users").effects
    assert isinstance(put, Put)
    assert put.value == Ref(("response", "body", "data"))
    assert source(variant(model, "GET /v1/users/{user_id}"), "data") == Ref(("entity",))


def test_an_action_changes_the_entity_that_its_path_addresses() -> None:
    """A word below a parameter acts on the entity: it reads it and stores what it answers."""
    model = model_of(
        *(
            session(
                exchange(
                    "POST", "/v1/users", json={"name": name}, answer={"id": key, "name": name, "open": True}
                ),
                exchange("POST", f"/v1/users/{key}/close", answer={"id": key, "name": name, "open": False}),
                exchange("GET", f"/v1/users/{key}", answer={"id": key, "name": name, "open": False}),
            )
            for key, name in USERS
        )
    )
    closing = route(model, "POST /v1/users/{user_id}/close")
    assert (closing.state_op, closing.entity) == ("action", "users")
    assert source(closing.variants[0], "open") == Literal(False)
    assert [type(effect) for effect in closing.variants[0].effects] == [Put]


def test_what_is_created_and_never_read_is_an_entity_still() -> None:
    """Answers that carry a fresh key each are creations, although nothing was read back."""
    model = model_of(
        *(
            session(exchange("POST", "/v1/users", json={"name": name}, answer={"id": key, "name": name}))
            for key, name in USERS
        )
    )
    assert route(model, "POST /v1/users").state_op == "create"


def test_a_search_that_answers_nothing_of_an_entity_is_none() -> None:
    """A route that neither reads nor writes an entity has no operation."""
    model = model_of(session(exchange("GET", "/v1/ping", answer="pong")))
    expected: StateOp = "none"
    assert (names(model), route(model, "GET /v1/ping").state_op) == ({"GET /v1/ping"}, expected)


def test_the_same_name_under_two_parents_is_two_entities() -> None:
    """Where a name lives under many parents, the key is the chain of parents."""
    model = model_of(
        *(
            session(
                exchange(
                    "PUT",
                    f"/v1/boxes/{box}/labels/{label}",
                    json={"text": text},
                    answer={"name": label, "text": text},
                ),
                exchange(
                    "PUT",
                    f"/v1/boxes/{other}/labels/{label}",
                    json={"text": "x"},
                    answer={"name": label, "text": "x"},
                ),
                exchange("GET", f"/v1/boxes/{box}/labels/{label}", answer={"name": label, "text": text}),
            )
            for box, other, label, text in (
                (1, 2, "home", "ant"),
                (3, 4, "work", "bee"),
                (5, 6, "spare", "cow"),
            )
        )
    )
    reading = route(model, "GET /v1/boxes/{box_id}/labels/{label_id}")
    assert source(reading.variants[0], "") == Ref(("entity",))


def test_a_write_may_change_another_entity() -> None:
    """Where a read shows what no answer said before, the write in between changed what it names."""
    corpus = [
        session(
            exchange(
                "POST", "/v1/users", json={"name": name}, answer={"id": key, "name": name, "latest": None}
            ),
            exchange("POST", "/v1/bills", json={"user": key}, answer={"id": bill, "user": key}),
            exchange("GET", f"/v1/bills/{bill}", answer={"id": bill, "user": key}),
            exchange("GET", f"/v1/users/{key}", answer={"id": key, "name": name, "latest": bill}),
        )
        for (key, name), bill in zip(USERS, BILLS, strict=True)
    ]
    effects = variant(model_of(*corpus), "POST /v1/bills").effects
    [changed] = [effect for effect in effects if isinstance(effect, SetField)]
    assert (changed.entity, changed.at) == ("users", ("latest",))


def test_a_form_takes_the_type_of_what_it_replaces() -> None:
    """An update by a form is text that becomes a number where a number was stored."""
    model = model_of(
        *(
            session(
                exchange(
                    "POST", "/v1/users", form={"age": age}, answer={"id": key, "age": age, "name": name}
                ),
                exchange(
                    "POST",
                    f"/v1/users/{key}",
                    form={"age": age + 1},
                    answer={"id": key, "age": age + 1, "name": name},
                ),
            )
            for (key, name), age in zip(USERS, (17, 40, 63), strict=True)
        )
    )
    assert source(variant(model, "POST /v1/users"), "age") == Cast(Ref(("request", "body", "age")), "integer")
    assert source(variant(model, "POST /v1/users/{user_id}"), "") == Merge(
        Ref(("entity",)), Ref(("request", "body")), typed=True
    )
