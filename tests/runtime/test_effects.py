"""Effects: what answering does to state."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.runtime.strategies import environments
from tests.wir.strategies import effects, law
from wraith.canonical import JsonValue, compact
from wraith.exchange import Request
from wraith.runtime import Environment, Ids, State, compile_effect
from wraith.wir import Delete, Effect, First, Literal, Make, Purge, Put, Query, SetField, Sweep, Where

NONE = First(())
ONE = Literal("1")
EFFECTS: dict[str, tuple[Effect, dict[str, JsonValue]]] = {
    "put a new one": (Put("thing", Literal(2), Literal({})), {"1": {"a": 1}, "2": {}}),
    "put over the old one": (Put("thing", ONE, Literal({"b": 2})), {"1": {"b": 2}}),
    "put nothing": (Put("thing", ONE, NONE), {"1": {"a": 1}}),
    "put without a key": (Put("thing", NONE, Literal({})), {"1": {"a": 1}}),
    "put under null": (Put("thing", Literal(None), Literal({})), {"1": {"a": 1}}),
    "make a document": (
        Make("thing", ONE, {"n": "$n", "gone": "$none", "text": "$$n"}, (("n", Literal(1)), ("none", NONE))),
        {"1": {"n": 1, "text": "$n"}},
    ),
    "make without a key": (Make("thing", NONE, {}), {"1": {"a": 1}}),
    "delete": (Delete("thing", ONE), {}),
    "delete by number": (Delete("thing", Literal(1)), {}),
    "delete what is not there": (Delete("thing", Literal("2")), {"1": {"a": 1}}),
    "delete without a key": (Delete("thing", NONE), {"1": {"a": 1}}),
    "sweep by a field": (Sweep("thing", ONE, ("a",)), {}),
    "sweep what refers to another": (Sweep("thing", Literal("2"), ("a",)), {"1": {"a": 1}}),
    "sweep without a key": (Sweep("thing", NONE, ("a",)), {"1": {"a": 1}}),
    "purge what is alike": (
        Purge(Query("thing", (Where(("a",), "equals", ONE),))),
        {},
    ),
    "purge nothing": (Purge(Query("thing", (Where(("a",), "equals", Literal(2)),))), {"1": {"a": 1}}),
    "set a field": (SetField("thing", ONE, ("a",), Literal(2)), {"1": {"a": 2}}),
    "set a new field": (SetField("thing", ONE, ("b", "c"), Literal(None)), {"1": {"a": 1, "b": {"c": None}}}),
    "set a field of nothing": (SetField("thing", Literal("2"), ("a",), Literal(2)), {"1": {"a": 1}}),
    "set nothing": (SetField("thing", ONE, ("a",), NONE), {"1": {"a": 1}}),
}


@pytest.mark.parametrize(("effect", "expected"), EFFECTS.values(), ids=EFFECTS)
def test_what_an_effect_leaves_behind(effect: Effect, expected: dict[str, JsonValue]) -> None:
    """Where a key or a value is missing, nothing happens."""
    env = Environment(Request("POST", "/"), {}, State({"thing": [("1", {"a": 1})]}), Ids(""), 0)
    compile_effect(effect)(env)
    assert env.state.all("thing") == expected


def test_a_sweep_without_a_field_removes_the_children() -> None:
    """Children are stored under the key of their parent and a slash."""
    stored: list[tuple[str, JsonValue]] = [("a/1", {}), ("a/2", {}), ("ab/1", {}), ("a", {})]
    env = Environment(Request("DELETE", "/"), {}, State({"thing": stored}), Ids(""), 0)
    compile_effect(Sweep("thing", Literal("a")))(env)
    assert list(env.state.all("thing")) == ["ab/1", "a"]


@law
@given(effects, environments())
def test_every_effect_ends(effect: Effect, env: Environment) -> None:
    """Effects are total, and what they store can be written as JSON."""
    compile_effect(effect)(env)
    for stored in env.state.entities.values():
        compact(list(stored.values()))
