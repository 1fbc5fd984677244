"""What doit calls: a step as an action, and how derived files are removed."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

from wraith.build._cached import open_cache, step_key
from wraith.build._freshness import Declared, HasUptodate, freshness_of
from wraith.build._perform import perform
from wraith.build._reporter import CAME, SUMMARY, StepFailed
from wraith.errors import WraithError
from wraith.workspace import Workspace

SOURCE: Final = "record"
"""The step that talks to the world: what it makes is made from more than its inputs."""


class Task(Declared, HasUptodate, Protocol):
    """What is needed of doit's task."""

    name: str


def run_step(step: str, workspace: Workspace, task: Task) -> dict[str, str] | StepFailed:
    """Restore what a step writes from the cache, else run the step and keep what it wrote.

    Its summary is kept with the task; our errors end the task and keep their exit code.
    """
    from wraith.build._edits import guard_edits

    try:
        freshness = freshness_of(task)
        if step == SOURCE:
            summary = perform(step, workspace)
            return {SUMMARY: summary, CAME: "checked" if freshness.wrote_nothing(task) else "built"}
        if _relative(workspace, workspace.digests_path) in task.targets:
            guard_edits(workspace)  # restoring would overwrite them as learning would
        cache = open_cache(workspace.project)
        key = step_key(step, freshness, task.targets)
        hit = cache.restore(key, freshness.outputs(task), freshness.folders)
        if hit is not None:
            if step == "pack":
                from wraith.artifact import keep_file

                keep_file(workspace.project, workspace.artifact_path)  # as packing does
            return {SUMMARY: hit.summary, CAME: hit.origin}
        summary = perform(step, workspace)
        if freshness.inputs_stand(task):  # what was edited meanwhile may be what was read
            cache.save(key, freshness.outputs(task), summary)
        return {SUMMARY: summary, CAME: "built"}
    except WraithError as error:
        return StepFailed(error)


def _relative(workspace: Workspace, path: Path) -> str:
    return path.relative_to(workspace.project.root).as_posix()


def clean_outputs(workspace: Workspace, task: Task, dryrun: bool) -> None:
    """Remove the task's files, but never a model with edits that are in no patch yet."""
    from wraith.build._edits import is_edited

    paths = [workspace.project.root / target for target in task.targets]
    if workspace.symbols_path in paths and is_edited(workspace):
        print(f"{task.name}: kept, because the model was edited by hand; wraith patch {workspace.name}")
        return
    for path in paths:
        if path.is_file():
            print(f"{task.name}: removing {path.relative_to(workspace.project.root)}")
            if not dryrun:
                path.unlink()
