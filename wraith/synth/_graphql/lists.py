"""Lists of entities as queries: which arguments choose, order and cut them.

What arguments are called is a prior, what lists show decides. What one field's conditions teach, the others
use: an operator that is known of one member of a filter is known of all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get
from wraith.runtime import compile_expr, holds, integer_of, sort_key, text_of
from wraith.synth._evidence.rows import equal
from wraith.synth._graphql.documents import Object, Value
from wraith.synth._graphql.folding import Given as Asked
from wraith.synth._graphql.types import Class, Types
from wraith.synth._graphql.words import singular, words
from wraith.synth._shared.priors import (
    ARGUMENT_CURSORS,
    ARGUMENT_LIMITS,
    ARGUMENT_MARKS,
    ARGUMENT_OFFSETS,
    ARGUMENT_PAGES,
    ARGUMENT_SEARCHES,
)
from wraith.wir import Exists, Expr, First, Given, Literal, Query, Ref, Sum, When, Where, WhereOp

ORDERING: frozenset[WhereOp] = frozenset({"above", "at_least", "below", "at_most"})
TOLERATED = 0.1
Behind = Callable[[Expr], dict[str, Expr]]
"""Where a page starts behind a cursor that was sent, as parts of a query."""

MANY = 60
"""Lists of one field that a query is judged on: three times what tells a rule from a coincidence."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One argument that chooses: a field, or the whole entity where ``field`` is empty."""

    argument: Path
    field: str
    mark: str
    op: WhereOp

    def where(self) -> Where:
        return Where((self.field,) if self.field else (), self.op, Given(_argument(self.argument)))


@dataclass(slots=True)
class Case:
    """One list: what was stored, what was shown of it, and the arguments that were given."""

    asked: Asked
    stored: list[tuple[str, JsonValue]]
    shown: list[tuple[str | None, dict[str, JsonValue]]]
    given: dict[Path, JsonValue]

    def placed(self) -> list[JsonValue]:
        known = dict(self.stored)
        return [known[key] for key, _ in self.shown if key is not None and key in known]


