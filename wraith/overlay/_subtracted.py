"""What every exchange came to once base and overlay are linked: the numbers of the delta report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from typing import Literal, TypeAlias

from wraith.conformance import Followed
from wraith.overlay._delta_report import (
    MAX_REASONS,
    DeltaReport,
    RouteDelta,
    Unreplayable,
    advice,
)
from wraith.overlay._overlaps import Overlap
from wraith.overlay._terms import Shape, shape_of
from wraith.wir import Atom, Model, Route, show_atom

Came: TypeAlias = Literal["covered_by_base", "delta", "new_route", "unreplayable"]
_Place: TypeAlias = tuple[str, Shape]


def subtracted_report(
    name: str,
    linked: Sequence[Followed],
    known: Sequence[Followed],
    *,
    pins: Sequence[str],
    base: Model,
    guards: Mapping[_Place, Sequence[Atom]],
    variants: Mapping[_Place, int],
    conflicts: Sequence[Overlap],
    conflicting: Mapping[tuple[str, int], Overlap],
) -> DeltaReport:
    """Return the report of how the linked model answers the recordings, beside how the base alone does."""
    theirs = {_place(route): len(route.variants) for route in base.routes}
    counts: dict[str, dict[Came, int]] = defaultdict(lambda: defaultdict(int))
    reasons: dict[str, list[Unreplayable]] = defaultdict(list)
    places: dict[str, _Place] = {}
    endpoints = {endpoint.path for endpoint in base.graphql}
    for step, before in zip(linked, known, strict=True):
        route = step.answer.route
        label = route.name if route is not None else f"{step.exchange.request.method} (unknown route)"
        if route is not None:
            places[label] = _place(route)
        came = _came(step, before, theirs)
        counts[label][came] += 1
        if came == "unreplayable":
            overlap = conflicting.get((step.session.id, step.index))
            reasons[label].append(_reason(step, overlap, endpoints))
    routes = tuple(
        RouteDelta(
            route=label,
            **{came: counts[label][came] for came in counts[label]},
            variants_added=variants.get(places[label], 0) if label in places else 0,
            guards_added=tuple(show_atom(atom) for atom in guards.get(places.get(label, ("", ())), ())),
            reasons=tuple(reasons[label][:MAX_REASONS]),
        )
        for label in sorted(counts)
    )
    totals = {came: sum(each[came] for each in counts.values()) for came in _ALL}
    return DeltaReport(
        overlay=name,
        base=tuple(pins),
        exchanges=len(linked),
        **totals,
        routes=routes,
        conflicts=tuple(conflicts),
        advice=advice(
            name,
            exchanges=len(linked),
            added=totals["delta"] + totals["new_route"],
            unreplayable=totals["unreplayable"],
            missing=_missing(variants, base),
        ),
    )


_ALL: tuple[Came, ...] = ("covered_by_base", "delta", "new_route", "unreplayable")


def _came(step: Followed, before: Followed, theirs: Mapping[_Place, int]) -> Came:
    route, number = step.answer.route, step.answer.variant
    if not step.passed or route is None or number is None:
        return "unreplayable"
    there = theirs.get(_place(route))
    if there is None:
        return "covered_by_base" if before.passed else "new_route"
    return "covered_by_base" if number < there else "delta"


def _reason(step: Followed, overlap: Overlap | None, endpoints: Container[str]) -> Unreplayable:
    exchange = step.exchange
    where = {"session": step.session.id, "exchange": step.index}
    if exchange.request.truncated is not None or exchange.response.truncated is not None:
        return Unreplayable(**where, reason="truncated", detail="a body was too large to be recorded")
    if overlap is not None:
        side = overlap.first
        detail = f"no guard tells what was learned from variant {side.variant} ({side.status}) of the base"
        return Unreplayable(**where, reason="conflict", detail=detail)
    if exchange.request.path in endpoints:
        detail = "a field of the base answers otherwise; only fields that it lacks are added"
        return Unreplayable(**where, reason="graphql", detail=detail)
    errors = [each for each in step.found.differences if each.severity == "error"]
    if not errors:
        return Unreplayable(**where, reason="not-predicted", detail="nothing that was learned answers it")
    first = errors[0]
    detail = f"{first.category} at {first.path or 'the answer'}: recorded {first.expected!r:.60}, "
    return Unreplayable(**where, reason="not-predicted", detail=f"{detail}answered {first.actual!r:.60}")


def _missing(variants: Mapping[_Place, int], base: Model) -> tuple[str, ...]:
    """Return the added routes that stand below a resource of the base."""
    there = {_place(route) for route in base.routes}
    resources = {
        shape_of(route.path_pattern)[:depth] for route in base.routes if route.entity for depth in (2,)
    }
    return tuple(
        f"{method} /{'/'.join(segment or '{}' for segment in shape)}"
        for method, shape in sorted(variants, key=repr)
        if (method, shape) not in there and shape[:2] in resources
    )


def _place(route: Route) -> _Place:
    return route.method, shape_of(route.path_pattern)
