"""Promote: whether an overlay may become part of its base, and what the base's owner would take over.

Everything that an overlay contributes has to be backed: by recorded exchanges that the composite answers by
that very variant, in enough sessions. What is taken over is suggested as patches of the base's model, which
its owner can read, apply and keep like edits of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from wraith.canonical import JsonValue, pretty
from wraith.config import Diff, Document, DriftConfig, Promote
from wraith.conformance import Report, follow
from wraith.exchange import Corpus
from wraith.overlay._compose import Composition
from wraith.overlay._fields import AskedFields
from wraith.overlay._files import overlay_sets
from wraith.overlay._layer import Layer
from wraith.overlay._linked import linked
from wraith.overlay._policy import Finding
from wraith.overlay._rebase import selected
from wraith.overlay._terms import Shape, shape_of
from wraith.wir import Route, diff_models, dump_patch, model_to_json, show_atom


class Backing(Document):
    """What backs a route or a variant that the overlay contributes."""

    route: str
    variant: int
    """Its position on the route in the composite."""
    status: int
    guards: tuple[str, ...]
    exchanges: int
    sessions: int
    missing_exchanges: int
    missing_sessions: int

    @property
    def enough(self) -> bool:
        return not self.missing_exchanges and not self.missing_sessions


class Promotion(Document):
    """The whole of ``promotion.json``."""

    format: Literal["wraith.promotion/1"] = "wraith.promotion/1"
    overlay: str
    base: str
    requires: tuple[str, ...]
    promoted: bool
    policy: tuple[Finding, ...]
    overlaps: int
    score_bp: int
    exact_bp: int
    sessions_passed: int
    sessions_total: int
    conformance: Literal["pass", "fail", "no-evidence"]
    evidence: tuple[Backing, ...]
    min_exchanges: int
    min_sessions: int
    composite_digest: str
    recordings_digest: str
    made_at: int | None = None
    """Seconds since 1970, where ``SOURCE_DATE_EPOCH`` says so."""

    @property
    def lacking(self) -> tuple[Backing, ...]:
        return tuple(each for each in self.evidence if not each.enough)


def promote(
    composition: Composition,
    report: Report,
    corpus: Corpus,
    *,
    required: Promote,
    composite_digest: str,
    recordings_digest: str,
    diff: Diff | None = None,
    drift: DriftConfig | None = None,
    made_at: int | None = None,
) -> Promotion:
    """Return whether the last layer of a composite may be taken over by its base. ``report`` is the check of
    the composite on the overlay's recordings."""
    base, *_, overlay = composition.layers
    evidence = _backing(composition, overlay, corpus, required, diff, drift)
    refused = any(finding.severity == "error" for finding in composition.report.policy)
    lacking = not all(each.enough for each in evidence)
    return Promotion(
        overlay=overlay.pin,
        base=base.pin,
        requires=overlay.requires,
        promoted=not refused
        and not composition.report.overlaps_total
        and report.passed
        and not lacking
        and bool(evidence),
        policy=composition.report.policy,
        overlaps=composition.report.overlaps_total,
        score_bp=report.score_bp,
        exact_bp=report.exact_bp,
        sessions_passed=report.sessions_passed,
        sessions_total=report.sessions_total,
        conformance=report.verdict,
        evidence=evidence,
        min_exchanges=required.min_exchanges,
        min_sessions=required.min_sessions,
        composite_digest=composite_digest,
        recordings_digest=recordings_digest,
        made_at=made_at,
    )


def _backing(
    composition: Composition,
    overlay: Layer,
    corpus: Corpus,
    required: Promote,
    diff: Diff | None,
    drift: DriftConfig | None,
) -> tuple[Backing, ...]:
    seen: dict[tuple[str, int], list[str]] = {}
    # which variant answered a field is not told: it is known of those that have one
    single = {route.name for route in composition.model.routes if len(route.variants) == 1}
    asked = AskedFields(composition.model) if composition.model.graphql else None
    runs = overlay.evidence.runs
    for step in follow(selected(composition, overlay), corpus, diff=diff, drift=drift, runs=runs):
        if step.passed and step.answer.route is not None and step.answer.variant is not None:
            seen.setdefault((step.answer.route.name, step.answer.variant), []).append(step.session.id)
            for name in asked.of(step.exchange.request) & single if asked is not None else ():
                seen.setdefault((name, 0), []).append(step.session.id)
    origins = [str(origin) for origin in composition.origins.origins]
    found = []
    for route, origin in zip(composition.model.routes, composition.origins.routes, strict=True):
        for number, variant in enumerate(route.variants):
            if origins[origin.variants[number]] != overlay.pin:
                continue
            sessions = seen.get((route.name, number), [])
            found.append(
                Backing(
                    route=route.name,
                    variant=number,
                    status=variant.status,
                    guards=tuple(map(show_atom, variant.guards)),
                    exchanges=len(sessions),
                    sessions=len(set(sessions)),
                    missing_exchanges=max(0, required.min_exchanges - len(sessions)),
                    missing_sessions=max(0, required.min_sessions - len(set(sessions))),
                )
            )
    return tuple(found)


