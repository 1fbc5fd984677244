"""Disjointness: the proof that two conjunctions of atoms are never both true.

What may live here: facts that follow from the atoms alone, whatever the request and the state. Atoms about
one operand are put together and searched for a contradiction, those of the second conjunction with those of
the first: a value must be of some kind, lie between its bounds, be one of the literals named, hold only the
keys allowed. One fact crosses operands: what stands *below* a path makes the value *at* the path an object
(or an array), with that member in it.

Which side errs: ``disjoint`` may say False of conjunctions that never meet, never True of two that do. False
costs a person a guard that tells two variants apart; a wrong True would let an overlay change answers for
which its base has evidence. So what is not understood (a pattern against another, an operand that differs
from one evaluation to the next) constrains nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from wraith.canonical import JsonValue, compact
from wraith.paths import Path
from wraith.wir._codec import expr_to_json
from wraith.wir._expr import Expr, Lookup, Ref
from wraith.wir._guards import (
    Absent,
    AtLeast,
    Atom,
    Below,
    Equals,
    Exists,
    IsType,
    KeysBeyond,
    KeysWithin,
    Matches,
    NotMatches,
    NotOneOf,
    OneOfSet,
)

_Place: TypeAlias = tuple[str, Path]
"""An operand: where its document comes from, and the path into it."""

_ANY = frozenset(("missing", "null", "boolean", "integer", "float", "string", "array", "object"))
_NUMERIC = frozenset(("integer", "float", "string"))
"""The kinds that can pass for a number: text that reads as one counts, in ``AtLeast`` as in ``Below``."""

_OF_TYPE = {
    **{name: frozenset((name,)) for name in ("null", "boolean", "integer", "string", "array", "object")},
    "number": frozenset(("integer", "float")),
}


def disjoint(first: Sequence[Atom], second: Sequence[Atom]) -> bool:
    """Whether the two conjunctions are provably never both true of one request and state.

    False says "not proved", not "both can be true". Sound:
    ``test_disjoint_conjunctions_are_never_both_true``."""
    places: dict[_Place, _Facts] = {}
    for atom in (*first, *second):
        place = _place(atom.of)
        if place is not None:
            places.setdefault(place, _Facts()).atoms.append(atom)
    for (base, path), facts in list(places.items()):
        if "missing" not in facts.kinds():
            _require(places, base, path)
    return any(facts.contradict() for facts in places.values())


@dataclass(slots=True)
class _Facts:
    """What must hold of one operand: the atoms about it, and the members that other operands need in it."""

    atoms: list[Atom] = field(default_factory=list)
    members: set[str] = field(default_factory=set)
    elements: bool = False

    def kinds(self) -> frozenset[str]:
        """Return the kinds of value that every atom allows."""
        kinds = _ANY
        for atom in self.atoms:
            kinds &= _kinds(atom)
        if self.members:
            kinds &= _OF_TYPE["object"]
        return kinds & _OF_TYPE["array"] if self.elements else kinds

    def contradict(self) -> bool:
        return (
            not self.kinds()
            or _no_number_between(self.atoms)
            or _match_and_not(self.atoms)
            or self._keys_contradict()
            or any(_excludes(literals, self.atoms) for literals in map(_literals, self.atoms) if literals)
        )

    def _keys_contradict(self) -> bool:
        for within in (set(atom.keys) for atom in self.atoms if isinstance(atom, KeysWithin)):
            if self.members - within:
                return True
            if any(isinstance(atom, KeysBeyond) and within <= set(atom.keys) for atom in self.atoms):
                return True
        return False


def _require(places: dict[_Place, _Facts], base: str, path: Path) -> None:
    """Note at each place above a value that is there what it stands in."""
    for depth, step in enumerate(path):
        above = places.setdefault((base, path[:depth]), _Facts())
        if isinstance(step, str):
            above.members.add(step)
        elif isinstance(step, int):
            above.elements = True


def _place(of: Expr) -> _Place | None:
    """Return where an operand's value stands; None for one that two evaluations may answer differently.

    Identity is that of the canonical JSON: as dataclasses, literals 1 and true would be equal.
    """
    text = compact(expr_to_json(of)).decode()
    if (
        '"fresh_id"' in text or '"path":"page' in text
    ):  # made anew each time; bound by whichever query ran last
        return None
    match of:
        case Ref(("request", ("body" | "query") as part, *rest)):
            return part, tuple(rest)
        case Ref(("entity", *rest)):
            return "entity", tuple(rest)
        case Lookup(at=at):
            return compact(expr_to_json(Lookup(of.entity, of.key))).decode(), at
    return text, ()


# --- one ----------------------------------------------------------------------------------------------------


def _kinds(atom: Atom) -> frozenset[str]:
    """Return the kinds of value of which the atom can be true."""
    match atom:
        case Exists():
            return _ANY - {"missing"}
        case Absent():
            return frozenset(("missing",))
        case Equals(value=value):
            return _kinds_of(value)
        case OneOfSet() | Matches():
            return _OF_TYPE["string"]
        case AtLeast() | Below():
            return _NUMERIC
        case IsType(type=name):
            return _OF_TYPE[name]
        case KeysBeyond():
            return _OF_TYPE["object"]
        case NotOneOf(values=values):
            kinds = _ANY - {"null"} if None in values else _ANY
            return kinds - {"boolean"} if {True, False} <= _booleans(values) else kinds
        case NotMatches() | KeysWithin():
            return _ANY


def _booleans(values: Iterable[JsonValue]) -> set[bool]:
    return {value for value in values if isinstance(value, bool)}


def _kinds_of(value: JsonValue) -> frozenset[str]:
    """Return the kinds of what equals the value: 1 and 1.0 are equal, 1 and true are not."""
    if isinstance(value, bool):
        return _OF_TYPE["boolean"]
    if isinstance(value, int | float):
        return _OF_TYPE["number"]
    if isinstance(value, str):
        return _OF_TYPE["string"]
    return _OF_TYPE["null" if value is None else "array" if isinstance(value, list) else "object"]


def _literals(atom: Atom) -> tuple[JsonValue, ...]:
    """Return the values of which the atom can be true, where they are few and named; else nothing."""
    match atom:
        case Equals(value=value):
            return (value,)
        case OneOfSet(values=values):
            return values
    return ()


# --- atoms --------------------------------------------------------------------------------------------------


def _excludes(literals: tuple[JsonValue, ...], atoms: Sequence[Atom]) -> bool:
    """Whether each of the literals makes one of the atoms false."""
    return all(any(_is_false(atom, value) for atom in atoms) for value in literals)


def _is_false(atom: Atom, value: JsonValue) -> bool:
    """Whether the atom is provably false of what equals the value."""
    if not _kinds(atom) & _kinds_of(value):
        return True
    match atom:
        case Equals(value=other):
            return not _same(value, other)
        case OneOfSet(values=texts):
            return not any(_same(value, text) for text in texts)
        case NotOneOf(values=others):
            return any(_same(value, other) for other in others)
        case AtLeast(bound=bound):
            return (number := _number(value)) is None or not number >= bound
        case Below(bound=bound):
            return (number := _number(value)) is None or not number < bound
        case Matches(pattern=pattern):
            return _matches(pattern, value) is False
        case NotMatches(pattern=pattern):
            return _matches(pattern, value) is True
        case KeysWithin(keys=keys):
            return isinstance(value, dict) and not value.keys() <= set(keys)
        case KeysBeyond(keys=keys):
            return isinstance(value, dict) and value.keys() <= set(keys)
    return False


def _same(value: JsonValue, other: JsonValue) -> bool:
    return value == other and isinstance(value, bool) == isinstance(other, bool)


def _number(value: JsonValue) -> float | None:
    """Return the number that a value can pass for; None only where no reader takes it for one."""
    try:
        return value if isinstance(value, int | float) else float(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _matches(pattern: str, value: JsonValue) -> bool | None:
    """Whether text matches the whole pattern; None where that cannot be said."""
    try:
        return re.fullmatch(pattern, value) is not None if isinstance(value, str) else None
    except re.error:
        return None


def _no_number_between(atoms: Sequence[Atom]) -> bool:
    least = max((atom.bound for atom in atoms if isinstance(atom, AtLeast)), default=None)
    below = min((atom.bound for atom in atoms if isinstance(atom, Below)), default=None)
    return least is not None and below is not None and least >= below


def _match_and_not(atoms: Sequence[Atom]) -> bool:
    wanted = {atom.pattern for atom in atoms if isinstance(atom, Matches)}
    return any(isinstance(atom, NotMatches) and atom.pattern in wanted for atom in atoms)
