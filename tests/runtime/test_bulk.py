"""Functions for requests that hold many: total, whatever they are given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue
from wraith.paths import MISSING
from wraith.runtime._bulk import below, pairs

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=6,
)

ADDRESSES = {
    "plain": ("/a/b", "c", "/a/b/c"),
    "with a query": ("/a/b?x=1&y=/", "c", "/a/b/c?x=1&y=/"),
    "a slash at the end": ("/a/", "c", "/a/c"),
    "a mark": ("/a", "#each", "/a/%23each"),
}


@pytest.mark.parametrize(("target", "segment", "expected"), ADDRESSES.values(), ids=ADDRESSES)
def test_a_segment_stands_below_an_address(target: str, segment: str, expected: str) -> None:
    """The query stays behind the path."""
    assert below(target, segment) == expected


INDEX: JsonValue = {"action": "index", "about": {"_id": "1"}, "document": {"a": 1}}
PAIRS: dict[str, tuple[JsonValue, object]] = {
    "an action and its document": ([{"index": {"_id": "1"}}, {"a": 1}], [INDEX]),
    "an action without one": ([{"delete": {"_id": "1"}}], [{"action": "delete", "about": {"_id": "1"}}]),
    "both": (
        [{"delete": {}}, {"index": {"_id": "1"}}, {"a": 1}],
        [{"action": "delete", "about": {}}, INDEX],
    ),
    "nothing": ([], []),
    "a document that is missing": ([{"index": {"_id": "1"}}], MISSING),
    "no action": ([{"a": 1, "b": 2}], MISSING),
    "no list": ({"index": {}}, MISSING),
}


@pytest.mark.parametrize(("documents", "expected"), PAIRS.values(), ids=PAIRS)
def test_actions_stand_before_their_documents(documents: JsonValue, expected: object) -> None:
    """Each action is an object of one member; those that are named have no document."""
    assert pairs(documents, ["delete"]) == expected


@given(values, values)
def test_the_functions_are_total(one: JsonValue, other: JsonValue) -> None:
    """Nothing that a client sends is an error."""
    below(one, other)
    pairs(one, other)
