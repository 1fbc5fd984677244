"""Disjointness: what is called disjoint never meets, and what plainly is disjoint is called so."""

from __future__ import annotations

import time
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.runtime.strategies import environments
from tests.wir.strategies import atoms, atoms_about, law
from wraith.canonical import JsonValue, compact, parse
from wraith.exchange import Request
from wraith.runtime import Environment, Ids, State, compile_atom
from wraith.wir import (
    Absent,
    AtLeast,
    Atom,
    Below,
    Call,
    Conjunction,
    Equals,
    Exists,
    Expr,
    FreshId,
    IsType,
    KeysBeyond,
    KeysWithin,
    Literal,
    Lookup,
    Matches,
    NotMatches,
    NotOneOf,
    OneOfSet,
    Ref,
    disjoint,
    ref,
)

V = ref("request.body.v")
VALUES: list[JsonValue] = [
    *(None, True, False, 0, 1, 1.0, 1.5, -1, 10, 2**70),
    *("", "0", "1", "1.5", "a", "b", "nan", "inf", "1_000", "²", "true", "null", "9" * 400),
    *parse(b'[[], [1], [true], {}, {"a": 1}, {"a": true}, {"b": 1}, {"a": 1, "b": 1}]'),  # type: ignore[misc]  # a list
]
_EXCLUDED: list[tuple[JsonValue, ...]] = [(None,), (True, False), (1,), ("a", "b"), (1, "1"), ({"a": 1},)]
_BOUNDS = (-1, 0, 1, 1.5, 10)
_ABOUT_V: list[Atom] = [
    *(Exists(V), Absent(V)),
    *(Equals(V, value) for value in VALUES),
    *(
        OneOfSet(V, values)
        for values in ((), ("a",), ("a", "b"), ("1", "1.5"), ("nan", "inf"), ("1_000", "²"))
    ),
    *(NotOneOf(V, values) for values in _EXCLUDED),
    *(bound_atom(V, bound) for bound_atom in (AtLeast, Below) for bound in _BOUNDS),
    *(IsType(V, kind) for kind in ("null", "boolean", "integer", "number", "string", "array", "object")),
    *(
        pattern_atom(V, pattern)
        for pattern_atom in (Matches, NotMatches)
        for pattern in ("[a-z]+", "[0-9.]+", "")
    ),
    *(
        atom
        for call in (
            Call("less", (V, Literal(1))),
            Call("is", (V, Literal("string"))),
            Call("matches", (V, Literal("[a-z]+"))),
        )
        for atom in (Equals(call, True), Equals(call, False), NotOneOf(call, (True,)))
    ),
    *(
        keys_atom(V, keys)
        for keys_atom in (KeysWithin, KeysBeyond)
        for keys in ((), ("a",), ("a", "b"), ("b",))
    ),
    *(
        Exists(ref("request.body.v.a")),
        Equals(ref("request.body.v.a"), 1),
        IsType(ref("request.body.v[0]"), "boolean"),
    ),
]


def _environment(document: JsonValue) -> Environment:
    request = Request("POST", "/", (("content-type", "application/json"),), compact(document))
    return Environment(request, {}, State(), Ids("seed"), 0)


ENVIRONMENTS = [_environment({"v": value}) for value in VALUES] + [_environment({}), _environment(None)]


def test_no_two_atoms_that_are_called_disjoint_meet() -> None:
    """Every pair of atoms against every value: not one counter-example."""
    truths = [[compile_atom(atom)(env) for env in ENVIRONMENTS] for atom in _ABOUT_V]
    wrong = [
        (one, other)
        for (one, ones), (other, others) in product(zip(_ABOUT_V, truths, strict=True), repeat=2)
        if disjoint([one], [other]) and any(a and b for a, b in zip(ones, others, strict=True))
    ]
    assert wrong == []


_operands: st.SearchStrategy[Expr] = st.sampled_from(
    [
        *(ref("request.body"), V, ref("request.body.v.a"), ref("request.query.a")),
        *(ref("entity"), ref("entity.id")),
        *(Lookup("thing", Literal(1)), Lookup("thing", Literal(True)), Lookup("thing", Literal(1), ("a",))),
    ]
)
_conjunctions = st.lists(atoms_about(_operands) | st.sampled_from(_ABOUT_V), min_size=1, max_size=4)


@law
@given(_conjunctions, _conjunctions, environments() | st.sampled_from(ENVIRONMENTS))
def test_disjoint_conjunctions_are_never_both_true(
    first: list[Atom], second: list[Atom], env: Environment
) -> None:
    """Soundness: where two conjunctions are called disjoint, one of them is false of whatever comes."""
    if disjoint(first, second):
        assert not all(compile_atom(atom)(env) for atom in (*first, *second))


