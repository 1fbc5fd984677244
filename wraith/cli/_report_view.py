"""A conformance report as people read it: the verdict on one line, then what differs most often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from wraith.canonical import compact
from wraith.cli._output import Block, Line, Table, count

if TYPE_CHECKING:
    from wraith.canonical import JsonValue
    from wraith.conformance import Divergence, Generalization, Report

SHOWN: Final = 20
"""How many kinds of divergence stand in text: a screen. The report and the JSON have all that were listed."""
SHOWN_VALUE: Final = 40
MOST_SUPPRESSED: Final = 0.15
"""What may be left uncompared of bodies before a person is told: the bar for the twins of this project."""


def verdict(name: str, report: Report) -> Line:
    """Return the one line that a report comes to."""
    text = (
        f"{'PASS' if report.passed else 'FAIL'}  {name}  {report.score_bp}/10000"
        f"  sessions={report.sessions_passed}/{report.sessions_total}"
        f"  divergences={report.divergences_total} ({report.suppressed_leaves} suppressed)"
    )
    return Line(text, "good" if report.passed else "bad")


def report_blocks(name: str, report: Report) -> Iterator[Block]:
    """Yield the verdict, why it is no better, and the most frequent divergences."""
    yield verdict(name, report)
    yield from _verdict_blocks(report)
    if report.preexisting_total:
        unknown = report.preexisting_unknown
        told = (
            f"{count(report.preexisting_total, 'exchange')} about what was there before the recording began"
        )
        yield Line(f"{told}; {unknown} of them about what no recording shows" if unknown else told, "dim")
    for finding in report.findings:
        yield Line(f"{finding.rule} {finding.message}", "warn")
    yield from _handler_blocks(report)
    if report.divergences:
        yield from divergence_blocks(name, report.divergences)


def _handler_blocks(report: Report) -> Iterator[Block]:
    """Yield how often Lua handlers were asked, and which failed why: the model answered in their place."""
    if not report.handlers:
        return
    asked = sum(each.asked for each in report.handlers)
    failing = [each for each in report.handlers if each.failed]
    told = f"{count(len(report.handlers), 'Lua handler')}, asked for {count(asked, 'answer')}"
    if not failing:
        yield Line(f"{told}; none failed", "dim")
        return
    yield Line(f"{told}; {sum(each.failed for each in failing)} failed, and the model answered", "warn")
    for each in failing:
        reasons = "; ".join(f"{reason} ({times})" for reason, times in each.reasons.items())
        yield Line(f"  {each.name}: {reasons}", "warn")


def _verdict_blocks(report: Report) -> Iterator[Block]:
    if report.verdict == "no-evidence":
        if report.no_evidence:
            yield Line(f"no-evidence: no body was compared on {', '.join(report.no_evidence[:3])}", "warn")
        else:
            yield Line("no-evidence: nothing was compared, and that is never a pass", "warn")
    elif not report.passed:
        yield Line(
            f"{report.required_score * 100:g} % of the sessions must pass: "
            "required_score in [diff] of wraith.toml"
        )
    if report.exact_bp != report.score_bp or not report.passed:
        yield Line(
            f"exact {report.exact_bp}/10000: {report.exchanges_exact} of {report.exchanges_total} exchanges"
        )
    inexact = report.body_leaves + report.body_suppressed
    if inexact and report.body_suppressed > MOST_SUPPRESSED * inexact:
        share = 100 * report.body_suppressed / inexact
        yield Line(f"{share:.0f} % of the leaves of bodies are not compared exactly", "warn")
    if report.drift_suppressed_count:
        yield Line(f"{count(report.drift_suppressed_count, 'divergence')} accepted in drift.toml", "dim")


def suppressed_blocks(report: Report) -> Iterator[Block]:
    """Yield what was not compared exactly: why, where, how often, and what would change that."""
    if not report.suppressed:
        yield Line("everything was compared exactly", "good")
        return
    total = report.compared_leaves + report.suppressed_leaves
    yield Line(
        f"not compared exactly: {report.suppressed_leaves} of {total} leaves "
        f"({100 * report.suppressed_share:.1f} %)",
        "title",
    )
    rows = [
        (str(each.count), each.reason, each.route, each.path or "-", each.why or each.compare_again)
        for each in report.suppressed
    ]
    yield Table((">LEAVES", "REASON", "ROUTE", "PATH", "TO COMPARE IT"), rows)


def holdout_blocks(name: str, report: Report, result: Generalization) -> Iterator[Block]:
    """Yield what the hold-out came to beside the replay, route by route, and what explains the gap."""
    yield Line(
        f"held out: {result.generalization_bp}/10000 exact of exchanges never seen, in {result.folds} folds; "
        f"{report.exact_bp}/10000 of those recorded",
        "title",
    )
    inside = {route.route: route for route in report.routes}
    rows = []
    for each in result.routes:
        seen = inside.get(each.route)
        recorded = f"{seen.exchanges_exact}/{seen.exchanges_total}" if seen else "-"
        rows.append((each.route, f"{each.exchanges_passed}/{each.exchanges_total}", recorded))
    yield Table(("ROUTE", ">HELD OUT", ">RECORDED"), rows)
    if result.divergences:
        yield from divergence_blocks(name, result.divergences)


def divergence_blocks(name: str, divergences: Sequence[Divergence]) -> Iterator[Block]:
    """Yield the most frequent kinds of divergence."""
    kinds: dict[tuple[str, str, str], list[Divergence]] = {}
    for each in divergences:
        kinds.setdefault((each.category, each.route, each.path), []).append(each)
    ranked = sorted(kinds.items(), key=lambda item: (-len(item[1]), item[0]))
    rows = [
        (
            str(len(found)),
            category,
            route,
            path or "-",
            _cut(found[0].expected),
            _cut(found[0].actual),
            f"{found[0].session}/{found[0].exchange}",
        )
        for (category, route, path), found in ranked[:SHOWN]
    ]
    yield Table((">TIMES", "CATEGORY", "ROUTE", "PATH", "RECORDED", "ANSWERED", "FIRST SEEN"), rows)
    if len(ranked) > SHOWN:
        yield Line(f"and {len(ranked) - SHOWN} more kinds; --json has all", "dim")
    yield Line(f"wraith inspect {name} {rows[0][-1]} shows the recorded exchange", "dim")


def _cut(value: JsonValue) -> str:
    text = compact(value).decode()
    return text if len(text) <= SHOWN_VALUE else f"{text[: SHOWN_VALUE - 1]}…"
