"""Must this task run, and why? One object per task answers both, by content.

doit hashes inputs after the action and outputs never: an input that was edited meanwhile would pass as seen,
and an output that was edited would stay. So what a task read is hashed here before its action and what it
wrote after, and both are compared with what stands on the disk the next time. doit's own check by
``Blake3Checker`` stays on beneath and decides nothing that is not decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from wraith.build._digests import Stamp, digest_or_none, stamp_or_none
from wraith.build.database import UNDONE

KEY: Final = "freshness"
"""Where a task's values hold what this module remembers."""

State: TypeAlias = dict[str, dict[str, str | None]]

SIDES: Final = ("parameters", "inputs", "outputs", "stamps")
"""What a state has: of what a task reads, then of what it wrote, then what stands for too much to hash."""


class Declared(Protocol):
    """What a task says that it reads and writes."""

    @property
    def file_dep(self) -> Collection[str]: ...

    @property
    def targets(self) -> Sequence[str]: ...


class Task(Declared, Protocol):
    """What is needed of doit's task."""

    value_savers: list[Callable[[], dict[str, State]]]


class HasUptodate(Protocol):
    """A task of doit, for its ``uptodate``."""

    uptodate: list[tuple[object, object, object]]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not what it was: a parameter, an input, an output or a stamp, by digest."""

    side: str
    name: str
    old: str | None
    new: str | None

    @property
    def reason(self) -> str:
        """The change as a reason why the task runs."""
        match self.side:
            case "parameters" if self.name == "engine":
                return f"the engine changed ({self.old} to {self.new})"
            case "parameters":
                return f"{self.name} changed"
            case "inputs":
                went = "is new" if self.old is None else "is gone" if self.new is None else "changed"
                return f"{self.name} {went}"
            case "outputs" if self.new is not None:
                return f"{self.name} {'is new' if self.old is None else 'is not what this task wrote'}"
            case "outputs":
                return f"{self.name} is gone"
            case "stamps":
                return f"files of {self.name} were touched"
            case _:
                return self.name


NEVER_BUILT: Final = Change("", "doit has not built it here before", None, None)
LEFT_UNDONE: Final = Change("", "the last build left it undone", None, None)


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
    folders: tuple[str, ...] = ()
    """Where ``more_outputs`` are: files that the task alone may put there."""
    changes: tuple[Change, ...] = field(default=(), init=False)
    """What differed when the task was last asked whether it is up to date."""
    read: State = field(default_factory=dict, init=False)
    """Its parameters and inputs at that time, by digest."""
    _written: State = field(default_factory=dict, init=False)
    _stamps: Mapping[str, Stamp | None] = field(default_factory=dict, init=False)

    def __call__(self, task: Task, values: Mapping[str, State]) -> bool:
        task.value_savers.append(lambda: {KEY: self.read | self._written_side(task)})
        return not self.look(task, values.get(KEY), undone=UNDONE in values)

    def look(self, task: Declared, known: State | None, *, undone: bool = False) -> tuple[Change, ...]:
        """Compare what stands on the disk with what is remembered of the task, and return what differs.
        ``undone`` tells that it failed since, or was not run because another one did."""
        self._stamps = self._input_stamps(task)
        self.read = self._read_side(task)
        self._written = self._written_side(task)
        found = () if known is None else tuple(changes(known, self.read | self._written))
        self.changes = (NEVER_BUILT,) if known is None else (LEFT_UNDONE,) if undone and not found else found
        return self.changes

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the task was not up to date when it was last asked."""
        return tuple(change.reason for change in self.changes)

    def inputs_stand(self, task: Declared) -> bool:
        """Return whether no input was touched since the task was last asked whether it is up to date."""
        return self._stamps == self._input_stamps(task)

    def wrote_nothing(self, task: Declared) -> bool:
        """Return whether every output is what it was when the task was last asked."""
        return self._written["outputs"] == self._outputs(task)

    def outputs(self, task: Declared) -> list[str]:
        """Return the files that the task writes, as far as they can be listed now: the targets in their
        order, then the others."""
        targets = list(task.targets)
        return targets + sorted({*self.more_outputs()} - {*targets})

    def __repr__(self) -> str:
        return f"fresh, unless {', '.join(self.reasons)}" if self.reasons else "fresh"

    def inputs(self, task: Declared) -> list[str]:
        """Return the files that the task reads, sorted."""
        return sorted({*task.file_dep, *self.more_inputs()})

    def _input_stamps(self, task: Declared) -> Mapping[str, Stamp | None]:
        root = f"{self.root}/"
        return {name: stamp_or_none(root + name) for name in self.inputs(task)}

    def _read_side(self, task: Declared) -> State:
        return {"parameters": dict(self.parameters), "inputs": self._digests(self.inputs(task))}

    def _written_side(self, task: Declared) -> State:
        return {"outputs": self._outputs(task), "stamps": dict(self.stamps())}

    def _outputs(self, task: Declared) -> dict[str, str | None]:
        return self._digests(sorted(self.outputs(task)))

    def _digests(self, names: Iterable[str]) -> dict[str, str | None]:
        root = f"{self.root}/"
        return {name: digest_or_none(root + name) for name in names}


def freshness_of(task: HasUptodate) -> Freshness:
    """Return the freshness of one of our tasks."""
    return next(each[0] for each in task.uptodate if isinstance(each[0], Freshness))


def changes(known: State, now: State) -> Iterator[Change]:
    """Yield what differs, causes before effects: a change of an input explains that outputs differ."""
    for side in SIDES:
        olds, news = known.get(side, {}), now.get(side, {})
        for name in sorted(olds.keys() | news.keys()):
            if olds.get(name) != news.get(name):
                yield Change(side, name, olds.get(name), news.get(name))
