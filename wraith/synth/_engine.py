"""From recordings to a model: the stages of synthesis in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from wraith.exchange import Corpus
from wraith.synth._observe import Observation, learn_removal, observe
from wraith.synth._roles import Role, assign_roles
from wraith.synth._routes import Paths
from wraith.synth._seen import see
from wraith.synth._variants import LearnedRoute, learn_route
from wraith.synth._world import World, learn_world
from wraith.wir import Entity, Evidence, Fixture, Model, Route, RouteEvidence


@dataclass(frozen=True, slots=True)
class Learned:
    """A model, and what backs it."""

    model: Model
    evidence: Evidence


def learn(corpus: Corpus) -> Learned:
    """Return the model of a corpus. The order in which the sessions are given does not matter: they are learned from
    in the order of time."""
    ordered = sorted(corpus, key=lambda session: (session.started_at_ms, session.id))
    sessions = [see(number, session.read()) for number, session in enumerate(ordered)]
    paths = Paths()
    for session in sessions:
        paths.add(session)
    table = paths.routes()
    everything = [seen for session in sessions for seen in session]
    for seen in everything:
        table.assign(seen)
    roles = assign_roles(table, everything)
    world = learn_world(sessions, roles)
    gone = learn_removal(sessions, roles)
    by_route: dict[int, list[Observation]] = defaultdict(list)
    for observation in observe(sessions, roles, world, gone):
        by_route[observation.seen.route].append(observation)
    learned = {route: learn_route(some, roles[route], gone[route]) for route, some in sorted(by_route.items())}
    model = Model(
        entities=_entities(roles),
        fixtures={
            name: tuple(Fixture(key=key, value=value) for key, value in items.items())
            for name, items in world.fixtures.items()
        },
        routes=tuple(_route(table.patterns[route].method, table.patterns[route].pattern, roles[route], made)
                     for route, made in learned.items()),
    )
    evidence = Evidence(
        exchanges=len(everything),
        sessions=len(sessions),
        runs=_runs([session.id for session in ordered], world),
        routes=tuple(
            RouteEvidence(method=table.patterns[route].method, path_pattern=table.patterns[route].pattern,
                          exchanges=len(by_route[route]), variants=made.evidence)
            for route, made in learned.items()
        ),
    )
    return Learned(model, evidence)


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


