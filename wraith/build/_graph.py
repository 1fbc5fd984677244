"""The graph of a project for doit, and the same graph run in process.

``dodo.py`` takes in ``graph()``; ``wraith build`` calls ``run_graph``. Both run the same tasks, by the same
functions, with the same database, so what one built the other finds fresh.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from wraith.errors import InputError, WraithError
from wraith.workspace import Project

if TYPE_CHECKING:
    from wraith.build._plan import Planned
    from wraith.build._sandbox import Undeclared
    from wraith.build._task import TaskDict
    from wraith.build._tasks import Tasks
    from wraith.build.events import Listener

BACKEND: Final = "wraith"
"""The name of ``WraithDatabase`` among doit's backends; the package registers it as an entry point."""

DOIT_INTERNAL: Final = 3
"""doit's exit code for what fails before any task: its message is on standard error by then."""


def graph(project: Project | None = None) -> dict[str, object]:
    """Return what a ``dodo.py`` needs: ``DOIT_CONFIG`` and one task creator for each step.

    Without a project it is that of the current folder, which doit has made the one of ``dodo.py``. An error
    ends the process with its exit code, after saying what is wrong: doit would show a traceback.
    """
    from wraith.build._reporter import WraithReporter

    try:
        found = project or Project.find(Path.cwd())
        return {"DOIT_CONFIG": _config(found, WraithReporter), **_creators(found)}
    except WraithError as error:
        _leave(error)


def run_graph(
    project: Project,
    targets: Sequence[str] = (),
    *,
    progress: Listener | None = None,
    jobs: int = 1,
    keep_going: bool = False,
) -> int:
    """Build the targets, all of the project where none is given, and return wraith's exit code.

    A target is a step (``check``), a task (``check:NAME``) or a file. ``progress`` is told of every task;
    without it, lines go to standard error. ``jobs`` steps run at once; with ``keep_going`` a failure stops
    only what depends on it. Raises InputError for a target that there is none of, and where a configuration
    is broken.
    """
    from doit.cmd_base import ModuleTaskLoader  # type: ignore[import-untyped]  # doit has no types
    from doit.doit_cmd import DoitMain  # type: ignore[import-untyped]

    from wraith.build._reporter import WraithReporter

    namespace = _creators(project)
    _check_targets(project, namespace, targets)
    namespace["DOIT_CONFIG"] = _config(project, WraithReporter(None, {}, progress))
    plugins = {"BACKEND": {BACKEND: "wraith.build.database:WraithDatabase"}}
    with contextlib.chdir(project.root):
        try:
            status = DoitMain(ModuleTaskLoader(namespace), config_filenames=(), extra_config=plugins).run(
                ["run", *_options(jobs, keep_going), *targets]
            )
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else 1
    return InputError.exit_code if status == DOIT_INTERNAL else int(status)


def explain(project: Project, targets: Sequence[str] = ()) -> list[Planned]:
    """Return what a build of the targets would do with each task, and why. Nothing runs, and nothing is
    written. Raises InputError for a target that there is none of, and where a configuration is broken."""
    from wraith.build._plan import plan
    from wraith.build._tasks import BY_DEFAULT

    namespace = _creators(project)
    _check_targets(project, namespace, targets)
    return plan(project, namespace, targets or BY_DEFAULT)


def find_undeclared(project: Project, targets: Sequence[str] = ()) -> list[Undeclared]:
    """Run each step that the targets need once more, in a folder that holds only its declared inputs, and
    return those that do not come to the same there. The targets must be up to date."""
    from wraith.build._sandbox import undeclared

    needed = [each.task.name for each in explain(project, targets)]
    return list(undeclared(project, _creators(project), needed))


def _options(jobs: int, keep_going: bool) -> list[str]:
    return [*(["-n", str(jobs)] if jobs > 1 else []), *(["--continue"] if keep_going else [])]


def _config(project: Project, reporter: object) -> dict[str, object]:
    from wraith.build._digests import Blake3Checker
    from wraith.build._tasks import BY_DEFAULT

    return {
        "backend": BACKEND,
        "dep_file": str(project.database_path),
        "check_file_uptodate": Blake3Checker,
        "reporter": reporter,
        "verbosity": 2,
        "par_type": "thread",  # steps run in processes of ours: doit's own hang when one dies
        "default_tasks": list(BY_DEFAULT),
    }


def _creators(project: Project) -> dict[str, object]:
    """Return doit's task creators. Everything is read here, so that an error comes up before doit runs."""
    from wraith.build._tasks import composite_tasks, twin_tasks

    parts = [*map(twin_tasks, project.twins()), *composite_tasks(project)]

    # doit shows the docstring of each as the line of its group, and their order is that of the source
    def task_record() -> Iterator[TaskDict]:
        """record each twin, where it names a command, and index its sessions"""
        yield from _of(parts, "record")

    def task_synth() -> Iterator[TaskDict]:
        """learn each twin's model, an overlay's from its recordings alone"""
        yield from _of(parts, "synth")

    def task_delta() -> Iterator[TaskDict]:
        """subtract its base from what an overlay has learned"""
        yield from _of(parts, "delta")

    def task_compose() -> Iterator[TaskDict]:
        """link each overlay with its base, and each composite of the project"""
        yield from _of(parts, "compose")

    def task_check() -> Iterator[TaskDict]:
        """replay each twin's recordings on its model, an overlay's on its composite"""
        yield from _of(parts, "check")

    def task_pack() -> Iterator[TaskDict]:
        """pack each twin into dist/"""
        yield from _of(parts, "pack")

    def task_promote() -> Iterator[TaskDict]:
        """judge whether the base may take an overlay over, and suggest how (not by default)"""
        yield from _of(parts, "promote")

    def task_rebase_check() -> Iterator[TaskDict]:
        """judge an overlay on a newer base (not by default)"""
        yield from _of(parts, "rebase_check")

    creators: tuple[Callable[[], Iterator[TaskDict]], ...] = (
        task_record,
        task_synth,
        task_delta,
        task_compose,
        task_check,
        task_pack,
        task_promote,
        task_rebase_check,
    )
    return {creator.__name__: creator for creator in creators}


def _of(parts: Iterable[Tasks], step: str) -> Iterator[TaskDict]:
    for part in parts:
        yield from part.get(step, ())


def _check_targets(project: Project, namespace: dict[str, object], targets: Sequence[str]) -> None:
    from wraith.build._tasks import STEPS

    known = set(STEPS)
    for step in STEPS:
        creator = namespace[f"task_{step}"]
        assert callable(creator)
        for task in creator():
            known |= {f"{step}:{task['name']}", *task["targets"]}
    for target in targets:
        if target not in known:
            raise InputError(
                f"there is nothing to build that is called {target!r}",
                where=project.root,
                hint=f"name a step ({', '.join(STEPS)}), a task such as check:NAME, or a file that "
                f"one makes; twins: {', '.join(twin.name for twin in project.twins()) or 'none'}",
            )


def _leave(error: WraithError) -> NoReturn:
    from wraith.errors import error_lines

    sys.stderr.write("".join(f"{line}\n" for line in error_lines(error.message, error.where, error.hint)))
    raise SystemExit(error.exit_code)
