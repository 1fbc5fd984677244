"""The gallery: exchanges that differ, to be looked at, and the parts of the program that their differences
are about.

It is collected during a replay and bounded, whatever the number of exchanges. As tallies are, galleries of
parts of a replay are merged in order, with the same result for every number of processes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from wraith.conformance._causes import Cause, cause_of
from wraith.conformance._differences import Difference
from wraith.conformance._drift import drift_id, pattern
from wraith.conformance._exhibit import Exhibit, Place, exhibit

if TYPE_CHECKING:
    from wraith.conformance._compare import How
    from wraith.conformance._replay import Step

MAX_CAUSES = 500
"""Parts of the program told apart; the differences of more are counted together."""
MAX_EXHIBITS = 120
"""Exchanges shown in full: more than anybody reads, and a page of a few megabytes."""
PER_CAUSE = 3
"""Exchanges shown for one part: one may be odd, three are a pattern."""
MAX_TOLD = 6
"""Paths and drifts named of each part."""

Told: TypeAlias = dict[str, None]


@dataclass(slots=True)
class Blame:
    """How much one part of the program is to blame for."""

    cause: Cause
    differences: int = 0
    exchanges: int = 0
    alone: int = 0
    """Exchanges that differ for its sake alone: they are exact once it is mended."""
    categories: Counter[str] = field(default_factory=Counter)
    paths: Told = field(default_factory=dict)
    """The first places in answers, each list's positions as ``[*]``."""
    drifts: Told = field(default_factory=dict)
    """The first drifts; ``wraith check NAME --accept`` takes them."""
    shown: list[Place] = field(default_factory=list)
    """Exchanges of which it is to be seen, some of which the gallery may have let go again."""

    def merge(self, other: Blame) -> None:
        """Take over what was found after it."""
        self.differences += other.differences
        self.exchanges += other.exchanges
        self.alone += other.alone
        self.categories.update(other.categories)
        self.paths = _first(self.paths, other.paths)
        self.drifts = _first(self.drifts, other.drifts)
        self.shown += other.shown[: PER_CAUSE - len(self.shown)]


@dataclass(slots=True)
class Gallery:
    """What is shown of a replay, and what the rest adds up to."""

    blames: dict[Cause, Blame] = field(default_factory=dict)
    exhibits: dict[Place, Exhibit] = field(default_factory=dict)
    exchanges: int = 0
    """Those that differ, shown or not."""
    unnamed: int = 0
    """Differences of parts beyond those that are told apart."""

    def note(self, route: str, step: Step, how: How, found: Sequence[Difference]) -> None:
        """Note the differences of one exchange; nothing where there are none."""
        if not found:
            return
        self.exchanges += 1
        place = (step.session.id, step.index)
        by_cause: dict[Cause, list[Difference]] = {}
        for each in found:
            by_cause.setdefault(cause_of(route, step.answer, each), []).append(each)
        is_inexact = any(each.severity == "error" for each in found)
        is_telling = False
        for cause, mine in by_cause.items():
            blame = self.blames.get(cause)
            if blame is None and len(self.blames) >= MAX_CAUSES:
                self.unnamed += len(mine)
                continue
            if blame is None:
                blame = self.blames[cause] = Blame(cause)
            _count(blame, route, mine, alone=is_inexact and len(by_cause) == 1)
            if len(blame.shown) < PER_CAUSE:
                blame.shown.append(place)
                is_telling = True
        if is_telling and len(self.exhibits) < MAX_EXHIBITS:
            self.exhibits[place] = exhibit(route, step, how, found)

    def merge(self, other: Gallery) -> None:
        """Take over what was found after it, and keep what shows the parts that most is to blame for."""
        self.exchanges += other.exchanges
        self.unnamed += other.unnamed
        for cause, blame in other.blames.items():
            if cause in self.blames:
                self.blames[cause].merge(blame)
            elif len(self.blames) < MAX_CAUSES:
                self.blames[cause] = blame
            else:
                self.unnamed += blame.differences
        both = self.exhibits | other.exhibits
        self.exhibits = {place: both[place] for place in self._telling(both)}

    def ranked(self) -> list[Blame]:
        """Return the parts of the program: first those that would make most exchanges exact by themselves,
        then those that more exchanges differ for."""
        return sorted(self.blames.values(), key=_rank)

    def shown(self) -> list[Exhibit]:
        """Return the exchanges to be looked at, the most telling first."""
        return [self.exhibits[place] for place in self._telling(self.exhibits)]

    def _telling(self, there: dict[Place, Exhibit]) -> list[Place]:
        chosen = dict.fromkeys(place for place in self._in_turn() if place in there)
        return list(chosen)[:MAX_EXHIBITS]

    def _in_turn(self) -> Iterator[Place]:
        """Yield the first exchange of each part, the one most to blame first, then the second of each."""
        ranked = self.ranked()
        for turn in range(PER_CAUSE):
            for blame in ranked:
                yield from blame.shown[turn : turn + 1]


def _count(blame: Blame, route: str, found: Sequence[Difference], *, alone: bool) -> None:
    blame.differences += len(found)
    blame.exchanges += 1
    blame.alone += alone
    blame.categories.update(each.category for each in found)
    for each in found:
        place = pattern(each.path)
        if len(blame.paths) < MAX_TOLD:
            blame.paths[place] = None
        if len(blame.drifts) < MAX_TOLD:
            blame.drifts[drift_id(route, place, each.category, each.expected, each.actual)] = None


def _first(mine: Told, theirs: Told) -> Told:
    return dict.fromkeys(list(mine | theirs)[:MAX_TOLD])


def _rank(blame: Blame) -> tuple[object, ...]:
    cause = blame.cause
    numbers = (-blame.alone, -blame.exchanges, -blame.differences)
    return (*numbers, cause.route, cause.place, cause.kind, cause.program)
