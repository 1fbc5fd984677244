"""Effects that change nothing: removing what no part of the model stores.

What a path addresses below an entity looks like an entity of its own, and where it is only ever a part of the
one above, as the lines of an order are, removing it is already said of that one.
"""

from __future__ import annotations

from collections.abc import Iterator

from wraith.wir import Delete, Make, Model, Put, Route, Sweep


def without_idle_effects(model: Model) -> Model:
    """Return the model without effects that remove entities which it neither declares nor stores."""
    there = {entity.name for entity in model.entities} | set(model.fixtures) | set(_stored(model.routes))
    routes = tuple(_without(route, there) for route in model.routes)
    return model if routes == model.routes else model.model_copy(update={"routes": routes})


def _stored(routes: tuple[Route, ...]) -> Iterator[str]:
    for route in routes:
        for variant in route.variants:
            yield from (each.entity for each in variant.effects if isinstance(each, (Put, Make)))


def _without(route: Route, there: set[str]) -> Route:
    variants = tuple(
        variant.model_copy(
            update={
                "effects": tuple(
                    each
                    for each in variant.effects
                    if not isinstance(each, (Delete, Sweep)) or each.entity in there
                )
            }
        )
        for variant in route.variants
    )
    return route if variants == route.variants else route.model_copy(update={"variants": variants})
