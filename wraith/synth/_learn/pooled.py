"""Refusals that are no matter of one route: without credentials, with a body that does not parse.

Such a refusal is met a few times in all routes together. A *condition* is a question about the request alone
that has the same sense on every route. Where all requests of which it is true are refused alike, on routes
that accept others, it is a reason by itself: it stands before everything else that these routes ask, its
answer is learned from all of them together, and routes that never met it are expected to refuse so too.
Routes that accept such a request, or refuse it otherwise, are exempt; where most are, nothing is expected of
the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from wraith.exchange import header, media_type
from wraith.runtime import Environment, Ids, compile_atom
from wraith.synth._exchanges.learned import LearnedRoute
from wraith.synth._guards.unions import names_in
from wraith.synth._learn.analogy import NEVER
from wraith.synth._learn.reasons import FORBIDDEN, MALFORMED, Condition, Requests, conditions
from wraith.synth._learn.variants import learn_route
from wraith.synth._lists.lists import Lists
from wraith.synth._roles.roles import Role
from wraith.synth._routes.routes import RoutePattern
from wraith.synth._routes.sampling import thinned
from wraith.synth._world.observe import Captured, Observation
from wraith.wir import Atom, Variant, VariantEvidence

ENOUGH = 2
"""Routes that must refuse alike: what one of them asks for may be its own."""

SAMPLE = 60
"""Refusals that the answer is learned from."""

REFUSALS = 3
"""Requests that are refused for what a credential is not good for: two could be met by chance."""

STATUS_OF_CREDENTIALS = 401
"""RFC 9110, 15.5.2: the request lacks valid credentials. Services that answer so anywhere ask everywhere."""

SAFE = ("GET", "HEAD", "OPTIONS")
WITH_BODY = ("POST", "PUT", "PATCH")

Look = Callable[[Observation], tuple[object, ...]]
"""What is looked at of a refusal."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A condition with the answer to it, and what is known of the routes."""

    condition: Condition
    answer: Variant
    refusing: frozenset[int]
    exempt: frozenset[int]
    indifferent: frozenset[int]
    """Those of the exempt that accept requests of either kind: public routes get no credentials at all."""


