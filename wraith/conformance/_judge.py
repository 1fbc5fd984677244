"""The judge: from what comparing an exchange found to whether it passes, by rules and thresholds."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence

from wraith.config import Diff, DriftConfig
from wraith.conformance._differences import Comparison, Difference
from wraith.conformance._report import MAX_LISTED, Divergence
from wraith.conformance._rules import DriftRules, Suppressions
from wraith.conformance._scoring import RouteThresholds, components, passes
from wraith.conformance._tally import EXACT, FAILED, PASSED, Tally


class Judge:
    """Judges exchanges one by one, into a tally. ``live``: they are those of the live service."""

    def __init__(
        self, diff: Diff, drift: DriftConfig, today: datetime.date | None = None, *, live: bool = False
    ) -> None:
        self._suppressions = Suppressions(diff.suppress, today)
        self._drift = DriftRules(drift, live=live)
        self._thresholds = RouteThresholds(diff.thresholds, diff.overrides)

    def judge(
        self,
        tally: Tally,
        route: str,
        session: str,
        index: int,
        found: Comparison,
        show: Callable[[Sequence[Difference]], None] | None = None,
    ) -> str:
        """Count one exchange, and return its sign: exact, passed or failed. ``show`` is given the
        differences that are neither left out nor accepted."""
        kept, hidden = self._hide(tally, route, found)
        told, accepted = self._as_drift(tally, route, session, index, kept)
        errors = [each for each in told if each.severity == "error"]
        thresholds = self._thresholds.of(route)
        tally.overrides |= self._thresholds.used
        gone = hidden + accepted
        whole = not any(each.category in ("status_mismatch", "no_answer") for each in errors)
        passed = whole and (not errors or passes(components(found, errors, gone), thresholds))
        weight = sum(each.weight for each in gone)
        counter = tally.route(route)
        counter["exchanges_total"] += 1
        counter["exchanges_passed"] += passed
        counter["exchanges_exact"] += not errors
        counter["compared_leaves"] += max(0, found.compared_leaves - weight)
        counter["suppressed_leaves"] += found.suppressed_leaves + weight
        counter["body_leaves"] += found.body_leaves
        counter["body_suppressed"] += found.body_suppressed
        tally.not_compared(route, found)
        tally.fields |= found.fields
        tally.counts["errors"] += len(errors)
        if show is not None:
            show(told)
        return EXACT if not errors else PASSED if passed else FAILED

    def _hide(self, tally: Tally, route: str, found: Comparison) -> tuple[list[Difference], list[Difference]]:
        """Return the differences that are kept, and those that a rule leaves out."""
        if not self._suppressions or not found.differences:
            return found.differences, []
        kept: list[Difference] = []
        hidden: list[Difference] = []
        rules: set[int] = set()
        for each in found.differences:
            number = self._suppressions.of(route, each)
            if number is None:
                kept.append(each)
                continue
            hidden.append(each)
            rules.add(number)
            tally.suppress("rule", route, f"{number}", each.weight)
        for number in rules:
            tally.hidden_by[number, route] += 1
        return kept, hidden

    def _as_drift(
        self, tally: Tally, route: str, session: str, index: int, kept: list[Difference]
    ) -> tuple[list[Difference], list[Difference]]:
        """List the differences as divergences; return those that were not accepted, and those that were."""
        told: list[Difference] = []
        accepted: list[Difference] = []
        rules: set[int] = set()
        for each in kept:
            drift = self._drift.of(route, each)
            tally.counts["differences"] += 1
            if drift.renamed_by is not None:
                tally.renamed_by[drift.renamed_by] += 1
            if drift.accepted_by is not None:
                tally.accepted_by[drift.accepted_by] += 1
                rules.add(drift.accepted_by)
                accepted.append(each)
            else:
                told.append(each)
            tally.drifted(drift, route, each, session, index)
            if len(tally.divergences) < MAX_LISTED:
                tally.divergences.append(
                    Divergence(
                        route=route,
                        session=session,
                        exchange=index,
                        path=each.path,
                        category=each.category,
                        severity="info" if drift.accepted_by is not None else each.severity,
                        expected=each.expected,
                        actual=each.actual,
                        drift_id=drift.drift_id,
                        drift_type=drift.drift_type,
                        accepted=drift.accepted_by is not None,
                    )
                )
        for number in rules:
            tally.accepted_in[number, route] += 1
        return told, accepted
