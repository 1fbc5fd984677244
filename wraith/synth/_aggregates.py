"""Numbers that add up what is stored: counts, totals, extremes and averages over entities.

The hypothesis is a query with one function over it: the entities of a collection, or the elements of a list
in each of them, which refer to what the exchange is about (a *join*), and whose state is one of a few (a
*category*). It is worked out when it is asked for, so a later read shows what earlier writes changed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import TypeAlias

from wraith.canonical import JsonValue
from wraith.paths import Path, leaves
from wraith.runtime import compile_expr, read_time, text_of
from wraith.synth._places import cost, norm, rank
from wraith.synth._rows import Row, Values, fit, plain_number
from wraith.synth._sampling import thinned
from wraith.wir import Call, Expr, First, Literal, Query, Ref, Where

SAMPLE = 20
"""Rows that aggregates are searched on; the rest only verify."""

MAX_ELEMENTS = 40_000
"""Entities looked at in one collection for all rows of a sample together."""

MAX_FIELDS = 24
"""Scalar fields of an entity that are looked at."""

MAX_MEASURES = 8
"""Numeric fields that are added up."""

MAX_SWITCHES = 4
"""Fields that say in which state an entity is."""

MAX_JOINS = 6
"""Joins tried for a collection, those that most rows have first."""

MAX_CATEGORIES = 8
"""Different values of a field that says in which state an entity is: 256 sets of them."""

DISTINCT = 3
"""Different results that an aggregate must give; with conditions chosen freely, fewer are met by chance."""

MAX_DEPTH = 3
"""How deep in an entity a field may stand."""

Join = tuple[Path, Expr]
"""A field of the entity, and what it has to be equal to."""


@dataclass(frozen=True, slots=True)
class _Flat:
    """The scalars of an entity by path, or of one element of a list in it together with those of the
    entity; and what those that may be keys are filed under."""

    values: Mapping[Path, JsonValue]
    keys: tuple[tuple[Path, object], ...]


Flats: TypeAlias = dict[tuple[int, Path], tuple[_Flat, ...]]
"""What was flattened already, by the identity of the document, which lives as long as the rows of a route."""


@dataclass(frozen=True)
class _View:
    """What one query finds on each row of the sample, before conditions on its state."""

    query: Query
    found: tuple[tuple[_Flat, ...], ...]
    measures: tuple[Path, ...]
    switches: tuple[Path, ...]

    def numbers(self, measure: Path | None, switch: Path | None) -> list[dict[str, list[float]]]:
        """Return the numbers that each row has, by category."""
        rows = []
        for flats in self.found:
            by_category: dict[str, list[float]] = defaultdict(list)
            for flat in flats:
                number = 1 if measure is None else plain_number(flat.values.get(measure))
                category = "" if switch is None else flat.values.get(switch)
                if number is not None and isinstance(category, str):
                    by_category[category].append(number)
            rows.append(by_category)
        return rows


class Aggregates:
    """Searches for the rows of one template; what they have in common is worked out once."""

    def __init__(self, rows: Sequence[Row], flats: Flats) -> None:
        self._rows = rows
        self._flats = flats
        self._sample = thinned(range(len(rows)), SAMPLE)
        self._numbers: dict[tuple[int, Path | None, Path | None], list[dict[str, list[float]]]] = {}

    def source(self, values: Values, at: Path) -> Expr | None:
        """Return the simplest aggregate that gives every number; null where there is nothing to add up."""
        if any(value is not None and plain_number(value) is None for value in values):
            return None
        told = [(place, values[i]) for place, i in enumerate(self._sample) if values[i] is not None]
        targets = [(place, number) for place, each in told if (number := plain_number(each)) is not None]
        variety = len({number for _, number in targets})
        if variety < 2 or len(targets) < DISTINCT:
            return None
        targets.sort(key=lambda each: -abs(each[1]))
        best: Expr | None = None
        least = float("inf")
        for expr in self._candidates(targets, at, variety):
            price = cost(expr)  # of equals the first: half up before other roundings
            if price < least and (verified := _verified(expr, self._rows, values)) is not None:
                best, least = verified, price
        return best

    def listed(self, values: Values) -> Expr | None:
        """Return the query that gives every list: the entities that refer to what the exchange is about, in
        the order of creation or against it, perhaps only those in some states."""
        if not all(isinstance(value, list) for value in values):
            return None
        sizes = {len(value) for value in values if isinstance(value, list)}
        shown = [each for value in values if isinstance(value, list) for each in value]
        if len(sizes) < 2 or not all(isinstance(each, dict) for each in shown):
            return None
        targets = [(place, float(len(values[i]))) for place, i in enumerate(self._sample)]  # type: ignore[arg-type]
        for number, view in enumerate(self._views):
            if view.query.unwind or not view.query.where:
                continue
            for query in self._lists(number, view, targets):
                for order in ((), (((), True),)):
                    candidate = replace(query, order=order)
                    found = fit(candidate, self._rows, values)
                    if found is not None and found.whole:
                        return candidate
        return None

    def _lists(self, number: int, view: _View, targets: Sequence[tuple[int, float]]) -> Iterator[Query]:
        """Yield the queries that find as many entities as there should be."""
        if not _possible(self._of(number, None, None), targets):
            return
        yield view.query
        for switch in view.switches:
            by_state = self._of(number, None, switch)
            for expr in _in_some_states(view.query, switch, by_state, targets, (), DISTINCT):
                if isinstance(expr, Call) and isinstance(expr.of[0], Query):
                    yield expr.of[0]

    def _candidates(self, targets: Sequence[tuple[int, float]], at: Path, variety: int) -> Iterator[Expr]:
        for number, view in enumerate(self._views):
            for measure in (None, *view.measures):
                whole = self._of(number, measure, None)
                if not _possible(whole, targets):
                    continue
                query = view.query if measure is None else replace(view.query, item=Ref(("entity", *measure)))
                if variety >= DISTINCT or view.query.where:
                    yield from _functions(query, [(whole[i].get("", []), n) for i, n in targets])
                for switch in view.switches:
                    yield from _in_some_states(
                        query, switch, self._of(number, measure, switch), targets, at, variety
                    )

    def _of(self, number: int, measure: Path | None, switch: Path | None) -> list[dict[str, list[float]]]:
        place = (number, measure, switch)
        if place not in self._numbers:
            self._numbers[place] = self._views[number].numbers(measure, switch)
        return self._numbers[place]

    @cached_property
    def _views(self) -> list[_View]:
        rows = [self._rows[i] for i in self._sample]
        names = sorted({name for row in rows for name in row.observation.captured.whole})
        return [
            view
            for name in names
            for unwind in _unwinds(name, rows)
            for view in _views(name, unwind, rows, self._flats)
        ]


def _views(name: str, unwind: Path, rows: Sequence[Row], flats: Flats) -> Iterator[_View]:
    seen: dict[int, tuple[_Flat, ...]] = {}
    tables: list[list[_Flat]] = []
    for row in rows:
        table: list[_Flat] = []
        for document in row.observation.captured.whole.get(name, {}).values():
            place = (id(document), unwind)
            if place not in flats:
                flats[place] = tuple(_flattened(document, unwind))
            seen[id(document)] = flats[place]
            table += flats[place]
        tables.append(table)
    if sum(map(len, tables)) > MAX_ELEMENTS:
        return
    every = [flat for some in seen.values() for flat in some]
    measures, switches = _measures(every, unwind), _switches(every)
    yield _View(Query(name, unwind=unwind), tuple(map(tuple, tables)), measures, switches)
    for path, expr in _joins(tables, rows):
        compute = compile_expr(expr)
        found = []
        for table, row in zip(tables, rows, strict=True):
            wanted = text_of(compute(row.env))
            found.append(
                tuple(f for f in table if path in f.values and text_of(f.values[path]) == wanted is not None)
            )
        where = (Where(path, "equals", expr, when_given=False),)
        yield _View(Query(name, where, unwind=unwind), tuple(found), measures, switches)


def _unwinds(name: str, rows: Sequence[Row]) -> list[Path]:
    """Return the ways to look at a collection: as it is, or as the elements of a list in each."""
    lists: dict[Path, None] = {}
    for row in rows:
        for document in list(row.observation.captured.whole.get(name, {}).values())[:8]:
            for key, member in document.items() if isinstance(document, dict) else ():
                if isinstance(member, list) and member and isinstance(member[0], dict):
                    lists.setdefault((key,))
    return [(), *sorted(lists, key=str)[:2]]


def _flattened(document: JsonValue, unwind: Path) -> Iterator[_Flat]:
    own = {
        path: value
        for path, value in leaves(document)
        if len(path) <= MAX_DEPTH and not any(isinstance(step, int) for step in path)
    }
    own = dict(list(own.items())[:MAX_FIELDS])
    if not unwind:
        yield _flat(own)
        return
    elements = document.get(str(unwind[0])) if isinstance(document, dict) else None
    for element in elements if isinstance(elements, list) else ():
        inner = {path: value for path, value in leaves(element, unwind) if len(path) <= MAX_DEPTH + 1}
        yield _flat({**own, **inner})


def _flat(values: Mapping[Path, JsonValue]) -> _Flat:
    return _Flat(
        values,
        tuple(
            (path, norm(value))
            for path, value in values.items()
            if isinstance(value, str | int) and not isinstance(value, bool) and _refers(value)
        ),
    )


def _refers(value: str | int) -> bool:
    """Whether a value can be what an entity is found by: text that is no instant, or a number."""
    return isinstance(value, int) or (value != "" and read_time(value) is None)


def _measures(every: Sequence[_Flat], unwind: Path) -> tuple[Path, ...]:
    """Return the fields that are numbers; of the elements of a list, their own."""
    fields = dict.fromkeys(path for flat in every for path in flat.values if path[: len(unwind)] == unwind)
    return tuple(
        path
        for path in fields
        if all(path not in flat.values or plain_number(flat.values[path]) is not None for flat in every)
    )[:MAX_MEASURES]


def _switches(every: Sequence[_Flat]) -> tuple[Path, ...]:
    """Return the fields with few texts, each met more than once, the fewest first."""
    texts: dict[Path, Counter[str]] = defaultdict(Counter)
    for flat in every:
        for path, value in flat.values.items():
            if isinstance(value, str) and read_time(value) is None:
                texts[path][value] += 1
    found = [
        (len(counts), str(path), path)
        for path, counts in texts.items()
        if 2 <= len(counts) <= MAX_CATEGORIES and counts.total() >= 2 * len(counts)
    ]
    return tuple(path for *_, path in sorted(found)[:MAX_SWITCHES])


def _joins(tables: Sequence[Sequence[_Flat]], rows: Sequence[Row]) -> list[Join]:
    """Return the fields that hold something the exchange speaks of, with where it says so, simplest first;
    of those that find the same, one."""
    votes: Counter[Join] = Counter()
    for table, row in zip(tables, rows, strict=True):
        here: dict[Join, None] = {}
        for flat in table:
            for path, key in flat.keys:
                for expr in row.index.get(key, ()):
                    if isinstance(expr, Ref) and expr.path[0] in ("request", "entity", "item"):
                        here.setdefault((path, expr))
        votes.update(here.keys())
    joins = [join for join, count in votes.items() if count > 1 or len(rows) == 1]
    return sorted(joins, key=lambda join: (rank(join[1]), -votes[join], len(join[0]), str(join[0])))[
        :MAX_JOINS
    ]


def _possible(rows: Sequence[Mapping[str, list[float]]], targets: Sequence[tuple[int, float]]) -> bool:
    """Whether what was found can come to the targets at all: most queries find nothing where there should be
    something, or less than that."""
    for i, target in targets:
        numbers = rows[i].get("", ())
        if target and not numbers:
            return False
        if numbers and min(numbers) >= 0 and target > sum(numbers):
            return False
    return True


def _functions(query: Query, pairs: Sequence[tuple[Sequence[float], float]]) -> Iterator[Expr]:
    """Yield the functions of the numbers found that give the targets."""
    if query.item is None:
        if all(len(some) == target for some, target in pairs):
            yield Call("count", (query,))
        return
    if all(sum(some) == target for some, target in pairs):
        yield Call("total", (query,))
    if not all(some for some, _ in pairs):
        return
    for function, make in (("maximum", max), ("minimum", min)):
        if all(make(some) == target for some, target in pairs):
            yield Call(function, (query,))
    if all(abs(sum(some) / len(some) - target) <= 1 for some, target in pairs):
        average = Call("average", (query,))
        yield from (average, *(Call(way, (average,)) for way in ("round", "floor", "round_even", "ceil")))


def _in_some_states(
    query: Query,
    switch: Path,
    rows: Sequence[Mapping[str, list[float]]],
    targets: Sequence[tuple[int, float]],
    at: Path,
    variety: int,
) -> Iterator[Expr]:
    """Yield aggregates over the entities whose field is one of some texts, the fewest texts first. A text
    that the place in the answer is named for needs less evidence."""
    names = sorted({name for row in rows for name in row})
    named = [(name,) for name in names if name in at]
    sets = named or (_subsets(names) if variety >= DISTINCT else ())
    for chosen in sets:
        pairs = [([number for name in chosen for number in rows[i].get(name, ())], n) for i, n in targets]
        wanted: JsonValue = list(chosen) if len(chosen) > 1 else chosen[0]
        condition = Where(switch, "equals", Literal(wanted), when_given=False)
        yield from _functions(replace(query, where=(*query.where, condition)), pairs)


def _subsets(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for size in range(1, len(names)):
        yield from combinations(names, size)


def _verified(expr: Expr, rows: Sequence[Row], values: Values) -> Expr | None:
    """Return the expression, perhaps with null where it is missing, if that is right everywhere."""
    for candidate in (expr, First((expr, Literal(None)))):
        found = fit(candidate, rows, values)
        if found is not None and found.whole:
            return candidate
    return None
