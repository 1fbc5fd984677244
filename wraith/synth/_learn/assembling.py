"""A model and its evidence, put together from what was learned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from wraith.synth._answers.heads import heads_from_gets
from wraith.synth._exchanges.learned import LearnedRoute
from wraith.synth._learn.idle import without_idle_effects
from wraith.synth._learn.preparing import Prepared
from wraith.synth._learn.unknown import Others
from wraith.synth._roles.roles import Role
from wraith.synth._world.recall import Learned, runs_of
from wraith.wir import Entity, Evidence, Fixture, Model, Route, RouteEvidence


def assembled(
    known: Prepared, learned: Mapping[int, LearnedRoute], expected: Sequence[Route], others: Others
) -> Learned:
    """Return the model, with the evidence that backs it. ``expected`` are routes that were never recorded, as
    others of their kind are."""
    patterns, graphql = known.table.patterns, known.graphql
    recorded = heads_from_gets(
        [
            _route(patterns[route].method, patterns[route].pattern, known.roles[route], made)
            for route, made in learned.items()
        ]
    )
    spoken = [route for each in graphql for route in each.routes]
    model = Model(
        entities=(*_entities(known.roles), *(entity for each in graphql for entity in each.entities)),
        fixtures={
            name: tuple(Fixture(key=key, value=value) for key, value in items.items())
            for fixtures in (known.world.fixtures, *(each.fixtures for each in graphql))
            for name, items in fixtures.items()
        },
        caller=known.caller,
        selectors=known.selectors,
        routes=tuple(
            sorted([*recorded, *expected, *spoken], key=lambda route: (route.path_pattern, route.method))
        ),
        xml_lists=known.xml_lists,
        unknown=others.unknown,
        refused=others.refused,
        graphql=tuple(each.endpoint for each in graphql),
    )
    return Learned(without_idle_effects(model), _evidence(known, learned))


def _evidence(known: Prepared, learned: Mapping[int, LearnedRoute]) -> Evidence:
    table = known.table
    counts = Counter(table.find(method, segments) for each in known.sketches for method, segments, *_ in each)
    backed = [
        RouteEvidence(
            method=table.patterns[route].method,
            path_pattern=table.patterns[route].pattern,
            exchanges=counts[route],
            variants=made.evidence,
        )
        for route, made in learned.items()
    ]
    return Evidence(
        exchanges=sum(map(len, known.sketches)) + known.spoken,
        sessions=sum(known.taught),
        runs=runs_of([session.id for session in known.ordered], known.world),
        routes=(*backed, *(each for spoken in known.graphql for each in spoken.evidence)),
    )


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
