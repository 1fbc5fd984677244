"""What doit calls: a step as an action, and how derived files are removed.

Both take plain values, so that doit can send them to another process.
"""

from __future__ import annotations

from typing import Protocol

from wraith.build._reporter import SUMMARY, StepFailed
from wraith.errors import WraithError
from wraith.workspace import Workspace


class Task(Protocol):
    """What is needed of doit's task."""

    name: str
    targets: list[str]


def run_step(step: str, workspace: Workspace) -> dict[str, str] | StepFailed:
    """Run a step. Its summary is kept with the task; our errors end the task and keep their exit code."""
    from wraith.build import steps

    try:
        match step:
            case "record":
                return {SUMMARY: steps.record(workspace, if_stale=True).summary}
            case "synth":
                learned = steps.full if steps.is_overlay(workspace) else steps.synth
                return {SUMMARY: learned(workspace).summary}
            case "delta":
                return {SUMMARY: steps.delta(workspace).summary}
            case "compose":
                return {SUMMARY: steps.compose(workspace).summary}
            case "promote":
                promoted = steps.promote(workspace)
                steps.judge_promotion(promoted.promotion, promoted.folder)
                return {SUMMARY: promoted.summary}
            case "rebase_check":
                judged = steps.rebase_check(workspace)
                steps.judge_rebase(workspace, judged.report)
                return {SUMMARY: judged.summary}
            case "check":
                return {SUMMARY: steps.check(workspace).summary}
            case _:
                return {SUMMARY: steps.pack(workspace).summary}
    except WraithError as error:
        return StepFailed(error)


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
