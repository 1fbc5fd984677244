"""Lists: which entities, in which order, filtered by what, paged how.

A hypothesis is a query. Its parts are learned one after the other, each from what the rest leaves open:
filters from request parameters that name a field of every member shown; the order from the order of the
members; the page from the parameters that commonly choose one (a prior) and from how many members were shown
at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from wraith.canonical import JsonValue
from wraith.paths import MISSING, Found, Path, get, leaves
from wraith.runtime import compile_expr, holds, integer_of, sort_key
from wraith.synth._roles import Role
from wraith.synth._rows import Row, equal
from wraith.wir import Expr, First, Literal, Query, Ref, Text, Where

LIMITS = (
    "limit",
    "per_page",
    "page_size",
    "pageSize",
    "size",
    "count",
    "max_results",
    "maxResults",
    "_limit",
    "first",
    "top",
)
OFFSETS = ("offset", "skip", "start", "_start", "from")
ENDS = ("_end", "end")
SEARCHES = ("q", "query", "search", "term", "keyword")
PAGES = ("page", "_page", "page_number", "pageNumber")
OPERATORS = {
    "at_least": ("_gte", "_min", "__gte", "_from", "_since"),
    "at_most": ("_lte", "_max", "__lte", "_to", "_until"),
    "differs": ("_ne", "_not", "__ne"),
    "contains": ("_like", "_contains", "__contains", "__icontains"),
}
"""Marks before or after the name of a field that conditions other than equality go by: a prior; the operator
is used where every list agrees with it."""

CURSORS = (
    "starting_after",
    "after",
    "cursor",
    "marker",
    "since_id",
    "next_token",
    "page_token",
    "_token",
    "continuation",
)
"""Conventions of HTTP APIs for the names of paging parameters. A prior: a name is used where its effect is
seen."""


TOLERATED = 0.1
"""The share of lists that may contradict a part of a query: what an exchange changed elsewhere is seen
late."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A query that explains lists, and on how many of the rows it does."""

    query: Query
    explained: int
    total: int


@dataclass(slots=True)
class _Case:
    """One list that was asked for: what was stored, what was shown, and the parameters."""

    row: Row
    stored: list[tuple[str, JsonValue]]
    shown: list[str]
    values: list[JsonValue]
    placed: list[tuple[int, JsonValue]]
    """What was shown and is stored: its place in the order of creation, and its representation."""


