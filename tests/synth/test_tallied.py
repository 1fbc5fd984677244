"""How many elements of a list are so, or whether any is, as an expression over the list."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from wraith.canonical import JsonValue
from wraith.synth._answers.tallied import tallied_source
from wraith.wir import Call, Each, Equals, Exists, Expr, First, Literal, When, ref

LIST = ref("response.body.results")
TRUE = Literal(True)
GOOD: JsonValue = {"status": 201, "id": "a"}
KEPT: JsonValue = {"status": 200, "id": "a"}
BAD: JsonValue = {"status": 422, "error": "no"}
ROWS: list[JsonValue] = [[GOOD, BAD], [KEPT], [BAD, BAD, GOOD], [GOOD, KEPT, GOOD], []]


def counting(test: Exists | Equals) -> Expr:
    return Call("count", (Each(LIST, When(test, TRUE)),))


ERRORS = counting(Exists(ref("item.error")))
CASES: dict[str, tuple[list[JsonValue], Expr | None]] = {
    "all of them": ([2, 1, 3, 3, 0], Call("count", (LIST,))),
    "those with a member": ([1, 0, 2, 0, 0], ERRORS),
    "those with a value": ([1, 0, 1, 2, 0], counting(Equals(ref("item.status"), 201))),
    "whether there are any": ([True, False, True, False, False], Call("less", (Literal(0), ERRORS))),
    "whether there are none": ([False, True, False, True, True], Call("same", (ERRORS, Literal(0)))),
    "something else": ([1, 2, 3, 4, 5], None),
    "always the same": ([1, 1, 1, 1, 1], None),
    "texts": (["a", "b", "a", "b", "b"], None),
}


@pytest.mark.parametrize(("values", "expected"), CASES.values(), ids=CASES)
def test_elements_are_counted(values: Sequence[JsonValue], expected: Expr | None) -> None:
    """By whether a member is there, and by what it holds."""
    assert tallied_source(values, LIST, ROWS) == expected


def test_successes_are_counted_by_their_status() -> None:
    """Where results have nothing else in common: a status below 400."""
    rows: list[JsonValue] = [
        [{"status": status} for status in some] for some in ((200, 404), (201,), (422,), ())
    ]
    small = Call("less", (ref("item.status"), Literal(400)))
    assert tallied_source([1, 1, 0, 0], LIST, rows) == counting(Equals(small, True))


def test_results_may_stand_under_their_actions() -> None:
    """A member counts by its name, under whatever action it stands."""
    bad: list[JsonValue] = [{"put": {"error": "x"}}, {"delete": {"error": "y"}}]
    rows: list[JsonValue] = [bad, bad[:1], [{"put": {}}], [{"delete": {}}, bad[1]]]
    either = First((ref("item.delete.error"), ref("item.put.error")))
    assert tallied_source([2, 1, 0, 1], LIST, rows) == counting(Exists(either))


def test_few_answers_tell_nothing() -> None:
    """True and false are soon met by chance."""
    assert tallied_source([True, False], LIST, ROWS[:2]) is None


@pytest.mark.parametrize("rows", [[1, 2, 3, 4], [[1], ["a"], [None], [[]]], [None, [BAD], [GOOD], []]])
def test_what_is_no_list_of_objects_is_not_counted(rows: list[JsonValue]) -> None:
    """Elements without members answer no question."""
    assert tallied_source([True, False, False, True], LIST, rows) is None
