"""The tasks of a project: for each twin, what each step reads and writes.

Names of files are relative to the project, where doit runs and where people see them. Everything is explicit:
``doit info synth:NAME`` shows what the table below says. ``record`` is the one source task: it talks to the
world, so it is never cleaned.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from wraith.artifact import COMMANDS, packed_files
from wraith.build import _overlay_tasks, _sessions
from wraith.build._edits import patch_files
from wraith.build._freshness import Freshness
from wraith.build._tables import Tables, digest_of, parameters, table, texts
from wraith.build._task import TaskDict, engine, task
from wraith.files import read_tables
from wraith.workspace import Project, Workspace

STEPS: Final = ("record", "synth", "delta", "compose", "check", "pack", "promote", "rebase_check")
"""The steps, in the order of the graph."""

BY_DEFAULT: Final = tuple(step for step in STEPS if step not in ("promote", "rebase_check"))
"""What a run without targets builds: the honest answer of the others may be "no"."""

Tasks: TypeAlias = dict[str, list[TaskDict]]
"""By step, the tasks of one twin or composite."""


def twin_tasks(workspace: Workspace) -> Tasks:
    """Return the tasks of a twin. Raises InputError where its ``wraith.toml`` is no TOML.

    One that was installed and has no recordings is used as it came: it can be packed again, and nothing else.
    """
    tables = read_tables(workspace.config_path)
    if workspace.origin_path.is_file() and not _sessions.manifests(workspace):
        linked = [_overlay_tasks.compose(workspace, tables)] if "base" in tables else []
        return {"compose": linked, "pack": [_pack(workspace, tables, after=())]}
    after = (f"check:{workspace.name}",)
    packed = [_pack(workspace, tables, after=after)]
    recorded = [_record(workspace, tables)]
    if "base" not in tables:
        return {
            "record": recorded,
            "synth": [_synth(workspace, tables)],
            "check": [_check(workspace, tables)],
            "pack": packed,
        }
    return {
        "record": recorded,
        "synth": [_overlay_tasks.synth(workspace, tables)],
        "delta": [_overlay_tasks.delta(workspace, tables)],
        "compose": [_overlay_tasks.compose(workspace, tables)],
        "check": [_overlay_tasks.check(workspace, tables)],
        "pack": packed,
        "promote": [_overlay_tasks.promote(workspace, tables)],
        "rebase_check": [_overlay_tasks.rebase_check(workspace, tables)],
    }


def composite_tasks(project: Project) -> list[Tasks]:
    """Return the tasks of each composite that ``wraith-project.toml`` declares."""
    declared = _overlay_tasks.composites(_overlay_tasks.project_tables(project))
    return [
        {
            "compose": [_overlay_tasks.compose_declared(project, name, tables)],
            "check": [_overlay_tasks.check_declared(project, name, tables)],
            "pack": [_overlay_tasks.pack_declared(project, name)],
        }
        for name, tables in sorted(declared.items())
    ]


def _record(workspace: Workspace, tables: Tables) -> TaskDict:
    settings = table(tables, "record")
    by_command = bool(texts(settings, "exercise"))
    inputs = [workspace.root / name for name in texts(settings, "inputs")]
    return task(
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
    return task(
        workspace,
        "synth",
        "learn the model from the recordings",
        reads=[workspace.index_path, *patch_files(workspace)],
        # in the order in which they are written, and restored: see _edits
        writes=[
            workspace.patch_findings_path,
            workspace.evidence_path,
            workspace.written_path,
            workspace.symbols_path,
            workspace.digests_path,
        ],
        freshness=partial(
            Freshness,
            parameters=engine("synth") | parameters(tables, "synth"),
            more_inputs=partial(_sessions.manifests, workspace),
        ),
    )


def _check(workspace: Workspace, tables: Tables) -> TaskDict:
    return task(
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
            *_files(workspace.lua_path),
        ],
        writes=[workspace.report_path],
        freshness=partial(
            Freshness,
            parameters=engine("conformance") | parameters(tables, "synth", "diff"),
            more_inputs=partial(_sessions.manifests, workspace),
        ),
    )


def _pack(workspace: Workspace, tables: Tables, after: Iterable[str]) -> TaskDict:
    kept = {key: value for key, value in table(tables, "record").items() if key not in COMMANDS}
    # the configuration counts by its tables, for commands and comments stay behind
    files = [path for path in packed_files(workspace) if path != workspace.config_path and not path.is_dir()]
    return task(
        workspace,
        "pack",
        "pack the twin into one file",
        reads=files,
        writes=[workspace.artifact_path],
        freshness=partial(
            Freshness,
            parameters=engine("artifact", "scrub") | {"wraith.toml": digest_of({**tables, "record": kept})},
        ),
        after=after,
    )


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
