"""What a build would do, for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wraith.cli._output import Line

if TYPE_CHECKING:
    from wraith.build import Change, Planned
    from wraith.canonical import JsonValue

SHOWN = 20
"""Changes of a task that are listed; the others are counted."""


def plan_lines(planned: Sequence[Planned]) -> list[Line]:
    """Return why each task will run, or may."""
    return [line for each in planned for line in _lines(each)]


def plan_documents(planned: Sequence[Planned]) -> list[JsonValue]:
    return [
        {
            "task": each.task.name,
            "state": each.standing,
            "cached": each.cached,
            "waits_for": list(each.waits_for),
            "needs": list(each.needs),
            "changes": [
                {
                    "kind": change.side or "never built",
                    "name": change.name,
                    "from": change.old,
                    "to": change.new,
                    "made_by": each.makers.get(change.name),
                }
                for change in each.changes
            ],
        }
        for each in planned
    ]


def _lines(planned: Planned) -> list[Line]:
    name = planned.task.name
    after = " and ".join(planned.waits_for)
    match planned.standing:
        case "waits":
            return [Line(f"{name} runs if {after} writes other bytes", "dim")]
        case "ignored":
            return [Line(f"{name} is ignored, as doit was told", "warn")]
        case "fresh":
            return [Line(f"{name} is fresh", "good")]
    does = "will be restored from the local cache" if planned.cached else "will run"
    lines = [Line(f"{name} {does}" + (f", after {after}" if after else ""), "title")]
    lines += [Line(f"  {_told(planned, change)}") for change in planned.changes[:SHOWN]]
    more = len(planned.changes) - SHOWN
    return [*lines, Line(f"  and {more} more")] if more > 0 else lines


def _told(planned: Planned, change: Change) -> str:
    maker = planned.makers.get(change.name)
    moved = ""
    if change.old is not None and change.new is not None and change.name != "engine":
        moved = f", from {change.old[:12]} to {change.new[:12]}"
    return f"{change.reason}{moved}{f'; {maker} makes it' if maker else ''}"
