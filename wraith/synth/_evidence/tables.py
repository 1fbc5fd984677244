"""What queries find on the rows of a sample, as tables: the numbers in them, and the fields that say in which
state an entity is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import TypeAlias

from wraith.paths import Path
from wraith.runtime import text_of
from wraith.synth._evidence.rows import Compute
from wraith.synth._evidence.scenes import Numbers, Scene, numbers_of
from wraith.synth._world.flats import Flat
from wraith.wir import Query

MAX_MEASURES = 8
"""Numeric fields that are added up."""

MAX_SWITCHES = 6
"""Fields that say in which state an entity is."""

MAX_CATEGORIES = 8
"""Different values of a field that says in which state an entity is: 256 sets of them."""

Wanted: TypeAlias = Callable[[int], str | None]
"""What the field of a join has to say on a row."""

Categories: TypeAlias = Mapping[str, Sequence[float]]
"""Numbers by what a field says."""


class Tables:
    """A collection as it was on each row, with the fields that can be added up, and those that say in which
    state an entity is; most hypotheses fail before they ask for the latter."""

    def __init__(
        self,
        scenes: Sequence[Scene],
        name: str,
        unwind: Path,
        sample: Sequence[int],
        found: Compute | None = None,
    ) -> None:
        """``found`` gives the entities, where they are not the whole collection."""
        self._scenes = scenes
        self._compute = found
        self._known: dict[int, Sequence[Flat]] = {}
        self._name = name
        self._unwind = unwind
        self._sample = sample

    def row(self, i: int) -> Sequence[Flat]:
        """Return the entities, or elements of a list in them, of a row."""
        if self._compute is None:
            return self._scenes[i].table(self._name, self._unwind)
        if i not in self._known:
            self._known[i] = self._scenes[i].given(self._compute)
        return self._known[i]

    def numbers(self, i: int, measure: Path | None) -> Numbers:
        """Return the numbers in a field on a row."""
        if self._compute is None:
            return self._scenes[i].numbers(self._name, self._unwind, measure)
        return numbers_of(self.row(i), measure)

    @cached_property
    def _every(self) -> Sequence[Flat]:
        some = list(chain.from_iterable(map(self.row, self._sample)))
        return list(
            dict(zip(map(id, some), some, strict=True)).values()
        )  # documents live as long as the rows

    @cached_property
    def measures(self) -> tuple[Path, ...]:
        return _measures(self._every, self._unwind)

    @cached_property
    def switches(self) -> tuple[Path, ...]:
        return _switches(self._every)


class View:
    """What one query finds on each row, before conditions on its state; worked out row by row, because most
    hypotheses fail on the first."""

    def __init__(
        self, query: Query, tables: Tables, join: Path | None = None, wanted: Wanted = lambda i: None
    ) -> None:
        self.query = query
        self._tables = tables
        self._join = join
        self._wanted = wanted
        self._found: dict[int, Sequence[Flat]] = {}
        self._numbers: dict[tuple[int, Path | None], Numbers] = {}
        self._categories: dict[tuple[int, Path | None, Path], Categories] = {}
        self._parts: dict[tuple[int, Path], Mapping[str, Sequence[Flat]]] = {}

    @property
    def measures(self) -> tuple[Path, ...]:
        return self._tables.measures

    @property
    def switches(self) -> tuple[Path, ...]:
        return self._tables.switches

    def found(self, i: int) -> Sequence[Flat]:
        """Return what the query finds on a row."""
        if self._join is None:
            return self._tables.row(i)
        if i not in self._found:
            wanted, path = self._wanted(i), self._join
            self._found[i] = [
                flat
                for flat in (self._tables.row(i) if wanted is not None else ())
                if path in flat.values and text_of(flat.values[path]) == wanted
            ]
        return self._found[i]

    def numbers(self, i: int, measure: Path | None) -> Numbers:
        """Return the numbers that a row has."""
        if self._join is None:
            return self._tables.numbers(i, measure)
        if (i, measure) not in self._numbers:
            self._numbers[i, measure] = numbers_of(self.found(i), measure)
        return self._numbers[i, measure]

    def by_category(self, i: int, measure: Path | None, switch: Path) -> Categories:
        """Return the numbers that a row has, by what a field says."""
        place = (i, measure, switch)
        if place not in self._categories:
            numbers = {name: numbers_of(some, measure).each for name, some in self._parted(i, switch).items()}
            self._categories[place] = {name: each for name, each in numbers.items() if each}
        return self._categories[place]

    def _parted(self, i: int, switch: Path) -> Mapping[str, Sequence[Flat]]:
        """Return what the query finds on a row, by what a field says: the same whatever is measured."""
        if (i, switch) not in self._parts:
            found: dict[str, list[Flat]] = {}
            for flat in self.found(i):
                category = flat.values.get(switch)
                name = text_of(category) if isinstance(category, (str, bool)) else None
                if name is not None:
                    found.setdefault(name, []).append(flat)
            self._parts[i, switch] = found
        return self._parts[i, switch]


def _measures(every: Sequence[Flat], unwind: Path) -> tuple[Path, ...]:
    """Return the fields that are numbers; of the elements of a list, their own."""
    each = [flat.shape for flat in every]
    shapes = dict(zip(map(id, each), each, strict=True)).values()
    fields = dict.fromkeys(path for shape in shapes for path, _ in shape if path[: len(unwind)] == unwind)
    others = {path for shape in shapes for path, is_number in shape if not is_number}
    return tuple(path for path in fields if path not in others)[:MAX_MEASURES]


def _switches(every: Sequence[Flat]) -> tuple[Path, ...]:
    """Return the fields with few texts, each met more than once, the fewest first."""
    texts: dict[Path, list[int]] = defaultdict(list)
    for (path, _), count in Counter(chain.from_iterable(flat.texts for flat in every)).items():
        texts[path].append(count)
    found = [
        (len(counts), str(path), path)
        for path, counts in texts.items()
        if 2 <= len(counts) <= MAX_CATEGORIES and sum(counts) >= 2 * len(counts)
    ]
    return tuple(path for *_, path in sorted(found)[:MAX_SWITCHES])
