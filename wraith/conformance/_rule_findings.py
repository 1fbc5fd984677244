"""What is odd about the user's rules: those that matched nothing, are expired, or hide more than half of a
route."""

from __future__ import annotations

from collections.abc import Iterator

from wraith.config import Diff, DriftConfig, Suppress
from wraith.conformance._report import RuleFinding
from wraith.conformance._rules import Suppressions
from wraith.conformance._tally import Tally


def rule_findings(
    tally: Tally, diff: Diff, drift: DriftConfig, expired: Suppressions, *, whole: bool, live: bool = False
) -> Iterator[RuleFinding]:
    """Yield the findings. Where only a part of the recordings was replayed, a rule may match nothing. Of the
    ``live`` service only a part ever is, but it must meet the drift that was accepted of it alone."""
    used = {number for number, _ in tally.hidden_by}
    for number, rule in enumerate(diff.suppress):
        name = f"[[diff.suppress]] {number + 1} of wraith.toml"
        if number in expired.expired:
            said = f"expired on {rule.expires}, and has no effect: {rule.reason}"
            yield RuleFinding(kind="expired_rule", rule=name, message=said)
        elif number not in used:
            if whole and not live:
                yield _unused(name, rule.reason)
        else:
            yield from _broad(tally, number, name, rule)
    for number, known in enumerate(drift.suppress):
        yield from _accepts_most(tally, number, known.reason)
    if not whole:
        return
    for number, accepted in enumerate(drift.suppress):
        if accepted.service == live and number not in tally.accepted_by:
            yield _unused(f"[[suppress]] {number + 1} of drift.toml", accepted.reason)
    if live:
        return
    for number, renamed in enumerate(drift.reclassify):
        if number not in tally.renamed_by:
            yield _unused(f"[[reclassify]] {number + 1} of drift.toml", renamed.new_drift_type)
    for text in diff.fields:
        if text not in tally.fields:
            yield _unused(f"{text!r} in [diff.fields] of wraith.toml", diff.fields[text].field_class)
    for route in diff.overrides:
        if route not in tally.overrides:
            yield _unused(f'[diff.overrides."{route}"] of wraith.toml', "no such route was replayed")


def _unused(name: str, said: str) -> RuleFinding:
    return RuleFinding(kind="unused_rule", rule=name, message=f"matches nothing: {said}")


def _broad(tally: Tally, number: int, name: str, rule: Suppress) -> Iterator[RuleFinding]:
    for route in sorted(tally.routes):
        hidden, total = tally.hidden_by[number, route], tally.routes[route]["exchanges_total"]
        everything = hidden and set(rule.path or "*") == {"*"} and set(rule.category or "*") == {"*"}
        if everything or 2 * hidden > total:
            said = f"hides differences in {hidden} of {total} exchanges of {route}"
            if everything:
                said += ", and would hide every other one there"
            yield RuleFinding(kind="broad_rule", rule=name, message=f"{said}: {rule.reason}")


def _accepts_most(tally: Tally, number: int, reason: str) -> Iterator[RuleFinding]:
    """Accepting is for single drifts: a rule that meets most of a route hides whether it is right at all."""
    for route in sorted(tally.routes):
        met, total = tally.accepted_in[number, route], tally.routes[route]["exchanges_total"]
        if 2 * met > total:
            name = f"[[suppress]] {number + 1} of drift.toml"
            said = f"accepts differences in {met} of {total} exchanges of {route}: {reason}"
            yield RuleFinding(kind="broad_rule", rule=name, message=said)
