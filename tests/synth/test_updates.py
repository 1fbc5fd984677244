"""Quality: updates by operations, and writes that change each entity of a list."""

from __future__ import annotations

import pytest

from tests.synth.recordings import Document, Step, exchange, model_of, route, session, variant
from wraith.canonical import JsonValue
from wraith.wir import ForEach, Put, Ref, Update

BODY = Ref(("request", "body"))


def tree(number: int) -> Document:
    return {"id": f"tr_{number}k3Jd82", "name": f"oak {number}", "size": 10, "tags": ["old"]}


def learned(method: str, *writes: tuple[JsonValue, Document]) -> list[object]:
    """Return the sources of what is learned of writes, each with the members that are different after it."""

    def grown(number: int) -> tuple[Step, ...]:
        planted = tree(number)
        target = f"/v1/trees/{planted['id']}"
        steps = [exchange("POST", "/v1/trees", json={"name": planted["name"]}, answer=planted)]
        now = planted
        for body, changes in writes:
            now = {**now, **changes}
            steps += [exchange(method, target, json=body, answer=now), exchange("GET", target, answer=now)]
        return session(*steps)

    model = model_of(*map(grown, range(3)))
    return [hole.source for hole in variant(model, f"{method} /v1/trees/{{tree_id}}").holes.values()]


UPDATES: dict[str, tuple[list[tuple[JsonValue, Document]], Update]] = {
    "a list of operations": (
        [
            ([{"op": "replace", "path": "/name", "value": "elm"}], {"name": "elm"}),
            ([{"op": "add", "path": "/tags/-", "value": "tall"}], {"tags": ["old", "tall"]}),
            ([{"op": "replace", "path": "/size", "value": 7}], {"size": 7}),
            ([{"op": "add", "path": "/tags/0", "value": "x"}], {"tags": ["x", "old", "tall"]}),
        ],
        Update(Ref(("entity",)), BODY, (("add", "insert"), ("replace", "set")), ("op", "path", "value")),
    ),
    "operations in a member, by another name": (
        [
            ({"changes": [{"do": 1, "action": "assign", "field": "name", "to": "elm"}]}, {"name": "elm"}),
            ({"changes": [{"do": 2, "action": "assign", "field": "size", "to": 3}]}, {"size": 3}),
        ],
        Update(
            Ref(("entity",)),
            Ref(("request", "body", "changes")),
            (("assign", "set"),),
            ("action", "field", "to"),
        ),
    ),
    "words over members": (
        [
            ({"$bump": {"size": 5}}, {"size": 15}),
            ({"$push": {"tags": "tall"}}, {"tags": ["old", "tall"]}),
            ({"$bump": {"size": -2}}, {"size": 13}),
        ],
        Update(Ref(("entity",)), BODY, (("$bump", "increase"), ("$push", "push"))),
    ),
    "words beside names": (
        [
            ({"add_tags": ["tall", "old"]}, {"tags": ["old", "tall"]}),
            ({"remove_tags": ["old"]}, {"tags": ["tall"]}),
            ({"add_tags": ["tall"], "name": "elm"}, {"name": "elm"}),
        ],
        Update(Ref(("entity",)), BODY, (("", "set"), ("add_", "include"), ("remove_", "exclude"))),
    ),
}


@pytest.mark.parametrize(("writes", "expected"), UPDATES.values(), ids=UPDATES)
def test_what_a_word_does_is_seen_by_what_it_did(
    writes: list[tuple[JsonValue, Document]], expected: Update
) -> None:
    """A word does what explains its place after every exchange."""
    assert expected in learned("PATCH", *writes)


NO_UPDATES: dict[str, list[tuple[JsonValue, Document]]] = {
    "members that are merged": [({"name": "elm"}, {"name": "elm"}), ({"size": 3}, {"size": 3})],
    "operations that do nothing": [
        ([{"op": "replace", "path": "/name", "value": "elm"}], {}),
        ([{"op": "replace", "path": "/size", "value": 3}], {}),
    ],
    "a word that does something else each time": [
        ([{"op": "mix", "path": "/size", "value": 2}], {"size": 77}),
        ([{"op": "mix", "path": "/size", "value": 3}], {"size": 5}),
    ],
}


@pytest.mark.parametrize("writes", NO_UPDATES.values(), ids=NO_UPDATES)
def test_what_no_operation_explains_is_no_update(writes: list[tuple[JsonValue, Document]]) -> None:
    """What is explained without operations, or by none, is not learned as an update."""
    assert not any(isinstance(each, Update) for each in learned("PATCH", *writes))


def bulk(obeyed: bool) -> list[tuple[Step, ...]]:
    """Return sessions that change two trees at once, and read them afterwards."""

    def grown(number: int) -> tuple[Step, ...]:
        some: list[Document] = [{**tree(number * 3 + at), "id": f"tr_{number}{at}k3Jd82"} for at in range(3)]
        named: list[JsonValue] = [
            {"id": t["id"], "name": f"elm {number}{at}"} for at, t in enumerate(some[1:])
        ]
        after = [{**t, "name": f"elm {number}{at - 1}"} if at and obeyed else t for at, t in enumerate(some)]
        return session(
            *(exchange("POST", "/v1/trees", json={"name": t["name"]}, answer=t) for t in some),
            exchange("POST", "/v1/trees/bulk", json={"trees": named}, answer={"done": True}),
            *(exchange("GET", f"/v1/trees/{t['id']}", answer=t) for t in after),
        )

    return list(map(grown, range(3)))


def test_each_element_of_a_list_changes_the_entity_that_it_names() -> None:
    """What reads show after a write of many is what its elements said."""
    [found] = route(model_of(*bulk(obeyed=True)), "POST /v1/trees/bulk").variants
    [effect] = found.effects
    assert isinstance(effect, ForEach)
    assert effect.of == Ref(("request", "body", "trees"))
    assert isinstance(effect.effect, Put)
    assert effect.effect.key == Ref(("item", "id"))


def test_a_list_that_changes_nothing_has_no_effect() -> None:
    """Where reads show everything as it was, nothing was changed."""
    [found] = route(model_of(*bulk(obeyed=False)), "POST /v1/trees/bulk").variants
    assert found.effects == ()
