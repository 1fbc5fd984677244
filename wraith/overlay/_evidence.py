"""Evidence of a composite: that of its layers, part by part, in the order of its model."""

from __future__ import annotations

from collections.abc import Sequence

from wraith.overlay._layer import Layer
from wraith.overlay._overlaps import Candidate
from wraith.overlay._terms import Shape, shape_of
from wraith.wir import Evidence, Route, RouteEvidence, VariantEvidence


def joined_evidence(layers: Sequence[Layer], routes: Sequence[tuple[Route, Sequence[Candidate]]]) -> Evidence:
    """Return the evidence of routes whose variants are from several layers."""
    known = [_by_route(layer.evidence) for layer in layers]
    joined = []
    for route, candidates in routes:
        place = route.method, shape_of(route.path_pattern)
        there = [each[place] for each in known if place in each]
        joined.append(
            RouteEvidence(
                method=route.method,
                path_pattern=route.path_pattern,
                exchanges=sum(each.exchanges for each in there),
                variants=tuple(_of_variant(known[each.layer].get(place), each) for each in candidates),
            )
        )
    return Evidence(
        exchanges=sum(layer.evidence.exchanges for layer in layers),
        sessions=sum(layer.evidence.sessions for layer in layers),
        runs=tuple(run for layer in layers for run in layer.evidence.runs),
        routes=tuple(joined),
    )


def _by_route(evidence: Evidence) -> dict[tuple[str, Shape], RouteEvidence]:
    return {(each.method, shape_of(each.path_pattern)): each for each in evidence.routes}


def _of_variant(there: RouteEvidence | None, candidate: Candidate) -> VariantEvidence:
    if there is not None and candidate.number < len(there.variants):
        return there.variants[candidate.number]
    return VariantEvidence(status=candidate.variant.status, exchanges=0, sessions=0)
