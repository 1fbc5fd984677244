"""HEAD is GET without the body (RFC 9110, 9.3.2), so what GET answers says more than HEAD alone can.

A digest over the body, or a total, is learned where bodies are seen.
"""

from __future__ import annotations

from collections.abc import Sequence

from wraith.wir import Route, Variant


def heads_from_gets(routes: Sequence[Route]) -> list[Route]:
    """Return the routes, those for HEAD with the variants of GET where these have all of their statuses."""
    gets = {route.path_pattern: route for route in routes if route.method == "GET"}
    return [
        _like(get, route)
        if route.method == "HEAD"
        and (get := gets.get(route.path_pattern)) is not None
        and {each.status for each in route.variants} <= {each.status for each in get.variants}
        else route
        for route in routes
    ]


def _like(get: Route, head: Route) -> Route:
    variants = tuple(_as_head(each, head) for each in get.variants)
    return head.model_copy(update={"variants": variants, "entity": get.entity, "key": get.key})


def _as_head(variant: Variant, head: Route) -> Variant:
    """Return a variant of GET with the headers that only HEAD was seen with beside that status."""
    names = {name for name, _ in variant.headers}
    own = next((each.headers for each in head.variants if each.status == variant.status), ())
    more = tuple(each for each in own if each[0] not in names)
    return variant.model_copy(update={"headers": (*variant.headers, *more)})
