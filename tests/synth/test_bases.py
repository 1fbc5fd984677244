"""Quality: collections whose entities have an address of two parameters, or none at all."""

from __future__ import annotations

from tests.synth.recordings import Document, exchange, model_of, route, session, source, variant
from wraith.wir import Literal, Query, Ref, Text

OWNERS = (("ann", "oak"), ("bob", "elm"), ("cat", "oak"))


def test_two_parameters_are_one_address() -> None:
    """A name lives under many owners; what is made below one is read by both parameters."""
    shown: list[Document] = [
        {"id": n + 1, "owner": owner, "name": name} for n, (owner, name) in enumerate(OWNERS)
    ]
    model = model_of(
        *(
            session(
                exchange(
                    "POST", f"/users/{each['owner']}/repos", json={"name": each["name"]}, answer={**each}
                ),
                exchange("GET", f"/repos/{each['owner']}/{each['name']}", answer={**each}),
                exchange("GET", f"/repos/{each['owner']}/none", status=404),
            )
            for each in shown
        )
    )
    read = route(model, "GET /repos/{repo_id}/{id}")
    key = Text((Ref(("request", "path", "repo_id")), Literal("/"), Ref(("request", "path", "id"))))
    assert (read.state_op, read.entity, read.key) == ("read", "repos", key)
    assert route(model, "POST /users/{user_id}/repos").entity == "repos"


def test_what_has_no_address_is_listed_below_its_parent() -> None:
    """Messages are numbered anew in each session; the list of a room shows those that were posted there."""
    model = model_of(
        *(
            session(
                exchange("PUT", f"/rooms/{room}", json={"topic": room}, answer={"id": room, "topic": room}),
                *(
                    exchange(
                        "POST",
                        f"/rooms/{room}/messages",
                        json={"text": text},
                        answer={"id": n + 1, "room": room, "text": text},
                    )
                    for n, text in enumerate(texts)
                ),
                exchange(
                    "GET",
                    f"/rooms/{room}/messages",
                    answer=[{"id": n + 1, "room": room, "text": text} for n, text in enumerate(texts)],
                ),
            )
            for room, texts in (("red", ("hi", "ho")), ("blue", ("hm",)), ("green", ("a", "b", "c")))
        )
    )
    assert route(model, "POST /rooms/{room_id}/messages").state_op == "create"
    listed = source(variant(model, "GET /rooms/{room_id}/messages"), "")
    assert isinstance(listed, Query)
    assert listed.entity == "messages"
