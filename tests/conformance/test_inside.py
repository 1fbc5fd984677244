"""Answers that hold the answers to other requests are compared by the variants that gave those."""

from __future__ import annotations

import pytest

from wraith.canonical import JsonValue
from wraith.conformance._compare import EXACT, compare
from wraith.conformance._identity import Identities
from wraith.conformance._inside import is_told_inside, told_inside
from wraith.exchange import Response, encode_json
from wraith.runtime import Answer
from wraith.wir import Ask, Each, Expr, FreshId, Hole, Literal, Object, Query, Route, Variant, ref

ASKED = Each(ref("request.body"), Ask(Literal("POST"), Literal("/boxes/%23each"), None, ref("item")))
BODY = ref("item.body")
PLAIN = Each(ASKED, BODY)
NUMBERED = Each(ASKED, Object((("row", ref("position")),), BODY))
WRAPPED = Each(ASKED, Object((("status", ref("item.status")), ("said", BODY))))
MADE = Hole(hole_class="generated", type="string", source=FreshId("bx_[a-z]{6}"))
INNER = Variant(status=201, body_template={"id": "$hole_1", "name": "a"}, holes={"hole_1": MADE})
EACH = Answer(Response(201), Route(method="POST", path_pattern="/boxes/#each", variants=(INNER,)), 0)
NOBODY = Answer(Response(501))


@pytest.mark.parametrize("source", [PLAIN, NUMBERED, WRAPPED])
def test_a_list_of_answers_is_known(source: Expr) -> None:
    """By what asks for them."""
    assert is_told_inside(source)


@pytest.mark.parametrize("source", [Query("boxes"), Each(ref("request.body"), BODY), ASKED, BODY])
def test_other_lists_hold_none(source: Expr) -> None:
    """Nobody is asked."""
    assert not is_told_inside(source)


def test_the_template_is_that_of_what_answered() -> None:
    """Wherever in the element the answer stands; what nobody answered has none."""
    assert told_inside(PLAIN, EACH, EXACT) == (INNER.body_template, INNER.holes)
    assert told_inside(NUMBERED, EACH, EXACT) == (INNER.body_template, INNER.holes)
    assert told_inside(WRAPPED, EACH, EXACT) == ({"said": INNER.body_template}, INNER.holes)
    assert told_inside(PLAIN, NOBODY, EXACT) == (EXACT, {})


def answered(document: JsonValue, asked: tuple[Answer, ...]) -> Answer:
    hole = Hole(hole_class="derived", type="array", source=PLAIN)
    variant = Variant(status=200, body_template="$hole_1", holes={"hole_1": hole})
    route = Route(method="POST", path_pattern="/boxes", variants=(variant,))
    response = Response(200, (("content-type", "application/json"),), encode_json(document))
    return Answer(response, route, 0, document=document, asked=asked)


CASES: dict[str, tuple[JsonValue, tuple[Answer, ...], list[str]]] = {
    "another identifier": ([{"id": "bx_aaaaaa", "name": "a"}], (EACH,), []),
    "one of another type": ([{"id": 7, "name": "a"}], (EACH,), ["[0].id"]),
    "another name": ([{"id": "bx_aaaaaa", "name": "b"}], (EACH,), ["[0].name"]),
    "more of them": ([{"id": "bx_aaaaaa"}, {"id": "bx_bbbbbb"}], (EACH, EACH), [""]),
    "nobody was asked": ([{"id": "bx_aaaaaa", "name": "a"}], (), ["[0].id"]),
    "no variant answered": ([{"id": "bx_aaaaaa", "name": "a"}], (NOBODY,), ["[0].id"]),
}


@pytest.mark.parametrize(("document", "asked", "expected"), CASES.values(), ids=CASES)
def test_elements_are_compared_by_what_their_leaves_are(
    document: JsonValue, asked: tuple[Answer, ...], expected: list[str]
) -> None:
    """An identifier that was made inside is mapped like any other; all else has to be right."""
    recorded = Response(
        200, (("content-type", "application/json"),), encode_json([{"id": "bx_qwerty", "name": "a"}])
    )
    found = compare(recorded, answered(document, asked), Identities())
    assert [each.path for each in found.differences] == expected
