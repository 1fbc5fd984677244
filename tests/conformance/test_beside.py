"""Two documents beside each other: what stands on one line, what is marked, and how much is shown."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wraith.canonical import JsonValue
from wraith.conformance._beside import (
    MAX_LINES,
    MAX_RUN,
    MAX_TEXT,
    Beside,
    Row,
    cut_alike,
    json_lines,
    texts_beside,
)
from wraith.conformance._identity import Identities

Told = tuple[str, str | None, str | None]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=4)
    ),
    max_leaves=12,
)


def beside(one: JsonValue, other: JsonValue, marks: dict[str, str] | None = None) -> list[Told]:
    rows = Beside(marks or {}, Identities(), ("id",)).documents(one, other)
    return [(row.mark, row.left, row.right) for row in rows]


CASES: dict[str, tuple[JsonValue, JsonValue, dict[str, str], list[Told]]] = {
    "a value": (
        {"a": 1, "b": 2},
        {"a": 1, "b": 3},
        {"b": "value_mismatch"},
        [
            ("same", "{", "{"),
            ("same", '"a": 1', '"a": 1'),
            ("differs", '"b": 2', '"b": 3'),
            ("same", "}", "}"),
        ],
    ),
    "an identifier made anew": (
        {"id": "cus_1"},
        {"id": "cus_2"},
        {},
        [("same", "{", "{"), ("free", '"id": "cus_1"', '"id": "cus_2"'), ("same", "}", "}")],
    ),
    "a member less": (
        {"a": {"b": 1}},
        {},
        {"a": "missing_field"},
        [
            ("same", "{", "{"),
            ("missing", '"a": {', None),
            ("missing", '"b": 1', None),
            ("missing", "}", None),
            ("same", "}", "}"),
        ],
    ),
    "a member more": (
        {},
        {"a": 1},
        {"a": "extra_field"},
        [("same", "{", "{"), ("extra", None, '"a": 1'), ("same", "}", "}")],
    ),
    "another type": (
        {"a": [1]},
        {"a": "x"},
        {"a": "type_mismatch"},
        [
            ("same", "{", "{"),
            ("differs", '"a": [', '"a": "x"'),
            ("differs", "1", None),
            ("differs", "]", None),
            ("same", "}", "}"),
        ],
    ),
    "an entity less, the others by their keys": (
        [{"id": 1}, {"id": 2}],
        [{"id": 2}],
        {"": "array_length_mismatch"},
        [
            ("differs", "[", "["),
            ("missing", "{", None),
            ("missing", '"id": 1', None),
            ("missing", "}", None),
            ("same", "{", "{"),
            ("same", '"id": 2', '"id": 2'),
            ("same", "}", "}"),
            ("same", "]", "]"),
        ],
    ),
}


@pytest.mark.parametrize(("one", "other", "marks", "expected"), CASES.values(), ids=CASES)
def test_what_stands_beside_what(
    one: JsonValue, other: JsonValue, marks: dict[str, str], expected: list[Told]
) -> None:
    """Members by name, entities by key; what is marked differs, what else is not the same is free."""
    assert beside(one, other, marks) == expected


def test_where_the_status_differs_all_that_differs_counts() -> None:
    """Leaves are not compared then, and their differences follow from that of the status."""
    rows = Beside({"status": "status_mismatch"}, Identities(), (), all_count=True).documents(
        {"a": 1}, {"b": 1}
    )
    assert [row.mark for row in rows] == ["same", "missing", "extra", "same"]


@given(JSON)
def test_a_document_beside_itself_is_the_same(document: JsonValue) -> None:
    """Each line stands on both sides, and none is marked."""
    assert all(mark == "same" and left == right for mark, left, right in beside(document, document))


@given(JSON, JSON)
def test_each_side_is_the_document(one: JsonValue, other: JsonValue) -> None:
    """What is shown on one side is all of that document, whatever stands on the other."""
    rows = Beside({}, Identities(), ()).documents(one, other)
    assert _text(row.left for row in rows) == _text(row.left for row in json_lines(one))
    # members stand in the order of the recorded document
    assert sorted(_text(row.right for row in rows)) == sorted(_text(row.left for row in json_lines(other)))


def _text(lines: Iterable[str | None]) -> str:
    return "".join(line or "" for line in lines)


def test_a_long_document_is_shown_around_its_differences() -> None:
    """Three lines before and behind; the others are counted, and so are they where all is the same."""
    long: JsonValue = [{"number": number} for number in range(1000)]
    other: JsonValue = [{"number": number if number != 500 else -1} for number in range(1000)]
    rows = Beside({"[500].number": "value_mismatch"}, Identities(), ()).documents(long, other)
    assert [row.mark for row in rows] == [
        "gap",
        "same",
        "same",
        "same",
        "differs",
        "same",
        "same",
        "same",
        "gap",
    ]
    assert sum(row.count or 1 for row in rows) == 3002
    assert len(json_lines(long)) == MAX_LINES + 1


def test_a_long_run_of_one_document_alone_is_cut() -> None:
    """What follows the first lines is of a kind with them; the gap says that it differs."""
    rows = Beside({"": "array_length_mismatch"}, Identities(), ()).documents(list(range(100)), [])
    assert [row.mark for row in rows[:-1]] == ["differs", *["missing"] * MAX_RUN, "gap"]
    assert rows[-2] == Row("gap", 0, None, None, f"{100 - MAX_RUN} of them differ", 100 - MAX_RUN)


def test_a_deep_document_ends_on_one_line() -> None:
    """Deeper than anybody reads it is one text, cut."""
    deep: JsonValue = "x" * 5000
    for _ in range(90):
        deep = [deep]
    rows = json_lines(deep)
    assert max(row.depth for row in rows) == 24
    assert max(len(row.left or "") for row in rows) <= MAX_TEXT


@given(st.text("ab", max_size=900), st.text("ab", max_size=900))
def test_texts_are_cut_where_the_difference_is_seen(one: str, other: str) -> None:
    """Two long texts stay different when they are cut, and short."""
    mine, theirs = cut_alike(one, other)
    assert max(len(mine), len(theirs)) <= MAX_TEXT
    assert (mine == theirs) == (one == other)


def test_texts_stand_beside_each_other_by_their_lines() -> None:
    """A line that is in one alone moves no other."""
    rows = texts_beside("a\nb\nc", "a\nc\nd", "value_mismatch", counts=True)
    assert [(row.mark, row.left, row.right) for row in rows] == [
        ("same", "a", "a"),
        ("missing", "b", None),
        ("same", "c", "c"),
        ("extra", None, "d"),
    ]
    assert texts_beside("a\n" * 1000, "a\n" * 1000)[-1].mark == "gap"
