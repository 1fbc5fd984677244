"""The JSON form of expressions."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.wir.strategies import expressions, law
from wraith.canonical import JsonValue, parse, pretty
from wraith.errors import InputError
from wraith.wir import (
    Append,
    Case,
    Cast,
    Clock,
    Expr,
    First,
    FreshId,
    Given,
    Literal,
    Lookup,
    Merge,
    NextKey,
    Query,
    Ref,
    Sum,
    Text,
    Where,
    expr_from_json,
    expr_to_json,
    ref,
)


@law
@given(expressions)
def test_an_expression_reads_back_as_itself(expr: Expr) -> None:
    """``expr_from_json`` is the inverse of ``expr_to_json``, also through the bytes of a model."""
    assert expr_from_json(expr_to_json(expr)) == expr
    assert expr_from_json(parse(pretty(expr_to_json(expr), sort=False))) == expr


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (Ref(("entity", "a", 0)), "Ref(path=('entity', 'a', 0))"),
        (
            Lookup("users", Ref(("caller",)), ("name",)),
            "Lookup(entity='users', key=Ref(path=('caller',)), at=('name',))",
        ),
    ],
    ids=["path", "lookup"],
)
def test_an_expression_is_written_as_dataclasses_are(expr: Expr, text: str) -> None:
    """Ties among hypotheses are broken by this text, so it is part of what is learned."""
    assert repr(expr) == text


FORMS: dict[str, tuple[Expr, JsonValue]] = {
    "literal": (Literal(None), {"literal": None}),
    "path": (ref("request.body.email"), {"path": "request.body.email"}),
    "lookup": (
        Lookup("customer", ref("entity.customer"), ("name",)),
        {"lookup": "customer", "key": {"path": "entity.customer"}, "at": "name"},
    ),
    "fresh id": (FreshId("cus_[a-z]{14}"), {"fresh_id": "cus_[a-z]{14}"}),
    "next key": (NextKey("post", True), {"next_key": "post", "ever": True}),
    "clock": (Clock("epoch_s"), {"clock": "epoch_s"}),
    "clock, moved": (Clock("http", -60), {"clock": "http", "offset_s": -60}),
    "first": (First((Literal(1),)), {"first": [{"literal": 1}]}),
    "cast": (Cast(Literal("1"), "integer"), {"cast": {"literal": "1"}, "to": "integer"}),
    "merge": (
        Merge(Literal({}), Literal({}), deep=True),
        {"merge": [{"literal": {}}, {"literal": {}}], "deep": True, "typed": False},
    ),
    "text": (Text((Literal("a"),)), {"text": [{"literal": "a"}]}),
    "case": (
        Case(Literal("a"), (("a", 1),), Literal(2)),
        {"case": {"literal": "a"}, "of": {"a": 1}, "default": {"literal": 2}},
    ),
    "sum": (Sum((Literal(1),), (Literal(2),)), {"sum": [{"literal": 1}], "minus": [{"literal": 2}]}),
    "given": (Given(Literal(1)), {"given": {"literal": 1}}),
    "append": (
        Append(Literal([]), Literal(1)),
        {"append": {"literal": 1}, "to": {"literal": []}, "front": False},
    ),
    "query": (Query("post"), {"query": "post"}),
    "query with conditions": (
        Query(
            "post",
            (Where(("author",), "equals", ref("request.query.author")),),
            ((("id",), True),),
            limit=Literal(10),
        ),
        {
            "query": "post",
            "where": [
                {
                    "field": "author",
                    "op": "equals",
                    "value": {"path": "request.query.author"},
                    "when_given": True,
                }
            ],
            "order": [{"by": "id", "descending": True}],
            "limit": {"literal": 10},
        },
    ),
}


@pytest.mark.parametrize(("expr", "form"), FORMS.values(), ids=FORMS)
def test_the_form_of_an_expression(expr: Expr, form: JsonValue) -> None:
    """A model can be read without the code beside it: each kind has this form."""
    assert expr_to_json(expr) == form
    assert expr_from_json(form) == expr


REFUSED: dict[str, tuple[JsonValue, str]] = {
    "no object": ("request.body", "not an expression"),
    "an unknown kind": ({"random": 1}, "not an expression"),
    "an empty object": ({}, "not an expression"),
    "a path that is a number": ({"path": 1}, "expected text, found 1"),
    "a path that is none": ({"path": "a..b"}, "not a path: 'a..b', at offset 1"),
    "a lookup without a key": ({"lookup": "a", "at": ""}, "'key'"),
    "a cast to nothing known": ({"cast": {"literal": 1}, "to": "date"}, "cannot cast to 'date'"),
    "an offset that is true": ({"clock": "epoch_s", "offset_s": True}, "expected an integer, found True"),
    "a merge of three": ({"merge": [{"literal": 1}] * 3}, "not a 'merge' expression"),
    "options that are no list": ({"first": {"literal": 1}}, "expected a list"),
    "cases that are a list": ({"case": {"literal": 1}, "of": []}, "of: expected an object"),
    "a condition of an unknown kind": (
        {"query": "a", "where": [{"field": "b", "op": "like", "value": {"literal": 1}}]},
        "not a condition",
    ),
    "an order that is text": ({"query": "a", "order": ["id"]}, "not an order"),
    "a mistake further in": ({"text": [{"cast": {"literal": 1}, "to": 5}]}, "cannot cast to 5"),
}


@pytest.mark.parametrize(("form", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_expression_is_refused(form: JsonValue, message: str) -> None:
    """An input error says what was expected."""
    with pytest.raises(InputError) as caught:
        expr_from_json(form)
    assert message in str(caught.value)
