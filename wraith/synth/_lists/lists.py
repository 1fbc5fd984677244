"""Lists: which entities, in which order, filtered by what, paged how.

A list is a query. What parameters mean is learned from all lists of the service together, because a service
reads them in one way and each route shows but a part of it: an operator that was seen on one list is a
hypothesis for the others. What belongs to one route (its parent, its order, the size of its page) is learned
from its own lists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from wraith.paths import MISSING
from wraith.paths import Found as Value
from wraith.runtime import compile_expr, compile_search
from wraith.synth._answers.list_headers import learn_list_headers
from wraith.synth._evidence.list_cases import Case, case_of, parameter_names, root_of
from wraith.synth._evidence.rows import Row
from wraith.synth._lists.criteria import learn_criteria
from wraith.synth._lists.embeds import learn_embeds
from wraith.synth._lists.filters import Learned, learn_filters
from wraith.synth._lists.hidden import with_hidden
from wraith.synth._lists.ordering import Order, Sorting, learn_orders, learn_sorting
from wraith.synth._lists.other_filters import other_filters, stricter
from wraith.synth._lists.paging import Found, Parts, explained, learn_paging
from wraith.synth._lists.projections import learn_projection
from wraith.synth._roles.roles import Role
from wraith.synth._routes.sampling import thinned
from wraith.synth._world.observe import Observation
from wraith.wir import Criteria, Expr, First, Literal, Object, Query, Ref, Text

SAMPLE = 120
"""Lists of one route that its query is learned from."""

PAGE = (
    "total",
    "count",
    "has_more",
    "last_key",
    "pages",
    "number",
    "size",
    "start",
    "next_number",
    "previous_number",
    "next_start",
    "previous_start",
    "has_previous",
    "first_key",
    "last_number",
    "next_token",
)
"""What a query binds, what services say most often first."""

LEAST_SHARE = 5
"""A query that explains less than one list in five is none."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A query that explains lists, and on how many of them it does."""

    query: Query
    explained: int
    total: int


@dataclass(frozen=True, slots=True)
class Shown:
    """How representations are shown: what parameters put into those of a collection, and which fields are
    left."""

    embeds: dict[str, tuple[tuple[str, Expr], ...]]
    projection: Expr | None

    def item(self, collection: str) -> Expr | None:
        """Return what stands for an entity of a collection, None where that is the entity itself."""
        members = self.embeds.get(collection)
        if members:
            return Object(members, self.projection or Ref(("entity",)))
        return self.projection


@dataclass(slots=True)
class Lists:
    """The queries of all routes that list, by the position of the route."""

    by_route: dict[int, Listed] = field(default_factory=dict)
    headers: dict[str, Expr] = field(default_factory=dict)
    """Headers that say something of the page, as all lists have them."""
    shown: Shown = field(default_factory=lambda: Shown({}, None))

    def queries(self) -> list[Query]:
        """Return the queries in the order of their routes."""
        return [listed.query for _, listed in sorted(self.by_route.items())]


def learn_lists(observations: Mapping[int, Sequence[Observation]], roles: Sequence[Role]) -> Lists:
    """Return the best query for each route that lists, where there is one."""
    cases = {
        route: found
        for route, some in sorted(observations.items())
        if roles[route].listing is not None and (found := _cases(some, roles[route]))
    }
    learners: dict[int, _Route] = {}
    done: dict[int, Listed | None] = {}
    for root in ("query", "body"):  # what asks in its body is another way of asking
        asking = {route: found for route, found in cases.items() if root_of(found) == root}
        alike, paging = _alike(asking, roles)
        learners |= alike
        done |= {route: learner.listed(paging) for route, learner in alike.items()}
    shown = Shown(learn_embeds(observations, roles), learn_projection(observations, roles))
    lists = Lists(
        {
            route: replace(listed, query=replace(listed.query, item=shown.item(listed.query.entity)))
            for route, listed in done.items()
            if listed is not None
        },
        shown=shown,
    )
    rows: list[Row] = []
    page: list[tuple[Expr, list[Value]]] = [(Ref(("page", name)), []) for name in PAGE]
    for route, listed in lists.by_route.items():
        some = [case.row for case in learners[route].right]
        rows += some
        for (_, column), (_, more) in zip(page, page_values(listed.query, some), strict=True):
            column += more
    lists.headers = learn_list_headers(rows, page) if rows else {}
    return lists


def _alike(cases: Mapping[int, Sequence[Case]], roles: Sequence[Role]) -> tuple[dict[int, _Route], Parts]:
    """Return the queries, not cut yet, of routes whose parameters stand in the same part of requests, and how
    these cut them."""
    every = [case for some in cases.values() for case in some]
    sorting = learn_sorting(every)
    criteria = learn_criteria(every, sorting.names)
    filters = learn_filters(every, sorting.names | _below(criteria, every))
    learners = {
        route: _Route(some, roles[route], sorting, filters, criteria) for route, some in cases.items()
    }
    by_collection: dict[str, list[_Route]] = defaultdict(list)
    for learner in learners.values():
        by_collection[learner.name].append(learner)
    for same in by_collection.values():
        orders = learn_orders([case for each in same for case in each.cases], sorting)
        for each in same:
            each.choose_order(orders)
    return learners, learn_paging([found for learner in learners.values() for found in learner.found()])