def cases_of(rows: Sequence[Asked], values: Sequence[Value], of: Class, types: Types) -> list[Case]:
    """Return the lists among values, each as a case."""
    found: list[Case] = []
    for row, value in zip(rows, values, strict=True):
        if not isinstance(value, list) or not all(isinstance(each, Object) for each in value):
            continue
        shown = [
            (types.key(each, of), types.document(each, of)) for each in value if isinstance(each, Object)
        ]
        given: dict[Path, JsonValue] = {path: each for path, each in row.leaves if path and each is not None}
        found.append(Case(row, list(row.env.state.all(of.name).items()), shown, given))
    step = max(1, len(found) // MANY)
    return found[::step][: MANY * 2]


def _argument(path: Path) -> Ref:
    return Ref(("request", "body", *path))


# --- conditions ---------------------------------------------------------------------------------------------


class Vocabulary:
    """The conditions that lists of one service know, by where they stand and how they are marked."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Path], Condition] = {}
        self._marks: dict[tuple[Path, str], Counter[WhereOp]] = {}

    def learn(self, cases: Sequence[Case], of: Class) -> None:
        """Take in what the lists of a field say of its arguments."""
        for path in sorted({path for case in cases for path in case.given}, key=str):
            given = [case for case in cases if path in case.given]
            found = _condition(path, given, of)
            if found is not None:
                self._found.setdefault((of.name, path), found)
                if found.field:
                    self._marks.setdefault((path[:-1], found.mark), Counter())[found.op] += 1

    def conditions(self, arguments: Iterable[Path], of: Class) -> list[Condition]:
        """Return the conditions of a field with these arguments: those seen, and for members of a filter
        those that other fields of entities have."""
        found: dict[Path, Condition] = {}
        containers: dict[Path, None] = {}
        for path in arguments:
            containers.setdefault(path[:-1])
            if (of.name, path) in self._found:
                found[path] = self._found[of.name, path]
        for container in containers:
            if container:
                for each in self._likely(container, of):
                    found.setdefault(each.argument, each)
            for (_, path), each in self._found.items():  # a search is the same everywhere
                if not each.field and path[:-1] == container and container:
                    found.setdefault(path, each)
        return [found[path] for path in sorted(found, key=str)]

    def _likely(self, container: Path, of: Class) -> Iterator[Condition]:
        for (where, mark), ops in sorted(self._marks.items(), key=str):
            if where != container or mark.startswith("."):
                continue
            op = ops.most_common(1)[0][0]
            for name in of.kept():
                kinds = of.fields[name].scalars
                if (op in ORDERING and "Boolean" in kinds) or (mark == "s" and name != of.key):
                    continue
                yield Condition((*container, f"{name}{mark}"), name, mark, op)


def _condition(path: Path, cases: Sequence[Case], of: Class) -> Condition | None:
    name = str(path[-1])
    for field, mark in _readings(path, of):
        op = ARGUMENT_MARKS.get(mark.strip("_.").lower())
        options: list[WhereOp] = [op] if op is not None else ["equals", "contains"]
        if of.fields[field].listed and op == "equals":
            options = ["contains"]  # of a list of values, some are asked for
        for each in options:
            condition = Condition(path, field, mark, each)
            if _keeps(condition, cases):
                return condition
    if name.lower() in ARGUMENT_SEARCHES:
        condition = Condition(path, "", "", "contains")
        return condition if _keeps(condition, cases) else None
    return None


def searches(path: Path, of: Class) -> Iterator[Condition]:
    """Yield what an argument may search for: in one field that holds text, or in all of the entity."""
    for name in sorted(of.kept()):
        if "String" in of.fields[name].scalars and name != of.key:
            yield Condition(path, name, "", "contains")
            yield Condition(path, name, "", "equals")
    yield Condition(path, "", "", "contains")


def _readings(path: Path, of: Class) -> Iterator[tuple[str, str]]:
    """Yield the fields that an argument may speak of, and the mark that is left, the longest name first."""
    name = str(path[-1])
    for field in sorted(of.kept(), key=lambda each: (-len(each), each)):
        if name == field:
            yield field, ""
        elif singular(name) == field:
            yield field, "s"
        elif name.startswith(field):
            yield field, name.removeprefix(field)
        elif words(name)[1:] == words(field) and words(name)[0] in ARGUMENT_MARKS:
            yield field, f".{words(name)[0]}"
        elif len(path) > 1 and path[-2] == field:
            yield field, f".{name}"


def _keeps(condition: Condition, cases: Sequence[Case]) -> bool:
    """Whether all that is shown meets the condition, in all lists but few."""
    path = (condition.field,) if condition.field else ()
    wrong = 0
    for case in cases:
        wanted = case.given[condition.argument]
        shown = case.placed() or [document for _, document in case.shown if condition.field in document]
        wrong += not all(holds(condition.op, get(each, path), wanted) for each in shown)
    return wrong * 5 <= len(cases)


# --- queries ------------------------------------------------------------------------------------------------


def learn_query(
    cases: Sequence[Case],
    of: Class,
    conditions: Sequence[Condition],
    relation: Sequence[Where] = (),
    behind: Behind | None = None,
) -> tuple[Query, int] | None:
    """Return the query that explains most lists, and how many; None where it explains less than a third."""
    if not cases:
        return None
    base = Query(of.name, (*relation, *(each.where() for each in conditions)))
    chosen = {each.argument for each in conditions}
    sort, direction = _sorting(cases, of, chosen)
    base = replace(base, sort=sort, direction=direction)
    best: tuple[Query, int] | None = None
    for order in _orders(cases, of, sort):
        for paging in _pagings(cases, chosen, behind):
            query = replace(base, order=order, **paging)  # type: ignore[arg-type]  # names of expressions only
            hits = explained(query, cases, of)
            if best is None or hits > best[1]:
                best = query, hits
            if hits == len(cases):
                return best
    return best if best is not None and best[1] * 3 >= len(cases) else None


def explained(query: Query, cases: Sequence[Case], of: Class) -> int:
    """Return how many of the lists a query gives."""
    compute = compile_expr(query)
    return sum(agrees(compute(case.asked.env), case.shown, of) for case in cases)


def agrees(made: Found, shown: Sequence[tuple[str | None, dict[str, JsonValue]]], of: Class) -> bool:
    """Whether entities are those that were shown, as far as they were."""
    return (
        isinstance(made, list)
        and len(made) == len(shown)
        and all(alike(one, key, document, of) for one, (key, document) in zip(made, shown, strict=True))
    )


def alike(made: Found, key: str | None, shown: Mapping[str, JsonValue], of: Class) -> bool:
    """Whether an entity is the one of which something was shown."""
    if not isinstance(made, dict):
        return False
    if key is not None and text_of(made.get(of.key or "", MISSING)) != key:
        return False
    return all(equal(made[name], value) for name, value in shown.items() if name in made)


def _sorting(cases: Sequence[Case], of: Class, taken: set[Path]) -> tuple[Expr | None, Expr | None]:
    sort: Path | None = None
    direction: Path | None = None
    for path in sorted({path for case in cases for path in case.given} - taken, key=str):
        given = [value for case in cases if isinstance(value := case.given.get(path), str)]
        if not given:
            continue
        if {value.lower() for value in given} <= {"asc", "desc"}:
            direction = direction or path
        elif sum(value.lstrip("+-") in of.fields for value in given) * 2 > len(given):
            sort = sort or path
    if sort is None:
        return None, None
    way = None if direction is None else Given(_argument(direction))
    return Given(_argument(sort)), way


Order = tuple[tuple[Path, bool], ...]


def _orders(cases: Sequence[Case], of: Class, sort: Expr | None) -> list[Order]:
    """Return orders that lists without one of their own follow: of creation, against it, by a field."""
    compute = compile_expr(sort) if sort is not None else None
    own = [case for case in cases if compute is None or compute(case.asked.env) is MISSING]
    options: list[Order] = [(), (((), True),)]
    options += [(((name,), way),) for name in of.kept() for way in (True, False)]
    fitting = [order for order in options if _follow(own, order)]
    return fitting[:6] or [()]


def _follow(cases: Sequence[Case], order: Order) -> bool:
    wrong = 0
    for case in cases:
        places = {key: number for number, (key, _) in enumerate(case.stored)}
        keys = [key for key, _ in case.shown if key is not None and key in places]
        known = dict(case.stored)
        for one, other in pairwise(keys):
            path, down = order[0] if order else ((), False)
            left, right = (
                (sort_key(get(known[one], path)), sort_key(get(known[other], path)))
                if path
                else (places[one], places[other])
            )
            if left < right if down else left > right:  # type: ignore[operator]  # both are keys, or both places
                wrong += 1
                break
    return wrong <= len(cases) * TOLERATED


def _pagings(cases: Sequence[Case], taken: set[Path], behind: Behind | None) -> list[dict[str, Expr]]:
    """Return ways of paging, simplest first, with the arguments that go by such names."""
    paths = sorted({path for case in cases for path in case.given} - taken, key=str)
    limit, offset, page, after = (
        _named(paths, each) for each in (ARGUMENT_LIMITS, ARGUMENT_OFFSETS, ARGUMENT_PAGES, ARGUMENT_CURSORS)
    )
    fullest = max((len(case.shown) for case in cases if limit is None or limit not in case.given), default=0)
    limits: list[dict[str, Expr]] = [{}]
    size = Given(_argument(limit)) if limit is not None else None
    if size is not None:
        limits = [{"limit": size}]
        if page is not None:
            limits.append({"limit": When(Exists(Given(_argument(page))), size)})
        if fullest:
            limits.append({"limit": First((size, Literal(fullest)))})
        limits.append({})
    elif fullest > 4:
        limits.append({"limit": Literal(fullest)})
    starts: list[dict[str, Expr]] = [{}]
    if page is not None:
        asked = Given(_argument(page))
        from_0, from_1 = Sum((asked, Literal(1))), asked
        starts = [
            {"page": number, **size_}
            for size_ in _page_sizes(cases, page, limit)
            for number in (from_1, from_0)
        ]
        starts.append({})
    if offset is not None:
        starts = [{**start, "offset": Given(_argument(offset))} for start in starts] + starts
    if after is not None:
        sent = Given(_argument(after))
        read = behind(sent) if behind is not None else {"after": sent}
        starts = [{**start, **read} for start in starts] + starts
    return [{**each, **start} for start in starts for each in limits]


def _page_sizes(cases: Sequence[Case], page: Path, limit: Path | None) -> list[dict[str, Expr]]:
    """Return sizes that pages may have where none is asked for: the fullest, or where a later page begins."""
    sizes: dict[int, None] = {}
    for case in cases:
        if page not in case.given or (limit is not None and limit in case.given):
            continue
        sizes.setdefault(len(case.shown))
        keys = [key for key, _ in case.stored]
        number = integer_of(case.given[page])
        first = case.shown[0][0] if case.shown else None
        if first in keys and number is not None:
            start = keys.index(first)
            for passed in (number, number - 1):
                if passed > 0 and start % passed == 0 and start:
                    sizes.setdefault(start // passed)
    return [{"page_size": Literal(size)} for size in sorted(sizes, reverse=True)[:4] if size] or [{}]


def cursor_of(paths: Iterable[Path]) -> Path | None:
    """Return the argument that by its name is a cursor."""
    return _named([path for path in paths if path], ARGUMENT_CURSORS)


def _named(paths: Sequence[Path], names: frozenset[str]) -> Path | None:
    return next((path for path in paths if " ".join(words(str(path[-1]))) in names), None)


def limited(query: Query, asked: Asked) -> bool:
    """Whether a request cuts a list."""
    return any(
        part is not None and integer_of(compile_expr(part)(asked.env)) is not None
        for part in (query.limit, query.offset, query.page)
    )
