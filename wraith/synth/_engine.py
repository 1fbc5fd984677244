"""From recordings to a model: the stages of synthesis in order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wraith.exchange import Corpus, Session
from wraith.synth._analogy import by_analogy
from wraith.synth._caller import learn_caller
from wraith.synth._cascades import learn_cascades
from wraith.synth._laws import laws_of, may_obey
from wraith.synth._lists import Lists, learn_lists
from wraith.synth._observe import Observation, Observer, learn_removal
from wraith.synth._purges import learn_purge
from wraith.synth._roles import Role, assign_roles
from wraith.synth._routes import Paths, RouteTable
from wraith.synth._sampling import choose
from wraith.synth._seen import Seen, see
from wraith.synth._side_effects import learn_side_effects
from wraith.synth._spread import Spread, in_turn
from wraith.synth._survey import Sketch, sketch
from wraith.synth._unknown import learn_unknown
from wraith.synth._variants import LearnedRoute, learn_route
from wraith.synth._world import World, WorldBuilder
from wraith.wir import Effect, Entity, Evidence, Fixture, Model, Purge, Route, RouteEvidence


@dataclass(frozen=True, slots=True)
class Learned:
    """A model, and what backs it."""

    model: Model
    evidence: Evidence


PARTS = 32
"""Parts that the first look at a corpus is done in: more than processors, so that none waits for long."""


def learn(corpus: Corpus, *, spread: Spread = in_turn) -> Learned:
    """Return the model of a corpus. The order in which the sessions are given does not matter: they are
    learned from in the order of time. ``spread`` may use several processes, and changes nothing else."""
    ordered = sorted(corpus, key=lambda session: (session.started_at_ms, session.id))
    table, sketches = _survey(ordered, spread)
    chosen = choose(sketches, table)
    kept = {number: _decoded(number, ordered[number], table) for number in sorted(chosen)}
    roles = assign_roles(table, [seen for session in kept.values() for seen in session])
    builder = WorldBuilder(roles)
    for number, session in enumerate(ordered):
        builder.add(kept.get(number) or _decoded(number, session, table))
    world = builder.world()
    gone = learn_removal(list(kept.values()), roles)
    cascades = learn_cascades(kept, roles, world, gone)
    caller = learn_caller(kept.values())
    first = _observations(ordered, table, kept, Observer(roles, world, gone, cascades, caller=caller))
    effects = _together(cascades, learn_side_effects(first, roles))
    observations = (
        _observations(ordered, table, kept, Observer(roles, world, gone, effects, caller=caller))
        if effects != cascades
        else first
    )
    by_route: dict[int, list[Observation]] = defaultdict(list)
    for observation in observations:
        by_route[observation.seen.route].append(observation)
    lists = learn_lists(by_route, roles)
    counts = Counter(table.find(method, segments) for each in sketches for method, segments, *_ in each)
    routes = sorted(by_route)

    def one_route(part: int) -> LearnedRoute:
        route = routes[part]
        if roles[route].purges:
            return _purging(by_route[route], roles[route], lists)
        return learn_route(by_route[route], roles[route], lists, gone[route], effects.get(route, ()))

    learned = dict(zip(routes, spread(one_route, len(routes)), strict=True))
    unknown, refused, needless = learn_unknown(table.patterns, by_route)
    for route in needless:
        del learned[route]
    laws = laws_of([(roles[route], made) for route, made in learned.items()])
    lawful = [
        route
        for route, made in learned.items()
        if not roles[route].purges and may_obey(roles[route], made, laws)
    ]

    def one_more_time(part: int) -> LearnedRoute:
        route = lawful[part]
        role = roles[route]
        obeyed = laws[role.collection.name] if role.collection is not None else {}
        return learn_route(by_route[route], role, lists, gone[route], effects.get(route, ()), laws=obeyed)

    learned.update(zip(lawful, spread(one_more_time, len(lawful)), strict=True))
    recorded = [
        _route(table.patterns[route].method, table.patterns[route].pattern, roles[route], made)
        for route, made in learned.items()
    ]
    similar = by_analogy(
        [table.patterns[route] for route in learned],
        [roles[route] for route in learned],
        [made.variants for made in learned.values()],
    )
    model = Model(
        entities=_entities(roles),
        fixtures={
            name: tuple(Fixture(key=key, value=value) for key, value in items.items())
            for name, items in world.fixtures.items()
        },
        caller=caller,
        routes=tuple(sorted([*recorded, *similar], key=lambda route: (route.path_pattern, route.method))),
        unknown=unknown,
        refused=refused,
    )
    evidence = Evidence(
        exchanges=sum(map(len, sketches)),
        sessions=len(ordered),
        runs=_runs([session.id for session in ordered], world),
        routes=tuple(
            RouteEvidence(
                method=table.patterns[route].method,
                path_pattern=table.patterns[route].pattern,
                exchanges=counts[route],
                variants=made.evidence,
            )
            for route, made in learned.items()
        ),
    )
    return Learned(model, evidence)


def _together(*parts: Mapping[int, tuple[Effect, ...]]) -> dict[int, tuple[Effect, ...]]:
    """Return the effects of each route from several sources, in their order."""
    done: dict[int, tuple[Effect, ...]] = {}
    for part in parts:
        for route, effects in part.items():
            done[route] = (*done.get(route, ()), *effects)
    return done


def _survey(ordered: Sequence[Session], spread: Spread) -> tuple[RouteTable, list[Sketch]]:
    """Read everything once: the routes, and what is kept of each session."""
    bounds = [len(ordered) * part // PARTS for part in range(PARTS + 1)]

    def some(part: int) -> list[Sketch]:
        chosen = range(bounds[part], bounds[part + 1])
        return [sketch(see(number, ordered[number].read())) for number in chosen]

    sketches = [each for part in spread(some, PARTS) for each in part]
    paths = Paths()
    for number, each in enumerate(sketches):
        paths.add(number, each)
    return paths.routes(), sketches


def _decoded(number: int, session: Session, table: RouteTable) -> list[Seen]:
    exchanges = see(number, session.read())
    for seen in exchanges:
        table.assign(seen)
    return exchanges


def _observations(
    ordered: Sequence[Session], table: RouteTable, kept: Mapping[int, list[Seen]], observer: Observer
) -> list[Observation]:
    """Fold the sessions up to the last chosen one; return the observations of the chosen, in order."""
    found: list[Observation] = []
    for number in range(max(kept, default=-1) + 1):
        session = kept.get(number)
        folded = session if session is not None else _decoded(number, ordered[number], table)
        found += observer.fold(number, folded, observed=session is not None)
    return found


def _purging(observations: Sequence[Observation], role: Role, lists: Lists) -> LearnedRoute:
    """Learn a route that removes many, which asks like the list of its collection."""
    assert role.collection is not None  # Invariant: what purges has one
    name = role.collection.name
    query = next((each.query for each in lists.by_route.values() if each.query.entity == name), None)
    found = learn_purge(observations, role, query)
    if found is None:
        return learn_route(observations, role, lists, False)
    return learn_route(observations, role, lists, False, (Purge(found[0]),), found[1])


def _route(method: str, pattern: str, role: Role, learned: LearnedRoute) -> Route:
    return Route(
        method=method,
        path_pattern=pattern,
        state_op=role.op,
        entity=role.collection.name if role.collection is not None else None,
        key=role.key,
        variants=learned.variants,
    )


def _entities(roles: Sequence[Role]) -> tuple[Entity, ...]:
    found = {role.collection.name: role.collection for role in roles if role.collection is not None}
    return tuple(Entity(name=name, key=found[name].key) for name in sorted(found))


def _runs(ids: Sequence[str], world: World) -> tuple[tuple[str, ...], ...]:
    runs: dict[int, list[str]] = defaultdict(list)
    for session, run in zip(ids, world.run_of, strict=True):
        runs[run].append(session)
    return tuple(tuple(sessions) for _, sessions in sorted(runs.items()))
