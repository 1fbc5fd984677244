"""One task for doit: what it reads, what it writes, and when it is fresh."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias

from wraith import ENGINE_VERSION
from wraith.build._action import clean_outputs, run_step
from wraith.build._digests import code_digest
from wraith.build._freshness import Freshness
from wraith.workspace import Project, Workspace

TaskDict: TypeAlias = dict[str, object]


def engine(*rooms: str) -> dict[str, str]:
    """Return the version of the engine in some rooms: its name, and the code of theirs and of the
    language."""
    return {"engine": f"{ENGINE_VERSION}+{code_digest('exchange', 'runtime', 'wir', *rooms)}"}


def task(
    workspace: Workspace,
    step: str,
    doc: str,
    *,
    reads: Iterable[Path],
    writes: Iterable[Path],
    freshness: Callable[..., Freshness],
    after: Iterable[str] = (),
    clean: bool = True,
) -> TaskDict:
    project = workspace.project
    return {
        "name": workspace.name,
        "doc": doc,
        "actions": [(run_step, [step, workspace])],
        "file_dep": [relative(project, path) for path in reads],
        "targets": [relative(project, path) for path in writes],
        "task_dep": list(after),
        "uptodate": [freshness(project.root)],
        "clean": [(clean_outputs, [workspace])] if clean else [],
        "io": {"capture": False},
        "verbosity": 2,
    }


def relative(project: Project, path: Path) -> str:
    return Path(os.path.relpath(path, project.root)).as_posix()
