"""Conditions that a value of a request spells out, and what meets them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wir.strategies import values
from wraith.canonical import JsonValue
from wraith.exchange import Request
from wraith.runtime import Environment, Ids, State, compile_expr
from wraith.wir import Criteria, Literal, Meaning, Query

TREES: dict[str, JsonValue] = {
    "1": {"n": 1, "kind": "oak", "tags": ["old", "tall"], "at": {"x": 5}},
    "2": {"n": 2, "kind": "elm", "tags": [], "at": {"x": 7}},
    "3": {"n": 3, "kind": "oak", "tags": ["tall"]},
}
WORDS: tuple[tuple[str, Meaning], ...] = (
    ("$gt", "above"),
    ("$has", "has"),
    ("$not", "none"),
    ("$or", "any"),
    ("GT", "above"),
    ("and", "all"),
    ("match", "contains"),
    ("or", "any"),
)
MEMBERS = ("field", "op", "value")
FOUND: dict[str, tuple[JsonValue, tuple[str, ...], list[int]]] = {
    "members that are values": ({"kind": "oak", "n": 3}, (), [3]),
    "operators below a field": ({"n": {"$gt": 1}}, (), [2, 3]),
    "an element of a list": ({"tags": {"$has": "tall"}}, (), [1, 3]),
    "members of members": ({"at": {"x": 7}}, (), [2]),
    "alternatives": ({"$or": [{"n": 1}, {"kind": "elm"}]}, (), [1, 2]),
    "what is not so": ({"n": {"$not": {"$gt": 1}}}, (), [1]),
    "operators that hold fields": ({"bool": {"match": {"kind": "OA"}}}, (), [1, 3]),
    "JSON in a text": ('{"n": {"$gt": 2}}', (), [3]),
    "objects of field, operator and value": ([{"field": "n", "op": "GT", "value": 2}], MEMBERS, [3]),
    "objects joined by a word beside them": (
        {
            "how": "or",
            "rules": [{"field": "n", "op": "GT", "value": 2}, {"field": "n", "op": "=", "value": 1}],
        },
        MEMBERS,
        [3],
    ),
    "the operator as the name of a member": ([{"field": "n", "number": {"$gt": 1}}], ("field",), [2, 3]),
    "a word that is not known holds for nothing": ([{"field": "n", "op": "??", "value": 2}], MEMBERS, []),
    "no condition": ("plainly a text", (), [1, 2, 3]),
    "a number": (5, (), [1, 2, 3]),
}


def found(criteria: Criteria) -> list[JsonValue]:
    env = Environment(Request("GET", "/"), {}, State({"tree": TREES.items()}), Ids(""), 0)
    made = compile_expr(Query("tree", criteria=(criteria,)))(env)
    assert isinstance(made, list)
    return [tree["n"] for tree in made if isinstance(tree, dict)]


@pytest.mark.parametrize(("value", "members", "expected"), FOUND.values(), ids=FOUND)
def test_a_document_spells_out_conditions(
    value: JsonValue, members: tuple[str, ...], expected: list[int]
) -> None:
    """What meets the conditions is found; a value that spells out none is no condition."""
    assert found(Criteria(Literal(value), WORDS, members)) == expected


def test_other_names_and_what_stands_alone() -> None:
    """A name may stand for another field; a value that stands alone is looked for where a search looks."""
    words: tuple[tuple[str, Meaning], ...] = ((":", "has"), ("", "all"))
    spelled = Criteria(Literal("tag:tall oak"), words, names=(("tag", ("tags",)),), search=(("kind",),))
    assert found(spelled) == [1, 3]


@given(values, st.sampled_from([(), MEMBERS, ("field",)]))
def test_every_value_is_a_filter(value: JsonValue, members: tuple[str, ...]) -> None:
    """No value of a request is an error."""
    assert set(found(Criteria(Literal(value), WORDS, members, search=((),)))) <= {1, 2, 3}
