"""What a service says to requests that it has nothing for: paths that it does not know, methods that it does
not allow.

Such answers do not depend on which path or method it was, apart from quoting it. Where several of one kind
were recorded, they teach the answer to all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from wraith.runtime import Environment, Ids
from wraith.synth._learn.variants import learn_route
from wraith.synth._lists.lists import Lists
from wraith.synth._roles.roles import Role
from wraith.synth._routes.routes import RoutePattern
from wraith.synth._world.observe import Captured, Observation
from wraith.wir import Variant

ENOUGH = 2
"""Different paths that a service did not know, or did not allow a method on, before that is a rule."""

NOT_FOUND, NOT_ALLOWED = 404, 405

TARGET = "path"
"""The parameter under which the whole path stands where no route has taken it apart."""


@dataclass(frozen=True, slots=True)
class Others:
    """The variants for paths that nothing has, and for methods that a path does not allow."""

    unknown: tuple[Variant, ...]
    refused: tuple[Variant, ...]
    needless: frozenset[int]
    """Routes that the former make superfluous."""


def learn_unknown(patterns: Sequence[RoutePattern], observed: Mapping[int, Sequence[Observation]]) -> Others:
    """Return what is said to unknown paths, and to methods that are not allowed."""
    answered: dict[tuple[str | None, ...], set[int]] = defaultdict(set)
    for route, some in observed.items():
        answered[patterns[route].shape].update(each.seen.status for each in some)
    lost = [route for route in sorted(observed) if answered[patterns[route].shape] == {NOT_FOUND}]
    plain = {_masked(each) for route in lost if None not in patterns[route].shape for each in observed[route]}
    unknown = [
        route
        for route in lost
        if None not in patterns[route].shape
        or (patterns[route].shape[-1] and {_masked(each) for each in observed[route]} <= plain)
    ]
    refused = [
        route for route in sorted(observed) if {each.seen.status for each in observed[route]} == {NOT_ALLOWED}
    ]
    nowhere, known = _learn(unknown, patterns, observed), _learn(refused, patterns, observed)
    return Others(nowhere, known, frozenset(unknown if nowhere else ()))


def _masked(observation: Observation) -> bytes:
    """Return an answer without the path that it quotes: below an item a path may also be unknown because the
    item is, and then more is said, or something else."""
    seen = observation.seen
    return seen.raw.replace(seen.request.path.encode(), b"\0").replace(seen.method.encode(), b"\1")


def _learn(
    routes: Sequence[int],
    patterns: Sequence[RoutePattern],
    observed: Mapping[int, Sequence[Observation]],
) -> tuple[Variant, ...]:
    if len({patterns[route].shape for route in routes}) < ENOUGH:
        return ()
    rows = [_whole(each) for route in routes for each in observed[route]]
    rows.sort(key=lambda each: (each.seen.session, each.seen.index))
    return learn_route(rows, Role("none"), Lists(), False).variants


def _whole(observation: Observation) -> Observation:
    """Return the observation of a request whose path is one parameter."""
    seen = observation.seen
    env = Environment(seen.request, {TARGET: seen.request.path}, Captured(), Ids(""), seen.at_ms, seen.lists)
    env.caller = observation.env.caller
    return replace(observation, env=env, addressed=())
