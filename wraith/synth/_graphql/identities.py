"""Objects that were shown without their key, and are known nevertheless: by what else was shown of them.

A document asks of an author for the login alone. Where logins tell people apart, the one of whom the session
showed this login, with its key, is meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from wraith.synth._graphql.documents import ROOTS, Call, Object
from wraith.synth._graphql.subjects import entities
from wraith.synth._graphql.types import Class, Types

FEWEST = 4
"""Different values of a field, of entities that are beside each other, that show it to tell them apart."""

Shown = dict[str, dict[str, set[str]]]
"""By field and value: the keys of the entities that were shown with it."""


@dataclass(slots=True)
class _Index:
    """What the calls of one world show of the entities of each class, with their keys."""

    shown: dict[str, Shown] = field(default_factory=lambda: defaultdict(dict))

    def add(self, of: Class, key: str, value: Object) -> None:
        for name, text in _plain(value):
            self.shown[of.name].setdefault(name, {}).setdefault(text, set()).add(key)

    def key(self, of: Class, value: Object, telling: set[str]) -> str | None:
        """Return the key of the one entity that agrees with all that an object shows."""
        known = self.shown.get(of.name, {})
        sets = [known.get(name, {}).get(text, set()) for name, text in _plain(value)]
        if not any(name in telling for name, _ in _plain(value)):
            return None
        common = set.intersection(*sets)
        return next(iter(common)) if len(common) == 1 else None


def tell_keys(worlds: Sequence[Sequence[Call]], types: Types) -> None:
    """Give objects the keys that calls of the same world tell, and classes the fields that do."""
    indexes = [_index(calls, types) for calls in worlds]
    for each in types.classes:
        if each.key:
            each.telling = _telling(each, indexes)
    for calls, index in zip(worlds, indexes, strict=True):
        for of, key, value in _entities(calls, types):
            if key is None:
                value.key = index.key(of, value, of.telling)


def _index(calls: Sequence[Call], types: Types) -> _Index:
    index = _Index()
    for of, key, value in _entities(calls, types):
        if key is not None:
            index.add(of, key, value)
    return index


def _entities(calls: Sequence[Call], types: Types) -> Iterator[tuple[Class, str | None, Object]]:
    for call in calls:
        yield from entities(call.value, types.at.get((ROOTS[call.kind], call.name)), types)


def _telling(of: Class, indexes: Sequence[_Index]) -> set[str]:
    """Return the fields by which one entity of a class is told from the others, in all worlds."""
    one: dict[str, int] = defaultdict(int)
    many: dict[str, int] = defaultdict(int)
    for index in indexes:
        for name, values in index.shown.get(of.name, {}).items():
            if len(set().union(*values.values())) > 1:
                one[name] += sum(len(keys) == 1 for keys in values.values())
                many[name] += sum(len(keys) > 1 for keys in values.values())
    return {name for name, count in one.items() if count >= FEWEST and many[name] * 10 <= count} - {of.key}


def _plain(value: Object) -> Iterator[tuple[str, str]]:
    for sight in value.sights:
        if not sight.arguments and isinstance(sight.value, str | int | float | bool):
            yield sight.name, repr(sight.value)
