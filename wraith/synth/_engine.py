"""From recordings to a model: the stages of synthesis in order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wraith.exchange import Corpus, Session
from wraith.synth._graphql import asks_graphql, speaks_graphql
from wraith.synth._observe import Observation, Observer, learn_removal
from wraith.synth._roles import Role, assign_roles
from wraith.synth._routes import Paths, RouteTable
from wraith.synth._sampling import Sketch, choose, sketch
from wraith.synth._seen import Seen, see
from wraith.synth._side_effects import learn_side_effects
from wraith.synth._variants import LearnedRoute, learn_route
from wraith.synth._world import World, WorldBuilder
from wraith.wir import Entity, Evidence, Fixture, Model, Route, RouteEvidence

if TYPE_CHECKING:
    from wraith.synth._graphql._learn import GraphQLCorpus


@dataclass(frozen=True, slots=True)
class Learned:
    """A model, and what backs it."""

    model: Model
    evidence: Evidence


def learn(corpus: Corpus) -> Learned:
    """Return the model of a corpus. The order in which the sessions are given does not matter: they are
    learned from in the order of time."""
    ordered = sorted(corpus, key=lambda session: (session.started_at_ms, session.id))
    endpoints: dict[str, GraphQLCorpus] = {}
    table, sketches = _survey(ordered, endpoints)
    chosen = choose(sketches, table)
    kept = {number: _decoded(number, ordered[number], table) for number in sorted(chosen)}
    roles = assign_roles(table, [seen for session in kept.values() for seen in session])
    builder = WorldBuilder(roles)
    for number, session in enumerate(ordered):
        builder.add(kept.get(number) or _decoded(number, session, table))
    for _, spoken in sorted(endpoints.items()):
        for number, (signs, started_at_ms) in spoken.signs().items():
            builder.tell(number, signs, started_at_ms)
    world = builder.world()
    graphql = [spoken.learn(world.run_of) for _, spoken in sorted(endpoints.items())]
    apart = {entity.name for each in graphql for entity in each.entities}
    world = World(world.run_of, {name: items for name, items in world.fixtures.items() if name not in apart})
    gone = learn_removal(list(kept.values()), roles)
    first = _observations(ordered, table, kept, Observer(roles, world, gone))
    effects = learn_side_effects(first, roles)
    observations = (
        _observations(ordered, table, kept, Observer(roles, world, gone, effects)) if effects else first
    )
    by_route: dict[int, list[Observation]] = defaultdict(list)
    for observation in observations:
        by_route[observation.seen.route].append(observation)
    counts = Counter(table.find(method, segments) for each in sketches for method, segments, _ in each)
    learned = {
        route: learn_route(some, roles[route], gone[route], effects.get(route, ()))
        for route, some in sorted(by_route.items())
    }
    model = Model(
        entities=(*_entities(roles), *(entity for each in graphql for entity in each.entities)),
        fixtures={
            **{
                name: tuple(Fixture(key=key, value=value) for key, value in items.items())
                for name, items in world.fixtures.items()
            },
            **{name: stored for each in graphql for name, stored in each.fixtures.items()},
        },
        routes=(
            *(
                _route(table.patterns[route].method, table.patterns[route].pattern, roles[route], made)
                for route, made in learned.items()
            ),
            *(route for each in graphql for route in each.routes),
        ),
        graphql=tuple(each.endpoint for each in graphql),
    )
    evidence = Evidence(
        exchanges=sum(map(len, sketches)) + sum(spoken.exchanges for spoken in endpoints.values()),
        sessions=len(ordered),
        runs=_runs([session.id for session in ordered], world),
        routes=(
            *(
                RouteEvidence(
                    method=table.patterns[route].method,
                    path_pattern=table.patterns[route].pattern,
                    exchanges=counts[route],
                    variants=made.evidence,
                )
                for route, made in learned.items()
            ),
            *(backed for each in graphql for backed in each.evidence),
        ),
    )
    return Learned(model, evidence)


def _survey(
    ordered: Sequence[Session], endpoints: dict[str, GraphQLCorpus]
) -> tuple[RouteTable, list[Sketch]]:
    """Read everything once: the routes, and what is kept of each session. What speaks GraphQL goes to its
    endpoint, and is no part of the rest."""
    paths = Paths()
    sketches: list[Sketch] = []
    left: list[Seen] = []
    for number, session in enumerate(ordered):
        seen = []
        for each in see(number, session.read()):
            if speaks_graphql(each):
                _endpoint(each.request.path, endpoints).add(each)
            else:
                seen.append(each)
                if asks_graphql(each):
                    left.append(each)
        paths.add(seen)
        sketches.append(sketch(seen))
    for each in left:
        if each.request.path in endpoints:
            endpoints[each.request.path].leave(each)
    return paths.routes(), sketches


def _endpoint(path: str, endpoints: dict[str, GraphQLCorpus]) -> GraphQLCorpus:
    from wraith.synth._graphql._learn import GraphQLCorpus  # only corpora with GraphQL need its library

    return endpoints.setdefault(path, GraphQLCorpus(path))


def _decoded(number: int, session: Session, table: RouteTable) -> list[Seen]:
    exchanges = [each for each in see(number, session.read()) if not speaks_graphql(each)]
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
