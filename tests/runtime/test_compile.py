"""Expressions and guards: total on every environment, whatever stands in it."""

from __future__ import annotations

import pytest
from hypothesis import assume, given

from tests.runtime.strategies import environments
from tests.wir.strategies import atoms, expressions, law, texts, values
from wraith.canonical import JsonValue, compact
from wraith.errors import InputError
from wraith.exchange import Request
from wraith.paths import MISSING, Found
from wraith.runtime import Environment, Ids, State, cast, compile_atom, compile_expr, merged
from wraith.synth._guards.features import negated
from wraith.wir import (
    Append,
    AtLeast,
    Atom,
    Below,
    Case,
    Cast,
    Clock,
    Equals,
    Exists,
    Expr,
    First,
    FreshId,
    Given,
    IsType,
    KeysBeyond,
    KeysWithin,
    Literal,
    Lookup,
    Matches,
    Merge,
    NextKey,
    NotOneOf,
    OneOfSet,
    Ref,
    Sum,
    Text,
    ref,
)

NONE = First(())
"""An expression that is always missing."""


def environment(body: bytes = b"", target: str = "/", state: State | None = None) -> Environment:
    """An environment with a JSON body."""
    request = Request("POST", target, (("Content-Type", "application/json"), ("Host", "h:1")), body)
    return Environment(request, {"id": "7"}, state or State(), Ids("seed"), 1_700_000_000_123)


def value_of(expr: Expr, env: Environment | None = None) -> Found:
    return compile_expr(expr)(env or environment())


@law
@given(expressions, environments())
def test_an_expression_ends_in_a_value_or_missing(expr: Expr, env: Environment) -> None:
    """Evaluation never raises, and what comes out can be written as JSON."""
    value = compile_expr(expr)(env)
    if value is not MISSING:
        compact(value)


@law
@given(atoms, environments())
def test_a_guard_is_a_total_function_to_a_truth_value(atom: Atom, env: Environment) -> None:
    """Every atom says true or false of every environment."""
    assert compile_atom(atom)(env) in (True, False)


@law
@given(
    atoms,
    environments(),
)
def test_a_negated_atom_is_true_exactly_where_the_atom_is_false(atom: Atom, env: Environment) -> None:
    """Negation is the complement, also of a bound: what is no number is not below it."""
    assume(isinstance(atom, Exists | Equals | Matches | KeysBeyond | Below))
    assume("FreshId" not in repr(atom))  # another identifier at each look
    assert compile_atom(atom)(env) != compile_atom(negated(atom))(env)


DEEP = b"[" * 101 + b"]" * 101
EXPRESSIONS: dict[str, tuple[Expr, Found]] = {
    "a literal": (Literal([1, None]), [1, None]),
    "a member of the body": (ref("request.body.a.b"), 1),
    "an element of the body": (ref("request.body.list[1]"), "y"),
    "beyond a list": (ref("request.body.list[9]"), MISSING),
    "null is not missing": (ref("request.body.null"), None),
    "the query as a document": (ref("request.query"), {"q": ["1", "2"], "n": {"m": "3"}}),
    "a repeated name of the query": (ref("request.query.q[1]"), "2"),
    "a path parameter": (ref("request.path.id"), "7"),
    "a header": (Ref(("request", "header", "content-type")), "application/json"),
    "the host": (ref("request.host"), "h:1"),
    "the method": (ref("request.method"), "POST"),
    "the kind of the body": (ref("request.body_kind"), "json"),
    "no entity": (ref("entity.id"), MISSING),
    "a field of another entity": (Lookup("thing", ref("request.path.id"), ("n",)), 5),
    "a whole entity": (Lookup("thing", Literal(7)), {"n": 5}),
    "an unknown key": (Lookup("thing", Literal("8"), ("n",)), MISSING),
    "a key that is no scalar": (Lookup("thing", Literal([7])), MISSING),
    "the next key": (NextKey("thing"), 8),
    "the next key of nothing": (NextKey("none"), 1),
    "seconds": (Clock("epoch_s"), 1_700_000_000),
    "seconds, later": (Clock("epoch_s", 60), 1_700_000_060),
    "milliseconds as text": (Clock("%H:%M:%S.%L"), "22:13:20.123"),
    "a time beyond the calendar": (Clock("http", 10**15), MISSING),
    "the first that is there": (First((NONE, Literal(None), Literal(1))), None),
    "text of parts": (Text((Literal("a"), Literal(1), Literal(True))), "a1true"),
    "text with a hole in it": (Text((Literal("a"), NONE)), MISSING),
    "text of null": (Text((Literal(None),)), MISSING),
    "a case": (Case(Literal("x"), (("x", 1),)), 1),
    "a case by the text of a number": (Case(Literal(2), (("2", "two"),)), "two"),
    "a case of null": (Case(Literal(None), (("null", 0),)), 0),
    "no case, with a default": (Case(Literal("y"), (("x", 1),), Literal("d")), "d"),
    "no case": (Case(Literal("y"), (("x", 1),)), MISSING),
    "a sum": (Sum((Literal(5), Literal("2")), (Literal(3),)), 4),
    "a sum of nothing": (Sum(()), 0),
    "a sum with text": (Sum((Literal("x"),)), MISSING),
    "a sum beyond all numbers": (Sum((Literal(10**400), Literal(0.5))), MISSING),
    "infinity is no number": (Sum((Literal("inf"),)), MISSING),
    "members over members": (Merge(Literal({"a": 1}), Literal({"b": 2})), {"a": 1, "b": 2}),
    "a fresh identifier": (FreshId("x"), "x"),
    "null is not given": (First((Given(Literal(None)), Literal(1))), 1),
    "an element more": (Append(Literal([1]), Literal(2)), [1, 2]),
    "an element in front": (Append(Literal([1]), Literal(2), True), [2, 1]),
    "an element of a new list": (Append(NONE, Literal(2)), [2]),
    "no element more": (Append(Literal([1]), NONE), [1]),
    "an element of what is no list": (Append(Literal("x"), Literal(2)), "x"),
}


