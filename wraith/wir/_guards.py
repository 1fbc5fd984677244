"""Guards: conjunctions of atoms over expressions, each a total question about request and state.

The same language says what a variant was seen with (its *support*). An atom is one of the kinds below; its
operand is an expression, so ``equals`` may look at the request as well as at a stored field.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal as OneOf
from typing import TypeAlias, get_args

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.paths import format_path, parse_path
from wraith.wir._expr import Expr, Lookup, Ref, expr_from_json, expr_to_json

JsonType: TypeAlias = OneOf["null", "boolean", "integer", "number", "string", "array", "object"]


@dataclass(frozen=True, slots=True)
class Exists:
    """Something stands there, null included."""

    of: Expr


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing stands there."""

    of: Expr


@dataclass(frozen=True, slots=True)
class Equals:
    """The value is this scalar, type and all."""

    of: Expr
    value: JsonValue


@dataclass(frozen=True, slots=True)
class OneOfSet:
    """The value is one of these texts."""

    of: Expr
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotOneOf:
    """The value is missing or none of these scalars."""

    of: Expr
    values: tuple[JsonValue, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The value is a number, or text that reads as one, and not below the bound."""

    of: Expr
    bound: float


@dataclass(frozen=True, slots=True)
class Below:
    """The value is a number, or text that reads as one, and below the bound."""

    of: Expr
    bound: float


@dataclass(frozen=True, slots=True)
class IsType:
    """The value has the JSON type; ``integer`` is a ``number`` too."""

    of: Expr
    type: JsonType


@dataclass(frozen=True, slots=True)
class Matches:
    """The value is text that matches the whole pattern (RE2's common subset of regular expressions)."""

    of: Expr
    pattern: str


@dataclass(frozen=True, slots=True)
class NotMatches:
    """The value is missing, no text, or text that does not match the whole pattern."""

    of: Expr
    pattern: str


@dataclass(frozen=True, slots=True)
class KeysWithin:
    """The value is no object, or one without other keys than these."""

    of: Expr
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeysBeyond:
    """The value is an object with a key that is none of these."""

    of: Expr
    keys: tuple[str, ...]


Atom: TypeAlias = (
    Exists
    | Absent
    | Equals
    | OneOfSet
    | NotOneOf
    | AtLeast
    | Below
    | IsType
    | Matches
    | NotMatches
    | KeysWithin
    | KeysBeyond
)

_TAGS: dict[str, type[Atom]] = {
    "exists": Exists,
    "absent": Absent,
    "equals": Equals,
    "in": OneOfSet,
    "not_in": NotOneOf,
    "at_least": AtLeast,
    "below": Below,
    "type": IsType,
    "matches": Matches,
    "not_matches": NotMatches,
    "keys_within": KeysWithin,
    "keys_beyond": KeysBeyond,
}
_NAMES = {kind: tag for tag, kind in _TAGS.items()}


def known(entity: str, key: Expr) -> Exists:
    """Return the atom "an entity of that name is stored under that key"."""
    return Exists(Lookup(entity, key))


def atom_to_json(atom: Atom) -> JsonValue:
    """Return the JSON form: ``{"exists": operand}``, ``{"equals": [operand, value]}``."""
    operand: JsonValue = format_path(atom.of.path) if isinstance(atom.of, Ref) else expr_to_json(atom.of)
    tag = _NAMES[type(atom)]
    match atom:
        case Exists() | Absent():
            return {tag: operand}
        case Equals(value=value):
            return {tag: [operand, value]}
        case OneOfSet(values=values) | NotOneOf(values=values):
            return {tag: [operand, list(values)]}
        case AtLeast(bound=bound) | Below(bound=bound):
            return {tag: [operand, bound]}
        case IsType(type=name):
            return {tag: [operand, name]}
        case Matches(pattern=pattern) | NotMatches(pattern=pattern):
            return {tag: [operand, pattern]}
        case KeysWithin(keys=keys) | KeysBeyond(keys=keys):
            return {tag: [operand, list(keys)]}


def atom_from_json(value: JsonValue) -> Atom:
    """Return the atom in its JSON form. Raises InputError that says what was expected."""
    if isinstance(value, dict) and len(value) == 1:
        [(tag, rest)] = value.items()
        if tag == "exists":
            return Exists(_operand(rest))
        if tag == "absent":
            return Absent(_operand(rest))
        if tag in _ARGUMENTS and isinstance(rest, list) and len(rest) == 2:
            operand, argument = rest
            return _TAGS[tag](_operand(operand), _argument(tag, argument))  # type: ignore[call-arg,arg-type]  # by tag
    raise InputError(
        f"not a guard: {value!r:.120}", hint=f"expected an object with one of {', '.join(_TAGS)}"
    )


def _argument(tag: str, value: JsonValue) -> JsonValue | tuple[JsonValue, ...]:
    expected, is_right = _ARGUMENTS[tag]
    if not is_right(value):
        raise InputError(f"{tag}: expected {expected}, found {value!r:.80}")
    return tuple(value) if isinstance(value, list) and tag != "equals" else value


def _is_texts(value: JsonValue) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_ARGUMENTS: dict[str, tuple[str, Callable[[JsonValue], bool]]] = {
    "equals": ("a value", lambda value: True),
    "in": ("a list of texts", _is_texts),
    "not_in": ("a list", lambda value: isinstance(value, list)),
    "at_least": ("a number", _is_number),
    "below": ("a number", _is_number),
    "type": ("a JSON type", lambda value: value in get_args(JsonType)),
    "matches": ("a pattern", lambda value: isinstance(value, str)),
    "not_matches": ("a pattern", lambda value: isinstance(value, str)),
    "keys_within": ("a list of texts", _is_texts),
    "keys_beyond": ("a list of texts", _is_texts),
}


def _operand(value: JsonValue) -> Expr:
    return Ref(parse_path(value)) if isinstance(value, str) else expr_from_json(value)
