"""The page of a check: scores, what to mend first, routes, sessions, exchanges in full, what is not compared.

The page is bounded, whatever the size of the recordings: the most telling is shown, the rest is counted, and
the command that lists it is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wraith.conformance import Gallery, Generalization, Report, RouteScore, Upstream
from wraith.pages._causes import CauseView, cause_views
from wraith.pages._exhibits import MAX_BYTES, exhibits_html
from wraith.pages._render import count, render
from wraith.pages._replays import TWIN, Replay, Subject
from wraith.pages._strips import session_views
from wraith.pages._suppressed import suppressed_views

FIRST = "mend"
"""What the anchors of the first replay begin with."""
MAX_CAUSES = 60
FIRST_CAUSES = 8
"""Parts that are shown at once; the others unfold."""
MAX_ROUTES = 1000
MAX_SUPPRESSED = 300
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Differing:
    """What differs in one replay, as the template shows it."""

    id: str
    title: str
    answered: str
    causes: Sequence[CauseView]
    more_causes: str
    exhibits_title: str
    exhibits: str
    more_exhibits: str
    list_command: str


def report_page(
    report: Report,
    gallery: Gallery,
    *,
    generalization: Generalization | None = None,
    subject: Subject = TWIN,
    replays: Sequence[Replay] = (),
    whole_sessions: bool = True,
) -> bytes:
    """Return the page of a report, whose ``gallery`` was collected with it. The same values give the same
    bytes. ``whole_sessions`` says that the strips of sessions have a sign for every exchange."""
    name = report.twin
    others = [each for each in replays if each.gallery.exchanges]
    room = MAX_BYTES // (1 + len(others))
    first, anchors = _differing(name, subject, gallery, room)
    differing = [first]
    for each in others:
        part, theirs = _differing(name, subject, each.gallery, room, each)
        differing.append(part)
        anchors = theirs | anchors
    sessions = session_views(report.sessions, anchors if whole_sessions else {})
    predicted = (
        {each.route: each.generalization_bp for each in generalization.routes} if generalization else {}
    )
    worst = sorted(report.routes, key=lambda each: (each.exact_bp, each.score_bp, each.route))[:MAX_ROUTES]
    total = report.compared_leaves + report.suppressed_leaves
    notes = list(_notes(report))
    suppressed = suppressed_views(report.suppressed)
    accepted = [each for each in report.drifts if each.accepted][:MAX_SUPPRESSED]
    return render(
        "report.html",
        name=name,
        report=report,
        verdict="PASS" if report.passed else "FAIL",
        summary=_summary(report),
        generalization=generalization,
        subject=subject,
        command=subject.command(name),
        replays=replays,
        compared_bp=10_000 * report.compared_leaves // total if total else 0,
        contents=_contents(differing, bool(notes), bool(accepted)),
        notes=notes,
        differing=differing,
        first_causes=FIRST_CAUSES,
        methods=_methods(worst),
        map=_map(worst),
        worst=worst,
        predicted=predicted,
        more_routes=len(report.routes) - len(worst),
        sessions=sessions,
        more_sessions=len(report.sessions) - len(sessions),
        suppressed=suppressed[:MAX_SUPPRESSED],
        more_suppressed=max(0, len(suppressed) - MAX_SUPPRESSED),
        reasons=_reasons(report),
        accepted=accepted,
    ).encode()


def _summary(report: Report) -> str:
    sessions = f"{report.sessions_passed} of {count(report.sessions_total, 'session')} pass"
    if not report.divergences_total:
        return f"{sessions}; no divergence."
    told = f"{sessions}; {count(report.divergences_total, 'divergence')}"
    return (
        f"{told}, {report.drift_suppressed_count} of them accepted."
        if report.drift_suppressed_count
        else f"{told}."
    )


def _notes(report: Report) -> Iterable[str]:
    """Yield what a reader must know before trusting the scores."""
    if report.verdict == "no-evidence" and not report.no_evidence:
        yield "no-evidence: nothing was compared, and that is never a pass"
    if isinstance(report, Upstream):
        yield (
            f"asked: {report.target}; {count(report.writes_skipped, 'write')} skipped, "
            f"{report.not_replayable} not replayable, {report.failed} that the network failed"
        )
    for route in report.no_evidence[:MAX_SUPPRESSED]:
        yield f"no-evidence: no body was compared on {route}"
    if report.preexisting_total:
        yield (
            f"{count(report.preexisting_total, 'exchange')} about what was there before the recording began; "
            f"{report.preexisting_unknown} of them about what no recording shows"
        )
    if report.extrapolated_total:
        yield f"{count(report.extrapolated_total, 'exchange')} answered beyond what was seen of the route"
    for finding in report.findings[:MAX_SUPPRESSED]:
        yield f"{finding.rule} {finding.message}"


def _contents(differing: Sequence[Differing], notes: bool, accepted: bool) -> list[tuple[str, str]]:
    contents = [("findings", "Findings")] if notes else []
    contents += [(part.id, part.title) for part in differing]
    contents += [("routes", "Routes"), ("sessions", "Sessions")]
    contents += [(f"{part.id}-exchanges", part.exhibits_title) for part in differing if part.exhibits]
    contents.append(("suppressed", "Not compared exactly"))
    return [*contents, ("accepted", "Accepted")] if accepted else contents


def _differing(
    name: str, subject: Subject, gallery: Gallery, max_bytes: int, replay: Replay | None = None
) -> tuple[Differing, dict[tuple[str, int], str]]:
    """Return what differs in the first replay, or in another, and the anchors of the exchanges shown."""
    own_id, title, answered = (
        (replay.id, replay.title, replay.answered) if replay else (FIRST, subject.differing, subject.answered)
    )
    html, anchors = exhibits_html(gallery.shown(), f"{own_id}-", max_bytes)
    ranked = gallery.ranked()
    unshown = gallery.exchanges - len(anchors)
    part = Differing(
        id=own_id,
        title=title,
        answered=answered,
        causes=cause_views(name, subject, ranked[:MAX_CAUSES], anchors),
        more_causes=_more_causes(len(ranked) - MAX_CAUSES, gallery.unnamed),
        exhibits_title=f"{replay.title}: exchanges in full" if replay else "Exchanges in full",
        exhibits=html,
        more_exhibits=f"And {count(unshown, 'exchange')} more that differ:" if unshown else "",
        list_command=f"{subject.command(name)} --json",
    )
    return part, anchors


def _more_causes(parts: int, unnamed: int) -> str:
    if parts <= 0:
        return ""
    told = f"And {count(parts, 'part')} more that fewer exchanges differ for"
    return f"{told}, and {count(unnamed, 'divergence')} of others." if unnamed else f"{told}."


def _methods(routes: Sequence[RouteScore]) -> list[str]:
    """Return the methods of the map, in the usual order."""
    found = {each.route.partition(" ")[0] for each in routes}
    return [method for method in METHODS if method in found] + sorted(found - set(METHODS))


def _map(routes: Sequence[RouteScore]) -> list[tuple[str, list[RouteScore | None]]]:
    """Return the routes as rows of paths, with a cell for each method."""
    methods = _methods(routes)
    rows: dict[str, dict[str, RouteScore]] = {}
    for each in sorted(routes, key=lambda each: each.route.partition(" ")[2]):
        method, _, path = each.route.partition(" ")
        rows.setdefault(path, {})[method] = each
    return [(path, [cells.get(method) for method in methods]) for path, cells in rows.items()]


def _reasons(report: Report) -> str:
    found: Counter[str] = Counter()
    for each in report.suppressed:
        found[each.reason] += each.count
    return ", ".join(f"{number:,} {reason}" for reason, number in found.most_common())