@pytest.mark.parametrize(("expr", "expected"), EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_the_value_of_an_expression(expr: Expr, expected: Found) -> None:
    """Each kind of expression gives what its docstring says."""
    body = b'{"a": {"b": 1}, "list": ["x", "y"], "null": null}'
    env = environment(body, "/?q=1&q=2&n[m]=3", State({"thing": [("7", {"n": 5})]}))
    assert value_of(expr, env) == expected


CASTS: dict[str, tuple[JsonValue, str, Found]] = {
    "text to integer": ("-12", "integer", -12),
    "a fraction is no integer": ("1.5", "integer", MISSING),
    "a superscript is no digit": ("²", "integer", MISSING),
    "digits of another script": ("٣", "number", MISSING),
    "a long number keeps its digits": ("9" * 19, "integer", int("9" * 19)),
    "text to number": ("2.50", "number", 2.5),
    "whole numbers stay whole": ("2", "number", 2),
    "infinity is no number": ("inf", "number", MISSING),
    "not a number": ("nan", "number", MISSING),
    "Python's separators": ("1_000", "number", MISSING),
    "a truth value is no number": (True, "number", MISSING),
    "text to boolean": ("TRUE", "boolean", True),
    "other text to boolean": ("1", "boolean", MISSING),
    "number to text": (1.5, "string", "1.5"),
    "boolean to text": (False, "string", "false"),
    "null stays null": (None, "integer", None),
    "a list, element by element": (["1", "x", "2"], "integer", [1, 2]),
    "an object is no scalar": ({"a": "1"}, "integer", MISSING),
    "a scalar that is a number": ("1.50", "scalar", 1.5),
    "a scalar that is null": ("null", "scalar", None),
    "a postal code is text": ("01234", "scalar", "01234"),
    "a scalar beyond all floats": ("1e999", "scalar", "1e999"),
    "scalars in an object": ({"a": ["1", "true", "x"]}, "scalar", {"a": [1, True, "x"]}),
}


@pytest.mark.parametrize(("value", "to", "expected"), CASTS.values(), ids=CASTS)
def test_a_cast_gives_the_type_or_nothing(value: JsonValue, to: str, expected: Found) -> None:
    """A cast gives the value as the type where it reads as one, and never guesses."""
    done = cast(value, to)
    assert (done, type(done)) == (expected, type(expected))


MERGES: dict[str, tuple[Found, Found, bool, bool, Found]] = {
    "null replaces": ({"a": 1}, {"a": None}, False, False, {"a": None}),
    "null removes where deep": ({"a": 1, "b": 2}, {"a": None}, True, False, {"b": 2}),
    "objects are replaced": ({"a": {"x": 1}}, {"a": {"y": 2}}, False, False, {"a": {"y": 2}}),
    "objects are merged where deep": ({"a": {"x": 1}}, {"a": {"y": 2}}, True, False, {"a": {"x": 1, "y": 2}}),
    "nulls in new objects go where deep": ({}, {"a": {"x": None, "y": 1}}, True, False, {"a": {"y": 1}}),
    "text takes the type it replaces": (
        {"a": 1, "b": True},
        {"a": "2", "b": "false"},
        False,
        True,
        {"a": 2, "b": False},
    ),
    "text that does not read so stays": ({"a": 1}, {"a": "x"}, False, True, {"a": "x"}),
    "new members stay text": ({}, {"a": "2"}, False, True, {"a": "2"}),
    "nothing over something": ({"a": 1}, MISSING, False, False, {"a": 1}),
    "a list replaces the object": ({"a": 1}, [1], True, False, [1]),
    "an object replaces the list": ([1], {"a": 1}, True, False, {"a": 1}),
}


@pytest.mark.parametrize(("base", "over", "deep", "typed", "expected"), MERGES.values(), ids=MERGES)
def test_merging_objects(base: Found, over: Found, deep: bool, typed: bool, expected: Found) -> None:
    """The members of the second object stand over those of the first."""
    assert merged(base, over, deep, typed) == expected


@given(values, values)
def test_merging_changes_neither_side(base: JsonValue, over: JsonValue) -> None:
    """Representations are shared, so a merge must leave both of them as they were."""
    before = compact([base, over])
    merged(base, over, True, True)
    assert compact([base, over]) == before


def test_a_body_nested_beyond_the_limit_is_text() -> None:
    """What recursion could not walk is not taken apart; one level less is."""
    assert value_of(ref("request.body"), environment(DEEP)) == DEEP.decode()
    assert value_of(ref("request.body"), environment(DEEP[1:-1])) is not MISSING


def test_a_query_with_too_many_fields_is_empty() -> None:
    """More fields than any form has are no document."""
    assert value_of(ref("request.query"), environment(target="/?" + "a=1&" * 10_001)) == {}


REFUSED: dict[str, tuple[Expr, str]] = {
    "no root": (ref("body.a"), "path without a root"),
    "half a root": (ref("request"), "path without a root"),
    "no unit of time": (Clock("fortnight"), "not a unit of time"),
    "no pattern of identifiers": (FreshId("a]"), "not a pattern of identifiers"),
}


@pytest.mark.parametrize(("expr", "message"), REFUSED.values(), ids=REFUSED)
def test_an_expression_that_cannot_work_is_refused_when_it_is_compiled(expr: Expr, message: str) -> None:
    """A mistake in the model shows before the first request, as an input error."""
    with pytest.raises(InputError, match=message):
        compile_expr(expr)


def test_a_guard_with_a_broken_pattern_is_refused_when_it_is_compiled() -> None:
    """A pattern that is none is the model's mistake."""
    with pytest.raises(InputError, match="not a pattern"):
        compile_atom(Matches(ref("request.body"), "["))


ATOMS: dict[str, tuple[Atom, bool]] = {
    "true is not 1": (Equals(Literal(True), 1), False),
    "1 is 1.0": (Equals(Literal(1), 1.0), True),
    "a number is in no set of texts": (OneOfSet(Literal(1), ("1",)), False),
    "missing is none of the values": (NotOneOf(NONE, (None,)), True),
    "null is one of the values": (NotOneOf(Literal(None), (None,)), False),
    "text counts as a number": (AtLeast(Literal("10"), 9), True),
    "other text does not": (Below(Literal("x"), 9), False),
    "missing is below nothing": (Below(NONE, 9), False),
    "an integer is a number": (IsType(Literal(1), "number"), True),
    "a float is no integer": (IsType(Literal(1.0), "integer"), False),
    "a boolean is no number": (IsType(Literal(True), "number"), False),
    "missing has no type": (IsType(NONE, "null"), False),
    "the whole text matches": (Matches(Literal("ab"), "a"), False),
    "keys beyond": (KeysBeyond(Literal({"a": 1, "b": 2}), ("a",)), True),
    "a list has no keys beyond": (KeysBeyond(Literal(["b"]), ("a",)), False),
    "a list has none but these keys": (KeysWithin(Literal(["b"]), ("a",)), True),
    "an empty object has none but these keys": (KeysWithin(Literal({}), ()), True),
}


@pytest.mark.parametrize(("atom", "expected"), ATOMS.values(), ids=ATOMS)
def test_the_truth_of_an_atom(atom: Atom, expected: bool) -> None:
    """Each kind of atom decides as its docstring says."""
    assert compile_atom(atom)(environment()) is expected


@given(texts)
def test_text_that_is_cast_to_text_is_itself(text: str) -> None:
    """A cast to the type that a value has changes nothing."""
    assert value_of(Cast(Literal(text), "string")) == text
