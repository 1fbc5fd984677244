"""Delta: what the base answers is covered, what is left gets guards that are provably outside of it."""

from __future__ import annotations

from collections.abc import Sequence

from tests.overlay.layers import Sessions, overlay, recorded, root
from wraith.canonical import JsonValue
from wraith.overlay import Delta, Layer, compose, delta
from wraith.synth import learn
from wraith.wir import Evidence, Model

Pair = tuple[str, JsonValue, int, JsonValue]


def order(amount: int, **more: JsonValue) -> Pair:
    """Return what the service says to an order: what was ordered, where it is not too much."""
    body: dict[str, JsonValue] = {"amount": amount, **more}
    return (
        ("POST /orders", body, 200, f"order of {amount}")
        if amount < 100
        else ("POST /orders", body, 422, "no")
    )


def sessions(name: str, *several: Sequence[Pair]) -> list[Sessions]:
    return [recorded(f"{name}{number}", *pairs) for number, pairs in enumerate(several)]


BASE_SESSIONS = sessions("b", *([order(start + step) for step in range(8)] for start in (10, 30, 50)))
BASE = learn(BASE_SESSIONS).model


def subtracted(*several: Sequence[Pair], base: Model = BASE) -> Delta:
    corpus = sessions("o", *several)
    learned = learn(corpus)
    return delta("over", learned.model, learned.evidence, base, corpus, pins=["base@sha256:0"])


def as_layers(found: Delta) -> tuple[Layer, Layer]:
    below = root()
    below = _with(below, BASE)
    return below, _with(overlay(base=below), found.model, found.evidence)


def _with(layer: Layer, model: Model, evidence: Evidence | None = None) -> Layer:
    from dataclasses import replace

    return replace(layer, model=model, evidence=evidence or layer.evidence)


def test_what_the_base_answers_is_covered() -> None:
    """Recordings that show nothing new add nothing, and the advice says so."""
    found = subtracted([order(15), order(33)], [order(51)])
    assert (found.report.covered_by_base, found.report.delta, found.report.unreplayable) == (3, 0, 0)
    assert found.model.routes == ()
    assert [each.code for each in found.report.advice] == ["overlay-is-redundant"]


def test_a_new_answer_is_told_from_those_of_the_base() -> None:
    """What is added on a route of the base is provably disjoint from what was seen there, and composes."""
    found = subtracted([order(500), order(12)], [order(730), order(900)], [order(640)])
    assert (found.report.covered_by_base, found.report.delta) == (1, 4)
    [route] = found.model.routes
    assert [variant.status for variant in route.variants] == [422]
    [told] = [each for each in found.report.routes if each.route == "POST /orders"]
    assert told.guards_added or route.variants[0].support
    assert compose(*_pair(as_layers(found)), name="both").report.verdict == "composed"


def _pair(layers: tuple[Layer, Layer]) -> tuple[Layer, list[Layer]]:
    return layers[0], [layers[1]]


def test_evidence_counts_what_needs_the_variant() -> None:
    """A variant is backed by the exchanges that the base does not answer, in so many sessions."""
    found = subtracted([order(500), order(12)], [order(730), order(900)])
    [backed] = found.evidence.routes
    assert [(each.exchanges, each.sessions) for each in backed.variants] == [(3, 2)]
    assert found.evidence.runs != ()


def test_a_new_route_is_added_whole() -> None:
    """A route that the base has not is added, with advice where the base knows the resource."""
    pairs: list[Pair] = [("GET /news", None, 200, "hello"), order(20)]
    found = subtracted(pairs, pairs)
    assert (found.report.new_route, found.report.covered_by_base) == (2, 2)
    assert [route.name for route in found.model.routes] == ["GET /news"]


def test_what_no_guard_tells_apart_is_a_conflict() -> None:
    """Another answer to the very request that the base has seen is left out, with an example."""
    pairs: list[Pair] = [("POST /orders", {"amount": 12}, 503, "closed")]
    found = subtracted(pairs, pairs, pairs)
    assert (found.report.delta, found.report.unreplayable) == (0, 3)
    [conflict] = found.report.conflicts
    assert conflict.example is not None
    assert {each.reason for each in found.report.routes[0].reasons} == {"conflict"}
    assert "many-unreplayable" in [each.code for each in found.report.advice]
    assert found.model.routes == ()


def test_the_same_recordings_give_the_same_delta() -> None:
    """Nothing depends on when or how often it is worked out."""
    once, again = (subtracted([order(500)], [order(730), order(12)]) for _ in range(2))
    assert (once.model, once.report) == (again.model, again.report)
