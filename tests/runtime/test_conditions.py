"""Conditions: stored values against wanted ones, and parameters that name fields."""

from __future__ import annotations

import pytest

from wraith.canonical import JsonValue
from wraith.exchange import Request
from wraith.paths import MISSING, Found
from wraith.runtime import Environment, Ids, State, compile_expr, holds, sort_names
from wraith.wir import Filters, Literal, Mark, Query, Where

HOLDS: list[tuple[str, Found, Found, bool]] = [
    ("equals", 1.0, "1", True),
    ("equals", "1", 1, True),
    ("equals", None, "null", False),
    ("is", 1, 1, True),
    ("is", 1, "1", False),
    ("is", True, 1, False),
    ("is", MISSING, MISSING, False),
    ("differs", MISSING, "a", True),
    ("differs", "a", ["a", "b"], False),
    ("other", MISSING, "a", False),
    ("other", "b", "a", True),
    ("at_least", "2024-05-01", "2024-04-30", True),
    ("at_least", "10", "9", True),
    ("at_least", "ten", "9", False),
    ("above", 3, "3", False),
    ("below", 2, "3", True),
    ("below", MISSING, "3", False),
    ("contains", ["Red", "blue"], "red", True),
    ("starts", "Oak tree", "oak", True),
    ("ends", "Oak tree", "TREE", True),
    ("matches", "Oak tree", "k t", True),
    ("matches", "Oak tree", "^tree", False),
    ("matches", "a(b", "(b", True),
    ("exists", 0, "true", True),
    ("exists", None, "true", True),
    ("exists", MISSING, "false", True),
    ("exists", 0, "false", False),
]


@pytest.mark.parametrize(("op", "stored", "wanted", "expected"), HOLDS)
def test_what_a_condition_says(op: str, stored: Found, wanted: Found, expected: bool) -> None:
    """Numbers compare as numbers, dates as text, patterns as patterns where they are some."""
    assert holds(op, stored, wanted) is expected


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "a*a*a*a*b", "(.*)\\1"])
def test_a_pattern_that_may_take_long_is_text(pattern: str) -> None:
    """What a client sends must not keep a server busy."""
    assert not holds("matches", "a" * 5_000, pattern)


THINGS: dict[str, JsonValue] = {
    "1": {"n": 3, "tag": "red", "at": {"x": 1}},
    "2": {"n": 1, "tag": "blue", "min_n": 5},
    "3": {"n": 2},
}
MARKS = (
    Mark("", "", "equals"),
    Mark("min_", "", "at_least"),
    Mark("in_", "", "equals", ","),
    Mark("filter[", "]", "equals"),
    Mark("", "_lt", "below", absent=True),
)

ASKED: dict[str, tuple[str, list[str]]] = {
    "nothing": ("/", ["1", "2", "3"]),
    "a field": ("/?tag=red", ["1"]),
    "a field of a field": ("/?at.x=1", ["1"]),
    "a field in brackets": ("/?filter[n]=2", ["3"]),
    "alternatives by repetition": ("/?n=1&n=2", ["2", "3"]),
    "alternatives in one value": ("/?in_n=1,3", ["1", "2"]),
    "an operator": ("/?min_at.x=1", ["1"]),
    "a field that looks like an operator": ("/?min_n=5", []),
    "a field that is not there": ("/?at.x_lt=1", ["2", "3"]),
    "several": ("/?in_n=1,3&tag=red", ["1"]),
    "what means something else": ("/?tag=red&page=2", ["1"]),
    "what names no field": ("/?colour=red", []),
}


@pytest.mark.parametrize(("target", "expected"), ASKED.values(), ids=ASKED)
def test_parameters_name_fields(target: str, expected: list[str]) -> None:
    """A mark works on whatever field some entity has; the longest mark reads the name."""
    env = Environment(Request("GET", target), {}, State({"thing": THINGS.items()}), Ids(""), 0)
    query = Query("thing", filters=Filters(MARKS, ("page",), "nothing"))
    found = compile_expr(query)(env)
    assert isinstance(found, list)
    assert [key for key, value in THINGS.items() if value in found] == expected


def test_what_has_no_such_field_may_meet_a_condition() -> None:
    """``absent`` lets it pass."""
    env = Environment(Request("GET", "/"), {}, State({"thing": THINGS.items()}), Ids(""), 0)
    query = Query("thing", (Where(("tag",), "equals", Literal("red"), absent=True),))
    assert compile_expr(query)(env) == [THINGS["1"], THINGS["3"]]


NAMES: dict[str, tuple[str | None, str | None, list[tuple[str, bool]]]] = {
    "none": (None, None, []),
    "one": ("a", None, [("a", False)]),
    "a dash": ("-a,+b", None, [("a", True), ("b", False)]),
    "a direction for each": ("a,b", "desc,ASC", [("a", True), ("b", False)]),
    "a direction behind": ("a:desc,b asc", None, [("a", True), ("b", False)]),
    "a direction as the next word": ("a,desc", None, [("a", True)]),
    "a nested field": ("a.b", None, [("a.b", False)]),
}


@pytest.mark.parametrize(("names", "ways", "expected"), NAMES.values(), ids=NAMES)
def test_names_to_sort_by(names: str | None, ways: str | None, expected: list[tuple[str, bool]]) -> None:
    """Several fields, each with its own direction, in the ways that clients write them."""
    assert sort_names(names, ways) == expected
