"""Quality: entities that are addressed elsewhere than in the path, or made elsewhere than they are read."""

from __future__ import annotations

from tests.synth.recordings import Document, exchange, model_of, route, session, source, variant
from wraith.synth._exchanges.refusals import refuses
from wraith.wir import Cast, FreshId, NextKey, Ref

ROOMS = (("RMk3Jd82mQ", "ada"), ("RM9xPq27Lb", "bob"), ("RMZr41wTn6", "cleo"))


def test_a_member_of_the_body_addresses_what_another_route_made() -> None:
    """The key flows from the answer of one call to the request of the other, which shows what is stored."""
    model = model_of(
        *(
            session(
                exchange(
                    "POST", "/rooms.open", json={"name": name}, answer={"room": {"id": key, "name": name}}
                ),
                exchange(
                    "POST", "/rooms.info", json={"room": key}, answer={"room": {"id": key, "name": name}}
                ),
            )
            for key, name in ROOMS
        )
    )
    info = route(model, "POST /rooms.info")
    assert (info.state_op, info.entity, info.key) == ("read", "room", Ref(("request", "body", "room")))
    assert source(variant(model, "POST /rooms.info"), "room") == Ref(("entity",))


def test_a_parameter_of_the_query_addresses_as_well() -> None:
    """What is asked for by a parameter of the query is the entity with that key."""
    model = model_of(
        *(
            session(
                exchange("POST", "/room", json={"name": name}, answer={"id": key, "name": name}),
                exchange("GET", f"/room?id={key}", answer={"id": key, "name": name}),
            )
            for key, name in ROOMS
        )
    )
    assert route(model, "GET /room").key == Ref(("request", "query", "id"))


def test_a_creation_that_refers_to_another_is_not_addressed_by_it() -> None:
    """What answers with a key of its own creates, whatever it was sent."""
    sessions = []
    for number, (key, name) in enumerate(ROOMS):
        bill: Document = {"id": f"bi_8Vc5Hs{number}", "room": key}
        sessions.append(
            session(
                exchange("POST", "/rooms", json={"name": name}, answer={"id": key, "name": name}),
                exchange("POST", "/bills", json={"room": key}, answer=bill),
            )
        )
    assert route(model_of(*sessions), "POST /bills").state_op == "create"


def test_what_is_made_elsewhere_is_what_its_address_reads() -> None:
    """The answer of a creation is stored where a later read finds it, though their paths share nothing."""
    model = model_of(
        *(
            session(
                exchange("POST", "/user/repos", json={"name": name}, answer=made),
                exchange("GET", f"/repos/{name}", answer=made),
            )
            for number, (_, name) in enumerate(ROOMS)
            for made in [{"id": 52018734 + 7919 * number * number, "name": name, "open": True}]
        )
    )
    made, read = route(model, "POST /user/repos"), route(model, "GET /repos/{repo_id}")
    assert (made.state_op, made.entity) == ("create", read.entity)
    assert source(variant(model, "POST /user/repos"), "id") == Cast(FreshId("[1-9]{1}[0-9]{7}"), "integer")


def test_numbers_that_count_are_not_taken_for_random() -> None:
    """Long keys that each exceed the last by one are counted."""
    items = [{"id": 5000001 + number} for number in range(6)]
    model = model_of(session(*(exchange("POST", "/items", json={}, answer=item) for item in items)))
    assert source(variant(model, "POST /items"), "id") == NextKey("items", start=5000001)


def test_a_refusal_may_have_the_status_of_a_success() -> None:
    """A flag or an error says so, unless the answer shows something beside it."""
    assert refuses({"ok": False, "error": "not_found"})
    assert refuses({"error": {"code": 7, "message": "no"}})
    assert not refuses({"success": True, "errors": [], "result": {"id": 1}})
    assert not refuses({"id": "job_1", "state": "failed", "error": "out of memory"})
    assert not refuses({"errors": None, "data": {"a": 1}})
