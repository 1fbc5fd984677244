"""Numbers that add up what is stored: counts, totals, extremes and averages over entities.

The hypothesis is a query with one function over it: the entities of a collection, or the elements of a list
in each of them, which refer to what the exchange is about (a *join*), and whose state is one of a few (a
*category*). It is worked out when it is asked for, so a later read shows what earlier writes changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import cached_property, partial
from itertools import chain, combinations
from math import isclose
from typing import TypeAlias

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Path
from wraith.runtime import compile_expr, text_of
from wraith.synth._evidence.entity_parts import partly
from wraith.synth._evidence.places import cost, rank
from wraith.synth._evidence.rows import Compute, Row, Values, fit, plain_number
from wraith.synth._evidence.scenes import Join, Scene
from wraith.synth._evidence.tables import Categories, Tables, View
from wraith.synth._routes.sampling import thinned
from wraith.wir import Call, Expr, First, Literal, Query, Ref, Sum, Where

SAMPLE = 20
"""Rows from which it is learned what could be added up, and rows whose numbers are tried first."""

MAX_ELEMENTS = 40_000
"""Entities looked at in one collection for all rows of a sample together."""

MAX_JOINS = 6
"""Joins tried for a collection, those that most rows have first."""

REFUTING = 3
"""Targets that most categories fail at: the others are looked at where these leave something."""

NEAR = 1e-6
"""What adding up in another order may change of an average."""

DISTINCT = 3
"""Different results that an aggregate must give; with conditions chosen freely, fewer are met by chance."""

_Targets: TypeAlias = Sequence[tuple[int, float]]
"""Rows with the number to come to, those first that rule most out."""

_Pairs: TypeAlias = Iterable[tuple[Sequence[float], float]]
_Holds: TypeAlias = Callable[[Sequence[float], float], bool]


class Aggregates:
    """Searches for the rows of one template; what they have in common is worked out once."""

    def __init__(self, rows: Sequence[Row], scenes: Sequence[Scene], found: Query | None = None) -> None:
        """``found`` is what the list of the answer finds, before it is cut into pages."""
        self._rows = rows
        self._scenes = scenes
        self._listed = found
        self._sample = thinned(range(len(rows)), SAMPLE)
        self._known: dict[tuple[Path, Values], Expr | None] = {}

    def source(self, values: Values, at: Path) -> Expr | None:
        """Return the simplest aggregate that gives every number; null where there is nothing to add up."""
        if any(value is not None and plain_number(value) is None for value in values):
            return None
        place = (at, tuple(values))  # a route that is learned again asks again
        if place not in self._known:
            self._known[place] = self._found(values, at)
        return self._known[place]

    def _found(self, values: Values, at: Path) -> Expr | None:
        targets = _telling([plain_number(value) for value in values])
        variety = len({target for _, target in targets})
        if variety < 2 or sum(values[i] is not None for i in self._sample) < DISTINCT:
            return None
        best: Expr | None = None
        least = float("inf")
        for expr in self._candidates(targets[:SAMPLE], at, variety):
            price = cost(expr)  # of equals the first: half up before other roundings
            if price < least and (verified := self._verified(expr, values, targets)) is not None:
                best, least = verified, price
        return best or self._next(values, at)

    def _verified(self, expr: Expr, values: Values, targets: _Targets) -> Expr | None:
        """Return the expression, perhaps with null where it is missing, if that is right everywhere."""
        compute = compile_expr(expr)
        others = [row.env for row, value in zip(self._rows, values, strict=True) if value is None]
        if any(compute(env) is not MISSING for env in others):  # first: of nothing, most still make a number
            return None
        if any(compute(self._rows[i].env) != target for i, target in targets):
            return None
        return First((expr, Literal(None))) if others else expr

    def _next(self, values: Values, at: Path) -> Expr | None:
        """Return one more than the greatest of the field of that name: a counter beside the key."""
        for view in self._views:
            for measure in view.measures if not view.query.unwind else ():
                if at and measure[-1:] == at[-1:]:
                    query = replace(view.query, item=Ref(("entity", *measure)))
                    greatest = First((Call("maximum", (query,)), Literal(0)))
                    found = fit(expr := Sum((greatest, Literal(1))), self._rows, values)
                    if found is not None and found.whole:
                        return expr
        return None

    def listed(self, values: Values) -> Expr | None:
        """Return the query that gives every list: the entities that refer to what the exchange is about, in
        the order of creation or against it, whole or in part, perhaps only those in some states, or without
        the one that the path addresses."""
        lists = [value for value in values if isinstance(value, list)]
        shown = [each for some in lists for each in some]
        if len(lists) < len(values) or len({len(some) for some in lists}) < 2:
            return None
        if not all(isinstance(each, dict | str) for each in shown):
            return None
        targets = _telling([float(len(each)) for each in lists])[:SAMPLE]
        for view in self._views:
            if view.query.unwind or not view.query.where:
                continue
            for query in chain(_lists(view, targets), _without_addressed(view, targets, self._rows)):
                for order in ((), (((), True),)):
                    for make in (_whole, partly):
                        candidate = make(replace(query, order=order), self._rows, values)
                        found = fit(candidate, self._rows, values) if candidate is not None else None
                        if found is not None and found.whole:
                            return candidate
        return None

    def _candidates(self, targets: _Targets, at: Path, variety: int) -> Iterator[Expr]:
        for view in self._views:
            for measure in (None, *view.measures):
                if not _possible(view, measure, targets):
                    continue
                query = view.query if measure is None else replace(view.query, item=Ref(("entity", *measure)))
                if variety >= DISTINCT or query.where:
                    pairs = ((view.numbers(i, measure).each, target) for i, target in targets)
                    yield from _functions(query, (), pairs)
                for switch in view.switches:
                    yield from _in_some_states(query, view, measure, switch, targets, at, variety)

    @cached_property
    def _views(self) -> list[View]:
        scenes = [self._scenes[i] for i in self._sample]
        names = sorted({name for scene in scenes for name in scene.names})
        return [
            *self._listed_view(scenes),
            *(
                view
                for name in names
                for unwind in [(), *sorted(set().union(*(each.lists(name) for each in scenes)), key=str)[:2]]
                for view in self._views_of(name, unwind, scenes)
            ),
        ]

    def _listed_view(self, scenes: Sequence[Scene]) -> Iterator[View]:
        """Yield the view of what the list of the answer finds, unless that is everything."""
        query = self._listed
        if query is None or query == Query(query.entity):
            return
        compute = compile_expr(query)
        if sum(len(scene.given(compute)) for scene in scenes) <= MAX_ELEMENTS:
            yield View(query, Tables(self._scenes, query.entity, (), self._sample, compute))

    def _views_of(self, name: str, unwind: Path, scenes: Sequence[Scene]) -> Iterator[View]:
        if sum(scene.size(name, unwind) for scene in scenes) > MAX_ELEMENTS:
            return
        known = Tables(self._scenes, name, unwind, self._sample)
        yield View(Query(name, unwind=unwind), known)
        for path, expr in _common([scene.joins(name, unwind) for scene in scenes]):
            compute = compile_expr(expr)
            where = (Where(path, "equals", expr, when_given=False),)
            wanted = partial(_text, self._rows, compute)
            yield View(Query(name, where, unwind=unwind), known, path, wanted)


def _text(rows: Sequence[Row], compute: Compute, i: int) -> str | None:
    """Return what an expression gives on a row, as text."""
    return text_of(compute(rows[i].env))


def _telling(numbers: Sequence[float | None]) -> list[tuple[int, float]]:
    """Return the rows that have a number, with it, those first that rule most out: each number once before
    any comes again, the largest first."""
    met: Counter[float] = Counter()
    found: list[tuple[int, float, int, float]] = []
    for i, number in enumerate(numbers):
        if number is not None:
            found.append((met[number], -abs(number), i, number))
            met[number] += 1
    return [(i, number) for _, _, i, number in sorted(found)]


def _common(found: Sequence[Set[Join]]) -> list[Join]:
    """Return the joins that rows have in common, simplest first; of those that find the same, one."""
    votes: Counter[Join] = Counter()
    for each in found:
        votes.update(each)
    joins = [join for join, count in votes.items() if count > 1 or len(found) == 1]
    return sorted(joins, key=lambda join: (rank(join[1]), -votes[join], len(join[0]), str(join[0])))[
        :MAX_JOINS
    ]


def _lists(view: View, targets: _Targets) -> Iterator[Query]:
    """Yield the queries that find as many entities as there should be."""
    if not _possible(view, None, targets):
        return
    yield view.query
    for switch in view.switches:
        for expr in _in_some_states(view.query, view, None, switch, targets, (), DISTINCT):
            if isinstance(expr, Call) and isinstance(expr.of[0], Query):
                yield expr.of[0]


def _without_addressed(view: View, targets: _Targets, rows: Sequence[Row]) -> Iterator[Query]:
    """Yield the query without the entity that the path addresses, where it finds one too many on each row."""
    if any(len(view.found(i)) != target + 1 for i, target in targets):
        return
    for lookup, document in rows[0].observation.addressed:
        if lookup.entity == view.query.entity and isinstance(document, dict):
            own = text_of(compile_expr(lookup.key)(rows[0].env))
            for name, value in document.items():
                if own is not None and text_of(value) == own:
                    others = Where((name,), "differs", lookup.key, when_given=False)
                    yield replace(view.query, where=(*view.query.where, others))


def _whole(query: Query, rows: Sequence[Row], values: Values) -> Query | None:
    """Return the query that shows entities as they are stored."""
    return query


def _possible(view: View, measure: Path | None, targets: _Targets) -> bool:
    """Whether what was found can come to the targets at all: most queries find nothing where there should be
    something, or less than that."""
    for i, target in targets:
        if measure is None:
            if target > len(view.found(i)):
                return False
            continue
        numbers = view.numbers(i, measure)
        if target and not numbers.each:
            return False
        if numbers.each and numbers.least >= 0 and target > numbers.total:
            return False
    return True


_COUNTING: Mapping[str, _Holds] = {"count": lambda some, target: len(some) == target}
_ADDING: Mapping[str, _Holds] = {
    "total": lambda some, target: sum(some) == target,
    "maximum": lambda some, target: bool(some) and max(some) == target,
    "minimum": lambda some, target: bool(some) and min(some) == target,
    "average": lambda some, target: bool(some) and abs(sum(some) / len(some) - target) <= 1,
}


def _functions(query: Query, more: tuple[Where, ...], pairs: _Pairs) -> Iterator[Expr]:
    """Yield the functions of the numbers found that give the targets, of the query with more conditions."""
    holding = _COUNTING if query.item is None else _ADDING
    alive = list(holding)
    for some, target in pairs:
        alive = [name for name in alive if holding[name](some, target)]
        if not alive:
            return
    if more:
        query = replace(query, where=(*query.where, *more))
    for name in alive:
        found = Call(name, (query,))
        yield found
        if name == "average":
            yield from (Call(way, (found,)) for way in ("round", "floor", "round_even", "ceil"))


def _in_some_states(
    query: Query,
    view: View,
    measure: Path | None,
    switch: Path,
    targets: _Targets,
    at: Path,
    variety: int,
) -> Iterator[Expr]:
    """Yield aggregates over the entities whose field is one of some texts, the fewest texts first. A text
    that the place in the answer is named for needs less evidence."""
    if not all(
        _reached(query, view.by_category(i, measure, switch), target) for i, target in targets[:REFUTING]
    ):
        return
    rows = [(view.by_category(i, measure, switch), target) for i, target in targets]
    names = sorted({name for row, _ in rows for name in row})
    named = [(name,) for name in names if name in at or (name == "true" and switch[-1:] == at[-1:])]
    sets = named or (_subsets(names) if variety >= DISTINCT else ())
    for chosen in sets:
        wanted: JsonValue = list(chosen) if len(chosen) > 1 else chosen[0]
        condition = Where(switch, "equals", Literal(wanted), when_given=False)
        pairs = (([n for name in chosen for n in row.get(name, ())], target) for row, target in rows)
        yield from _functions(query, (condition,), pairs)


def _reached(query: Query, numbers: Categories, target: float) -> bool:
    """Whether the numbers of some categories, or of none, may come to a target in any way."""
    reached = {(0, 0.0)}
    for some in numbers.values():
        size, total = len(some), sum(some)
        reached |= {(before + size, under + total) for before, under in reached}
    if query.item is None:
        return any(size == target for size, _ in reached)
    return (
        any(isclose(total, target, abs_tol=1e-9) for _, total in reached)
        or any(target in (max(some), min(some)) for some in numbers.values())
        or any(size and abs(total / size - target) <= 1 + NEAR for size, total in reached)
    )


def _subsets(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for size in range(1, len(names)):
        yield from combinations(names, size)
