"""The tasks of a project: for each twin, what each step reads and writes.

Names of files are relative to the project, where doit runs and where people see them. Everything is explicit:
``doit info synth:NAME`` shows what the table below says. ``record`` is the one source task: it talks to the
world, so it is never cleaned.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from wraith import ENGINE_VERSION
from wraith.artifact import COMMANDS, packed_files
from wraith.build import _sessions
from wraith.build._action import clean_outputs, run_step
from wraith.build._digests import code_digest
from wraith.build._edits import patch_files
from wraith.build._freshness import Freshness
from wraith.build._tables import Tables, digest_of, parameters, table, texts
from wraith.files import read_tables
from wraith.workspace import Project, Workspace

TaskDict: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class TwinTasks:
    """The tasks of one twin, a list of none or one for each step."""

    record: list[TaskDict]
    synth: list[TaskDict]
    check: list[TaskDict]
    pack: list[TaskDict]


def twin_tasks(workspace: Workspace) -> TwinTasks:
    """Return the tasks of a twin. Raises InputError where its ``wraith.toml`` is no TOML.

    One that was installed and has no recordings is used as it came: it can be packed again, and nothing else.
    """
    tables = read_tables(workspace.config_path)
    if workspace.origin_path.is_file() and not _sessions.manifests(workspace):
        return TwinTasks([], [], [], [_pack(workspace, tables, after=())])
    after = (f"check:{workspace.name}",)
    return TwinTasks(
        [_record(workspace, tables)],
        [_synth(workspace, tables)],
        [_check(workspace, tables)],
        [_pack(workspace, tables, after=after)],
    )


def _record(workspace: Workspace, tables: Tables) -> TaskDict:
    settings = table(tables, "record")
    by_command = bool(texts(settings, "exercise"))
    inputs = [workspace.root / name for name in texts(settings, "inputs")]
    return _task(
        workspace,
        "record",
        "record the traffic by command, where its inputs changed; index the sessions"
        if by_command
        else "index the recorded sessions",
        reads=[workspace.scrub_path, *inputs] if by_command else [],
        writes=[workspace.index_path],
        freshness=partial(
            Freshness,
            parameters=parameters(tables, "upstream", "record") if by_command else {},
            more_outputs=partial(_sessions.manifests, workspace),
            stamps=partial(_sessions.stamps, workspace),
        ),
        clean=False,
    )


def _synth(workspace: Workspace, tables: Tables) -> TaskDict:
    return _task(
        workspace,
        "synth",
        "learn the model from the recordings",
        reads=[workspace.index_path, *patch_files(workspace)],
        writes=[
            workspace.symbols_path,
            workspace.evidence_path,
            workspace.digests_path,
            workspace.written_path,
            workspace.patch_findings_path,
        ],
        freshness=partial(
            Freshness,
            parameters=_engine("synth") | parameters(tables, "synth"),
            more_inputs=partial(_sessions.manifests, workspace),
        ),
    )


def _check(workspace: Workspace, tables: Tables) -> TaskDict:
    return _task(
        workspace,
        "check",
        "replay the recordings on the model and score it",
        reads=[
            workspace.symbols_path,
            workspace.evidence_path,
            workspace.patch_findings_path,
            workspace.index_path,
            *(path for path in (workspace.drift_path,) if path.is_file()),
            *_files(workspace.fixtures_path),
        ],
        writes=[workspace.report_path],
        freshness=partial(
            Freshness,
            parameters=_engine("conformance") | parameters(tables, "synth", "diff"),
            more_inputs=partial(_sessions.manifests, workspace),
        ),
    )


def _pack(workspace: Workspace, tables: Tables, after: Iterable[str]) -> TaskDict:
    kept = {key: value for key, value in table(tables, "record").items() if key not in COMMANDS}
    # the configuration counts by its tables, for commands and comments stay behind
    files = [path for path in packed_files(workspace) if path != workspace.config_path and not path.is_dir()]
    return _task(
        workspace,
        "pack",
        "pack the twin into one file",
        reads=files,
        writes=[workspace.artifact_path],
        freshness=partial(
            Freshness,
            parameters=_engine("artifact", "scrub") | {"wraith.toml": digest_of({**tables, "record": kept})},
        ),
        after=after,
    )


def _engine(*rooms: str) -> dict[str, str]:
    """Return the version of the engine in some rooms: its name, and the code of theirs and of the
    language."""
    return {"engine": f"{ENGINE_VERSION}+{code_digest('exchange', 'runtime', 'wir', *rooms)}"}


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _task(
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
        "file_dep": [_relative(project, path) for path in reads],
        "targets": [_relative(project, path) for path in writes],
        "task_dep": list(after),
        "uptodate": [freshness(project.root)],
        "clean": [(clean_outputs, [workspace])] if clean else [],
        "io": {"capture": False},
        "verbosity": 2,
    }


def _relative(project: Project, path: Path) -> str:
    return Path(os.path.relpath(path, project.root)).as_posix()
