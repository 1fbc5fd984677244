"""A run of the build graph as people watch it: on a terminal what runs, and for how long; else a line per
task that ran. The summary at its end says what became of all of them."""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias, get_args

from wraith.build import TaskEvent, event_lines
from wraith.cli._errors import failure_of
from wraith.cli._output import Kind, Output

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from wraith.canonical import JsonValue
    from wraith.errors import WraithError

State: TypeAlias = Literal["fresh", "checked", "restored", "built", "failed", "blocked"]

STATES: Final[tuple[State, ...]] = get_args(State)
"""What becomes of a task, in the order of the summary."""

LOOKS: Final[dict[str, Kind]] = {
    "built": "good",
    "restored": "good",
    "checked": "good",
    "failed": "bad",
    "blocked": "warn",
    "note": "warn",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task."""

    task: str
    state: State
    reasons: tuple[str, ...]
    summary: str
    error: WraithError | None
    seconds: float

    def document(self) -> dict[str, JsonValue]:
        """The outcome as JSON; an error as ``wraith.error/1`` has it."""
        return {
            "task": self.task,
            "state": self.state,
            "reasons": list(self.reasons),
            "summary": self.summary,
            "seconds": round(self.seconds, 3),
            "error": failure_of(self.error).document()["error"] if self.error is not None else None,
        }


class Watch:
    """Listens to a run, shows it, and keeps what became of each task."""

    def __init__(self, out: Output) -> None:
        self.outcomes: list[Outcome] = []
        self.seconds = 0.0
        """How long it took."""
        self._out = out
        self._began = time.monotonic()
        self._started: dict[str, float] = {}
        self._rows: dict[str, TaskID] = {}
        self._bar: Progress | None = None
        self._all: TaskID | None = None
        if out.format != "json" and sys.stderr.isatty():
            self._bar = _bar()

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
            self._all = self._bar.add_task("building", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.monotonic() - self._began
        if self._bar is not None:
            self._bar.stop()

    @property
    def summary(self) -> str:
        """The run in one line: ``12 fresh, 3 restored, 2 built in 1.8 s``."""
        counts = Counter(outcome.state for outcome in self.outcomes)
        shown = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])
        return f"{shown} in {self.seconds:.1f} s" if shown else "there is nothing to build"

    def __call__(self, event: TaskEvent) -> None:
        if event.kind == "run":
            self._begin(event.task)
        for state in STATES:
            if state == event.kind:
                self._end(event, state)
        if event.kind != "end":  # the summary says more
            first, *rest = event_lines(event) or [""]
            if first:
                self._out.note(first, LOOKS.get(event.kind, "plain"))
            for line in rest:
                self._out.note(line)

    def _begin(self, task: str) -> None:
        self._started[task] = time.monotonic()
        if self._bar is not None:
            self._rows[task] = self._bar.add_task(f"  {task}", total=None)

    def _end(self, event: TaskEvent, state: State) -> None:
        started = self._started.pop(event.task, None)
        seconds = time.monotonic() - started if started is not None else 0.0
        self.outcomes.append(Outcome(event.task, state, event.reasons, event.summary, event.error, seconds))
        if self._bar is not None and self._all is not None:
            if (row := self._rows.pop(event.task, None)) is not None:
                self._bar.remove_task(row)
            self._bar.update(self._all, total=event.total or None, completed=len(self.outcomes))


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