@law
@given(st.lists(atoms, max_size=3), st.lists(atoms, max_size=3), environments())
def test_disjointness_is_sound_for_any_operands(
    first: list[Atom], second: list[Atom], env: Environment
) -> None:
    """Operands that change from one look to the next prove nothing."""
    if disjoint(first, second):
        assert not all(compile_atom(atom)(env) for atom in (*first, *second))


MANY = 12
"""Conjunctions that are held against each other in one example: 66 pairs, so 152 examples are 10,000."""


@settings(law, max_examples=152)
@given(
    st.lists(_conjunctions, min_size=MANY, max_size=MANY),
    st.lists(environments() | st.sampled_from(ENVIRONMENTS), min_size=4, max_size=4),
)
def test_ten_thousand_pairs_without_a_counter_example(
    several: list[list[Atom]], envs: list[Environment]
) -> None:
    """No generated request satisfies both conjunctions of a pair that is called disjoint."""
    prepared = [Conjunction.of(atoms) for atoms in several]
    truths = [
        [all(compile_atom(atom)(env) for atom in atoms) for env in [*envs, *ENVIRONMENTS]]
        for atoms in several
    ]
    for one, other in combinations(range(MANY), 2):
        if any(a and b for a, b in zip(truths[one], truths[other], strict=True)):
            assert not disjoint(prepared[one], prepared[other])


@given(_conjunctions, _conjunctions)
def test_disjointness_is_symmetric(first: list[Atom], second: list[Atom]) -> None:
    """Which conjunction comes first does not matter."""
    assert disjoint(first, second) == disjoint(second, first)


@given(_conjunctions, _conjunctions, atoms)
def test_a_further_atom_never_undoes_a_proof(first: list[Atom], second: list[Atom], further: Atom) -> None:
    """A conjunction that says more stays disjoint from what it was disjoint from."""
    if disjoint(first, second):
        assert disjoint([*first, further], second)


PROVED: dict[str, tuple[list[Atom], list[Atom]]] = {
    "there and not there": ([Exists(V)], [Absent(V)]),
    "null is there": ([Equals(V, None)], [Absent(V)]),
    "different literals": ([Equals(V, "a")], [Equals(V, "b")]),
    "true and 1": ([Equals(V, True)], [Equals(V, 1)]),
    "a literal outside the set": ([Equals(V, "c")], [OneOfSet(V, ("a", "b"))]),
    "a number is in no set of texts": ([Equals(V, 1)], [OneOfSet(V, ("1",))]),
    "sets without a common text": ([OneOfSet(V, ("a", "b"))], [OneOfSet(V, ("c",))]),
    "a set and what it is not": ([OneOfSet(V, ("a", "b"))], [NotOneOf(V, ("a", "b", "c"))]),
    "a literal and what it is not": ([Equals(V, 1)], [NotOneOf(V, (1.0,))]),
    "null or something else": ([IsType(V, "null")], [NotOneOf(V, (None,))]),
    "bounds": ([AtLeast(V, 10)], [Below(V, 10)]),
    "a literal below the bound": ([Equals(V, 9)], [AtLeast(V, 10)]),
    "a text below the bound": ([Equals(V, "9")], [AtLeast(V, 10)]),
    "no number and a bound": ([Equals(V, "x")], [Below(V, 10)]),
    "a truth value and a bound": ([IsType(V, "boolean")], [Below(V, 10)]),
    "types": ([IsType(V, "string")], [IsType(V, "number")]),
    "missing has no type": ([Absent(V)], [IsType(V, "null")]),
    "a pattern and its negation": ([Matches(V, "a+")], [NotMatches(V, "a+")]),
    "a pattern and a number": ([Matches(V, ".*")], [IsType(V, "number")]),
    "a literal that does not match": ([Equals(V, "b")], [Matches(V, "a+")]),
    "keys within and beyond": ([KeysWithin(V, ("a",))], [KeysBeyond(V, ("a", "b"))]),
    "a member that is not allowed": ([KeysWithin(V, ("b",))], [Exists(ref("request.body.v.a"))]),
    "what is below nothing": ([Absent(ref("entity"))], [Equals(ref("entity.status"), "open")]),
    "what is below text": ([IsType(V, "string")], [Exists(ref("request.body.v.a[0]"))]),
    "an object and an array": ([Exists(ref("request.body.v.a"))], [Exists(ref("request.body.v[0]"))]),
    "a field of nothing": ([Absent(Lookup("c", V))], [Equals(Lookup("c", V, ("a",)), 1)]),
    "one of several atoms": ([Exists(ref("request.query.q")), Equals(V, 1)], [Equals(V, 2)]),
    "three atoms together": ([AtLeast(V, 1), Below(V, 5)], [Equals(V, 7)]),
    "two patterns": ([Matches(V, "a+")], [Matches(V, "b+")]),
    "formats of identifiers": ([Matches(V, "cus_[A-Za-z0-9]{14}")], [Matches(V, "pi_[A-Za-z0-9]{14}")]),
    "a pattern within another": ([Matches(V, "[a-z]{3}")], [NotMatches(V, "[a-z]+")]),
    "no integer between the bounds": ([AtLeast(V, 1.2), IsType(V, "integer")], [Below(V, 1.8)]),
    "the key of what is stored": ([Exists(Lookup("c", V))], [Absent(V)]),
    "a header in another case": (
        [Exists(ref("request.header.X-Name"))],
        [Absent(ref("request.header.x-name"))],
    ),
    "a comparison and its bound": ([Equals(Call("less", (V, Literal(10))), True)], [AtLeast(V, 10)]),
    "no less than, and below": ([NotOneOf(Call("less", (V, Literal(10))), (True,))], [Below(V, 10)]),
    "another type": ([Equals(Call("is", (V, Literal("string"))), False)], [Matches(V, "a")]),
    "text that does not match": ([Equals(Call("matches", (V, Literal("a+"))), False)], [Equals(V, "aa")]),
    "allowed members together": (
        [KeysWithin(V, ("a", "b"))],
        [KeysWithin(V, ("b", "c")), Exists(ref("request.body.v.a"))],
    ),
    "a conjunction that is never true": ([Exists(V), Absent(V)], []),
}


