"""Which positions of objects are one class, and which never are."""

from __future__ import annotations

import pytest

from tests.synth.graphql.small import calls_of
from wraith.canonical import JsonValue
from wraith.synth._graphql.gathering import gather
from wraith.synth._graphql.types import Types

Steps = list[tuple[str, JsonValue]]

NAMES = ("ada", "bea", "cleo", "dora", "eva")
PEOPLE: list[JsonValue] = [{"id": f"p{name}xyz", "name": name} for name in NAMES]
PARTS: list[JsonValue] = [{"name": name} for name in NAMES]


def types_of(*steps: tuple[str, JsonValue]) -> Types:
    return gather(calls_of(*steps), {})


def named(kind: str) -> list[JsonValue]:
    return [{"__typename": kind, "id": f"p{name}xyz", "name": name} for name in NAMES]


def listed(field: str, found: list[JsonValue]) -> tuple[str, JsonValue]:
    """Return a list that shows what its first element shows."""
    first = found[0]
    assert isinstance(first, dict)
    return f"{{ {field} {{ {' '.join(first)} }} }}", {field: found}


ALIKE: dict[str, tuple[Steps, bool]] = {
    "the same keys with the same values": ([listed("people", PEOPLE), listed("crew", PEOPLE)], True),
    "one name of a type": ([listed("people", named("Person")), listed("crew", named("Person")[:1])], True),
    "two names of types": ([listed("people", named("Person")), listed("crew", named("Robot"))], False),
    "a part without the key": ([listed("people", PEOPLE), listed("crew", PARTS)], True),
    "a part with other values": (
        [listed("people", PEOPLE), listed("crew", [{"name": f"{name}!"} for name in NAMES])],
        False,
    ),
    "a part with too few values": ([listed("people", PEOPLE), listed("crew", PARTS[:3])], False),
    "a part with a field of its own": (
        [listed("people", PEOPLE), listed("crew", [{"name": name, "rank": 1} for name in NAMES])],
        False,
    ),
    "keys that count in both": (
        [
            listed("people", [{"id": str(n), "name": name} for n, name in enumerate(NAMES)]),
            listed("ships", [{"id": str(n), "name": f"S. S. {name}"} for n, name in enumerate(NAMES)]),
        ],
        False,
    ),
}


@pytest.mark.parametrize(("steps", "together"), ALIKE.values(), ids=ALIKE)
def test_values_tell_which_positions_are_one_class(steps: Steps, *, together: bool) -> None:
    """Names of types decide; else the same things are shown in both, with their key or in part."""
    types = types_of(*steps)
    one, other = (types.at["Query", query.split()[1]] for query, _ in steps)
    assert (one is other) is together


HIT = "{ hits { __typename ... on Person { name } ... on Ship { id } } }"


def test_objects_of_several_types_make_a_union() -> None:
    """Each object has the class of its name; the position itself is that of all of them."""
    hits: list[JsonValue] = [{"__typename": "Person", "name": "ada"}, {"__typename": "Ship", "id": "s1"}]
    found = types_of((HIT, {"hits": hits})).at["Query", "hits"]
    assert [each.name for each in found.members] == ["Person", "Ship"]
    assert found.shared == set()


def test_fields_that_all_have_make_an_interface() -> None:
    """What was asked outside fragments is a field of all members."""
    query = "query { thing { __typename id ... on Person { name } ... on Ship { flag } } }"
    ada: JsonValue = {"__typename": "Person", "id": "p1", "name": "ada"}
    ship: JsonValue = {"__typename": "Ship", "id": "s1", "flag": "FI"}
    found = types_of((query, {"thing": ada}), (query, {"thing": ship})).at["Query", "thing"]
    assert [each.name for each in found.members] == ["Person", "Ship"]
    assert found.shared == {"id"}


def test_what_is_only_offered_is_a_member() -> None:
    """A document says which types may stand there, before any of them does."""
    hits: list[JsonValue] = [{"__typename": "Person", "name": "ada"}, {"__typename": "Robot"}]
    steps: Steps = [
        (HIT, {"hits": hits}),
        ("{ ships { __typename id } }", {"ships": [{"__typename": "Ship", "id": "s"}]}),
    ]
    found = types_of(*steps).at["Query", "hits"]
    assert [each.name for each in found.members] == ["Person", "Robot", "Ship"]


def test_an_order_of_calls_changes_no_class() -> None:
    """Types are a function of the set of calls."""
    steps: Steps = [listed("people", PEOPLE), listed("crew", PARTS), listed("ships", named("Ship"))]
    assert _shape(types_of(*steps)) == _shape(types_of(*reversed(steps)))


def _shape(types: Types) -> dict[tuple[str, ...], tuple[str, str | None, list[str]]]:
    return {at: (each.name, each.key, sorted(each.fields)) for at, each in types.at.items()}
