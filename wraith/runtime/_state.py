"""What a session remembers: entities by name and key, in the order of their creation.

Representations are immutable by agreement: effects store new ones, nothing edits one in place, so a stored
representation may be shared with an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path

_Counted: TypeAlias = tuple[bool, int]
"""Whether a key is a number as a whole, which comes before all others, and the number."""

_DIGITS = "0123456789"
MAX_DIGITS = 18


class State:
    """Entities of a session."""

    __slots__ = ("_ever", "counters", "entities")

    def __init__(self, entities: Mapping[str, Iterable[tuple[str, JsonValue]]] | None = None) -> None:
        self.entities: dict[str, dict[str, JsonValue]] = {}
        self._ever: dict[str, _Counted] = {}
        self.counters: dict[str, int] = {}
        """What handlers count, by name."""
        for name, items in (entities or {}).items():
            for key, value in items:
                self.put(name, key, value)

    def copy(self) -> State:
        """Return a state that holds the same now, and changes by itself."""
        other = State()
        other.entities = {name: dict(stored) for name, stored in self.entities.items()}
        other._ever = dict(self._ever)
        other.counters = dict(self.counters)
        return other

    def get(self, entity: str, key: str) -> Found:
        stored = self.entities.get(entity)
        return MISSING if stored is None else stored.get(key, MISSING)

    def put(self, entity: str, key: str, value: JsonValue) -> None:
        self.entities.setdefault(entity, {})[key] = value
        if (counted := _counted(key)) is not None:
            self._ever[entity] = max(self._ever.get(entity, counted), counted)

    def delete(self, entity: str, key: str) -> None:
        self.entities.get(entity, {}).pop(key, None)

    def all(self, entity: str) -> dict[str, JsonValue]:
        return self.entities.get(entity, {})

    def next_key(self, entity: str, *, ever: bool, start: int = 1) -> int:
        """One more than the greatest integer key, or than the greatest number that a key ends with where none
        is an integer; ``start`` where there is neither. Linear in the number of entities unless ``ever``."""
        if ever:
            return self._ever.get(entity, (False, start - 1))[1] + 1
        counted = (each for key in self.all(entity) if (each := _counted(key)) is not None)
        return max(counted, default=(False, start - 1))[1] + 1


def _counted(key: str) -> _Counted | None:
    """Return the number that a key ends with, if it is one that was counted: a longer one is random, or an
    instant. Below a parent it is the last part that counts."""
    own = key.rpartition("/")[2]
    digits = own[len(own.rstrip(_DIGITS)) :]
    return (digits == own, int(digits)) if 0 < len(digits) < MAX_DIGITS else None


def replaced(document: Found, path: Path, value: JsonValue) -> JsonValue:
    """Return the document with the value at a path, sharing what did not change; objects are made where
    missing."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int) and isinstance(document, list) and step < len(document):
        return [*document[:step], replaced(document[step], rest, value), *document[step + 1 :]]
    if isinstance(step, str):
        members = document if isinstance(document, dict) else {}
        return {**members, step: replaced(members.get(step, MISSING), rest, value)}
    return document if document is not MISSING else None
