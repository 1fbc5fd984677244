"""Rebase-check: whether an overlay would still do what it does on a newer base, without recording anew.

Policy and composition are judged again, with the pin moved; the bases are compared route by route; and the
overlay's own recordings are answered by both composites, one step ahead. ``docs/reference/overlays.md`` has
the truth table, which a test holds this module to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from wraith.config import Diff, Document, DriftConfig
from wraith.conformance import Followed, follow
from wraith.exchange import Corpus
from wraith.overlay._compose import Composition, compose
from wraith.overlay._files import overlay_sets
from wraith.overlay._layer import Layer
from wraith.overlay._linked import with_fixtures
from wraith.overlay._overlaps import Overlap
from wraith.overlay._policy import Finding
from wraith.overlay._posture import weaknesses
from wraith.overlay._terms import Shape, shape_of
from wraith.wir import Fixture, Model, Route

Verdict = Literal["compatible", "additive-safe", "conflict"]

MAX_LISTED = 200
"""Exchanges that are listed; more are counted."""


class RouteChange(Document):
    """A route of the base that is not what it was."""

    route: str
    change: Literal["added", "removed", "changed"]
    touched: bool
    """The overlay adds to it, or its recordings use it."""
    detail: str = ""


class ExchangeChange(Document):
    """A recorded exchange that the two composites answer differently."""

    session: str
    exchange: int
    route: str
    passed_before: bool
    passes_now: bool


class RebaseReport(Document):
    """The whole of ``build/rebase-check-report.json``."""

    format: Literal["wraith.rebase-check/1"] = "wraith.rebase-check/1"
    overlay: str
    old_base: str
    new_base: str
    verdict: Verdict
    confidence_bp: int
    """The share of recorded exchanges that both composites answer equally, times the share of the pairs of
    variants on touched routes that were decided by proof."""
    reasons: tuple[str, ...]
    routes: tuple[RouteChange, ...]
    overlaps: tuple[Overlap, ...]
    overlaps_total: int
    exchanges: int
    exchanges_equal: int
    exchanges_changed: tuple[ExchangeChange, ...]
    schema_changes: tuple[str, ...]
    policy: tuple[Finding, ...]
    scrub: tuple[str, ...] = ()
    """Where the newer base hides less than the pinned one; the overlay's own rules still hold."""


def rebase_check(
    overlay: Layer,
    required: Sequence[Layer],
    old_base: Layer,
    new_base: Layer,
    corpus: Corpus,
    *,
    newer: Sequence[Layer] = (),
    diff: Diff | None = None,
    drift: DriftConfig | None = None,
) -> RebaseReport:
    """Return how an overlay would do on a newer base than the one it pins.

    ``newer`` are overlays in the place of those of the same names that it requires: made for the newer base,
    they pin it themselves.
    """
    old = compose(old_base, (*required, overlay), name=overlay.name)
    replacing = {layer.name: layer for layer in newer}
    below = [replacing.get(layer.name) or _moved(layer, new_base) for layer in required]
    above = _requiring(_moved(overlay, new_base), below)
    new = compose(new_base, (*below, above), name=overlay.name)
    runs = overlay.evidence.runs
    before, after = (
        list(follow(selected(each, overlay), corpus, diff=diff, drift=drift, runs=runs))
        for each in (old, new)
    )
    changed = list(_changed(before, after))
    touched = {_place(route) for layer in (*required, overlay) for route in layer.model.routes}
    touched |= {_place(step.answer.route) for step in before if step.answer.route is not None}
    routes = tuple(_routes(old_base.model, new_base.model, touched))
    reasons = list(_against(new, routes, changed))
    verdict: Verdict = "conflict"
    if not reasons:
        reasons = list(_for(routes, changed))
        verdict = "additive-safe" if reasons else "compatible"
    return RebaseReport(
        overlay=overlay.name,
        old_base=old_base.pin,
        new_base=new_base.pin,
        verdict=verdict,
        confidence_bp=_confidence(len(before), len(changed), new),
        reasons=tuple(reasons) or ("nothing that the overlay touches has changed",),
        routes=routes,
        overlaps=new.report.overlaps,
        overlaps_total=new.report.overlaps_total,
        exchanges=len(before),
        exchanges_equal=len(before) - len(changed),
        exchanges_changed=tuple(changed[:MAX_LISTED]),
        schema_changes=tuple(_schema_changes(old_base, new_base)),
        policy=new.report.policy,
        scrub=tuple(f"{place}: {reason}" for place, reason in weaknesses(old_base.scrub, new_base.scrub)),
    )


def selected(composition: Composition, overlay: Layer) -> Model:
    """Return the model of a composite with an overlay's fixtures selected."""
    own = overlay_sets(overlay).get(overlay.name, {})
    fixtures = {
        name: tuple(Fixture(key=key, value=value) for key, value in stored.items())
        for name, stored in own.items()
    }
    model = composition.model
    return model.model_copy(update={"fixtures": with_fixtures(model.fixtures, fixtures)})


