"""What a conjunction says of one operand, put together: kinds of values, literals, bounds, patterns, members.

Facts are made once for each operand of a conjunction and then compared with those of many others, so they are
kept in the form that comparing is cheapest in: kinds as bits, literals as sets that know 1 from true and
equate it with 1.0, as the interpreter does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import ceil, floor, isfinite
from typing import Final, TypeAlias

from wraith.canonical import JsonValue
from wraith.wir._expr import Call, Expr, Literal
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
from wraith.wir._patterns import common_text

MISSING_, NULL, BOOLEAN, INTEGER, FLOAT, STRING, ARRAY, OBJECT = (1 << bit for bit in range(8))
ANY: Final = (1 << 8) - 1
THERE: Final = ANY & ~MISSING_
SCALAR: Final = BOOLEAN | INTEGER | FLOAT | STRING
"""The kinds that stand as text: in a path, as a key."""
NUMERIC: Final = INTEGER | FLOAT | STRING
"""The kinds that can pass for a number: text that reads as one counts, in ``AtLeast`` as in ``Below``."""

OF_TYPE: Final = {
    "null": NULL,
    "boolean": BOOLEAN,
    "integer": INTEGER,
    "number": INTEGER | FLOAT,
    "string": STRING,
    "array": ARRAY,
    "object": OBJECT,
}

_Hashed: TypeAlias = tuple[bool, JsonValue]


@dataclass(slots=True)
class Facts:
    """What must hold of one operand for a conjunction to be true."""

    atoms: list[Atom] = field(default_factory=list)
    kinds: int = ANY
    literals: tuple[JsonValue, ...] | None = None
    """The only values that it can have, where they are named."""
    hashed: frozenset[_Hashed] | None = None
    """The same, where all of them are scalars."""
    least: float | None = None
    below: float | None = None
    not_below: float | None = None
    """It is no number below this."""
    matches: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    within: frozenset[str] | None = None
    """An object has no other members."""
    beyond: tuple[frozenset[str], ...] = ()
    """An object has a member that is not among these."""
    members: frozenset[str] = frozenset()
    """Members that other operands need in it."""

    def note(self, atom: Atom) -> None:
        """Take in what an atom about the operand says."""
        self.atoms.append(atom)
        self.kinds &= kinds_of_atom(atom)
        match atom:
            case AtLeast(bound=bound):
                self.least = bound if self.least is None else max(self.least, bound)
            case Below(bound=bound):
                self.below = bound if self.below is None else min(self.below, bound)
            case Matches(pattern=pattern):
                self.matches = tuple(sorted({*self.matches, pattern}))
            case NotMatches(pattern=pattern):
                self.refused = tuple(sorted({*self.refused, pattern}))
            case KeysWithin(keys=keys):
                self.within = frozenset(keys) if self.within is None else self.within & frozenset(keys)
            case KeysBeyond(keys=keys):
                self.beyond += (frozenset(keys),)

    def note_less(self, bound: float) -> None:
        """Take in that the operand is no number below the bound."""
        self.not_below = bound if self.not_below is None else max(self.not_below, bound)

    def settle(self) -> None:
        """Work out which values are left, once everything is noted."""
        named = [literals for atom in self.atoms if (literals := _literals(atom)) is not None]
        if named:
            left = tuple(value for value in named[0] if not self.excludes(value))
            self.literals = left
            if all(isinstance(value, str | int | float | bool | None) for value in left):
                self.hashed = frozenset((isinstance(value, bool), value) for value in left)

    def excludes(self, value: JsonValue) -> bool:
        """Whether the operand is provably not what equals the value."""
        if not kinds_of_value(value) & self.kinds:
            return True
        if self.not_below is not None and _is_number(value) and value < self.not_below:  # type: ignore[operator]  # a number
            return True
        return any(_is_false(atom, value) for atom in self.atoms)

    @property
    def must_be_there(self) -> bool:
        """Whether something has to stand there."""
        return not self.kinds & MISSING_

    def sample(self, *, text: bool = False) -> JsonValue:
        """Return a value that the facts allow, as far as can be told; ``text``: rather a text than a number,
        as in a query or a form."""
        if self.literals:
            return self.literals[0]
        kinds = self.kinds & STRING or self.kinds if text else self.kinds
        allowed = [value for value in self._samples(kinds) if kinds_of_value(value) & kinds]
        return next((value for value in allowed if not self.excludes(value)), "other")

    def _samples(self, kinds: int) -> Iterator[JsonValue]:
        """Yield values that the facts may allow, the likeliest first."""
        if self.least is not None or self.below is not None:
            for number in _numbers(self.least, self.below):
                if kinds != STRING:
                    yield number
                yield from _spellings(number)
        if self.matches or self.refused:
            found = common_text(self.matches, self.refused)
            yield found if isinstance(found, str) else ""
        names = sorted(self.members) + [self._beyond_name()] * bool(self.beyond)
        yield "text"
        yield {name: "text" for name in names if name not in self.members}
        yield from (1, 1.5, True, [], None)

    def _beyond_name(self) -> str:
        """Return a name of a member that is none of those that may not be the only ones."""
        taken = frozenset().union(*self.beyond)
        free = sorted((self.within or frozenset()) - taken)
        return (
            free[0] if free else next(f"other{n}" for n in range(len(taken) + 1) if f"other{n}" not in taken)
        )

    def contradict(self) -> bool:
        """Whether nothing can be all of this."""
        return (
            not self.kinds
            or self.literals == ()
            or _no_number(self.kinds, self.least, self.below, self.not_below)
            or _no_text(self.matches, self.refused)
            or _no_members(self.members, self.within, self.beyond)
        )


def clash(one: Facts, other: Facts) -> bool:
    """Whether nothing can be what both of them say, neither of which contradicts itself."""
    kinds = one.kinds & other.kinds
    if not kinds:
        return True
    if one.hashed is not None and other.hashed is not None:
        if one.hashed.isdisjoint(other.hashed):
            return True
    elif _none_left(one, other) or _none_left(other, one):
        return True
    if (one.below is not None or other.below is not None) and _no_number(
        kinds,
        _most(one.least, other.least),
        _least(one.below, other.below),
        _most(one.not_below, other.not_below),
    ):
        return True
    if (
        (one.matches or other.matches)
        and (one.matches != other.matches or one.refused != other.refused)
        and _no_text(_both(one.matches, other.matches), _both(one.refused, other.refused))
    ):
        return True
    if not (one.members or other.members or one.beyond or other.beyond):
        return False
    both = one.within is not None and other.within is not None
    within = one.within & other.within if both else _either(one.within, other.within)  # type: ignore[operator]  # both are
    return _no_members(one.members | other.members, within, one.beyond + other.beyond)


def _either(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return other if one is None else one


def _none_left(one: Facts, other: Facts) -> bool:
    return one.literals is not None and all(other.excludes(value) for value in one.literals)


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return one if one == other or not other else other if not one else tuple(sorted({*one, *other}))


def _most(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else max(one, other)


def _least(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else min(one, other)


# --- contradictions -----------------------------------------------------------------------------------------


def _no_number(kinds: int, least: float | None, below: float | None, not_below: float | None) -> bool:
    """Whether no number lies between the bounds; ``below`` says that there must be one."""
    bottom = _most(least, not_below)
    if bottom is None or below is None:
        return False
    # NaN compares false with everything, so a bound that is none proves nothing
    return bottom >= below or (kinds == INTEGER and _no_integer(bottom, below))


def _between(least: float | None, below: float | None) -> float:
    """Return the simplest number between the bounds."""
    number = ceil(least) if least is not None else 0 if below is None or below > 0 else floor(below) - 1
    if below is not None and number >= below:
        assert least is not None, "Invariant: without a least bound the number lies below"
        return least
    return number


def _numbers(least: float | None, below: float | None) -> Iterator[float]:
    """Yield numbers between the bounds, the simplest first."""
    yield _between(least, below)
    if least is not None:
        yield least
        if below is not None:
            yield (least + below) / 2


def _spellings(number: float) -> Iterator[str]:
    """Yield texts that read as the number: patterns take some of them, and refuse others."""
    plain = str(int(number)) if isfinite(number) and number == int(number) else str(number)
    yield from (plain, str(float(number)), f"+{plain}", f"{number:e}")


def _no_integer(bottom: float, below: float) -> bool:
    try:
        return ceil(bottom) >= below
    except (OverflowError, ValueError):  # infinite, or no number
        return False


def _no_text(matches: tuple[str, ...], refused: tuple[str, ...]) -> bool:
    """Whether no text matches all of the first patterns and none of the others."""
    if not matches or len(matches) + len(refused) < 2:
        return False
    return not set(matches).isdisjoint(refused) or common_text(matches, refused) is False


def _no_members(
    members: frozenset[str], within: frozenset[str] | None, beyond: Iterable[frozenset[str]]
) -> bool:
    """Whether an object must have a member that it may not have; ``members`` and ``beyond`` say that it is
    one."""
    return within is not None and (not members <= within or any(within <= keys for keys in beyond))


# --- one atom -----------------------------------------------------------------------------------------------


def kinds_of_atom(atom: Atom) -> int:
    """Return the kinds of value of which the atom can be true."""
    match atom:
        case Exists():
            return THERE
        case Absent():
            return MISSING_
        case Equals(value=value):
            return kinds_of_value(value)
        case OneOfSet() | Matches():
            return STRING
        case AtLeast() | Below():
            return NUMERIC
        case IsType(type=name):
            return OF_TYPE[name]
        case KeysBeyond():
            return OBJECT
        case NotOneOf(values=values):
            kinds = ANY & ~NULL if None in values else ANY
            booleans = {value for value in values if isinstance(value, bool)}
            return kinds & ~BOOLEAN if {True, False} <= booleans else kinds
        case NotMatches() | KeysWithin():
            return ANY


def kinds_of_value(value: JsonValue) -> int:
    """Return the kinds of what equals the value: 1 and 1.0 are equal, 1 and true are not."""
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int | float):
        return INTEGER | FLOAT
    if isinstance(value, str):
        return STRING
    return NULL if value is None else ARRAY if isinstance(value, list) else OBJECT


def implied(atom: Atom) -> tuple[Expr, tuple[Atom, ...], int, float | None] | None:
    """Return what an atom about a comparison says of the operand compared: atoms, its kinds, and the bound
    that it is not below. None where it is no such atom."""
    if not isinstance(call := atom.of, Call) or len(call.of) != 2 or not isinstance(call.of[1], Literal):
        return None
    of, argument = call.of[0], call.of[1].value
    truth = _truth(atom)
    if call.function == "less" and _is_number(argument):
        bound: float = argument  # type: ignore[assignment]  # a number, as was asked
        if truth is None:
            refuses = isinstance(atom, NotOneOf) and any(value is True for value in atom.values)
            return (of, (), ANY, bound) if refuses else None
        return of, (Below(of, bound) if truth else AtLeast(of, bound),), NUMERIC, None
    if call.function == "is" and isinstance(argument, str) and argument in OF_TYPE and truth is not None:
        kinds = OF_TYPE[argument]
        return of, (), kinds if truth else THERE & ~kinds, None
    if call.function == "matches" and isinstance(argument, str) and truth is not None:
        return of, () if truth else (NotMatches(of, argument),), SCALAR, None
    return None


def _truth(atom: Atom) -> bool | None:
    return atom.value if isinstance(atom, Equals) and isinstance(atom.value, bool) else None


def _literals(atom: Atom) -> tuple[JsonValue, ...] | None:
    """Return the values of which the atom can be true, where they are few and named."""
    match atom:
        case Equals(value=value):
            return (value,)
        case OneOfSet(values=values):
            return values
    return None


def _is_false(atom: Atom, value: JsonValue) -> bool:
    """Whether the atom is provably false of what equals the value, which is of a kind that it allows."""
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


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _matches(pattern: str, value: JsonValue) -> bool | None:
    """Whether text matches the whole pattern; None where that cannot be said."""
    try:
        return re.fullmatch(pattern, value) is not None if isinstance(value, str) else None
    except re.error:
        return None