def learn_list(rows: Sequence[Row], role: Role) -> Listed | None:
    """Return the best query for the lists of a route, or None where even that explains less than a fifth of
    them."""
    cases = [case for row in rows if (case := _case(row, role)) is not None]
    if not cases or role.collection is None:
        return None
    name = role.collection.name
    where = tuple(_filters(cases))
    under = parent_prefix(role)
    best: Query | None = None
    most = max(len(cases) // 5, 1)  # a query that explains less than a fifth of the lists is none
    sort, direction = _sorting(cases)
    for query in _candidates(Query(name, where, sort=sort, direction=direction, under=under), cases):
        explained = _explained(query, cases, most)
        if explained > most:
            best, most = query, explained
        if explained == len(cases):
            break
    return Listed(best, most, len(cases)) if best is not None else None


def _explained(query: Query, cases: Sequence[_Case], enough: int) -> int:
    """Return how many lists a query explains; counting ends where it cannot be more than ``enough``."""
    compute = compile_expr(query)
    missed = 0
    for case in cases:
        made = compute(case.row.env)
        if not (
            isinstance(made, list) and len(made) == len(case.values) and all(map(equal, made, case.values))
        ):
            missed += 1
            if len(cases) - missed <= enough:
                return 0
    return len(cases) - missed


def _case(row: Row, role: Role) -> _Case | None:
    assert role.collection is not None  # Invariant: the role is a list
    assert role.listing is not None
    items = get(row.observation.document, role.listing)
    if not isinstance(items, list):
        return None
    keys = [role.element_key(item, row.observation.seen.parameters) for item in items]
    if None in keys:
        return None
    stored = list(row.observation.captured.all(role.collection.name).items())
    shown = [str(key) for key in keys]
    places = {key: (place, document) for place, (key, document) in enumerate(stored)}
    return _Case(row, stored, shown, items, [places[key] for key in shown if key in places])


def _parameters(cases: Sequence[_Case]) -> list[Ref]:
    found: dict[Path, None] = {}
    for case in cases:
        for name in case.row.env.path:
            found.setdefault(("request", "path", name))
        for path, _ in leaves(case.row.env.query, ("request", "query")):
            if len(path) > 2:  # a name that repeats is one parameter, with alternatives
                found.setdefault(path[:-1] if isinstance(path[-1], int) else path)
    return [Ref(path) for path in found]


def _filters(cases: Sequence[_Case]) -> Iterable[Where]:
    """Yield a condition for each parameter that keeps everything shown and would drop something stored."""
    for parameter in _parameters(cases):
        if str(parameter.path[-1]) in (*OFFSETS, *ENDS, *PAGES, *CURSORS) or parameter == _limit(cases):
            continue
        compute = compile_expr(parameter)
        given = [(case, value) for case in cases if (value := compute(case.row.env)) is not MISSING]
        found = _filter(parameter, given)
        if found is not None:
            yield found


def _filter(parameter: Ref, given: Sequence[tuple[_Case, Found]]) -> Where | None:
    name = str(parameter.path[-1])
    fields: dict[Path, None] = {}
    for case, _ in given[:8]:
        for _, document in case.stored[:20]:
            for path, _ in leaves(document):
                if len(path) <= 3:
                    fields.setdefault(path)
    ranked = sorted(fields, key=lambda path: (_likeness(path, name), len(path), str(path)))
    for field in ranked:
        if _keeps(field, "equals", given):
            return Where(field, "equals", parameter)
    if name in SEARCHES and _keeps((), "contains", given):
        return Where((), "contains", parameter)
    for op, marks in OPERATORS.items():
        for field in ranked:
            if any(
                name in (f"{field[-1]}{mark}", f"{mark.strip('_')}_{field[-1]}") for mark in marks
            ) and _keeps(field, op, given):
                return Where(field, op, parameter)  # type: ignore[arg-type]  # op is one of the names
    return None


def _likeness(path: Path, name: str) -> int:
    last = str(path[-1]) if path else ""
    if last == name:
        return 0
    return (
        1
        if last.lower().strip("_s") in name.lower() or name.lower().removesuffix("_id") == last.lower()
        else 2
    )


def _keeps(field: Path, op: str, given: Sequence[tuple[_Case, Found]]) -> bool:
    """Whether the condition holds for what is shown and tells something: a third may contradict, because a
    filter meets what cascades have changed, unseen so far, more often than an order does."""
    told = wrong = 0
    for case, wanted in given:
        shown = all(holds(op, get(document, field), wanted) for _, document in case.placed)
        if not shown or (
            not case.placed and any(holds(op, get(each, field), wanted) for _, each in case.stored)
        ):
            wrong += 1
        else:
            kept_all = all(holds(op, get(each, field), wanted) for _, each in case.stored)
            told += bool(case.placed) and not kept_all  # an empty list agrees with any condition
    return told > 0 and wrong * 3 <= len(given)


def parent_prefix(role: Role) -> Expr | None:
    """The parent's key as the prefix of its children's, where keys are chains of parameters."""
    if role.collection is None or not role.collection.composite:
        return None
    steps: list[Expr] = []
    for name in role.parents:
        steps += [Literal("/"), Ref(("request", "path", name))]
    return steps[1] if len(steps) == 2 else Text(tuple(steps[1:]))


def _sorting(cases: Sequence[_Case]) -> tuple[Expr | None, Expr | None]:
    """Return the parameter whose values are names of fields that lists are sorted by, and the one that says
    which way, where there are such."""
    fields = {
        str(key).lower()
        for case in cases
        for _, document in case.stored[:20]
        if isinstance(document, dict)
        for key in document
    }
    sorts: list[Ref] = []
    direction: Ref | None = None
    for parameter in _parameters(cases):
        compute = compile_expr(parameter)
        texts = [value for case in cases if isinstance(value := compute(case.row.env), str)]
        words = {word.lower().lstrip("+-") for text in texts for word in text.split(",")}
        if words and words <= {"asc", "desc"}:
            direction = parameter
        elif len(words & fields) * 2 > len(words) and parameter.path[1] == "query":
            sorts.append(parameter)  # clients also ask for fields that are not there
    obeyed = {sort: _sorted_by(cases, sort, direction) for sort in sorts}
    sort = max(sorts, key=lambda each: (obeyed[each], repr(each)), default=None)
    return (sort, direction) if sort is not None and obeyed[sort] else (None, None)


def _sorted_by(cases: Sequence[_Case], sort: Ref, direction: Ref | None) -> int:
    """Return how many lists of two or more obey a parameter of sorting, less those that do not."""
    names_of, ways_of = compile_expr(sort), compile_expr(direction or Literal(""))
    obeyed = 0
    for case in cases:
        names, ways = names_of(case.row.env), ways_of(case.row.env)
        if isinstance(names, str) and len(case.placed) > 1:
            turned = ways.lower().split(",") if isinstance(ways, str) else []
            order = tuple(
                ((name.lstrip("+-"),), name.startswith("-") or turned[i : i + 1] == ["desc"])
                for i, name in enumerate(names.split(","))
            )
            obeyed += 1 if _in_order(case, order) else -1
    return max(obeyed, 0)


def _candidates(base: Query, cases: Sequence[_Case]) -> Iterable[Query]:
    """Yield queries, simplest first: orders times ways of paging."""
    pagings = _pagings(cases)
    unsorted = [
        case for case in cases if base.sort is None or compile_expr(base.sort)(case.row.env) is MISSING
    ]
    for order in _orders(unsorted):
        for paging in pagings:
            yield replace(base, order=order, **paging)  # type: ignore[arg-type]  # names of expressions only


def _orders(cases: Sequence[_Case]) -> list[tuple[tuple[Path, bool], ...]]:
    """Return the orders that no list contradicts: of creation, against it, or by a field."""
    orders: list[tuple[tuple[Path, bool], ...]] = []
    for order in ((), (((), True),)):
        if _mostly_in_order(cases, order):
            orders.append(order)
    fields: dict[Path, None] = {}
    for case in cases[:8]:
        for item in case.values[:3]:
            for path, value in leaves(item):
                if len(path) <= 2 and not isinstance(value, dict | list):
                    fields.setdefault(path)
    for field in fields:
        for descending in (True, False):
            for tie in ((), (((), True),)):
                order = ((field, descending), *tie)
                if _mostly_in_order(cases, order):
                    orders.append(order)
    return orders[:12] or [(), (((), True),)]


def _mostly_in_order(cases: Sequence[_Case], order: tuple[tuple[Path, bool], ...]) -> bool:
    wrong = sum(not _in_order(case, order) for case in cases)
    return wrong <= len(cases) * TOLERATED


def _in_order(case: _Case, order: tuple[tuple[Path, bool], ...]) -> bool:
    """Whether what was shown follows the order: only neighbours are compared, and only those that are
    stored."""
    return all(_precedes(one, other, order) for one, other in zip(case.placed, case.placed[1:], strict=False))


def _precedes(
    one: tuple[int, JsonValue], other: tuple[int, JsonValue], order: tuple[tuple[Path, bool], ...]
) -> bool:
    for path, descending in order:
        if path:
            left, right = sort_key(get(one[1], path)), sort_key(get(other[1], path))
            if left != right:
                return left > right if descending else left < right
        else:
            return one[0] > other[0] if descending else one[0] < other[0]
    return one[0] < other[0]


def _limit(cases: Sequence[_Case]) -> Expr | None:
    """Return the parameter that limits lists: no list is longer than it says, and some are as long.

    Limits that are no size, such as 0, are refused by some services and ignored by others: they tell nothing.
    """
    for name in LIMITS:
        parameter = Ref(("request", "query", name))
        compute = compile_expr(parameter)
        sizes = [
            (len(case.shown), size)
            for case in cases
            if (size := integer_of(compute(case.row.env))) is not None and size > 0
        ]
        if any(shown == size for shown, size in sizes) and all(shown <= size for shown, size in sizes):
            return parameter
    return None


def _pagings(cases: Sequence[_Case]) -> list[dict[str, Expr]]:
    """Return ways of paging: with the parameters that were seen, and the fullest page as the default size."""
    seen = {str(parameter.path[-1]) for parameter in _parameters(cases) if parameter.path[1] == "query"}
    size, page = _limit(cases), _first(seen, PAGES)
    unlimited = [case for case in cases if size is None or compile_expr(size)(case.row.env) is MISSING]
    fullest = max((len(case.shown) for case in unlimited), default=0)
    limits: list[dict[str, Expr]] = []  # without a default first: that the fullest page is cut must be seen
    if size is not None:
        limits.append({"limit": size})
        if fullest:
            limits.append({"limit": First((size, Literal(fullest)))})
    limits.append({})
    if fullest >= 5:
        limits.append({"limit": Literal(fullest)})
    starts: list[dict[str, Expr]] = [{}]
    for option, names in (("offset", OFFSETS), ("end", ENDS), ("page", PAGES), ("after", CURSORS)):
        expr = _first(seen, names)
        if expr is not None:
            starts = [{**start, option: expr} for start in starts] + starts
    if page is not None:
        full = max(
            (len(c.shown) for c in unlimited if compile_expr(page)(c.row.env) is not MISSING), default=0
        )
        starts = [
            {**start, "page_size": Literal(full)} if full and "page" in start else start for start in starts
        ]
    return [{**limit, **start} for start in starts for limit in limits]


def _first(seen: set[str], names: Sequence[str]) -> Expr | None:
    return next((Ref(("request", "query", name)) for name in names if name in seen), None)


def page_values(query: Query, rows: Sequence[Row]) -> list[tuple[Expr, list[Found]]]:
    """Return what the query binds beside its list, as expressions with their values on the rows."""
    compute = compile_expr(query)
    columns: dict[str, list[Found]] = {name: [] for name in ("total", "count", "has_more", "last_key")}
    for row in rows:
        compute(row.env)
        for name, column in columns.items():
            column.append(row.env.page.get(name, MISSING))
    return [(Ref(("page", name)), column) for name, column in columns.items()]