@pytest.mark.parametrize(("first", "second"), PROVED.values(), ids=PROVED)
def test_what_is_proved_disjoint(first: list[Atom], second: list[Atom]) -> None:
    """The contradictions that guards of real variants rest on are found."""
    assert disjoint(first, second)


TOGETHER: dict[str, tuple[list[Atom], list[Atom]]] = {
    "nothing": ([], []),
    "other operands": ([Exists(V)], [Absent(ref("request.body.w"))]),
    "an integer is a number": ([IsType(V, "integer")], [IsType(V, "number")]),
    "1 and 1.0": ([Equals(V, 1)], [Equals(V, 1.0)]),
    "text that reads as a number": ([IsType(V, "string")], [AtLeast(V, 1)]),
    "the text of a number within the bound": ([OneOfSet(V, ("10",))], [AtLeast(V, 10)]),
    "missing is none of the values": ([Absent(V)], [NotOneOf(V, ("a",))]),
    "missing does not match": ([Absent(V)], [NotMatches(V, "a")]),
    "missing has no other keys": ([Absent(V)], [KeysWithin(V, ())]),
    "keys beyond fewer keys": ([KeysWithin(V, ("a", "b"))], [KeysBeyond(V, ("a",))]),
    "keys of other types": ([Exists(Lookup("c", Literal(1)))], [Absent(Lookup("c", Literal(True)))]),
}


@pytest.mark.parametrize(("first", "second"), TOGETHER.values(), ids=TOGETHER)
def test_what_may_be_true_together(first: list[Atom], second: list[Atom]) -> None:
    """Conjunctions that some request meets are not called disjoint."""
    assert not disjoint(first, second)


UNPROVED: dict[str, tuple[list[Atom], list[Atom]]] = {
    "a pattern that looks around": ([Matches(V, "(?=a).*")], [Matches(V, "b+")]),
    "digits of any script, refused": ([Matches(V, "[0-9]")], [NotMatches(V, r"\d")]),
    "an identifier made anew": ([Exists(FreshId("x"))], [Absent(FreshId("x"))]),
    "a page that a query binds": ([Exists(Ref(("page", "total")))], [Absent(Ref(("page", "total")))]),
}


@pytest.mark.parametrize(("first", "second"), UNPROVED.values(), ids=UNPROVED)
def test_what_is_left_unproved(first: list[Atom], second: list[Atom]) -> None:
    """Today's truth: these err on the side of "not proved"."""
    assert not disjoint(first, second)


def test_a_hundred_thousand_pairs_in_a_second() -> None:
    """Variants of a large route are compared fast enough to compare all of them; three times that where the
    machine is shared."""
    body = ref("request.body")
    several = [
        Conjunction.of(
            [
                Exists(ref("request.body.customer")),
                AtLeast(ref("request.body.amount"), 10 * number),
                Below(ref("request.body.amount"), 10 * number + 10),
                KeysWithin(body, ("amount", "currency", "customer")),
                Equals(ref("request.body_kind"), "form"),
            ]
        )
        for number in range(450)
    ]
    before = time.process_time()
    assert all(disjoint(one, other) for one, other in combinations(several, 2))  # 101,025 pairs
    assert time.process_time() - before < 3.0
