"""The JSON form of guards."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.wir.strategies import atoms, law
from wraith.canonical import JsonValue, parse, pretty
from wraith.errors import InputError
from wraith.wir import (
    Absent,
    AtLeast,
    Atom,
    Below,
    Equals,
    Exists,
    IsType,
    KeysBeyond,
    KeysWithin,
    Literal,
    Lookup,
    Matches,
    NotMatches,
    NotOneOf,
    OneOfSet,
    atom_from_json,
    atom_to_json,
    known,
    ref,
)

A = ref("request.body.a")


@law
@given(atoms)
def test_an_atom_reads_back_as_itself(atom: Atom) -> None:
    """``atom_from_json`` is the inverse of ``atom_to_json``, also through the bytes of a model."""
    assert atom_from_json(atom_to_json(atom)) == atom
    assert atom_from_json(parse(pretty(atom_to_json(atom), sort=False))) == atom


FORMS: dict[str, tuple[Atom, JsonValue]] = {
    "exists": (Exists(A), {"exists": "request.body.a"}),
    "absent": (Absent(A), {"absent": "request.body.a"}),
    "equals": (Equals(A, 1), {"equals": ["request.body.a", 1]}),
    "equals a list": (Equals(A, [1]), {"equals": ["request.body.a", [1]]}),
    "in": (OneOfSet(A, ("x", "y")), {"in": ["request.body.a", ["x", "y"]]}),
    "not in": (NotOneOf(A, (None, 1)), {"not_in": ["request.body.a", [None, 1]]}),
    "at least": (AtLeast(A, 1), {"at_least": ["request.body.a", 1]}),
    "below": (Below(A, 0.5), {"below": ["request.body.a", 0.5]}),
    "type": (IsType(A, "string"), {"type": ["request.body.a", "string"]}),
    "matches": (Matches(A, "x+"), {"matches": ["request.body.a", "x+"]}),
    "not matches": (NotMatches(A, "x+"), {"not_matches": ["request.body.a", "x+"]}),
    "keys within": (KeysWithin(A, ("b",)), {"keys_within": ["request.body.a", ["b"]]}),
    "keys beyond": (KeysBeyond(A, ("b",)), {"keys_beyond": ["request.body.a", ["b"]]}),
    "an operand that is no path": (Exists(Literal(1)), {"exists": {"literal": 1}}),
    "known": (known("c", A), {"exists": {"lookup": "c", "key": {"path": "request.body.a"}, "at": ""}}),
}


@pytest.mark.parametrize(("atom", "form"), FORMS.values(), ids=FORMS)
def test_the_form_of_an_atom(atom: Atom, form: JsonValue) -> None:
    """Each kind of atom has this form; an operand that is a path is written as text."""
    assert atom_to_json(atom) == form
    assert atom_from_json(form) == atom


def test_known_looks_for_the_entity() -> None:
    """An entity is known where a look-up of it finds something."""
    assert known("customer", A) == Exists(Lookup("customer", A))


REFUSED: dict[str, tuple[JsonValue, str]] = {
    "no object": (["exists", "a"], "not a guard"),
    "an unknown kind": ({"like": ["a", "b"]}, "not a guard"),
    "two kinds at once": ({"exists": "a", "absent": "b"}, "not a guard"),
    "no operand": ({"equals": [1]}, "not a guard"),
    "an operand that is a number": ({"exists": 5}, "not an expression"),
    "an operand that is no path": ({"exists": "a..b"}, "not a path"),
    "a set of numbers": ({"in": ["a", [1]]}, "in: expected a list of texts, found [1]"),
    "a bound that is text": ({"at_least": ["a", "1"]}, "at_least: expected a number, found '1'"),
    "a bound that is true": ({"below": ["a", True]}, "below: expected a number, found True"),
    "an unknown type": ({"type": ["a", "date"]}, "type: expected a JSON type, found 'date'"),
    "a pattern that is a list": ({"matches": ["a", ["x"]]}, "matches: expected a pattern, found ['x']"),
    "a set that is text": ({"not_in": ["a", "xy"]}, "not_in: expected a list, found 'xy'"),
    "keys that are numbers": (
        {"keys_within": ["a", [1]]},
        "keys_within: expected a list of texts, found [1]",
    ),
}


@pytest.mark.parametrize(("form", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_guard_is_refused(form: JsonValue, message: str) -> None:
    """An input error says what was expected, before a request can meet the mistake."""
    with pytest.raises(InputError) as caught:
        atom_from_json(form)
    assert message in str(caught.value)
