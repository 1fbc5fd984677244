"""What a build would do, and why: every task with its state, without running one.

A task is *stale* where something it reads or wrote is not what is remembered; it *waits* where it is fresh as
things stand, and something that it reads is made by a task that is stale or waits itself: whether it runs is
known when that has run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Literal, TypeAlias

from wraith.build._cached import open_store, step_key
from wraith.build._freshness import KEY, Change, Freshness, State
from wraith.canonical import JsonValue
from wraith.workspace import Project, Workspace

if TYPE_CHECKING:
    from wraith.cache import Store

Standing: TypeAlias = Literal["fresh", "stale", "waits", "ignored"]


@dataclass(frozen=True, slots=True)
class Declaration:
    """A task as it is declared: what doit is given of it."""

    name: str
    """With its step: ``synth:NAME``."""
    doc: str
    file_dep: tuple[str, ...]
    targets: tuple[str, ...]
    task_dep: tuple[str, ...]
    freshness: Freshness
    workspace: Workspace

    @property
    def step(self) -> str:
        return self.name.partition(":")[0]

    @property
    def twin(self) -> str:
        return self.name.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Planned:
    """A task, and what a build would do with it."""

    task: Declaration
    standing: Standing
    changes: tuple[Change, ...]
    needs: tuple[str, ...]
    """The tasks that make what it reads, or that it runs after."""
    makers: Mapping[str, str]
    """By file that it reads, the task that makes it."""
    waits_for: tuple[str, ...]
    cached: bool
    """Whether what it would write is in the local cache already."""


def declarations(namespace: Mapping[str, object]) -> list[Declaration]:
    """Return the tasks that doit's task creators make, in their order."""
    return [_declaration(name.removeprefix("task_"), task) for name, task in _tasks(namespace)]


def plan(project: Project, namespace: Mapping[str, object], wanted: Sequence[str] = ()) -> list[Planned]:
    """Return the tasks that are needed for those that are wanted, all where none is, each after what it
    needs. ``wanted`` are steps, tasks and files."""
    tasks = {task.name: task for task in declarations(namespace)}
    made_by = {target: task.name for task in tasks.values() for target in task.targets}
    inputs = {task.name: task.freshness.inputs(task) for task in tasks.values()}
    makers = {
        name: {path: made_by[path] for path in paths if path in made_by} for name, paths in inputs.items()
    }
    needs = {
        name: tuple(dict.fromkeys([*makers[name].values(), *task.task_dep])) for name, task in tasks.items()
    }
    remembered, store = _remembered(project), open_store(project)
    planned: dict[str, Planned] = {}
    kept = _reachable(tasks, needs, made_by, wanted)
    for name in TopologicalSorter({name: sorted(needs[name]) for name in kept}).static_order():
        task = tasks[name]
        known = remembered(name)
        changes = task.freshness.look(task, known.state, undone=known.undone)
        before = sorted({*makers[name].values()})
        waits_for = tuple(each for each in before if planned[each].standing in ("stale", "waits"))
        standing: Standing = (
            "ignored" if known.ignored else "stale" if changes else "waits" if waits_for else "fresh"
        )
        cached = standing == "stale" and not waits_for and _is_cached(store, task)
        planned[name] = Planned(task, standing, changes, needs[name], makers[name], waits_for, cached)
    return [planned[name] for name in tasks if name in planned]


def _is_cached(store: Store, task: Declaration) -> bool:
    return store.result(step_key(task.step, task.freshness, task.targets)) is not None


def _reachable(
    tasks: Mapping[str, Declaration],
    needs: Mapping[str, Sequence[str]],
    made_by: Mapping[str, str],
    wanted: Sequence[str],
) -> set[str]:
    names = {made_by.get(each, each) for each in wanted}
    left = [name for name, task in tasks.items() if not wanted or name in names or task.step in names]
    found: set[str] = set()
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += needs[name]
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """What doit's database holds of a task."""

    state: State | None = None
    undone: bool = False
    ignored: bool = False


def _remembered(project: Project) -> Callable[[str], _Known]:
    from wraith.build.database import UNDONE, VALUES, WraithDatabase

    if not project.database_path.is_file():
        return lambda _: _Known()
    database = WraithDatabase(str(project.database_path), _Json())
    database.dump()  # it has read everything, and has nothing to write

    def known(name: str) -> _Known:
        found = database.get(name, VALUES)
        values = found if isinstance(found, dict) else {}
        state = values.get(KEY)  # written by Freshness alone, and by nobody else
        ignored = bool(database.get(name, "ignore:"))
        return _Known(state if isinstance(state, dict) else None, UNDONE in values, ignored)  # type: ignore[arg-type]

    return known


class _Json:
    """doit's codec."""

    def encode(self, data: dict[str, JsonValue]) -> str:
        return json.dumps(data)

    def decode(self, data: str) -> dict[str, JsonValue]:
        found: dict[str, JsonValue] = json.loads(data)
        return found


def _tasks(namespace: Mapping[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    for name, creator in namespace.items():
        if name.startswith("task_") and callable(creator):
            for task in creator():
                yield name, task


def _declaration(step: str, task: Mapping[str, object]) -> Declaration:
    [freshness] = _list(task, "uptodate")
    [action] = _list(task, "actions")
    assert isinstance(action, tuple)
    workspace = action[1][1]  # as _task writes it
    assert isinstance(freshness, Freshness), "Invariant: every task of ours has one"
    assert isinstance(workspace, Workspace)
    return Declaration(
        f"{step}:{task['name']}",
        str(task["doc"]),
        tuple(str(each) for each in _list(task, "file_dep")),
        tuple(str(each) for each in _list(task, "targets")),
        tuple(str(each) for each in _list(task, "task_dep")),
        freshness,
        workspace,
    )


def _list(task: Mapping[str, object], name: str) -> list[object]:
    found = task[name]
    assert isinstance(found, list), name
    return found
