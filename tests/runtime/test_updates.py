"""Documents changed by the operations of a request."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wir.strategies import values
from wraith.canonical import JsonValue
from wraith.exchange import Request
from wraith.runtime import Environment, Ids, State, compile_expr
from wraith.wir import Doing, Literal, Update

BASE: JsonValue = {
    "n": 1,
    "on": True,
    "tags": ["a", "b"],
    "dim": {"w": 2},
    "mails": [{"type": "home", "at": "x"}, {"type": "work", "at": "y"}],
}
MEMBERS = ("op", "path", "value")
PATCH: tuple[tuple[str, Doing], ...] = (
    ("add", "insert"),
    ("replace", "set"),
    ("remove", "unset"),
    ("copy", "copy"),
    ("move", "move"),
    ("test", "keep"),
    ("extend", "append"),
)
MONGO: tuple[tuple[str, Doing], ...] = (
    ("$inc", "increase"),
    ("$min", "least"),
    ("$mul", "multiply"),
    ("$push", "push"),
    ("$addToSet", "include"),
    ("$pull", "exclude"),
    ("$unset", "unset"),
    ("add_", "include"),
    ("remove_", "exclude"),
    ("flip", "toggle"),
    ("", "set"),
)


def op(word: str, path: str, value: JsonValue = None, **more: JsonValue) -> JsonValue:
    return {"op": word, "path": path, "value": value, **more}


LISTED: dict[str, tuple[JsonValue, dict[str, JsonValue]]] = {
    "set by a pointer": ([op("replace", "/n", 2)], {"n": 2}),
    "set by names with dots": ([op("replace", "dim.w", 3)], {"dim": {"w": 3}}),
    "words in capitals": ([op("Replace", "n", 2)], {"n": 2}),
    "objects are made where they are missing": ([op("add", "/new/part", 1)], {"new": {"part": 1}}),
    "added at the end": ([op("add", "/tags/-", "c")], {"tags": ["a", "b", "c"]}),
    "added in between": ([op("add", "/tags/1", "c")], {"tags": ["a", "c", "b"]}),
    "replaced in a list": ([op("replace", "/tags/1", "c")], {"tags": ["a", "c"]}),
    "removed from a list": ([op("remove", "/tags/0")], {"tags": ["b"]}),
    "copied": ([op("copy", "/m", **{"from": "/n"})], {"m": 1}),
    "extended": ([op("extend", "tags", ["c", "d"])], {"tags": ["a", "b", "c", "d"]}),
    "without a path, each member": ([op("replace", "", {"n": 5, "dim.w": 6})], {"n": 5, "dim": {"w": 6}}),
    "where elements meet a condition": (
        [op("replace", 'mails[type eq "work"].at', "z")],
        {"mails": [{"type": "home", "at": "x"}, {"type": "work", "at": "z"}]},
    ),
    "removed where elements meet a condition": (
        [op("remove", 'mails[type eq "work"]')],
        {"mails": [{"type": "home", "at": "x"}]},
    ),
    "one operation that is no list": (op("replace", "/n", 2), {"n": 2}),
    "one after the other": ([op("add", "/tags/-", "c"), op("remove", "/tags/2"), op("test", "/n", 1)], {}),
    "a word that is not known": ([op("frob", "/n", 2)], {}),
    "no object for the whole": ([op("replace", "", 5)], {}),
    "a place that is not there": ([op("replace", "/tags/9", 2), op("remove", "/n/x/y")], {}),
}


def updated(by: JsonValue, words: tuple[tuple[str, Doing], ...], members: tuple[str, ...] = ()) -> JsonValue:
    env = Environment(Request("GET", "/"), {}, State(), Ids(""), 0)
    made = compile_expr(Update(Literal(BASE), Literal(by), words, members))(env)
    assert isinstance(made, dict)
    return made


@pytest.mark.parametrize(("by", "changes"), LISTED.values(), ids=LISTED)
def test_operations_in_a_list(by: JsonValue, changes: dict[str, JsonValue]) -> None:
    """Operations change their places one after the other; what leads nowhere changes nothing."""
    assert isinstance(BASE, dict)
    assert updated(by, PATCH, MEMBERS) == {**BASE, **changes}


WORDED: dict[str, tuple[JsonValue, dict[str, JsonValue]]] = {
    "words over members": ({"$inc": {"n": 2}, "$push": {"tags": ["c"]}}, {"n": 3, "tags": ["a", "b", ["c"]]}),
    "a set": ({"$addToSet": {"tags": "a"}}, {}),
    "several for a set": ({"$addToSet": {"tags": {"$each": ["b", "c"]}}}, {"tags": ["a", "b", "c"]}),
    "removed elements, by what they have": (
        {"$pull": {"tags": "a", "mails": {"type": "home"}}},
        {"tags": ["b"], "mails": [{"type": "work", "at": "y"}]},
    ),
    "the least": ({"$min": {"n": 0}}, {"n": 0}),
    "words below members": ({"n": {"$inc": 2, "$mul": 10}}, {"n": 30}),
    "words beside names": (
        {"add_tags": ["b", "c"], "remove_tags": ["a"], "n": 9},
        {"n": 9, "tags": ["b", "c"]},
    ),
    "names alone": ({"flip": ["on"]}, {"on": False}),
    "a member without a name": ({"": None, "n": 9}, {"n": 9}),
    "numbers that grow too large": ({"$mul": {"n": 1e200}}, {}),
}


@pytest.mark.parametrize(("by", "changes"), WORDED.values(), ids=WORDED)
def test_operations_in_an_object(by: JsonValue, changes: dict[str, JsonValue]) -> None:
    """Words stand over members, below them, or beside their names."""
    assert isinstance(BASE, dict)
    assert updated(by, MONGO) == {**BASE, **changes}


def test_what_is_unset_is_gone() -> None:
    """A member whose name alone is given is removed."""
    assert "n" not in str(updated({"$unset": ["n"]}, MONGO)).replace("'on'", "")


@given(values, st.sampled_from([(PATCH, MEMBERS), (MONGO, ())]))
def test_every_value_is_an_update(
    value: JsonValue, form: tuple[tuple[tuple[str, Doing], ...], tuple[str, ...]]
) -> None:
    """No value of a request is an error, and what it changes stays an object."""
    assert isinstance(updated(value, *form), dict)