# --- the suggestion -----------------------------------------------------------------------------------------


def suggestion(composition: Composition, promotion: Promotion) -> Mapping[str, bytes]:
    """Return the files of the change that is suggested to the base's owner, by their path."""
    base, *_, overlay = composition.layers
    files: dict[str, bytes] = {"promotion.json": pretty(promotion.model_dump(mode="json"))}
    theirs = base.model
    over = overlay.model.model_copy(update={"fixtures": {}, "routes": _in_their_words(composition, overlay)})
    for patch in diff_models(model_to_json(theirs), model_to_json(linked(theirs, over))):
        files[f"model/patches/{patch.file_name}"] = dump_patch(patch)
    for name, entities in overlay_sets(overlay).items():
        for kind, stored in entities.items():
            files[f"state/fixtures/{name}/{kind}.json"] = pretty(_json(stored), sort=False)
    files["evidence.json"] = pretty([each.model_dump(mode="json") for each in promotion.evidence])
    files["summary.md"] = _summary(promotion, files).encode()
    return dict(sorted(files.items()))


def _json(stored: Mapping[str, JsonValue]) -> JsonValue:
    return dict(stored)


def _in_their_words(composition: Composition, overlay: Layer) -> tuple[Route, ...]:
    """Return the routes that the overlay adds to, with its variants alone, as the composite has them."""
    origins = [str(origin) for origin in composition.origins.origins]
    own: dict[tuple[str, Shape], Route] = {}
    for route, origin in zip(composition.model.routes, composition.origins.routes, strict=True):
        variants = tuple(
            variant
            for number, variant in enumerate(route.variants)
            if origins[origin.variants[number]] == overlay.pin
        )
        if variants:
            place = route.method, shape_of(route.path_pattern)
            own[place] = route.model_copy(update={"variants": variants})
    return tuple(own.values())


def _summary(promotion: Promotion, files: Mapping[str, bytes]) -> str:
    """Return what a person needs to decide, in Markdown."""
    patches = [name for name in files if name.startswith("model/patches/")]
    fixtures = [name for name in files if name.startswith("state/fixtures/")]
    lines = [
        f"# {promotion.overlay.partition('@')[0]} for {promotion.base.partition('@')[0]}",
        "",
        f"- Overlay: `{promotion.overlay}`",
        f"- Base: `{promotion.base}`",
        *(f"- Requires: `{pin}`" for pin in promotion.requires),
        f"- Verdict: **{'promoted' if promotion.promoted else 'not promoted'}**",
        f"- Conformance of the composite: {promotion.conformance}, {promotion.sessions_passed} of "
        f"{promotion.sessions_total} sessions, score {promotion.score_bp}/10000, "
        f"exact {promotion.exact_bp}/10000",
        f"- Findings of policy: {len(promotion.policy)}; overlaps: {promotion.overlaps}",
        "",
        "## What it adds",
        "",
        "| Route | Status | When | Exchanges | Sessions | Missing |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_row(each) for each in promotion.evidence),
        "",
        "## How to take it over",
        "",
        *(f"- Copy `{name}` below the base's folder." for name in (*patches, *fixtures)),
        "- Learn the base again (`wraith synth`), check it, and pack it: the patches are applied each time.",
        "- Then tell the overlay's team to move the pin: `wraith rebase`.",
        "",
    ]
    return "\n".join(lines)


def _row(each: Backing) -> str:
    when = " and ".join(each.guards) or "always"
    missing = ", ".join(
        f"{number} {noun}"
        for number, noun in ((each.missing_exchanges, "exchanges"), (each.missing_sessions, "sessions"))
        if number
    )
    cells = (each.route, each.status, when, each.exchanges, each.sessions, missing or "nothing")
    return f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in cells)} |"
