"""What keys are called, and which classes have one."""

from __future__ import annotations

import pytest

from tests.synth.graphql.small import calls_of
from wraith.canonical import JsonValue
from wraith.synth._graphql.gathering import gather
from wraith.synth._graphql.keys import keys_of

Steps = list[tuple[str, JsonValue]]


def by_handle(handle: str, answered: str) -> tuple[str, JsonValue]:
    return f'{{ account(handle: "{handle}") {{ handle }} }}', {"account": {"handle": answered}}


ECHOED: Steps = [
    (
        f'mutation {{ addNote(clientMutationId: "{n}") {{ clientMutationId note {{ id }} }} }}',
        {"addNote": {"clientMutationId": n, "note": {"id": f"n{n}"}}},
    )
    for n in ("m1", "m2", "m3")
]

NAMES: dict[str, tuple[Steps, tuple[str, ...], set[str]]] = {
    "by convention": (
        [("{ note { name text key id } }", {"note": {"name": "a", "text": "b", "key": "c", "id": "d"}})],
        ("id", "key", "name"),
        {"id", "key"},
    ),
    "a whole word before a compound": (
        [("{ order { orderId id } }", {"order": {"orderId": "o1", "id": "x1"}})],
        ("id", "orderId"),
        {"id"},
    ),
    "answered with what was asked for": (
        [by_handle("ada", "ada"), by_handle("bea", "bea")],
        ("handle",),
        {"handle"},
    ),
    "asked for once": ([by_handle("ada", "ada")], (), set()),
    "answered with something else": (
        [by_handle("ada", "ada"), by_handle("bea", "bea"), by_handle("Cleo", "cleo")],
        (),
        set(),
    ),
    "echoed by a mutation": (ECHOED, ("id", "clientMutationId"), {"id"}),
}
"""Calls, the names of keys in their order, and those of them that need no other sign."""


@pytest.mark.parametrize(("steps", "names", "sure"), NAMES.values(), ids=NAMES)
def test_names_of_keys_are_ranked(steps: Steps, names: tuple[str, ...], sure: set[str]) -> None:
    """Convention ranks names; an argument that is answered with its value makes one of its name."""
    found = keys_of(calls_of(*steps))
    assert found.names == names
    assert {name for name in names if name in found.sure} == sure


def note(**members: JsonValue) -> JsonValue:
    return dict(members)


CLASSES: dict[str, tuple[Steps, str, str | None]] = {
    "its own name before id": (
        [("{ order { orderId total } }", {"order": {"orderId": "o1", "total": 3}})],
        "order",
        "orderId",
    ),
    "the name of something else": (
        [("{ order { buyerId total } }", {"order": {"buyerId": "b1", "total": 3}})],
        "order",
        None,
    ),
    "told apart in a list": (
        [("{ tags { name size } }", {"tags": [note(name="a", size=1), note(name="b", size=1)]})],
        "tags",
        "name",
    ),
    "repeated in a list": (
        [("{ lines { name size } }", {"lines": [note(name="a", size=1), note(name="a", size=2)]})],
        "lines",
        None,
    ),
    "repeated, beside one that tells": (
        [
            ("{ lines { name } }", {"lines": [note(name="a"), note(name="a")]}),
            ("{ lines { code } }", {"lines": [note(code="x"), note(code="y")]}),
        ],
        "lines",
        "code",
    ),
    "a payload that echoes": (ECHOED, "addNote", None),
    "a number with a point": (
        [("{ note { key text } }", {"note": {"key": 1.5, "text": "a"}})],
        "note",
        None,
    ),
}
"""Calls, the field of a root type whose class is meant, and the key of that."""


@pytest.mark.parametrize(("steps", "name", "key"), CLASSES.values(), ids=CLASSES)
def test_a_class_has_the_key_that_tells_its_objects_apart(steps: Steps, name: str, key: str | None) -> None:
    """Names that other things have as well need a sign; a name that a list repeats is no key."""
    types = gather(calls_of(*steps), {})
    found = {at: each.key for at, each in types.at.items()}
    assert next(each for at, each in found.items() if at[1:] == (name,)) == key
