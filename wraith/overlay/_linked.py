"""A base with what an overlay adds, where both speak the same words and nothing is to be judged."""

from __future__ import annotations

from collections.abc import Mapping

from wraith.overlay._fields import joined_endpoints
from wraith.overlay._terms import Shape, shape_of
from wraith.wir import Fixture, Model, Route


def linked(base: Model, over: Model) -> Model:
    """Return the base with what a delta adds to it, which is in its words, and with its fixtures."""
    routes = {_place(route): route for route in base.routes}
    for route in over.routes:
        there = routes.get(_place(route))
        variants = (*there.variants, *route.variants) if there is not None else route.variants
        routes[_place(route)] = (there or route).model_copy(update={"variants": variants})
    return base.model_copy(
        update={
            "routes": tuple(routes.values()),
            "entities": (*base.entities, *(each for each in over.entities if each not in base.entities)),
            "graphql": joined_endpoints((base, over)),
            "fixtures": with_fixtures(base.fixtures, over.fixtures),
            "xml_lists": {**over.xml_lists, **base.xml_lists},
            "caller": base.caller if base.caller is not None else over.caller,
        }
    )


def with_fixtures(
    base: Mapping[str, tuple[Fixture, ...]], over: Mapping[str, tuple[Fixture, ...]]
) -> dict[str, tuple[Fixture, ...]]:
    """Return the fixtures of a base with others over them, those of the same key in their place."""
    joined = {name: {each.key: each for each in stored} for name, stored in base.items()}
    for name, stored in over.items():
        joined.setdefault(name, {}).update({each.key: each for each in stored})
    return {name: tuple(stored.values()) for name, stored in joined.items()}


def _place(route: Route) -> tuple[str, Shape]:
    return route.method, shape_of(route.path_pattern)
