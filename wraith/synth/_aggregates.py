"""Numbers that add up what is stored: counts, totals, extremes and averages over entities.

The hypothesis is a query with one function over it: the entities of a collection, or the elements of a list in
each of them, which refer to what the exchange is about (a *join*), and whose state is one of a few (a
*category*). It is worked out when it is asked for, so a later read shows what earlier writes changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, leaves
from wraith.runtime import text_of
from wraith.synth._places import norm, rank
from wraith.synth._rows import Row, Values, equal, fit, plain_number
from wraith.synth._sampling import thinned
from wraith.wir import Call, Expr, First, Literal, Query, Ref, Where

SAMPLE = 24
"""Rows that aggregates are searched on; the rest only verify."""

MAX_FIELDS = 24
"""Fields of an entity that are looked at."""

MAX_JOINS = 6
"""Joins tried for a collection, those that most rows have first."""

MAX_CATEGORIES = 8
"""Different values of a field that says in which state an entity is: 256 sets of them."""

DISTINCT = 3
"""Different results that an aggregate must give; with conditions chosen freely, fewer are met by chance."""

MAX_DEPTH = 3
"""How deep in an entity a field may stand."""

Flat = Mapping[Path, JsonValue]
"""The scalars of an entity, or of one element of a list in it together with those of the entity, by path."""


@dataclass(slots=True)
class Aggregates:
    """Searches for the rows of one template. What an entity holds is worked out once for all of them."""

    rows: Sequence[Row]
    _flat: dict[tuple[int, Path], list[Flat]] = field(default_factory=dict)
    _kept: list[JsonValue] = field(default_factory=list)
    """Keeps the entities alive whose identity is a key."""

    def source(self, values: Values, at: Path) -> Expr | None:
        """Return the simplest aggregate that gives every number; null where there is nothing to add up."""
        told = [i for i, value in enumerate(values) if plain_number(value) is not None]
        if any(value is not None and plain_number(value) is None for value in values) or len(told) < DISTINCT:
            return None
        variety = len({values[i] for i in told if isinstance(values[i], int | float)})
        if variety < 2:
            return None
        sample = thinned(told, SAMPLE)
        rows = [self.rows[i] for i in sample]
        targets = [number for i in sample if (number := plain_number(values[i])) is not None]
        best: Expr | None = None
        for expr in self._candidates(rows, targets, at, variety):
            if best is not None and rank(best) <= rank(expr):
                continue
            verified = _verified(expr, self.rows, values)
            if verified is not None:
                best = verified
        return best

    def _candidates(
        self, rows: Sequence[Row], targets: Sequence[float], at: Path, variety: int
    ) -> Iterator[Expr]:
        names = sorted({name for row in rows for name in row.observation.captured.whole})
        for name in names:
            for unwind in self._unwinds(name, rows):
                tables = [self._table(name, unwind, row) for row in rows]
                for join in [None, *_joins(tables, rows)]:
                    found = [_joined(table, row, join) for table, row in zip(tables, rows, strict=True)]
                    if any(found):
                        yield from _measured(name, unwind, join, found, targets, at, variety)

    def _unwinds(self, name: str, rows: Sequence[Row]) -> list[Path]:
        """Return the ways to look at a collection: as it is, or as the elements of a list in each."""
        lists: dict[Path, None] = {}
        for row in rows:
            for document in list(row.observation.captured.whole.get(name, {}).values())[:8]:
                for key, member in document.items() if isinstance(document, dict) else ():
                    if isinstance(member, list) and member and isinstance(member[0], dict):
                        lists.setdefault((key,))
        return [(), *sorted(lists, key=str)[:2]]

    def _table(self, name: str, unwind: Path, row: Row) -> list[Flat]:
        table: list[Flat] = []
        for document in row.observation.captured.whole.get(name, {}).values():
            place = (id(document), unwind)
            if place not in self._flat:
                self._kept.append(document)
                self._flat[place] = list(_flattened(document, unwind))
            table += self._flat[place]
        return table


def _flattened(document: JsonValue, unwind: Path) -> Iterator[Flat]:
    """Yield the scalars of an entity by path; once for each element of the list where it is unwound."""
    own = {
        path: value
        for path, value in leaves(document)
        if len(path) <= MAX_DEPTH and not any(isinstance(step, int) for step in path)
    }
    own = dict(list(own.items())[:MAX_FIELDS])
    if not unwind:
        yield own
        return
    elements = document.get(str(unwind[0])) if isinstance(document, dict) else None
    for element in elements if isinstance(elements, list) else ():
        inner = {path: value for path, value in leaves(element, unwind) if len(path) <= MAX_DEPTH + 1}
        yield {**own, **inner}


Join = tuple[Path, Expr]
"""A field of the entity, and what it has to be equal to."""


def _joins(tables: Sequence[Sequence[Flat]], rows: Sequence[Row]) -> list[Join]:
    """Return the fields that hold something the exchange speaks of, with where it says so: only what does so
    in most rows that have entities at all, most often first."""
    votes: Counter[Join] = Counter()
    for table, row in zip(tables, rows, strict=True):
        here: dict[Join, None] = {}
        for flat in table:
            for path, value in flat.items():
                if isinstance(value, str | int) and not isinstance(value, bool):
                    for expr in row.index.get(norm(value), ()):
                        if isinstance(expr, Ref) and expr.path[0] in ("request", "entity", "item"):
                            here.setdefault((path, expr))
        votes.update(here.keys())
    most = max(votes.values(), default=0)
    frequent = [join for join, count in votes.items() if count * 2 >= most]
    return sorted(frequent, key=lambda join: (-votes[join], rank(join[1]), len(join[0]), str(join[0])))[:MAX_JOINS]


def _joined(table: Sequence[Flat], row: Row, join: Join | None) -> list[Flat]:
    if join is None:
        return list(table)
    path, expr = join
    from wraith.runtime import compile_expr

    wanted = text_of(compile_expr(expr)(row.env))
    return [flat for flat in table if path in flat and text_of(flat[path]) == wanted is not None]


def _measured(
    name: str,
    unwind: Path,
    join: Join | None,
    found: Sequence[Sequence[Flat]],
    targets: Sequence[float],
    at: Path,
    variety: int,
) -> Iterator[Expr]:
    """Yield the aggregates of what was found that give the targets, over all or over some categories."""
    where = (Where(join[0], "equals", join[1], when_given=False),) if join is not None else ()
    every = [flat for flats in found for flat in flats]
    fields = dict.fromkeys(path for flat in every for path in flat)
    numeric = [p for p in fields if all(p not in f or plain_number(f[p]) is not None for f in every)]
    for measure in (None, *numeric):
        query = Query(name, where, unwind=unwind)
        if measure is not None:
            query = Query(name, where, item=Ref(("entity", *measure)), unwind=unwind)
        columns = [[_value(flat, measure) for flat in flats] for flats in found]
        if variety >= DISTINCT or join is not None:
            yield from _functions(query, columns, targets)
        for path in fields:
            yield from _by_category(query, path, found, columns, targets, at, variety)


def _value(flat: Flat, measure: Path | None) -> float | None:
    return 1 if measure is None else plain_number(flat.get(measure, None))


def _functions(query: Query, columns: Sequence[Sequence[float | None]], targets: Sequence[float]) -> Iterator[Expr]:
    """Yield the functions of the numbers found that give the targets."""
    numbers = [[value for value in column if value is not None] for column in columns]
    if query.item is None:
        if all(len(some) == target for some, target in zip(numbers, targets, strict=True)):
            yield Call("count", (query,))
        return
    if all(sum(some) == target for some, target in zip(numbers, targets, strict=True)):
        yield Call("total", (query,))
    if not all(numbers):
        return
    for function, make in (("maximum", max), ("minimum", min)):
        if all(make(some) == target for some, target in zip(numbers, targets, strict=True)):
            yield Call(function, (query,))
    means = [sum(some) / len(some) for some in numbers]
    if all(abs(mean - target) <= 1 for mean, target in zip(means, targets, strict=True)):
        average = Call("average", (query,))
        yield from (average, *(Call(way, (average,)) for way in ("round", "floor", "round_even", "ceil")))


def _by_category(
    query: Query,
    path: Path,
    found: Sequence[Sequence[Flat]],
    columns: Sequence[Sequence[float | None]],
    targets: Sequence[float],
    at: Path,
    variety: int,
) -> Iterator[Expr]:
    """Yield aggregates over the entities whose field is one of some texts: the fewest texts first."""
    texts = {flat[path] for flats in found for flat in flats if isinstance(flat.get(path), str)}
    if not 2 <= len(texts) <= MAX_CATEGORIES or any(len(str(text)) > 40 for text in texts):
        return
    names = sorted(str(text) for text in texts)
    named = [name for name in names if name in at]
    sets = [(name,) for name in named] if variety < DISTINCT else _subsets(names)
    for chosen in sets:
        kept = [
            [value for flat, value in zip(flats, column, strict=True) if flat.get(path) in chosen]
            for flats, column in zip(found, columns, strict=True)
        ]
        wanted: JsonValue = list(chosen) if len(chosen) > 1 else chosen[0]
        condition = Where(path, "equals", Literal(wanted), when_given=False)
        yield from _functions(_with(query, condition), kept, targets)


def _subsets(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for size in range(1, len(names)):
        yield from combinations(names, size)


def _with(query: Query, condition: Where) -> Query:
    return Query(query.entity, (*query.where, condition), item=query.item, unwind=query.unwind)


def _verified(expr: Expr, rows: Sequence[Row], values: Values) -> Expr | None:
    found = fit(expr, rows, values)
    if found is not None and found.whole:
        return expr
    if any(value is None for value in values):
        other = First((expr, Literal(None)))
        found = fit(other, rows, values)
        if found is not None and found.whole:
            return other
    return None


