"""What a run says, and how it ends: doit's events as ours, and wraith's exit codes for its own.

doit calls a reporter while it runs tasks. This one turns each call into a ``TaskEvent``. doit knows three
exit codes of its own, so the reporter raises ``SystemExit`` with ours at the end, when the database is
closed.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Final, Protocol

from doit.exceptions import (  # type: ignore[import-untyped]  # doit has no types
    BaseFail,
    DependencyError,
    TaskFailed,
    UnmetDependency,
)

from wraith.build._cached import cache_notes, close_caches
from wraith.build._freshness import Freshness
from wraith.build._perform import close_pool
from wraith.build.events import Kind, Listener, TaskEvent, print_event
from wraith.errors import InputError, OperationError, WraithError

SUMMARY: Final = "summary"
"""Where a task's values hold one line on what it did."""

CAME: Final = "came"
"""Where a task's values hold how its outputs came about: ``built``, ``checked``, or the cache that had
them."""


class StepFailed(TaskFailed):  # type: ignore[misc]  # it has no types
    """A step that ended in one of our errors."""

    def __init__(self, error: WraithError) -> None:
        super().__init__(str(error))
        self.error = error


class Task(Protocol):
    """What is needed of doit's task."""

    name: str
    actions: list[object]
    task_dep: list[str]
    setup_tasks: list[str]
    uptodate: list[tuple[object, object, object]]
    values: dict[str, object]


class WraithReporter:
    """doit's reporter. Ends the process by the gravest error's exit code where a task failed."""

    desc = "each task that runs, why, and what came of it"

    def __init__(
        self, outstream: object, options: Mapping[str, object], listener: Listener | None = None
    ) -> None:
        self._tell = listener or print_event
        self._total = self._ran = self._fresh = 0
        self._exit_code = 0

    def initialize(self, tasks: Mapping[str, Task], selected_tasks: list[str]) -> None:
        self._total = _reachable(tasks, selected_tasks)
        self._tell(TaskEvent("begin", total=self._total))

    def get_status(self, task: Task) -> None:
        """A task comes up; nothing to say before it is known whether it runs."""

    def execute_task(self, task: Task) -> None:
        if task.actions:
            self._tell(TaskEvent("run", task.name, _reasons(task), total=self._total, ran=self._ran))

    def add_success(self, task: Task) -> None:
        if task.actions:
            self._ran += 1
            summary = str(task.values.get(SUMMARY) or "")
            came = str(task.values.get(CAME) or "built")
            kind: Kind = "built" if came == "built" else "checked" if came == "checked" else "restored"
            self._tell_notes()
            self._tell(
                TaskEvent(
                    kind,
                    task.name,
                    _reasons(task),
                    summary,
                    total=self._total,
                    ran=self._ran,
                    origin=came if kind == "restored" else "",
                )
            )

    def skip_uptodate(self, task: Task) -> None:
        self._fresh += 1
        self._tell(TaskEvent("fresh", task.name, total=self._total, ran=self._ran))

    def skip_ignore(self, task: Task) -> None:
        self._tell(TaskEvent("blocked", task.name, summary="ignored, as doit was told", total=self._total))

    def add_failure(self, task: Task, fail: BaseFail) -> None:
        if isinstance(fail, UnmetDependency):
            if task.actions:
                failed = fail.message.replace(" ", " and ")
                self._tell(TaskEvent("blocked", task.name, summary=f"not run, because {failed} failed"))
            return
        self._tell_notes()
        error = _error_of(fail)
        self._exit_code = max(self._exit_code, error.exit_code)
        self._tell(
            TaskEvent("failed", task.name, _reasons(task), error=error, total=self._total, ran=self._ran)
        )

    def cleanup_error(self, exception: BaseFail) -> None:
        self.runtime_error(exception.get_msg())

    def runtime_error(self, msg: str) -> None:
        self._exit_code = max(self._exit_code, InputError.exit_code)
        self._tell(TaskEvent("failed", error=InputError(msg)))

    def teardown_task(self, task: Task) -> None:
        """Our tasks have no teardown."""

    def complete_run(self) -> None:
        close_caches()
        close_pool()
        idle = not self._ran and not self._exit_code and self._fresh
        summary = f"nothing to do: {self._fresh} tasks are fresh" if idle else ""
        self._tell(TaskEvent("end", summary=summary, total=self._total, ran=self._ran))
        # an interrupt in flight has its own exit status
        if self._exit_code and sys.exc_info()[0] is not KeyboardInterrupt:
            raise SystemExit(self._exit_code)

    def _tell_notes(self) -> None:
        for note in cache_notes():
            self._tell(TaskEvent("note", summary=note))


def _reasons(task: Task) -> tuple[str, ...]:
    return next((each[0].reasons for each in task.uptodate if isinstance(each[0], Freshness)), ())


def _error_of(fail: BaseFail) -> WraithError:
    if isinstance(fail, StepFailed):
        return fail.error
    if isinstance(fail, DependencyError):
        message = fail.message.rpartition("checking dependencies: ")[2].strip()
        return InputError(message, hint="restore the file, or build the task that makes it")
    if isinstance(fail, TaskFailed):
        return InputError(fail.message)  # a task that is not ours: doit's exit code for it is 1 as well
    trace = "".join(fail.traceback).rstrip()
    return OperationError(
        f"this is a bug: {trace.rpartition(chr(10))[2] or fail.message}",
        hint=f"please report it with:\n{trace}",
    )


def _reachable(tasks: Mapping[str, Task], selected: list[str]) -> int:
    """Return how many tasks with actions the selected ones come to."""
    seen: set[str] = set()
    left = list(selected)
    while left:
        name = left.pop()
        if name in tasks and name not in seen:
            seen.add(name)
            left += [*tasks[name].task_dep, *tasks[name].setup_tasks]
    return sum(bool(tasks[name].actions) for name in seen)
