"""Headers that are the trace of a request, told by all routes together.

What a gateway counts, a budget that is spent, the node that answered: such headers are on all answers of a
service, and a route that answered often leaves them out, because nothing explains them. A route that answered
once or twice cannot know that alone: there they look like constants.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from wraith.exchange import header
from wraith.synth._exchanges.learned import LearnedRoute
from wraith.synth._shared.priors import ACTED_ON
from wraith.synth._world.observe import Observation
from wraith.wir import Literal, Variant

ENOUGH = 3
"""Answers that must have a header before its values tell what kind it is."""


def without_traces(
    learned: Mapping[int, LearnedRoute], observed: Mapping[int, Sequence[Observation]]
) -> dict[int, LearnedRoute]:
    """Return the routes without the headers that all of them together show to be traces."""
    traces = _traces(observed)
    unruly = _unruly(learned, observed) - traces
    return {route: _without(made, traces, unruly) for route, made in learned.items()}


def _traces(observed: Mapping[int, Sequence[Observation]]) -> set[str]:
    """Return the headers that say something else with most answers that have them."""
    values: dict[str, Counter[str]] = defaultdict(Counter)
    for some in observed.values():
        for each in some:
            for name, value in each.seen.headers:
                values[name.lower()][value] += 1
    return {
        name
        for name, said in values.items()
        if name not in ACTED_ON and said.total() >= ENOUGH and len(said) * 2 > said.total()
    }


def _unruly(learned: Mapping[int, LearnedRoute], observed: Mapping[int, Sequence[Observation]]) -> set[str]:
    """Return the headers that more routes leave out, although all their answers have them, than have a rule
    for; those count that answered more than once."""
    ruled, left = Counter[str](), Counter[str]()
    for route, made in learned.items():
        by_status: dict[int, list[Observation]] = defaultdict(list)
        for each in observed[route]:
            by_status[each.seen.status].append(each)
        for status, rows in by_status.items():
            if len(rows) < 2:
                continue
            said = {name for each in made.variants if each.status == status for name, _ in each.headers}
            for name in {name.lower() for name, _ in rows[0].seen.headers}:
                values = {header(each.seen.headers, name) for each in rows}
                if None not in values:
                    (ruled if name in said else left)[name] += 1
    return {name for name in left if left[name] > ruled[name] and name not in ACTED_ON}


def _without(made: LearnedRoute, traces: set[str], unruly: set[str]) -> LearnedRoute:
    def kept(variant: Variant, exchanges: int) -> Variant:
        drop = traces | unruly if exchanges < 2 else traces
        headers = tuple(
            (name, expr)
            for name, expr in variant.headers
            if name not in drop or not isinstance(expr, Literal)
        )
        return (
            variant
            if len(headers) == len(variant.headers)
            else variant.model_copy(update={"headers": headers})
        )

    pairs = zip(made.variants, made.evidence, strict=True)
    return replace(made, variants=tuple(kept(variant, said.exchanges) for variant, said in pairs))
