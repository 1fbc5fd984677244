"""What a handler writes, beside the state until it is known whether it is to be kept."""

from __future__ import annotations

from collections.abc import Mapping

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, get, parse_path
from wraith.runtime._state import State


class Draft:
    """A view of a state with writes of its own. ``keep`` makes them real; without it they never happened."""

    __slots__ = ("_counters", "_state", "_views", "_writes")

    def __init__(self, state: State) -> None:
        self._state = state
        self._views: dict[str, dict[str, JsonValue]] = {}
        self._writes: list[tuple[str, str, Found]] = []
        self._counters: dict[str, int] = {}

    def all(self, entity: str) -> Mapping[str, JsonValue]:
        """Return the entities of a type by key, in the order of their creation."""
        return self._views[entity] if entity in self._views else self._state.all(entity)

    def get(self, entity: str, key: str) -> Found:
        return self.all(entity).get(key, MISSING)

    def put(self, entity: str, key: str, value: JsonValue) -> None:
        self._view(entity)[key] = value
        self._writes.append((entity, key, value))

    def delete(self, entity: str, key: str) -> bool:
        """Remove an entity, and return whether there was one."""
        there = self._view(entity).pop(key, MISSING) is not MISSING
        if there:
            self._writes.append((entity, key, MISSING))
        return there

    def query(self, entity: str, field: str, value: JsonValue) -> list[JsonValue]:
        """Return the entities whose field, a path, is equal to a value. Raises ValueError for what is no
        path."""
        path = parse_path(field)
        return [each for each in self.all(entity).values() if get(each, path) == value]

    def counter(self, name: str) -> int:
        """Count one further, and return the number: 1 the first time in a session."""
        self._counters[name] = self._counters.get(name, self._state.counters.get(name, 0)) + 1
        return self._counters[name]

    def keep(self) -> None:
        """Make the writes real, in their order."""
        for entity, key, value in self._writes:
            if value is MISSING:
                self._state.delete(entity, key)
            else:
                self._state.put(entity, key, value)
        self._state.counters.update(self._counters)

    def _view(self, entity: str) -> dict[str, JsonValue]:
        if entity not in self._views:
            self._views[entity] = dict(self._state.all(entity))
        return self._views[entity]
