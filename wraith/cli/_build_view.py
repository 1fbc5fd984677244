"""A run of the build graph as people watch it: a bar on a terminal, else a line per task that ran."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias

from wraith.build import TaskEvent, event_lines
from wraith.cli._errors import failure_of
from wraith.cli._output import Kind, Output

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from wraith.canonical import JsonValue
    from wraith.errors import WraithError

State: TypeAlias = Literal["ran", "fresh", "failed", "blocked"]

STATES: Final[dict[str, State]] = {"done": "ran", "fresh": "fresh", "failed": "failed", "blocked": "blocked"}
LOOKS: Final[dict[str, Kind]] = {"done": "good", "failed": "bad", "blocked": "warn", "end": "plain"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task."""

    task: str
    state: State
    reasons: tuple[str, ...]
    summary: str
    error: WraithError | None

    def document(self) -> dict[str, JsonValue]:
        """The outcome as JSON; an error as ``wraith.error/1`` has it."""
        return {
            "task": self.task,
            "state": self.state,
            "reasons": list(self.reasons),
            "summary": self.summary,
            "error": failure_of(self.error).document()["error"] if self.error is not None else None,
        }


class Watch:
    """Listens to a run, shows it, and keeps what became of each task."""

    def __init__(self, out: Output) -> None:
        self.outcomes: list[Outcome] = []
        self._out = out
        self._bar: Progress | None = None
        self._row: TaskID | None = None
        if out.format != "json" and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
            )

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
            self._row = self._bar.add_task("building", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, event: TaskEvent) -> None:
        state = STATES.get(event.kind)
        if state is not None:
            self.outcomes.append(Outcome(event.task, state, event.reasons, event.summary, event.error))
        if self._bar is not None and self._row is not None:
            self._bar.update(
                self._row,
                description=event.task or "building",
                total=event.total or None,
                completed=len(self.outcomes),
            )
        for line in event_lines(event):
            self._out.note(line, LOOKS.get(event.kind, "plain"))
