"""The page of a running twin: its requests as they come, its sessions, its routes and its last check.

What it shows is handed in as values: the page knows no server. Lists are bounded, and what is left out is
counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wraith.canonical import JsonValue
from wraith.conformance import Drift, Report
from wraith.pages._program import VariantView, program_of
from wraith.pages._render import render
from wraith.runtime import elsewhere
from wraith.wir import Evidence, Model, Route

MAX_ROUTES = 2000
MAX_DRIFTS = 50
MAX_ENTITIES = 200
"""Entities of one kind that are shown of a session, the newest first."""

Entities = Mapping[str, Mapping[str, JsonValue]]
"""Representations by kind and key, oldest first."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that was answered. ``at`` is its time of day, UTC."""

    number: int
    at: str
    method: str
    path: str
    status: int
    ms: float
    route: str | None
    extrapolated: bool
    session: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A session, and how many entities of each kind it holds."""

    name: str
    entities: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class RouteView:
    """A route as a line of the table."""

    name: str
    does: str
    variants: int
    seen: int | None
    """Recorded exchanges; None where there is no evidence."""
    exact_bp: int | None


@dataclass(frozen=True, slots=True)
class Running:
    """What a running twin is, and what was learned and checked of it."""

    name: str
    facts: Sequence[tuple[str, str]]
    model: Model
    evidence: Evidence | None = None
    report: Report | None = None
    notes: Sequence[str] = field(default=())

    def route(self, name: str) -> Route | None:
        """Return the route of that name, None where there is none; what is said of unknown paths is one."""
        every = (*self.model.routes, *elsewhere(self.model))
        return next((route for route in every if route.name == name), None)


def twin_page(running: Running, seen: Sequence[Seen], sessions: Sequence[Opened], sessions_total: int) -> str:
    """Return the page. ``seen`` are the last requests, newest first; ``sessions`` the newest of so many."""
    routes = _routes(running)
    report = running.report
    return render(
        "twin.html",
        it=running,
        seen=seen,
        last=seen[0].number if seen else 0,
        sessions=sessions,
        sessions_total=sessions_total,
        routes=routes[:MAX_ROUTES],
        more_routes=len(routes) - MAX_ROUTES,
        report=report,
        drifts=_drifts(report)[:MAX_DRIFTS],
        more_drifts=len(_drifts(report)) - MAX_DRIFTS,
    )


def live_parts(seen: Sequence[Seen], sessions: Sequence[Opened], sessions_total: int) -> tuple[str, str]:
    """Return the rows of requests, and the list of sessions, as they stand on the page."""
    return (
        render("live_requests.html", seen=seen),
        render("live_sessions.html", sessions=sessions, sessions_total=sessions_total),
    )


def session_page(running: Running, name: str, entities: Entities) -> str:
    """Return the page of one session, with what it holds."""
    kinds = [
        (kind, len(stored), [(key, stored[key]) for key in list(stored)[: -MAX_ENTITIES - 1 : -1]])
        for kind, stored in entities.items()
        if stored
    ]
    return render("session.html", it=running, name=name, kinds=kinds)


def route_page(running: Running, route: Route) -> str:
    """Return the page of one route, with its program, what backs it, and what differed at the last check."""
    variants: list[VariantView] = program_of(route, running.evidence)
    drifts = [each for each in _drifts(running.report) if each.route == route.name]
    return render(
        "route.html",
        it=running,
        route=route,
        does=_does(route),
        variants=variants,
        drifts=drifts[:MAX_DRIFTS],
        more_drifts=len(drifts) - MAX_DRIFTS,
        report=running.report,
    )


def _routes(running: Running) -> list[RouteView]:
    backed = running.evidence.routes if running.evidence is not None else ()
    seen = {f"{each.method} {each.path_pattern}": each.exchanges for each in backed}
    checked = running.report.routes if running.report is not None else ()
    exact = {each.route: each.exact_bp for each in checked}
    return [
        RouteView(
            name=route.name,
            does=_does(route),
            variants=len(route.variants),
            seen=seen.get(route.name, 0) if running.evidence is not None else None,
            exact_bp=exact.get(route.name),
        )
        for route in sorted(running.model.routes, key=lambda each: (each.path_pattern, each.method))
    ]


def _does(route: Route) -> str:
    return f"{route.state_op} {route.entity}" if route.entity and route.state_op != "none" else ""


def _drifts(report: Report | None) -> Sequence[Drift]:
    return [each for each in report.drifts if not each.accepted] if report is not None else ()
