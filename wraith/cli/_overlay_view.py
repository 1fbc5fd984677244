"""Overlays as people see them: what composing found, how an overlay does on a newer base, what it lacks."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from wraith.cli._output import Block, Line, Table, count

if TYPE_CHECKING:
    from wraith.overlay import ComposeReport, DeltaReport, Finding, Overlap, Promotion, RebaseReport

MAX_SHOWN = 5
"""Overlaps and exchanges that are shown; the report has all of them."""


def compose_blocks(report: ComposeReport) -> list[Block]:
    """Return what composing came to."""
    looks = {"composed": "good", "conflict": "bad", "refused": "bad"}
    blocks: list[Block] = [
        Line(f"{report.composite}: {report.verdict}", looks[report.verdict]),  # type: ignore[arg-type]  # a kind
        Table(
            ("LAYER", ">ROUTES", ">VARIANTS", "DIGEST"),
            [(each.artifact, str(each.routes), str(each.variants), each.digest) for each in report.layers],
        ),
    ]
    blocks += policy_blocks(report.policy)
    if report.overlaps:
        total = count(report.overlaps_total, "pair")
        blocks.append(Line(f"{total} of variants not provably disjoint:", "bad" if report.strict else "warn"))
        for overlap in report.overlaps[:MAX_SHOWN]:
            blocks += _overlap(overlap)
    blocks += [Line(text, "warn") for text in report.warnings]
    return blocks


def policy_blocks(findings: tuple[Finding, ...]) -> list[Block]:
    """Return the findings of policy, all of them."""
    if not findings:
        return []
    rows = [(each.severity, each.capability, each.path, each.reason) for each in findings]
    return [Table(("POLICY", "CAPABILITY", "PLACE", "REASON"), rows)]


def _overlap(overlap: Overlap) -> list[Block]:
    lines: list[Block] = []
    for side in (overlap.first, overlap.second):
        guards = " and ".join(side.guards_text) or "no guards"
        owner = side.origin.partition("@")[0]
        lines.append(Line(f"  {owner}: {side.route}, variant {side.variant} ({side.status}): {guards}"))
    if overlap.example is not None:
        body = f" with {overlap.example.body}" if overlap.example.body else ""
        lines.append(
            Line(f"    both hold for: {overlap.example.method} {overlap.example.target}{body}", "dim")
        )
    if overlap.separate_by_text:
        lines.append(Line(f"    this guard would tell them apart: {overlap.separate_by_text}", "dim"))
    return lines


def delta_blocks(report: DeltaReport) -> list[Block]:
    """Return what an overlay adds to its base."""
    rows = [
        (
            each.route,
            str(each.covered_by_base),
            str(each.delta),
            str(each.new_route),
            str(each.unreplayable),
            "; ".join(each.guards_added),
        )
        for each in report.routes
    ]
    columns = ("ROUTE", ">COVERED", ">DELTA", ">NEW", ">UNREPLAYABLE", "GUARDS ADDED")
    reasons = [reason for each in report.routes for reason in each.reasons]
    return [
        Line(
            f"{report.overlay}: {report.covered_by_base} of {count(report.exchanges, 'exchange')} covered by "
            f"{', '.join(pin.partition('@')[0] for pin in report.base)}",
            "title",
        ),
        *([Table(columns, rows)] if rows else []),
        *(
            Line(f"  {each.session}/{each.exchange}: {each.reason}: {each.detail}", "warn")
            for each in reasons[:MAX_SHOWN]
        ),
        *(Line(f"{each.code}: {each.message}; {each.remedy}", "warn") for each in report.advice),
    ]


def rebase_blocks(report: RebaseReport) -> list[Block]:
    """Return how an overlay would do on a newer base."""
    looks = {"compatible": "good", "additive-safe": "good", "conflict": "bad"}
    blocks: list[Block] = [
        Line(f"{report.overlay}: {report.verdict}", looks[report.verdict]),  # type: ignore[arg-type]  # a kind
        Line(f"  from {report.old_base}", "dim"),
        Line(f"  to   {report.new_base}", "dim"),
        Line(
            f"  confidence {report.confidence_bp}/10000; {report.exchanges_equal} of "
            f"{count(report.exchanges, 'recorded exchange')} answered equally"
        ),
        *(Line(f"  {reason}") for reason in report.reasons),
    ]
    touched = [each for each in report.routes if each.touched]
    if touched:
        rows = [(each.change, each.route, each.detail) for each in touched]
        blocks.append(Table(("BASE", "ROUTE THAT THE OVERLAY TOUCHES", "DETAIL"), rows))
    others = Counter(each.change for each in report.routes if not each.touched)
    if others:
        counted = ", ".join(
            f"{others[change]} {change}" for change in ("added", "changed", "removed") if others[change]
        )
        blocks.append(Line(f"  of the routes that it does not touch: {counted}", "dim"))
    for overlap in report.overlaps[:MAX_SHOWN]:
        blocks += _overlap(overlap)
    for each in report.exchanges_changed[:MAX_SHOWN]:
        said = "passes now" if each.passes_now else "passes no more" if each.passed_before else "still fails"
        blocks.append(Line(f"  {each.session}/{each.exchange}: {each.route}: answered differently, {said}"))
    blocks += policy_blocks(report.policy)
    blocks += [Line(f"the newer base hides less: {text}", "warn") for text in report.scrub]
    return blocks


def promotion_blocks(promotion: Promotion) -> list[Block]:
    """Return whether an overlay may be taken over, and what it lacks."""
    verdict = "promoted" if promotion.promoted else "not promoted"
    rows = [
        (
            each.route,
            str(each.status),
            str(each.exchanges),
            str(each.sessions),
            "nothing"
            if each.enough
            else f"{each.missing_exchanges} exchanges, {each.missing_sessions} sessions",
        )
        for each in promotion.evidence
    ]
    return [
        Line(f"{promotion.overlay.partition('@')[0]}: {verdict}", "good" if promotion.promoted else "bad"),
        Line(
            f"  conformance {promotion.conformance}: {promotion.sessions_passed} of "
            f"{count(promotion.sessions_total, 'session')}, score {promotion.score_bp}/10000"
        ),
        *([Table(("ROUTE", ">STATUS", ">EXCHANGES", ">SESSIONS", "MISSING"), rows)] if rows else []),
        *policy_blocks(promotion.policy),
    ]
