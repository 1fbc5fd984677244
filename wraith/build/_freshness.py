"""Must this task run, and why? One object per task answers both, by content.

doit hashes inputs after the action and outputs never: an input that was edited meanwhile would pass as seen,
and an output that was edited would stay. So what a task read is hashed here before its action and what it
wrote after, and both are compared with what stands on the disk the next time. doit's own check by
``Blake3Checker`` stays on beneath and decides nothing that is not decided here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from wraith.build._digests import digest_or_none

KEY: Final = "freshness"
"""Where a task's values hold what this module remembers."""

State: TypeAlias = dict[str, dict[str, str | None]]


class Task(Protocol):
    """What is needed of doit's task."""

    file_dep: set[str]
    targets: list[str]
    value_savers: list[Callable[[], dict[str, State]]]


def nothing() -> Mapping[str, str | None]:
    return {}


def no_files() -> Iterable[str]:
    return ()


@dataclass(slots=True, eq=False)
class Freshness:
    """An ``uptodate`` of doit.

    ``parameters`` are inputs that are no files, by the name that a reason gives them. ``more_inputs`` and
    ``more_outputs`` are files that can be listed only when the tasks before this one have run. ``stamps`` are
    cheap signatures of what is too much to hash: a change of one runs the task, which looks.
    """

    root: Path
    parameters: Mapping[str, str]
    more_inputs: Callable[[], Iterable[str]] = no_files
    more_outputs: Callable[[], Iterable[str]] = no_files
    stamps: Callable[[], Mapping[str, str | None]] = nothing
    reasons: tuple[str, ...] = field(default=(), init=False)
    """Why the task was not up to date when it was last asked."""

    def __call__(self, task: Task, values: Mapping[str, State]) -> bool:
        before = self._read_side(task)
        written = self._written_side(task)
        task.value_savers.append(lambda: {KEY: before | self._written_side(task)})
        known = values.get(KEY)
        self.reasons = (
            ("doit has not built it here before",)
            if known is None
            else tuple(_reasons(known, before | written))
        )
        return not self.reasons

    def __repr__(self) -> str:
        return f"fresh, unless {', '.join(self.reasons)}" if self.reasons else "fresh"

    def _read_side(self, task: Task) -> State:
        names = sorted({*task.file_dep, *self.more_inputs()})
        return {"parameters": dict(self.parameters), "inputs": self._digests(names)}

    def _written_side(self, task: Task) -> State:
        names = sorted({*task.targets, *self.more_outputs()})
        return {"outputs": self._digests(names), "stamps": dict(self.stamps())}

    def _digests(self, names: Iterable[str]) -> dict[str, str | None]:
        return {name: digest_or_none(os.path.join(self.root, name)) for name in names}


def _reasons(known: State, now: State) -> Iterable[str]:
    """Yield what differs, causes before effects: a change of an input explains that outputs differ."""
    for name, old, new in _changed(known, now, "parameters"):
        yield f"{name} changed" if name != "engine" else f"the engine changed ({old} to {new})"
    for name, old, new in _changed(known, now, "inputs"):
        yield f"{name} {'is new' if old is None else 'is gone' if new is None else 'changed'}"
    for name, old, new in _changed(known, now, "outputs"):
        edited = "is new" if old is None else "is not what this task wrote"
        yield f"{name} {'is gone' if new is None else edited}"
    for name, _, _ in _changed(known, now, "stamps"):
        yield f"files of {name} were touched"


def _changed(known: State, now: State, side: str) -> Iterable[tuple[str, str | None, str | None]]:
    olds, news = known.get(side, {}), now.get(side, {})
    for name in sorted(olds.keys() | news.keys()):
        if olds.get(name) != news.get(name):
            yield name, olds.get(name), news.get(name)
