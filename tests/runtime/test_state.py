"""The state of a session: entities in the order of their creation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wir.strategies import documents, small_paths, texts
from wraith.canonical import JsonValue, compact
from wraith.paths import MISSING, Path, get
from wraith.runtime import State, replaced

steps = st.lists(st.tuples(st.sampled_from(["put", "delete"]), st.sampled_from("abc") | texts), max_size=12)


@given(steps)
def test_state_is_a_map_in_the_order_of_creation(actions: list[tuple[str, str]]) -> None:
    """Whatever is put and deleted, each key keeps the place of its creation until it is deleted."""
    state, expected = State(), {}
    for number, (action, key) in enumerate(actions):
        if action == "put":
            state.put("thing", key, number)
            expected[key] = number
        else:
            state.delete("thing", key)
            expected.pop(key, None)
    assert list(state.all("thing").items()) == list(expected.items())


def test_what_is_put_again_keeps_its_place() -> None:
    """An update does not move an entity to the end of its list."""
    state = State({"thing": [("a", 1), ("b", 2)]})
    state.put("thing", "a", 3)
    assert list(state.all("thing").items()) == [("a", 3), ("b", 2)]


def test_what_is_deleted_and_put_again_comes_last() -> None:
    """It is a new entity."""
    state = State({"thing": [("a", 1), ("b", 2)]})
    state.delete("thing", "a")
    state.put("thing", "a", 1)
    assert list(state.all("thing")) == ["b", "a"]


def test_what_is_not_there_is_missing() -> None:
    """Neither a key nor a name needs to be known; null is there."""
    state = State({"thing": [("a", None)]})
    assert state.get("thing", "a") is None
    assert state.get("thing", "b") is MISSING
    assert state.get("other", "a") is MISSING
    state.delete("other", "a")
    assert state.all("other") == {}


NEXT: dict[str, tuple[list[str], list[str], int, int]] = {
    "nothing": ([], [], 1, 1),
    "a number": (["7"], [], 8, 8),
    "the greatest, not the last": (["9", "2"], [], 10, 10),
    "the greatest was deleted": (["1", "5"], ["5"], 2, 6),
    "text among numbers": (["a", "3", "x4"], [], 4, 4),
    "numbers at the end": (["web-9", "core-10"], [], 11, 11),
    "a superscript is no number": (["²"], [], 1, 1),
    "a number nobody counted to": (["9" * 30], [], 1, 1),
}


@pytest.mark.parametrize(("put", "deleted", "now", "ever"), NEXT.values(), ids=NEXT)
def test_the_next_key(put: list[str], deleted: list[str], now: int, ever: int) -> None:
    """One more than the greatest that is there, or that ever was."""
    state = State({"thing": [(key, {}) for key in put]})
    for key in deleted:
        state.delete("thing", key)
    assert state.next_key("thing", ever=False) == now
    assert state.next_key("thing", ever=True) == ever


@given(documents(), st.lists(st.sampled_from(["a", "b"]), max_size=3).map(tuple), documents(2))
def test_what_was_replaced_stands_there(document: JsonValue, path: Path, value: JsonValue) -> None:
    """Objects are made where missing."""
    assert get(replaced(document, path, value), path) == value


@given(documents(), small_paths, documents(2))
def test_replacing_leaves_the_document_as_it_was(document: JsonValue, path: Path, value: JsonValue) -> None:
    """Representations are shared, so a change makes a new one."""
    before = compact(document)
    replaced(document, path, value)
    assert compact(document) == before


def test_a_position_beyond_a_list_changes_nothing() -> None:
    """Lists do not grow by setting a field."""
    assert replaced({"a": [1]}, ("a", 3), 2) == {"a": [1]}
    assert replaced({"a": [1, 2]}, ("a", 0), 3) == {"a": [3, 2]}


def test_a_copy_changes_by_itself() -> None:
    """A copied state holds the same, keys that were there once included; neither sees what the other does."""
    state = State({"item": [("7", {"n": 7}), ("9", {"n": 9})]})
    state.delete("item", "9")
    copy = state.copy()
    assert list(copy.all("item")) == ["7"]
    assert copy.next_key("item", ever=True) == 10
    copy.put("item", "11", {})
    state.delete("item", "7")
    assert (list(copy.all("item")), list(state.all("item"))) == (["7", "11"], [])
