"""The tally: what a replay adds up to, whatever the number of exchanges, and how two tallies become one.

Counts are of everything; what is listed is bounded. A replay is dealt into blocks of worlds, one tally each,
which are merged in order: by as many processes as there are, with the same result.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from wraith.canonical import JsonValue
from wraith.conformance._differences import Comparison, Difference, Severity
from wraith.conformance._drift import pattern
from wraith.conformance._gallery import Gallery
from wraith.conformance._report import MAX_LISTED, Dependence, Divergence, SessionScore
from wraith.conformance._rules import Drifted
from wraith.paths import EACH, Path, format_path

EXACT, PASSED, FAILED = "=", "+", "-"

ASKED, OTHERS = "", "other reasons"
MAX_REASONS = 20
"""Why a handler fails has that many different reasons at most; beyond them they are counted together."""


@dataclass(frozen=True, slots=True)
class DriftCount:
    """How often a drift was met, and where first."""

    drift: Drifted
    route: str
    path: str
    category: str
    severity: Severity
    expected: JsonValue
    actual: JsonValue
    session: str
    exchange: int
    count: int


@dataclass(slots=True)
class Tally:
    """What was found. The counters of ``routes`` are named as the fields of ``RouteScore``."""

    routes: dict[str, Counter[str]] = field(default_factory=dict)
    sessions: list[SessionScore] = field(default_factory=list)
    divergences: list[Divergence] = field(default_factory=list)
    drifts: dict[str, DriftCount] = field(default_factory=dict)
    suppressed: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By reason, route and path; by ``rule`` and its number."""
    counts: Counter[str] = field(default_factory=Counter)
    accepted_by: Counter[int] = field(default_factory=Counter)
    renamed_by: Counter[int] = field(default_factory=Counter)
    hidden_by: Counter[tuple[int, str]] = field(default_factory=Counter)
    """Exchanges in which a rule left something out, by rule and route."""
    accepted_in: Counter[tuple[int, str]] = field(default_factory=Counter)
    """Exchanges in which a rule accepted something, by rule and route."""
    fields: set[str] = field(default_factory=set)
    overrides: set[str] = field(default_factory=set)
    preexisting: list[Dependence] = field(default_factory=list)
    gallery: Gallery | None = None
    """What is shown of it, where somebody is to look at it."""
    handlers: dict[str, Counter[str]] = field(default_factory=dict)
    """How often each handler was asked, and why it failed how often."""

    def handled(self, handler: str, failure: str | None) -> None:
        """Count an exchange that a handler was asked to answer."""
        counter = self.handlers.setdefault(handler, Counter())
        counter[ASKED] += 1
        if failure is not None:
            counter[failure if failure in counter or len(counter) < MAX_REASONS else OTHERS] += 1

    def route(self, name: str) -> Counter[str]:
        if name not in self.routes:
            self.routes[name] = Counter()
        return self.routes[name]

    def suppress(self, reason: str, route: str, path: str, count: int = 1) -> None:
        """Count what was not compared; places beyond the bound are counted together."""
        place = (reason, route, path)
        if place not in self.suppressed and len(self.suppressed) >= MAX_LISTED:
            place = (reason, "*", "*")
        self.suppressed[place] += count

    def not_compared(self, route: str, found: Comparison) -> None:
        """Count the leaves that were not compared exactly."""
        for reason, path in found.suppressed:
            self.suppress(reason, route, _place(path))

    def drifted(self, drift: Drifted, route: str, found: Difference, session: str, exchange: int) -> None:
        """Count a drift; those beyond the bound are counted as one."""
        known = self.drifts.get(drift.drift_id)
        if known is not None:
            self.drifts[drift.drift_id] = replace(known, count=known.count + 1)
        elif len(self.drifts) < MAX_LISTED:
            self.drifts[drift.drift_id] = DriftCount(
                drift,
                route,
                pattern(found.path),
                found.category,
                found.severity,
                found.expected,
                found.actual,
                session,
                exchange,
                1,
            )
        else:
            self.counts["unlisted_drift"] += 1

    def merge(self, other: Tally) -> None:
        """Take over what was found after it."""
        for name, counter in other.routes.items():
            self.route(name).update(counter)
        self.sessions += other.sessions
        self.divergences += other.divergences[: MAX_LISTED - len(self.divergences)]
        self.preexisting += other.preexisting[: MAX_LISTED - len(self.preexisting)]
        for name, drift in other.drifts.items():
            known = self.drifts.get(name)
            if known is not None:
                self.drifts[name] = replace(known, count=known.count + drift.count)
            elif len(self.drifts) < MAX_LISTED:
                self.drifts[name] = drift
            else:
                self.counts["unlisted_drift"] += drift.count
        for (reason, route, path), count in other.suppressed.items():
            self.suppress(reason, route, path, count)
        for mine, theirs in (
            (self.counts, other.counts),
            (self.accepted_by, other.accepted_by),
            (self.renamed_by, other.renamed_by),
        ):
            mine.update(theirs)  # type: ignore[arg-type]  # of one key type each
        self.hidden_by.update(other.hidden_by)
        self.accepted_in.update(other.accepted_in)
        for handler, counter in other.handlers.items():
            self.handlers.setdefault(handler, Counter()).update(counter)
        self.fields |= other.fields
        self.overrides |= other.overrides
        if self.gallery is not None and other.gallery is not None:
            self.gallery.merge(other.gallery)


_places: dict[Path, str] = {}
"""Paths as text: there are as many as a model has places, and each is met for every exchange."""


def _place(path: Path) -> str:
    known = _places.get(path)
    if known is None:
        if path[:1] == ("header",) and len(path) == 2:
            known = f"header.{path[1]}"
        else:
            known = format_path(tuple(EACH if isinstance(step, int) else step for step in path))
        if len(_places) < 65_536:
            _places[path] = known
    return known
