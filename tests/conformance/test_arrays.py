"""Lists of entities: matched by key, then by position; order where the recording shows one."""

from __future__ import annotations

import pytest

from tests.conformance.test_compare import HOLES, answered, found, hole, recorded, shown
from wraith.canonical import JsonValue
from wraith.conformance import Identities, compare
from wraith.exchange import Response
from wraith.runtime import Answer
from wraith.wir import Query, Route, Variant


def one(key: object, **members: JsonValue) -> JsonValue:
    return {"id": key, **members}  # type: ignore[dict-item]  # a key


CASES: dict[str, tuple[list[JsonValue], list[JsonValue], list[tuple[str, str]]]] = {
    "the same": ([one("a", n=1), one("b", n=2)], [one("a", n=1), one("b", n=2)], []),
    "a value": (
        [one("a", n=1), one("b", n=2)],
        [one("a", n=1), one("b", n=3)],
        [("[1].n", "value_mismatch")],
    ),
    "an order that rises": ([one(1), one(2), one(3)], [one(2), one(1), one(3)], [("", "value_mismatch")]),
    "an order that nothing shows": ([one(2), one(3), one(1)], [one(1), one(2), one(3)], []),
    "no order, another value": (
        [one(2, n="b"), one(3, n="c"), one(1, n="a")],
        [one(1, n="a"), one(2, n="x"), one(3, n="c")],
        [("[0].n", "value_mismatch")],
    ),
    "one is missing": (
        [one(1, n=7), one(2, n=5), one(3, n=6)],
        [one(1, n=7), one(3, n=6)],
        [("", "array_length_mismatch")],
    ),
    "one is missing, one differs": (
        [one(1, n=7), one(2, n=5), one(3, n=6)],
        [one(1, n=7), one(3, n=9)],
        [("", "array_length_mismatch"), ("[2].n", "value_mismatch")],
    ),
    "another in its place": (
        [one(1, n=7), one(2, n=5)],
        [one(1, n=7), one(9, n=5)],
        [("[1].id", "value_mismatch")],
    ),
    "no keys": (
        [{"n": 1}, {"n": 2}],
        [{"n": 2}, {"n": 1}],
        [("[0].n", "value_mismatch"), ("[1].n", "value_mismatch")],
    ),
    "a key twice": (
        [one(1, n=1), one(1, n=2)],
        [one(1, n=2), one(1, n=1)],
        [("[0].n", "value_mismatch"), ("[1].n", "value_mismatch")],
    ),
}


@pytest.mark.parametrize(("expected", "actual", "differences"), CASES.values(), ids=CASES)
def test_entities_are_compared_by_key(
    expected: list[JsonValue], actual: list[JsonValue], differences: list[tuple[str, str]]
) -> None:
    """One that is missing does not make those differ that follow it."""
    assert found(expected, actual, "$stored") == differences


def test_keys_are_matched_through_the_identifiers() -> None:
    """What stands for a recorded key is its counterpart, wherever it stands."""
    identities = Identities()
    for here, there in (("cus_recorded1", "cus_replayed1"), ("cus_recorded2", "cus_replayed2")):
        assert identities.bind(here, there)
    expected: JsonValue = [one("cus_recorded2", n=2), one("cus_recorded1", n=1)]
    actual: JsonValue = [one("cus_replayed2", n=2), one("cus_replayed1", n=1)]
    assert found(expected, actual, "$stored", identities) == []


def test_the_order_of_creation_is_an_order() -> None:
    """The keys say nothing, but that they stand as they were made."""
    identities = Identities()
    names = ("kk3", "kk1", "kk2")
    for name in names:
        assert identities.bind(name, f"t{name}")
    expected: JsonValue = [one(name) for name in names]
    actual: JsonValue = [one(f"t{name}") for name in sorted(names)]
    assert found(expected, actual, "$stored", identities) == [("", "value_mismatch")]
    assert (
        found(
            [one("kk2"), one("kk3"), one("kk1")],
            [one("tkk1"), one("tkk2"), one("tkk3")],
            "$stored",
            identities,
        )
        == []
    )


def test_an_order_that_the_model_learned_counts() -> None:
    """A list that shows no order is ordered all the same where the model knows by what."""
    expected: JsonValue = [one(2), one(3), one(1)]
    actual: JsonValue = [one(1), one(2), one(3)]
    for order, differences in (((), []), (((("n",), False),), [("", "value_mismatch")])):
        holes = HOLES | {"list": hole("state", Query("items", order=order))}
        variant = Variant(status=200, body_template="$list", holes=holes)
        route = Route(method="GET", path_pattern="/x", variants=(variant,))
        base = answered(actual, "$stored")
        answer = Answer(Response(200, base.response.headers, base.response.body), route, 0, document=actual)
        assert shown(compare(recorded(expected), answer, Identities()).differences) == differences