def _moved(layer: Layer, base: Layer) -> Layer:
    """Return the overlay as if it pinned the newer base; its own scrub rules are judged as they are."""
    assert layer.config.base is not None, "Invariant: of an overlay"
    pinned = layer.config.base.model_copy(
        update={
            "digest": base.digest,
            "artifact": base.name,
            "scrub_policy_hash": base.scrub_policy_hash,
        }
    )
    return replace(layer, config=layer.config.model_copy(update={"base": pinned}))


def _requiring(overlay: Layer, required: Sequence[Layer]) -> Layer:
    """Return the overlay as if it pinned these layers."""
    assert overlay.config.overlay is not None, "Invariant: of an overlay"
    own = overlay.config.overlay.model_copy(update={"requires": tuple(layer.pin for layer in required)})
    return replace(overlay, config=overlay.config.model_copy(update={"overlay": own}))


def _confidence(total: int, changed: int, new: Composition) -> int:
    equal = 1.0 if not total else (total - changed) / total
    pairs, overlaps = new.report.pairs_total, new.report.overlaps_total
    proved = 1.0 if not pairs else max(0, pairs - overlaps) / pairs
    return round(10_000 * equal * proved)


def _changed(before: Sequence[Followed], after: Sequence[Followed]) -> Iterator[ExchangeChange]:
    for old, new in zip(before, after, strict=True):
        if old.answer.response != new.answer.response:
            route = old.answer.route or new.answer.route
            yield ExchangeChange(
                session=old.session.id,
                exchange=old.index,
                route=route.name if route is not None else f"{old.exchange.request.method} (unknown route)",
                passed_before=old.passed,
                passes_now=new.passed,
            )


def _against(
    new: Composition, routes: Sequence[RouteChange], changed: Sequence[ExchangeChange]
) -> Iterator[str]:
    """Yield what makes it a conflict."""
    for finding in new.report.policy:
        if finding.severity == "error":
            yield f"policy: {finding.path}: {finding.reason}"
    if new.report.overlaps_total:
        first = new.report.overlaps[0]
        yield (
            f"{new.report.overlaps_total} pair(s) of variants are no longer provably disjoint, "
            f"the first on {first.first.route}"
        )
    for each in routes:
        if each.change == "removed" and each.touched:
            yield f"the base no longer has {each.route}, which the overlay uses"
    broken = [each for each in changed if each.passed_before and not each.passes_now]
    if broken:
        yield (
            f"{_are(len(broken), 'recorded exchange')} no longer answered as recorded, "
            f"the first: {broken[0].route}"
        )


def _for(routes: Sequence[RouteChange], changed: Sequence[ExchangeChange]) -> Iterator[str]:
    """Yield what has changed without doing harm, as far as it concerns the overlay."""
    added = [each for each in routes if each.change == "added" and each.touched]
    if added:
        names = ", ".join(each.route for each in added)
        yield f"the base now has routes that the overlay adds to as well: {names}"
    touched = [each for each in routes if each.change == "changed" and each.touched]
    if touched:
        names = ", ".join(each.route for each in touched)
        yield f"routes that the overlay uses have changed, and still answer what was recorded: {names}"
    if changed:
        yield f"{_are(len(changed), 'recorded exchange')} answered differently, none of them worse"


def _are(number: int, noun: str) -> str:
    return f"1 {noun} is" if number == 1 else f"{number} {noun}s are"


def _routes(old: Model, new: Model, touched: set[tuple[str, Shape]]) -> Iterator[RouteChange]:
    olds = {_place(route): route for route in old.routes}
    news = {_place(route): route for route in new.routes}
    for place in sorted({*olds, *news}, key=repr):
        before, after = olds.get(place), news.get(place)
        is_touched = place in touched
        if before is None and after is not None:
            yield RouteChange(route=after.name, change="added", touched=is_touched)
        elif after is None and before is not None:
            yield RouteChange(route=before.name, change="removed", touched=is_touched)
        elif before is not None and after is not None and before.variants != after.variants:
            detail = f"{len(before.variants)} variants before, {len(after.variants)} now"
            yield RouteChange(route=after.name, change="changed", touched=is_touched, detail=detail)


def _schema_changes(old: Layer, new: Layer) -> Iterator[str]:
    for name in sorted({*old.schema.types, *new.schema.types}):
        before, after = old.schema.types.get(name), new.schema.types.get(name)
        if before != after:
            yield f"{name}: {'added' if before is None else 'removed' if after is None else 'changed'}"
    keys = {entity.name: entity.key for entity in old.model.entities}
    for entity in new.model.entities:
        if keys.get(entity.name, entity.key) != entity.key:
            yield f"{entity.name}: its key stands elsewhere"


def _place(route: Route) -> tuple[str, Shape]:
    return route.method, shape_of(route.path_pattern)
