"""Effects: what answering does to the state of the session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from wraith.canonical import JsonValue
from wraith.errors import InputError
from wraith.paths import Path, format_path, parse_path
from wraith.wir._codec import expr_from_json, expr_to_json
from wraith.wir._expr import Expr, Query


@dataclass(frozen=True, slots=True)
class Put:
    """Store the value as the entity under the key; its place in the order of creation stays where it has
    one."""

    entity: str
    key: Expr
    value: Expr


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove the entity under the key."""

    entity: str
    key: Expr


@dataclass(frozen=True, slots=True)
class SetField:
    """Set one field of a stored entity; nothing where the entity or the value is missing."""

    entity: str
    key: Expr
    at: Path
    value: Expr


@dataclass(frozen=True, slots=True)
class Make:
    """Store a document made from a template: an entity that comes into being beside what is answered.

    Template and holes are those of a variant; a hole's ``response.body`` is the answer, and ``made`` is the
    document itself, for its key as well.
    """

    entity: str
    key: Expr
    template: JsonValue
    holes: tuple[tuple[str, Expr], ...] = ()


@dataclass(frozen=True, slots=True)
class Purge:
    """Remove every entity that the query finds."""

    query: Query


@dataclass(frozen=True, slots=True)
class Sweep:
    """Remove the entities that refer to the key by a field; where the path is empty, those whose own key
    begins with it and a slash: the children of a parent."""

    entity: str
    key: Expr
    field: Path = ()


@dataclass(frozen=True, slots=True)
class ForEach:
    """Have an effect once for each element of a list, which it sees at the root ``item``."""

    of: Expr
    effect: Effect


Effect: TypeAlias = Put | Delete | SetField | Make | Sweep | Purge | ForEach


def effect_to_json(effect: Effect) -> JsonValue:
    """Return the JSON form of an effect, the inverse of ``effect_from_json``."""
    match effect:
        case Put(entity, key, value):
            return {"put": entity, "key": expr_to_json(key), "value": expr_to_json(value)}
        case Delete(entity, key):
            return {"delete": entity, "key": expr_to_json(key)}
        case ForEach(of, each):
            return {"for_each": expr_to_json(of), "effect": effect_to_json(each)}
        case Purge(query):
            return {"purge": expr_to_json(query)}
        case Sweep(entity, key, field):
            return {"sweep": entity, "key": expr_to_json(key), "field": format_path(field)}
        case SetField(entity, key, at, value):
            return {
                "set": entity,
                "key": expr_to_json(key),
                "at": format_path(at),
                "value": expr_to_json(value),
            }
        case Make(entity, key, template, holes):
            return {
                "make": entity,
                "key": expr_to_json(key),
                "template": template,
                "holes": {name: expr_to_json(hole) for name, hole in holes},
            }


def effect_from_json(value: JsonValue) -> Effect:
    """Return the effect in its JSON form. Raises InputError that says what was expected."""
    match value:
        case {"put": str(entity), "key": key, "value": what}:
            return Put(entity, expr_from_json(key), expr_from_json(what))
        case {"delete": str(entity), "key": key}:
            return Delete(entity, expr_from_json(key))
        case {"for_each": of, "effect": each}:
            return ForEach(expr_from_json(of), effect_from_json(each))
        case {"purge": query} if isinstance(found := expr_from_json(query), Query):
            return Purge(found)
        case {"sweep": str(entity), "key": key, "field": str(field)}:
            return Sweep(entity, expr_from_json(key), parse_path(field))
        case {"set": str(entity), "key": key, "at": str(at), "value": what}:
            return SetField(entity, expr_from_json(key), parse_path(at), expr_from_json(what))
        case {"make": str(entity), "key": key, "template": template, "holes": dict(holes)}:
            filled = tuple((name, expr_from_json(hole)) for name, hole in holes.items())
            return Make(entity, expr_from_json(key), template, filled)
        case _:
            raise InputError(
                f"not an effect: {value!r:.120}",
                hint="expected put, delete, sweep, set or make, with key, purge, or for_each with effect",
            )
