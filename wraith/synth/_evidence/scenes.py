"""What one exchange could have added up: collections as tables, and what it speaks of.

A row is met in many samples and for many parts of its answer, so each table is made once for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from functools import cached_property
from itertools import islice
from typing import Final, NamedTuple, TypeAlias

from wraith.canonical import JsonValue
from wraith.paths import Path
from wraith.synth._evidence.rows import Compute, Row
from wraith.synth._world.flats import Flat, elements
from wraith.wir import Expr, Ref

SPEAKING: Final = ("request", "entity", "item")
"""Where an exchange says what it is about."""

MAX_LOOKED_AT: Final = 8
"""Entities of a collection that show which lists they hold."""

Join: TypeAlias = tuple[Path, Expr]
"""A field of the entity, and what it has to be equal to."""


class Numbers(NamedTuple):
    """Numbers with the least of them and what they come to; both are 0 where there are none."""

    each: Sequence[float]
    least: float
    total: float


NONE: Final = Numbers((), 0, 0)


def numbers_of(some: Sequence[Flat], measure: Path | None) -> Numbers:
    """Return the numbers that entities have in a field, 1 for each where no field is named."""
    if measure is None:
        return Numbers([1] * len(some), 1, len(some)) if some else NONE
    found = [flat.values.get(measure) for flat in some]
    each = [number for number in found if isinstance(number, (int, float))]
    return Numbers(each, min(each), sum(each)) if each else NONE


class Scene:
    """The collections that one exchange could look at."""

    def __init__(self, row: Row) -> None:
        self._observation, self._index = row.observation, row.index  # not the row, which keeps its scene
        self._tables: dict[tuple[str, Path], Sequence[Flat]] = {}
        self._numbers: dict[tuple[str, Path, Path | None], Numbers] = {}
        self._joins: dict[tuple[str, Path], Set[Join]] = {}

    @property
    def names(self) -> Sequence[str]:
        """The collections."""
        return tuple(self._observation.captured.whole)

    def documents(self, name: str) -> Sequence[JsonValue]:
        """Return the entities of a collection."""
        return list(self._observation.captured.whole.get(name, {}).values())

    def size(self, name: str, unwind: Path) -> int:
        """Return how many entities a collection has, or elements of a list in them."""
        stored = self._observation.captured.whole.get(name, {})
        return sum(len(elements(each, unwind)) for each in stored.values()) if unwind else len(stored)

    def table(self, name: str, unwind: Path) -> Sequence[Flat]:
        """Return a collection as a table, or the elements of a list in its entities."""
        if (name, unwind) not in self._tables:
            flats = self._observation.captured.flats
            self._tables[name, unwind] = flats.table(self.documents(name), unwind)
        return self._tables[name, unwind]

    def given(self, compute: Compute) -> Sequence[Flat]:
        """Return the documents that a query gives as a table."""
        found = compute(self._observation.env)
        documents = found if isinstance(found, list) else []
        return self._observation.captured.flats.table(documents, ())

    def numbers(self, name: str, unwind: Path, measure: Path | None) -> Numbers:
        """Return the numbers in a field of a table."""
        place = (name, unwind, measure)
        if place not in self._numbers:
            self._numbers[place] = numbers_of(self.table(name, unwind), measure)
        return self._numbers[place]

    def lists(self, name: str) -> Set[Path]:
        """Return where entities of a collection hold lists of objects."""
        captured = self._observation.captured
        some = islice(captured.whole.get(name, {}).values(), MAX_LOOKED_AT)
        return {(key,) for document in some for key in captured.flats.lists(document)}

    @cached_property
    def referred(self) -> Mapping[object, Sequence[Ref]]:
        """What the exchange speaks of, with where it says so."""
        found: dict[object, list[Ref]] = {}
        for key, exprs in self._index.own():
            said = [expr for expr in exprs if isinstance(expr, Ref) and expr.path[0] in SPEAKING]
            if said:
                found[key] = said
        for root, by_key in self._index.documents():
            if isinstance(root.expr, Ref) and root.expr.path[0] in SPEAKING:
                for key, paths in by_key.items():
                    found.setdefault(key, []).extend(Ref((*root.expr.path, *path)) for path in paths)
        return found

    def joins(self, name: str, unwind: Path) -> Set[Join]:
        """Return the fields of a table that hold something the exchange speaks of, with where it says so."""
        if (name, unwind) not in self._joins:
            said = self.referred
            known = said.keys()
            fields = {
                (path, key)
                for flat in self.table(name, unwind)
                if not known.isdisjoint(flat.filed)
                for path, key in flat.keys
                if key in said
            }
            self._joins[name, unwind] = {(path, expr) for path, key in fields for expr in said[key]}
        return self._joins[name, unwind]