def _below(criteria: Mapping[str, Criteria], cases: Sequence[Case]) -> frozenset[str]:
    """Return the parameters that are, or stand in, those that spell out conditions."""
    return frozenset(name for name in parameter_names(cases) if name.partition("[")[0] in criteria)


def _cases(observations: Sequence[Observation], role: Role) -> list[Case]:
    listed = [each for each in observations if each.seen.ok and each.seen.method != "HEAD"]
    found = (case_of(Row(each), role) for each in thinned(listed, SAMPLE))
    cases = [case for case in found if case is not None]
    return [case for case in cases if case.root == cases[-1].root]


class _Route:
    """Puts the query of one route together."""

    def __init__(
        self,
        cases: Sequence[Case],
        role: Role,
        sorting: Sorting,
        filters: Learned,
        criteria: Mapping[str, Criteria],
    ) -> None:
        assert role.collection is not None  # Invariant: the role is a list
        self.cases = cases
        self.name = role.collection.name
        self.right: list[Case] = []
        """The lists that the query explains."""
        used = {name for case in cases for name in case.parameters}
        singles = [where for name, where in filters.single.items() if name in used]
        own = other_filters(cases, sorting.names | filters.readable | _below(criteria, cases))
        spelled = {name.partition("[")[0] for name in used}
        asked = Query(
            self.name,
            (*own, *singles),
            sort=sorting.sort,
            direction=sorting.direction,
            nulls=sorting.nulls,
            filters=filters.filters,
            criteria=tuple(each for name, each in sorted(criteria.items()) if name in spelled),
            under=parent_prefix(role),
        )
        self.query = with_hidden(asked, cases)

    def choose_order(self, orders: Iterable[Order]) -> None:
        """Take the order in which pages are parts of what is found, most often."""
        best, most = self.query, -1
        for order in orders:
            trial = replace(self.query, order=order)
            hits = sum(_is_part(each.case.shown, each.keys) for each in self.found(trial))
            if hits > most:
                best, most = trial, hits
        self.query = best

    def found(self, query: Query | None = None) -> list[Found]:
        search = compile_search(query or self.query, compile_expr)  # type: ignore[arg-type]  # expressions only
        return [Found(case, [key for key, _ in search(case.row.env)]) for case in self.cases]

    def listed(self, paging: Parts) -> Listed | None:
        """Return the query with the service's way of paging, or the route's own where that explains more."""
        found = self.found()
        own = learn_paging(found, paging)
        self.right = [each.case for each in found if explained(own, [each])]
        for trial in stricter(self.query, self.cases) if len(self.right) < len(found) else ():
            again = self.found(trial)
            right = [each.case for each in again if explained(own, [each])]
            if len(right) > len(self.right):
                self.query, self.right = trial, right
        hits = len(self.right)
        if hits * LEAST_SHARE < len(found) or hits == 0:
            return None
        return Listed(replace(self.query, **own), hits, len(found))  # type: ignore[arg-type]  # fields of a query


def _is_part(shown: Sequence[str], keys: Sequence[str]) -> bool:
    """Whether what was shown stands in one piece in what was found."""
    if not shown:
        return True
    at = keys.index(shown[0]) if shown[0] in keys else -1
    return at >= 0 and list(keys[at : at + len(shown)]) == list(shown)


def parent_prefix(role: Role) -> Expr | None:
    """The parent's key as the prefix of its children's, where keys are chains of parameters."""
    if role.collection is None or not role.collection.composite:
        return None
    steps: list[Expr] = []
    for name in role.parents:
        steps += [Literal("/"), Ref(("request", "path", name))]
    return steps[1] if len(steps) == 2 else Text(tuple(steps[1:]))


def page_values(query: Query, rows: Sequence[Row]) -> list[tuple[Expr, list[Value]]]:
    """Return what the query binds beside its list, as expressions with their values on the rows."""
    compute = compile_expr(query)
    columns: dict[str, list[Value]] = {name: [] for name in PAGE}
    for row in rows:
        compute(row.env)
        for name, column in columns.items():
            column.append(row.env.page.get(name, MISSING))
    return [(Ref(("page", name)), column) for name, column in columns.items()]


def or_null(columns: Sequence[tuple[Expr, list[Value]]]) -> list[tuple[Expr, list[Value]]]:
    """Return the expressions that are missing on some rows as ones that are null there."""
    return [
        (First((expr, Literal(None))), [None if each is MISSING else each for each in column])
        for expr, column in columns
        if MISSING in column and any(each is not MISSING for each in column)
    ]
