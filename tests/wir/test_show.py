"""The language as text: readable, with the right parentheses, and different for what is different."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given

from tests.wir.strategies import atoms, effects, expressions, law
from wraith.wir import (
    Absent,
    Append,
    Ask,
    AtLeast,
    Atom,
    Below,
    Call,
    Case,
    Cast,
    Clock,
    Delete,
    Each,
    Effect,
    Equals,
    Exists,
    Expr,
    Filters,
    First,
    FreshId,
    Given,
    IsType,
    KeysBeyond,
    KeysWithin,
    Literal,
    Lookup,
    Make,
    Mark,
    Matches,
    Merge,
    NextKey,
    NotMatches,
    NotOneOf,
    Object,
    OneOfSet,
    Purge,
    Put,
    Query,
    SetField,
    Sum,
    Sweep,
    Text,
    When,
    Where,
    ref,
    show_atom,
    show_effect,
    show_expr,
)

A, B, C = ref("request.body.a"), ref("request.body.b"), ref("entity.c")
LIMIT = ref("request.query.limit")

EXPRESSIONS: list[tuple[Expr, str]] = [
    (Literal("a"), '"a"'),
    (Literal(None), "null"),
    (ref('request.body.metadata["a.b"]'), 'request.body.metadata["a.b"]'),
    (
        Lookup("customers", ref("request.body.customer"), ("email",)),
        "customers[request.body.customer].email",
    ),
    (Lookup("customers", A), "customers[request.body.a]"),
    (Lookup("customers", A, (0,)), "customers[request.body.a][0]"),
    (FreshId("cus_[A-Za-z0-9]{14}"), "fresh id cus_[A-Za-z0-9]{14}"),
    (NextKey("posts"), "next key of posts"),
    (NextKey("posts", ever=True), "next key of posts ever"),
    (NextKey("posts", ever=True, gaps=True), "next key of posts ever with gaps"),
    (NextKey("posts", start=1000), "next key of posts from 1000"),
    (Clock("epoch_s"), "now (epoch_s)"),
    (Clock("epoch_s", 30 * 86_400), "now (epoch_s) + 30 days"),
    (Clock("epoch_s", -3_600), "now (epoch_s) - 1 hour"),
    (Clock("epoch_s", 90), "now (epoch_s) + 90 seconds"),
    (First(()), "nothing"),
    (First((A,)), "or request.body.a"),
    (First((A, Given(C), Literal(10))), "request.body.a or non-null entity.c or 10"),
    (First((First((A, B)), C)), "(request.body.a or request.body.b) or entity.c"),
    (Cast(First((A, B)), "integer"), "integer(request.body.a or request.body.b)"),
    (Merge(C, A), "entity.c changed by request.body.a"),
    (Merge(C, A, deep=True), "entity.c changed deeply by request.body.a"),
    (Merge(C, A, typed=True), "entity.c changed with its types by request.body.a"),
    (Text((Literal("/v1/{x}/"), A)), 'text "/v1/{{x}}/{request.body.a}"'),
    (Text(()), 'text ""'),
    (Case(A, (("a", 1), ("b", None))), 'by request.body.a {"a": 1, "b": null}'),
    (Case(A, (("a", 1),), Literal(2)), 'by request.body.a {"a": 1, else: 2}'),
    (Sum((A, B), (C,)), "request.body.a + request.body.b - entity.c"),
    (Sum((A,)), "+ request.body.a"),
    (Sum((), (A,)), "- request.body.a"),
    (Sum((), ()), "sum of nothing"),
    (Sum((A, Sum((B,), (C,)))), "request.body.a + (request.body.b - entity.c)"),
    (Call("multiply", (A, B)), "request.body.a × request.body.b"),
    (Call("multiply", (Sum((A, B)), C)), "(request.body.a + request.body.b) × entity.c"),
    (Sum((Call("multiply", (A, B)), C)), "request.body.a × request.body.b + entity.c"),
    (Call("divide", (A, Call("divide", (B, C)))), "request.body.a ÷ (request.body.b ÷ entity.c)"),
    (Call("lower", (A,)), "lower(request.body.a)"),
    (Call("round", (Call("average", (A,)), Literal(2))), "round(average(request.body.a), 2)"),
    (
        Call("total", (Each(A, Call("multiply", (ref("item.price"), ref("item.quantity")))),)),
        "sum over each item of request.body.a of item.price × item.quantity",
    ),
    (Call("total", (A,)), "total(request.body.a)"),
    (Each(A, ref("item.id")), "item.id for each item of request.body.a"),
    (When(Exists(A), B), "request.body.b if request.body.a exists"),
    (When(Exists(A), B, C), "request.body.b if request.body.a exists else entity.c"),
    (When(Exists(A), When(Exists(B), C)), "(entity.c if request.body.b exists) if request.body.a exists"),
    (Append(C, A), "entity.c with request.body.a at its end"),
    (Append(C, A, front=True), "entity.c with request.body.a at its front"),
    (Query("charges"), "charges"),
    (
        Query(
            "charges",
            (Where(("customer",), "equals", ref("request.query.customer")),),
            (((), True),),
            limit=First((LIMIT, Literal(10))),
        ),
        "charges where customer = request.query.customer (if given) newest first, "
        "limit request.query.limit or 10",
    ),
    (Query("charges", order=((("created",), True),)), "charges by created descending"),
    (
        Query("charges", under=ref("request.path.id"), after=A),
        "charges under request.path.id, after key request.body.a",
    ),
    (Call("count", (Query("charges"),)), "count(charges)"),
    (
        Query(
            "charges",
            filters=Filters(
                (Mark("", "", "equals", ","), Mark("min_", "", "at_least")), ("page", "q"), "nothing"
            ),
            nulls="last",
            page=A,
            first_page=0,
        ),
        'charges filtered by FIELD = (several by ","), min_FIELD ≥ but page, q (unknown fields: none) '
        "with nulls last, page request.body.a, pages from 0",
    ),
    (
        Query("orders", (Where(("line", "sku"), "starts", Literal("x")),), unwind=("lines",)),
        'elements of lines of orders where line.sku starts with "x"',
    ),
    (Object((("a", A), ("b c", B))), 'object {a: request.body.a, "b c": request.body.b}'),
    (Object((), C), "object {...entity.c}"),
    (
        Ask(ref("item.method"), ref("item.path"), body=ref("item.body"), names=("ETag",)),
        "own answer to item.method item.path with body item.body, telling headers ETag",
    ),
    (
        Each(A, Ask(Literal("GET"), ref("item"), headers=B)),
        '(own answer to "GET" item with headers request.body.b) for each item of request.body.a',
    ),
    (First((A, Query("charges", limit=B))), "request.body.a or (charges, limit request.body.b)"),
]


@pytest.mark.parametrize(("expr", "text"), EXPRESSIONS, ids=[text for _, text in EXPRESSIONS])
def test_an_expression_reads_like_a_sentence(expr: Expr, text: str) -> None:
    """Each kind has its words, and parentheses stand where it would be read otherwise."""
    assert show_expr(expr) == text


ATOMS: list[tuple[Atom, str]] = [
    (Exists(A), "request.body.a exists"),
    (Absent(A), "request.body.a is missing"),
    (Equals(A, 1), "request.body.a = 1"),
    (OneOfSet(A, ("x", "y")), 'request.body.a is one of "x", "y"'),
    (NotOneOf(A, ("x", 1)), 'request.body.a is none of "x", 1'),
    (AtLeast(A, 1), "request.body.a ≥ 1"),
    (Below(First((A, B)), 1), "request.body.a or request.body.b < 1"),
    (IsType(A, "integer"), "request.body.a is an integer"),
    (IsType(A, "string"), "request.body.a is a string"),
    (Matches(A, "[0-9]+"), "request.body.a matches /[0-9]+/"),
    (NotMatches(A, "[0-9]+"), "request.body.a does not match /[0-9]+/"),
    (KeysWithin(A, ("x", "y z")), 'request.body.a has no members but x, "y z"'),
    (KeysWithin(A, ()), "request.body.a has no members"),
    (KeysBeyond(A, ("x",)), "request.body.a has members besides x"),
    (KeysBeyond(A, ()), "request.body.a has members"),
]


@pytest.mark.parametrize(("atom", "text"), ATOMS, ids=[text for _, text in ATOMS])
def test_a_guard_reads_like_a_statement(atom: Atom, text: str) -> None:
    """Each kind of guard says what is true where it holds."""
    assert show_atom(atom) == text


EFFECTS: list[tuple[Effect, str]] = [
    (Put("charges", A, ref("response.body")), "store charges[request.body.a] = response.body"),
    (Delete("charges", A), "delete charges[request.body.a]"),
    (Sweep("refunds", A), "delete all refunds under request.body.a"),
    (Sweep("refunds", A, ("charge",)), "delete all refunds where charge = request.body.a"),
    (Purge(Query("charges", limit=A)), "delete all of charges, limit request.body.a"),
    (SetField("charges", A, ("refunded",), Literal(True)), "set charges[request.body.a].refunded = true"),
    (
        Make(
            "entries",
            A,
            {"$spread": "$hole_1", "kind": "$$x", "n": ["$hole_2", 1]},
            (("hole_1", C), ("hole_2", B)),
        ),
        'make entries[request.body.a] = {...entity.c, kind: "$x", n: [request.body.b, 1]}',
    ),
]


@pytest.mark.parametrize(("effect", "text"), EFFECTS, ids=[text for _, text in EFFECTS])
def test_an_effect_reads_like_an_instruction(effect: Effect, text: str) -> None:
    """Each kind of effect says what it does, and to what."""
    assert show_effect(effect) == text


def test_what_differs_reads_differently() -> None:
    """No two different expressions of the table have one text."""
    for (one, text), (other, other_text) in combinations(EXPRESSIONS, 2):
        assert one != other
        assert text != other_text


@given(expressions)
@law
def test_every_expression_has_a_text(expr: Expr) -> None:
    """Whatever an expression holds, it has a text."""
    assert show_expr(expr)


@given(atoms)
@law
def test_every_guard_has_a_text(atom: Atom) -> None:
    """Whatever a guard asks, it has a text."""
    assert show_atom(atom)


@given(effects)
@law
def test_every_effect_has_a_text(effect: Effect) -> None:
    """Whatever an effect does, it has a text."""
    assert show_effect(effect)
