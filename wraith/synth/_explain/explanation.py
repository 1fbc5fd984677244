"""What ``explain`` answers: a route's program beside what was recorded of it."""

from __future__ import annotations

from dataclasses import dataclass

from wraith.paths import Found, Path
from wraith.synth._explain.rivals import Rival
from wraith.wir import Atom, Expr, HoleClass, Route, Variant


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One exchange (counted from 1, as in ``inspect``) whose recorded value is another than the computed."""

    session: str
    exchange: int
    recorded: Found
    computed: Found


@dataclass(frozen=True, slots=True)
class PartExplanation:
    """One part of a variant's answers: what fills it, and how many of the recorded values that explains.

    ``name`` is the header's where the part is one, else None; ``is_base`` says that it gives the members of
    an object that no other part gives; ``distinct`` counts the different values that were recorded;
    ``disagreements`` are the first of those that there are.
    """

    path: Path
    name: str | None
    hole: str | None
    is_base: bool
    hole_class: HoleClass
    source: Expr
    explained: int
    total: int
    distinct: int
    disagreements: tuple[Disagreement, ...] = ()
    rivals: tuple[Rival, ...] = ()

    @property
    def is_unexplained(self) -> bool:
        return self.hole_class == "unexplained"

    @property
    def agrees(self) -> bool:
        return self.explained == self.total


@dataclass(frozen=True, slots=True)
class VariantExplanation:
    """One variant: how often it was chosen, in how many sessions, with its support false, and with the status
    that was recorded."""

    number: int
    variant: Variant
    chosen: int
    sessions: int
    extrapolated: int
    right: int
    parts: tuple[PartExplanation, ...]
    """The body kind first, then the parts of the body in their order, then the headers."""


@dataclass(frozen=True, slots=True)
class WrongChoice:
    """An exchange for which another variant is chosen than one with the recorded status; None for none."""

    session: str
    exchange: int
    recorded: int
    variant: int | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A route of the model beside all recorded exchanges that reach it."""

    route: Route
    exchanges: int
    sessions: int
    right: int
    wrong: tuple[WrongChoice, ...]
    variants: tuple[VariantExplanation, ...]


@dataclass(frozen=True, slots=True)
class AtomTruth:
    """A guard, or what a variant was seen with, and whether it is true of a request."""

    atom: Atom
    holds: bool


@dataclass(frozen=True, slots=True)
class VariantTruth:
    """The guards and the support of a variant, as they are for one request."""

    number: int
    status: int
    guards: tuple[AtomTruth, ...]
    support: tuple[AtomTruth, ...]


@dataclass(frozen=True, slots=True)
class PartTruth:
    """One part of one answer: recorded, computed, and whether the one explains the other."""

    path: Path
    name: str | None
    hole: str | None
    is_base: bool
    hole_class: HoleClass
    source: Expr
    recorded: Found
    computed: Found
    agrees: bool


@dataclass(frozen=True, slots=True)
class ExchangeExplanation:
    """How one recorded request is answered, with the state that the true answers before it left behind."""

    session: str
    exchange: int
    method: str
    target: str
    recorded_status: int
    route: Route
    key: str | None
    stored: Found
    chosen: int | None
    extrapolated: bool
    variants: tuple[VariantTruth, ...]
    parts: tuple[PartTruth, ...]
    """Those of the chosen variant; none where its status is another than the recorded one."""
