"""What happens while the graph runs, as values, and as lines for people.

Who shows them is a function from an event: ``print_event`` for plain ``doit``, a progress display for
``wraith build``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from wraith.errors import WraithError, error_lines

Kind: TypeAlias = Literal[
    "begin", "run", "built", "restored", "checked", "fresh", "failed", "blocked", "note", "end"
]
"""``checked`` is a task that ran and found what it looks after as it was."""


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """Something that happened to a task; ``begin``, ``note`` and ``end`` are of the run, and have no task.

    ``total`` counts the tasks that the run may come to, ``ran`` those that it ran so far. ``origin`` is the
    cache that a task was restored from.
    """

    kind: Kind
    task: str = ""
    reasons: tuple[str, ...] = ()
    summary: str = ""
    error: WraithError | None = None
    total: int = 0
    ran: int = 0
    origin: str = ""


Listener: TypeAlias = Callable[[TaskEvent], None]


def print_event(event: TaskEvent) -> None:
    """Write the event to standard error as a line, if there is something to say."""
    lines = event_lines(event)
    if sys.stderr.isatty():
        # the line of the running task is overwritten by what came of it
        sys.stderr.write("\r\x1b[K")
        if event.kind == "run":
            sys.stderr.write(f"{event.task}: running, because {_because(event.reasons)}"[:78])
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    sys.stderr.flush()


def event_lines(event: TaskEvent) -> list[str]:
    """Return what to say about an event, in plain text."""
    match event.kind:
        case "built" | "checked" | "restored":
            went = f"restored from the {event.origin} cache" if event.kind == "restored" else "ran"
            came = f"; {event.summary}" if event.summary else ""
            return [f"{event.task}: {went}, because {_because(event.reasons)}{came}"]
        case "failed":
            assert event.error is not None, "Invariant: a failure has an error"
            return _failure_lines(event, event.error)
        case "note":
            return [event.summary]
        case "blocked":
            return [f"{event.task}: {event.summary}"]
        case "end":
            return [event.summary] if event.summary else []
        case "begin" | "run" | "fresh":
            return []


def _failure_lines(event: TaskEvent, error: WraithError) -> list[str]:
    if not event.task:
        return error_lines(error.message, error.where, error.hint)
    lines = error_lines(f"{event.task}: {error.message}", error.where, error.hint)
    why = [f"  ran because: {_because(event.reasons)}"] if event.reasons else []
    return [*lines, *why, f"  repeat: wraith build {event.task}"]


def _because(reasons: tuple[str, ...]) -> str:
    shown = ", ".join(reasons[:3]) or "it was asked for"
    return f"{shown} and {len(reasons) - 3} more" if len(reasons) > 3 else shown
