"""What was not compared exactly, by the place and the setting that would change it, whatever the route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wraith.conformance import Suppressed
from wraith.pages._render import count


@dataclass(frozen=True, slots=True)
class SuppressedView:
    """One place of answers; ``routes`` is the route, or how many routes have it."""

    count: int
    reason: str
    why: str
    path: str
    routes: str
    compare_again: str


def suppressed_views(suppressed: Sequence[Suppressed]) -> list[SuppressedView]:
    """Return places, those with most leaves first."""
    groups: dict[tuple[str, str, str, str], list[Suppressed]] = {}
    for each in suppressed:
        groups.setdefault((each.reason, each.why, each.path, each.compare_again), []).append(each)
    views = [
        SuppressedView(
            count=sum(each.count for each in group),
            reason=reason,
            why=why,
            path=path,
            routes=group[0].route if len(group) == 1 else count(len(group), "route"),
            compare_again=again,
        )
        for (reason, why, path, again), group in groups.items()
    ]
    return sorted(views, key=lambda view: (-view.count, view.reason, view.path))
