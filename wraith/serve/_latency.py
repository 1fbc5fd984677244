"""How long an answer is held back: by distribution, by route, and from the seed."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from statistics import NormalDist
from typing import TypeAlias

from wraith.config import Delays
from wraith.config import Latency as LatencyConfig
from wraith.serve._asked import Asked, PerSession
from wraith.serve._chance import draw

Recorded: TypeAlias = Mapping[str | None, Sequence[int]]
"""Recorded durations in ms, sorted, by the name of the route; those of all routes under None."""


def durations(took: Iterable[tuple[str | None, int]]) -> Recorded:
    """Return the durations of exchanges, each with the name of its route."""
    found: dict[str | None, list[int]] = {None: []}
    for route, ms in took:
        insort(found[None], ms)
        if route is not None:
            insort(found.setdefault(route, []), ms)
    return found


class Latency:
    """The delays of a twin, with how many requests each session has made."""

    def __init__(self, config: LatencyConfig, recorded: Recorded) -> None:
        self._config = config
        self._recorded = recorded
        self._made: PerSession[Counter[str]] = PerSession(Counter)
        self.forget = self._made.forget

    def ms(self, asked: Asked) -> float:
        """Return how long this request waits for its answer."""
        delays = next((each for each in self._config.routes if asked.is_for(each.route)), self._config)
        if delays.mode == "off":
            return 0.0
        name = asked.route or asked.called
        made = self._made.of(asked.session)
        made[name] += 1
        chance = draw(self._config.seed, asked.session, name, made[name])
        return self._at(delays, chance, asked.route)

    def _at(self, delays: Delays, chance: float, route: str | None) -> float:
        """Return the time that a share of ``chance`` of the requests do not exceed."""
        match delays.mode:
            case "fixed":
                return delays.ms
            case "uniform":
                return delays.min_ms + chance * (delays.max_ms - delays.min_ms)
            case "normal":
                dist = NormalDist(delays.mean_ms, delays.deviation_ms)
                return max(0.0, dist.inv_cdf(chance)) if chance > 0.0 else 0.0
            case "percentile":
                return _on_line(chance, delays)
        known = self._recorded.get(route) or self._recorded.get(None) or (0,)
        return float(known[int(chance * len(known))])


def _on_line(chance: float, delays: Delays) -> float:
    """Return the time between the two points that the chance lies between; beyond the last it is the last."""
    points = ((0.0, 0.0), (0.5, delays.p50_ms), (0.9, delays.p90_ms), (0.99, delays.p99_ms))
    for (low, from_ms), (high, to_ms) in pairwise(points):
        if chance < high:
            return from_ms + (chance - low) / (high - low) * (to_ms - from_ms)
    return delays.p99_ms
