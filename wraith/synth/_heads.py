"""HEAD is GET without the body (RFC 9110, 9.3.2), so what GET answers says more than HEAD alone can.

A digest over the body, or a total, is learned where bodies are seen.
"""

from __future__ import annotations

from collections.abc import Sequence

from wraith.wir import Route


def heads_from_gets(routes: Sequence[Route]) -> list[Route]:
    """Return the routes, those for HEAD with the variants of GET where these have all of their headers."""
    gets = {route.path_pattern: route for route in routes if route.method == "GET"}
    return [
        route.model_copy(update={"variants": get.variants})
        if route.method == "HEAD"
        and (get := gets.get(route.path_pattern)) is not None
        and _covers(get, route)
        else route
        for route in routes
    ]


def _covers(get: Route, head: Route) -> bool:
    """Whether GET was seen to answer with every status of HEAD, and with the headers that HEAD has there."""
    return all(
        any(
            variant.status == each.status
            and {name for name, _ in each.headers} <= {name for name, _ in variant.headers}
            for variant in get.variants
        )
        for each in head.variants
    )
