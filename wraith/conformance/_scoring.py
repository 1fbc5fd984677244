"""The score of one exchange: three components against their thresholds, and the identifiers.

The formula is in ``docs/reference/scoring.md``, with a worked example that is tested. Everything is counted
in whole leaves and compared in whole basis points, so that no rounding lets an exchange pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wraith.config import Override, Thresholds
from wraith.conformance._differences import Comparison, Difference
from wraith.globs import glob

BP = 10_000
STRUCTURE = frozenset(("missing_field", "extra_field", "type_mismatch", "array_length_mismatch"))
STATUS = frozenset(("status_mismatch", "no_answer"))


@dataclass(frozen=True, slots=True)
class Component:
    """How many leaves were judged, and how many of them are wrong."""

    errors: int
    leaves: int

    @property
    def score_bp(self) -> int:
        """10000 where nothing was judged: what is not there is not wrong."""
        return BP if not self.leaves else round(BP * max(0, self.leaves - self.errors) / self.leaves)

    def reaches(self, threshold: float) -> bool:
        return BP * (self.leaves - self.errors) >= round(BP * threshold) * self.leaves


@dataclass(frozen=True, slots=True)
class Components:
    """The parts of an exchange's score."""

    structure: Component
    values: Component
    symbols: Component
    headers: Component


def components(
    found: Comparison, errors: Iterable[Difference], left_out: Iterable[Difference] = ()
) -> Components:
    """Return the components of an exchange. ``errors`` are the differences that count; the leaves of those
    that are ``left_out`` count neither as right nor as wrong."""
    wrong: dict[str, int] = {}
    for each in errors:
        wrong[_part(each)] = wrong.get(_part(each), 0) + each.weight
    gone: dict[str, int] = {}
    for each in left_out:
        gone[_part(each)] = gone.get(_part(each), 0) + each.weight
    body = found.body_leaves - gone.get("values", 0) - gone.get("structure", 0)
    return Components(
        structure=Component(wrong.get("structure", 0), max(0, body + found.body_suppressed)),
        values=Component(wrong.get("values", 0), max(0, body)),
        symbols=Component(wrong.get("symbols", 0), max(found.symbols, wrong.get("symbols", 0))),
        headers=Component(wrong.get("headers", 0), max(0, found.header_leaves - gone.get("headers", 0))),
    )


def _part(found: Difference) -> str:
    if found.category in STRUCTURE:
        return "structure"
    if found.category in STATUS:
        return "status"
    if found.category == "header_mismatch":
        return "headers"
    return "symbols" if found.category == "id_inconsistent" else "values"


def passes(parts: Components, thresholds: Thresholds) -> bool:
    """Whether every component reaches its threshold."""
    return (
        parts.structure.reaches(thresholds.body_structure)
        and parts.values.reaches(thresholds.body_values)
        and parts.symbols.reaches(thresholds.symbol_consistency)
        and parts.headers.reaches(thresholds.header_conformance)
    )


def share_bp(part: int, whole: int) -> int:
    """Return a share in basis points, rounded; 0 of nothing."""
    return round(BP * part / whole) if whole else 0


def is_enough(part: int, whole: int, required: float) -> bool:
    """Whether a share reaches what is required, not rounded; nothing is never enough."""
    return whole > 0 and BP * part >= round(BP * required) * whole


class RouteThresholds:
    """The thresholds of each route: the general ones, and over them those of the overrides that match."""

    def __init__(
        self, general: Thresholds | None = None, overrides: Mapping[str, Override] | None = None
    ) -> None:
        self._general = general or Thresholds()
        self._overrides = {name: (glob(unnamed(name)), each) for name, each in (overrides or {}).items()}
        self._known: dict[str, Thresholds] = {}
        self.used: set[str] = set()

    def of(self, route: str) -> Thresholds:
        if route not in self._known:
            self._known[route] = self._made(route)
        return self._known[route]

    def _made(self, route: str) -> Thresholds:
        made = self._general
        for name, (matches, override) in self._overrides.items():
            if matches(unnamed(route)):
                self.used.add(name)
                made = made.model_copy(update=override.model_dump(exclude_none=True))
        return made


def unnamed(route: str) -> str:
    """Return a route with ``{}`` for each parameter: what it is called is synthesis' choice."""
    return "/".join(
        "{}" if part.startswith("{") and part.endswith("}") else part for part in route.split("/")
    )