class Pooled:
    """The refusals that routes share, in the order in which they are asked for."""

    def __init__(self, patterns: Sequence[RoutePattern], by_route: Requests) -> None:
        self._patterns = patterns
        self._rows = by_route
        self._bodies = {
            route for route, rows in by_route.items() if any(each.seen.request.body for each in rows)
        }
        self._shared: list[Shared] = []
        waiting = {route: list(rows) for route, rows in by_route.items()}
        for condition in conditions(by_route):
            found = _shared(condition, waiting)
            if found is not None:
                self._shared.append(found)
                waiting = {route: _own(route, rows, found) for route, rows in waiting.items()}
        self.by_route = waiting
        """The observations that are left to each route."""

    def met(self, route: int) -> tuple[Atom, ...]:
        """Return the conditions whose refusals were taken out of the observations of a route."""
        return tuple(each.condition.refused for each in self._shared if route in each.refusing)

    def before(self, route: int, learned: LearnedRoute) -> LearnedRoute:
        """Return a route that refuses first what all refuse."""
        evidence = []
        for each in self._of(route):
            refused = compile_atom(each.condition.refused)
            rows = [row for row in self._rows[route] if refused(row.env)] if route in each.refusing else []
            sessions = len({row.seen.session for row in rows})
            evidence.append(
                VariantEvidence(status=each.answer.status, exchanges=len(rows), sessions=sessions)
            )
        variants = _guarded(self._of(route), learned.variants, lambda each: route in each.refusing)
        return LearnedRoute(variants, (*evidence, *learned.evidence))

    def before_unrecorded(self, method: str, variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
        """Return the variants of a route that no recording has, behind what all routes refuse."""
        some = [
            each
            for each in self._shared
            if self._expected(each, method) and (method in WITH_BODY or not each.condition.of_body)
        ]
        return _guarded(some, variants, lambda each: False)

    def _of(self, route: int) -> list[Shared]:
        return [each for each in self._shared if route in each.refusing or self._expects(each, route)]

    def _expects(self, shared: Shared, route: int) -> bool:
        """Whether a route that never met a condition is expected to refuse it."""
        if route in shared.exempt or (shared.condition.of_body and route not in self._bodies):
            return False
        return self._expected(shared, self._patterns[route].method)

    def _expected(self, shared: Shared, method: str) -> bool:
        """Whether most routes refuse that met a condition: of those that read, or write, if there are any."""
        safe = method in SAFE
        for alike in (lambda route: (self._patterns[route].method in SAFE) == safe, lambda route: True):
            refusing, indifferent = (sum(map(alike, some)) for some in (shared.refusing, shared.indifferent))
            if refusing or indifferent:
                return refusing > indifferent
        return False


def _guarded(
    shared: Sequence[Shared], variants: Sequence[Variant], seen: Callable[[Shared], bool]
) -> tuple[Variant, ...]:
    """Return the answers to the conditions, each where those before it do not hold, and behind them the
    variants."""
    passed: tuple[Atom, ...] = ()
    first = []
    for each in shared:
        support = each.answer.support if seen(each) else (NEVER,)
        guards = (*passed, each.condition.refused)
        first.append(each.answer.model_copy(update={"guards": guards, "support": support}))
        passed = (*passed, each.condition.passed)
    rest = (
        [each.model_copy(update={"guards": (*passed, *each.guards)}) for each in variants]
        if passed
        else variants
    )
    return (*first, *rest)


def _own(route: int, rows: list[Observation], shared: Shared) -> list[Observation]:
    """Return the observations of a route that a shared refusal does not explain."""
    if route not in shared.refusing:
        return rows
    refused = compile_atom(shared.condition.refused)
    return [each for each in rows if not refused(each.env)]


# --- what is uniform --------------------------------------------------------------------------------------


def _shared(condition: Condition, by_route: Requests) -> Shared | None:
    """Return the refusal that a condition is answered with, or None where it is no reason by itself."""
    refused = compile_atom(condition.refused)
    met = {
        route: some for route, rows in by_route.items() if (some := [row for row in rows if refused(row.env)])
    }
    alike = {
        route: some
        for route, some in met.items()
        if not any(row.seen.ok for row in some) and len({_outline(row) for row in some}) == 1
    }
    telling = {route for route in alike if any(row.seen.ok for row in by_route[route])}
    routes = _most(alike, telling, (_word_for_word,) if condition.of_rights else (_word_for_word, _outline))
    rows = [row for route in sorted(routes) for row in alike[route]]
    if not rows or len(routes) < _enough(condition, rows[0].seen.status):
        return None
    if condition.of_rights and not _is_right(rows, [row for route in routes for row in by_route[route]]):
        return None
    answer = _answer(rows)
    if answer is None:
        return None
    only_refused = alike.keys() - telling  # of such a route nothing else is known
    exempt = met.keys() - routes - only_refused
    indifferent = [
        route for route in exempt if any(row.seen.ok and not refused(row.env) for row in by_route[route])
    ]
    return Shared(condition, answer, frozenset(routes), frozenset(exempt), frozenset(indifferent))


def _enough(condition: Condition, status: int) -> int:
    """Return how many routes make a rule. A body that does not parse can be read by none, and where one asks
    for credentials, all do."""
    asks = condition.credential and status == STATUS_OF_CREDENTIALS
    return 1 if asks or condition.of_parser else ENOUGH


def _is_right(refused: Sequence[Observation], every: Sequence[Observation]) -> bool:
    """Whether requests are forbidden for a right that is lacking: several are, and no others in these
    words."""
    said = {_word_for_word(row) for row in refused}
    same = sum(_word_for_word(row) in said for row in every)
    return len(refused) >= REFUSALS and same == len(refused) and refused[0].seen.status == FORBIDDEN


def _outline(row: Observation) -> tuple[object, ...]:
    """Return what refusals have in common that are given for one reason: status, and the names they use."""
    seen = row.seen
    media = media_type(header(seen.headers, "content-type"))
    return seen.status, media, names_in(seen.document)


def _most(alike: Mapping[int, Sequence[Observation]], telling: set[int], looks: Sequence[Look]) -> set[int]:
    """Return the routes of the answer that most routes give, as they look: the last way to look takes what
    one route says."""
    for look in looks:
        groups: dict[object, set[int]] = defaultdict(set)
        for route in sorted(telling):
            said = {look(row) for row in alike[route]}
            if len(said) == 1:
                groups[said.pop()].add(route)
        best = max(groups.values(), key=lambda routes: (len(routes), -min(routes)), default=set())
        if len(best) >= ENOUGH or look is looks[-1]:
            return best
    return set()


def _word_for_word(row: Observation) -> tuple[object, ...]:
    seen = row.seen
    raw = seen.raw.replace(seen.request.path.encode(), b"\0").replace(seen.method.encode(), b"\1")
    return seen.status, raw


def _answer(rows: Sequence[Observation]) -> Variant | None:
    """Return the one answer that all refusals are, None where they are several or nothing explains them."""
    some = sorted(
        (_alone(row) for row in thinned(rows, SAMPLE)), key=lambda row: (row.seen.session, row.seen.index)
    )
    learned = learn_route(some, Role("none"), Lists(), False)
    unsaid = some[0].env.body_kind == MALFORMED  # where a parser stopped, nothing tells
    if len(learned.variants) != 1 or (learned.evidence[0].unexplained and not unsaid):
        return None
    return learned.variants[0]


def _alone(row: Observation) -> Observation:
    """Return an observation that sees the request alone: conditions are asked before all else."""
    seen = row.seen
    env = Environment(seen.request, {}, Captured(), Ids(""), seen.at_ms, seen.lists)
    env.caller = row.env.caller
    return replace(row, env=env, captured=Captured(), addressed=())
