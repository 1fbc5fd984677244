"""From a tally to a report: the shares, the verdict, and lists in an order that people read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from wraith.config import Diff, DriftConfig
from wraith.conformance._report import (
    Drift,
    HandlerScore,
    Report,
    RouteScore,
    RuleFinding,
    Suppressed,
    Verdict,
)
from wraith.conformance._scoring import is_enough, share_bp
from wraith.conformance._tally import ASKED, Tally


def report(
    tally: Tally, diff: Diff, drift: DriftConfig, *, twin: str = "", findings: tuple[RuleFinding, ...] = ()
) -> Report:
    """Return the report that a tally comes to."""
    total: Counter[str] = Counter()
    for counter in tally.routes.values():
        total.update(counter)
    sessions_passed = sum(session.passed for session in tally.sessions)
    blind = tuple(sorted(name for name, counter in tally.routes.items() if _is_blind(counter)))
    verdict = _verdict(total, blind, sessions_passed, len(tally.sessions), diff.required_score)
    return Report(
        twin=twin,
        verdict=verdict,
        passed=verdict == "pass",
        score_bp=share_bp(total["exchanges_passed"], total["exchanges_total"]),
        exact_bp=share_bp(total["exchanges_exact"], total["exchanges_total"]),
        session_pass_rate=_share(sessions_passed, len(tally.sessions)),
        required_score=diff.required_score,
        exchanges_total=total["exchanges_total"],
        exchanges_passed=total["exchanges_passed"],
        exchanges_exact=total["exchanges_exact"],
        sessions_total=len(tally.sessions),
        sessions_passed=sessions_passed,
        compared_leaves=total["compared_leaves"],
        suppressed_leaves=total["suppressed_leaves"],
        suppressed_share=_suppressed_share(total),
        body_leaves=total["body_leaves"],
        body_suppressed=total["body_suppressed"],
        divergences_total=tally.counts["differences"],
        errors_total=tally.counts["errors"],
        unlisted_drift_total=tally.counts["unlisted_drift"],
        drift_suppressed_count=tally.accepted_by.total(),
        extrapolated_total=tally.counts["extrapolated"],
        preexisting_total=tally.counts["preexisting"],
        preexisting_unknown=tally.counts["preexisting_unknown"],
        no_evidence=blind,
        findings=findings,
        sessions=tuple(tally.sessions),
        routes=tuple(_route(name, counter) for name, counter in sorted(tally.routes.items())),
        drifts=tuple(_drifts(tally, drift)),
        suppressed=tuple(_suppressed(tally, diff)),
        preexisting=tuple(tally.preexisting),
        handlers=tuple(_handler(name, counter) for name, counter in sorted(tally.handlers.items())),
        divergences=tuple(tally.divergences),
    )


def _handler(name: str, counter: Counter[str]) -> HandlerScore:
    reasons = {reason: count for reason, count in sorted(counter.items()) if reason != ASKED}
    return HandlerScore(name=name, asked=counter[ASKED], failed=sum(reasons.values()), reasons=reasons)


def _is_blind(counter: Counter[str]) -> bool:
    """Whether a route passed exchanges with bodies, and compared nothing of any body."""
    return counter["bodies_passed"] > 0 and counter["body_leaves"] == 0


def _verdict(
    total: Counter[str], blind: tuple[str, ...], passed: int, sessions: int, required: float
) -> Verdict:
    if not total["exchanges_total"] or not total["compared_leaves"] or blind:
        return "no-evidence"
    return "pass" if is_enough(passed, sessions, required) else "fail"


def _share(part: int, whole: int) -> float:
    return round(part / whole, 6) if whole else 0.0


def _suppressed_share(counter: Counter[str]) -> float:
    left_out = counter["suppressed_leaves"]
    return _share(left_out, counter["compared_leaves"] + left_out)


def _route(name: str, counter: Counter[str]) -> RouteScore:
    total = counter["exchanges_total"]
    return RouteScore(
        route=name,
        score_bp=share_bp(counter["exchanges_passed"], total),
        exact_bp=share_bp(counter["exchanges_exact"], total),
        exchanges_total=total,
        exchanges_passed=counter["exchanges_passed"],
        exchanges_exact=counter["exchanges_exact"],
        compared_leaves=counter["compared_leaves"],
        suppressed_leaves=counter["suppressed_leaves"],
        suppressed_share=_suppressed_share(counter),
        body_leaves=counter["body_leaves"],
        body_suppressed=counter["body_suppressed"],
    )


def _drifts(tally: Tally, drift: DriftConfig) -> Iterator[Drift]:
    """Yield the drifts, the most frequent first."""
    for each in sorted(tally.drifts.values(), key=lambda each: (-each.count, each.drift.drift_id)):
        accepted = each.drift.accepted_by
        yield Drift(
            drift_id=each.drift.drift_id,
            drift_type=each.drift.drift_type,
            route=each.route,
            path=each.path,
            category=each.category,
            severity="info" if accepted is not None else each.severity,
            expected=each.expected,
            actual=each.actual,
            count=each.count,
            session=each.session,
            exchange=each.exchange,
            accepted=accepted is not None,
            reason=drift.suppress[accepted].reason if accepted is not None else "",
        )


def _suppressed(tally: Tally, diff: Diff) -> Iterator[Suppressed]:
    """Yield what was not compared, the most frequent first."""
    ranked = sorted(tally.suppressed.items(), key=lambda item: (-item[1], item[0]))
    for (reason, route, path), count in ranked:
        if reason == "rule":
            number = path
            rule = diff.suppress[int(number)] if number.isdigit() else None
            yield Suppressed(
                reason="rule",
                route=route,
                path=(rule.path or "*") if rule else "*",
                count=count,
                why=rule.reason if rule else "",
                compare_again=f"remove [[diff.suppress]] {int(number) + 1}" if rule else "remove the rules",
            )
        else:
            yield Suppressed.model_validate(
                {
                    "reason": reason,
                    "route": route,
                    "path": path,
                    "count": count,
                    "compare_again": _again(reason, path),
                }
            )


def _again(reason: str, path: str) -> str:
    """Return the configuration that would have a place compared exactly."""
    name = path.removeprefix("header.")
    if reason == "header_allowlist":
        return f'[diff] compare_headers = ["{name}"]'
    if path.startswith("header."):
        return "the model makes it anew for each answer; only its presence can be compared"
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'[diff.fields] "{escaped}" = "exact"'
