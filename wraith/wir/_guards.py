"""Guards: conjunctions of atoms over expressions, each a total question about request and state.

The same language says what a variant was seen with (its *support*). An atom is one of the kinds below; its
operand is an expression, so ``equals`` may look at the request as well as at a stored field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf
from typing import TypeAlias

from wraith.canonical import JsonValue
from wraith.wir._expr import Expr, Lookup

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


def known(entity: str, key: Expr) -> Exists:
    """Return the atom "an entity of that name is stored under that key"."""
    return Exists(Lookup(entity, key))
