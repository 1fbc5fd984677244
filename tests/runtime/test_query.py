"""Queries: filter, order, page; and the scalars that they compare."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wir.strategies import scalars, texts, values
from wraith.canonical import JsonValue
from wraith.exchange import Request
from wraith.paths import MISSING, Found
from wraith.runtime import (
    Environment,
    Ids,
    State,
    compile_expr,
    holds,
    integer_of,
    number_of,
    sort_fields,
    sort_key,
    text_of,
)
from wraith.wir import Literal, Query, Where, ref

THINGS: dict[str, JsonValue] = {
    "1": {"n": 3, "tag": "red", "on": True},
    "2": {"n": 1, "tag": "blue", "on": False},
    "3": {"n": 2, "tag": "red"},
    "p/1": {"n": 9, "tag": None},
}


def run(query: Query, target: str = "/") -> tuple[list[JsonValue], Environment]:
    env = Environment(Request("GET", target), {}, State({"thing": THINGS.items()}), Ids(""), 0)
    found = compile_expr(query)(env)
    assert isinstance(found, list)
    return found, env


def numbers(query: Query, target: str = "/") -> list[JsonValue]:
    found, _ = run(query, target)
    return [thing["n"] for thing in found if isinstance(thing, dict)]


SORTS: dict[str, tuple[JsonValue, list[tuple[str, bool]]]] = {
    "names with signs": ("-a,b", [("a", True), ("b", False)]),
    "directions by field": ({"a": -1, "b": "asc"}, [("a", True), ("b", False)]),
    "objects of field and direction": (
        [{"by": "a", "way": "DESC"}, {"by": "b"}],
        [("a", True), ("b", False)],
    ),
    "a field and its direction in a list": (["a", "DESC"], [("a", True)]),
    "names in a list": (["a", "-b"], [("a", False), ("b", True)]),
    "JSON in a text": ('["a","DESC"]', [("a", True)]),
    "objects of directions by field": ([{"a": {"order": "desc"}}], [("a", True)]),
    "an object that says more of a field": ({"by": "a", "over": 5}, []),
    "neither names nor directions": ({"a": "much"}, [("much", False)]),
    "a number": (5, []),
}


@pytest.mark.parametrize(("value", "fields"), SORTS.values(), ids=SORTS)
def test_what_a_value_says_of_the_order(value: JsonValue, fields: list[tuple[str, bool]]) -> None:
    """Texts, objects and lists name the fields to sort by, each with its direction."""
    assert sort_fields(value) == fields


def where(field: str, op: str, value: JsonValue) -> Query:
    return Query("thing", (Where((field,), op, Literal(value)),))  # type: ignore[arg-type]  # the op of a table


_q = ref("request.query.q")
QUERIES: dict[str, tuple[Query, str, list[JsonValue]]] = {
    "everything, in the order of creation": (Query("thing"), "/", [3, 1, 2, 9]),
    "nothing of that name": (Query("other"), "/", []),
    "equal": (where("tag", "equals", "red"), "/", [3, 2]),
    "equal to one of several": (where("n", "equals", ["1", "9"]), "/", [1, 9]),
    "different": (where("tag", "differs", "red"), "/", [1, 9]),
    "at least, as text": (where("n", "at_least", "2"), "/", [3, 2, 9]),
    "at most": (where("n", "at_most", 2), "/", [1, 2]),
    "above": (where("n", "above", 2), "/", [3, 9]),
    "below": (where("n", "below", "2"), "/", [1]),
    "texts in their order": (where("tag", "below", "green"), "/", [1]),
    "containing, in any case": (where("tag", "contains", "RE"), "/", [3, 2]),
    "a boolean however written": (where("on", "equals", "TRUE"), "/", [3]),
    "a condition that is not given": (Query("thing", (Where(("n",), "equals", _q),)), "/", [3, 1, 2, 9]),
    "a condition that must be given": (Query("thing", (Where(("n",), "equals", _q, False),)), "/", []),
    "a condition of the request": (Query("thing", (Where(("n",), "equals", _q),)), "/?q=2", [2]),
    "ordered": (Query("thing", order=((("n",), False),)), "/", [1, 2, 3, 9]),
    "ordered backwards": (Query("thing", order=((("n",), True),)), "/", [9, 3, 2, 1]),
    "ordered by two fields": (Query("thing", order=((("tag",), False), (("n",), False))), "/", [9, 1, 2, 3]),
    "newest first": (Query("thing", order=(((), True),)), "/", [9, 2, 1, 3]),
    "sorted as asked": (Query("thing", sort=_q), "/?q=n", [1, 2, 3, 9]),
    "sorted as asked, backwards": (Query("thing", sort=_q), "/?q=-tag,n", [2, 3, 1, 9]),
    "sorted with directions": (Query("thing", sort=_q, direction=Literal("desc")), "/?q=n", [9, 3, 2, 1]),
    "sorted by a field nobody has": (Query("thing", sort=_q), "/?q=x", [3, 1, 2, 9]),
    "limited": (Query("thing", limit=Literal("2")), "/", [3, 1]),
    "limited to less than nothing": (Query("thing", limit=Literal(-1)), "/", []),
    "a limit that is no number": (Query("thing", limit=Literal("all")), "/", [3, 1, 2, 9]),
    "from an offset": (Query("thing", offset=Literal(3), limit=Literal(5)), "/", [9]),
    "from before the start": (Query("thing", offset=Literal(-3), limit=Literal(1)), "/", [3]),
    "a page": (Query("thing", page=Literal(2), limit=Literal(3)), "/", [9]),
    "a page of the usual size": (Query("thing", page=Literal(1), page_size=Literal(2)), "/", [3, 1]),
    "page nought": (Query("thing", page=Literal(0), limit=Literal(2)), "/", [3, 1]),
    "up to an end": (Query("thing", offset=Literal(1), end=Literal(3)), "/", [1, 2]),
    "an end before the start": (Query("thing", offset=Literal(3), end=Literal(1)), "/", []),
    "after a key": (Query("thing", after=Literal("2")), "/", [2, 9]),
    "after an unknown key": (Query("thing", after=Literal("x")), "/", [3, 1, 2, 9]),
    "children of a parent": (Query("thing", under=Literal("p")), "/", [9]),
    "children of nothing": (Query("thing", under=_q), "/", []),
    "an unfathomable page": (Query("thing", page=Literal(10**30), limit=Literal(10**30)), "/", []),
}


@pytest.mark.parametrize(("query", "target", "expected"), QUERIES.values(), ids=QUERIES)
def test_what_a_query_finds(query: Query, target: str, expected: list[JsonValue]) -> None:
    """Filtered, then ordered, then paged."""
    assert numbers(query, target) == expected


def bound(query: Query, target: str = "/") -> dict[str, JsonValue]:
    _, env = run(query, target)
    return dict(env.page)


def test_a_query_binds_the_page() -> None:
    """Totals, keys and the places of other pages are there for the rest of the answer."""
    assert bound(Query("thing", limit=Literal(3))) == {
        "total": 4,
        "count": 3,
        "start": 0,
        "size": 3,
        "pages": 2,
        "number": 1,
        "last_number": 2,
        "last_start": 3,
        "next_number": 2,
        "next_start": 3,
        "has_more": True,
        "has_previous": False,
        "first_key": "1",
        "last_key": "3",
        "next_token": "Mw",
    }


def test_what_does_not_apply_to_a_page_is_missing() -> None:
    """The last page has no next one, and a list that is not cut is its only page."""
    last = bound(Query("thing", limit=Literal(3), page=_q), "/?q=2")
    assert (last["previous_number"], last["previous_start"], last["number"]) == (1, 0, 2)
    assert "next_number" not in last
    whole = bound(Query("other"))
    assert (whole["total"], whole["pages"], whole["number"], whole["has_more"]) == (0, 1, 1, False)
    assert "size" not in whole
    after = bound(Query("thing", after=Literal("3")))
    assert (after["count"], after["start"], after["last_key"]) == (1, 3, "p/1")


def test_an_item_says_what_stands_for_each_entity() -> None:
    """``entity`` is bound to each of them, and to what it was afterwards; what is missing is left out."""
    env = Environment(Request("GET", "/"), {}, State({"thing": THINGS.items()}), Ids(""), 0)
    env.entity = "outer"
    assert compile_expr(Query("thing", item=ref("entity.on")))(env) == [True, False]
    assert env.entity == "outer"


@given(st.integers(1, 5))
def test_pages_by_cursor_are_the_whole_list(size: int) -> None:
    """Page after page, each entity comes once and in order."""
    seen: list[JsonValue] = []
    last: JsonValue = None
    more: JsonValue = True
    while more:
        after = Literal(last) if last is not None else None
        page, env = run(Query("thing", limit=Literal(size), after=after))
        seen += page
        last, more = env.page["last_key"], env.page["has_more"]
    assert seen == list(THINGS.values())


@given(
    values,
    values,
    st.sampled_from(["equals", "differs", "at_least", "at_most", "above", "below", "contains"]),
)
def test_every_condition_holds_or_does_not(stored: JsonValue, wanted: JsonValue, op: str) -> None:
    """Conditions are total over all values."""
    assert holds(op, stored, wanted) in (True, False)


@given(scalars, scalars)
def test_a_value_differs_where_it_does_not_equal(stored: JsonValue, wanted: JsonValue) -> None:
    """Between scalars, the one is the negation of the other."""
    assert holds("differs", stored, wanted) != holds("equals", stored, wanted)


@given(scalars)
def test_a_stored_scalar_equals_its_own_text(value: JsonValue) -> None:
    """Requests carry the text of values."""
    assert holds("equals", value, value) or value is None
    assert text_of(value) is None or holds("equals", value, text_of(value))


@given(st.lists(values, max_size=6))
def test_every_list_of_values_can_be_ordered(unordered: list[JsonValue]) -> None:
    """The order is total over all kinds of values, and sorting is stable."""
    once = sorted(unordered, key=sort_key)
    assert [sort_key(value) for value in once] == sorted(map(sort_key, unordered))


def test_the_order_of_kinds() -> None:
    """Missing and null, then booleans, numbers, text, the rest."""
    ordered: list[Found] = [MISSING, False, True, -1, 0.5, 10**400, "", "a", "é", []]
    backwards = ordered[::-1]
    assert sorted(backwards, key=sort_key) == ordered
    assert sort_key(None) == sort_key(MISSING)


SCALARS: dict[str, tuple[Found, str | None, int | None, float | None]] = {
    "missing": (MISSING, None, None, None),
    "null": (None, None, None, None),
    "true": (True, "true", None, None),
    "an integer": (-5, "-5", -5, -5),
    "a float": (1.5, "1.5", None, 1.5),
    "text": ("a", "a", None, None),
    "the text of an integer": ("-5", "-5", -5, -5),
    "the text of a float": ("1e3", "1e3", None, 1000),
    "a dash": ("-", "-", None, None),
    "a superscript": ("²", "²", None, None),
    "a digit of another script": ("٣", "٣", None, None),
    "not a number": ("nan", "nan", None, None),
    "infinity": ("-Infinity", "-Infinity", None, None),
    "a separator": ("1_000", "1_000", None, None),
    "more digits than integers have": ("9" * 25, "9" * 25, None, 1e25),
    "a list": ([1], None, None, None),
}


@pytest.mark.parametrize(("value", "text", "integer", "number"), SCALARS.values(), ids=SCALARS)
def test_what_a_value_can_pass_for(
    value: Found, text: str | None, integer: int | None, number: float | None
) -> None:
    """As text, as an integer and as a number."""
    assert (text_of(value), integer_of(value), number_of(value)) == (text, integer, number)


@given(texts)
def test_an_integer_is_a_number(text: str) -> None:
    """Whoever reads an integer reads the same number."""
    if (integer := integer_of(text)) is not None:
        assert number_of(text) == pytest.approx(integer)


def test_a_query_asks_only_what_its_parts_say() -> None:
    """Every combination of offset and limit is a slice."""
    whole = numbers(Query("thing"))
    for offset, limit in product(range(6), range(6)):
        assert (
            numbers(Query("thing", offset=Literal(offset), limit=Literal(limit)))
            == whole[offset : offset + limit]
        )
