"""Which sessions hypotheses are made from: enough of everything, not everything.

Inference costs the same for ten thousand exchanges as for a million, because it looks at whole sessions only
until each route has answered with each status often enough. Sessions are taken in the order of time, so the
choice depends on nothing but the recordings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from wraith.synth._exchanges.survey import Sketch
from wraith.synth._routes.routes import RouteTable

ENOUGH = 24
"""Observations of one route and status that are looked for. What is common is met far more often beside them;
with 60, four times the sessions taught the same model, or one that did no better."""

PLENTY = 2500
"""Exchanges after which only what is still rare is looked for: they hold whatever a service does often."""

AT_LEAST = 6
"""Observations of one route and status that are looked for among more exchanges than that: a rule and what
tells it from a coincidence."""

GOLDEN = 2654435769
"""2**32 divided by the golden ratio: multiples of it, modulo 2**32, fall evenly without a period (Knuth,
TAOCP 6.4)."""

Item = TypeVar("Item")


def choose(sketches: Sequence[Sketch], table: RouteTable) -> frozenset[int]:
    """Return the numbers of the sessions to learn from."""
    counts: Counter[tuple[int, int]] = Counter()
    chosen: set[int] = set()
    for number, session in enumerate(sketches):
        kinds = [(table.find(line.method, line.segments), line.status) for line in session]
        enough = ENOUGH if counts.total() < PLENTY else AT_LEAST
        if any(counts[each] < enough for each in kinds):
            chosen.add(number)
            counts.update(kinds)
    return frozenset(chosen)


def thinned(items: Sequence[Item], limit: int) -> Sequence[Item]:
    """Return at most ``limit`` of the items in their order, spread evenly but without a period: clients ask
    in turns, and every second of their requests may always be of one kind."""
    if len(items) <= limit:
        return items
    chosen = sorted(range(len(items)), key=lambda position: position * GOLDEN % 2**32)[:limit]
    return [items[position] for position in sorted(chosen)]
