"""The tasks that overlays and composites have beyond those of a root twin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from wraith.build import _sessions
from wraith.build._edits import patch_files
from wraith.build._freshness import Freshness
from wraith.build._layers import is_twin_name, kept_files, pinned_files, pinned_references
from wraith.build._tables import Tables, digest_of, parameters, table, texts
from wraith.build._task import TaskDict, engine, relative, task
from wraith.canonical import JsonValue
from wraith.files import read_tables
from wraith.workspace import PROJECT_FILE, Project, Workspace


def synth(workspace: Workspace, tables: Tables) -> TaskDict:
    return task(
        workspace,
        "synth",
        "learn from the overlay's recordings alone",
        reads=[workspace.index_path],
        writes=[workspace.full_path, workspace.full_evidence_path],
        freshness=partial(
            Freshness,
            parameters=engine("synth") | parameters(tables, "synth"),
            more_inputs=partial(_sessions.manifests, workspace),
        ),
    )


def delta(workspace: Workspace, tables: Tables) -> TaskDict:
    return task(
        workspace,
        "delta",
        "subtract the pinned base from what was learned",
        reads=[
            workspace.full_path,
            workspace.full_evidence_path,
            workspace.index_path,
            *pinned_files(workspace, tables),
            *patch_files(workspace),
            *_there(workspace.drift_path),
        ],
        # in the order in which they are written, and restored: see _edits
        writes=[
            workspace.patch_findings_path,
            workspace.delta_report_path,
            workspace.evidence_path,
            workspace.written_path,
            workspace.symbols_path,
            workspace.digests_path,
        ],
        freshness=partial(
            Freshness,
            parameters=engine("conformance", "overlay")
            | parameters(tables, "base", "synth", "diff")
            | _requires(tables),
            more_inputs=partial(_sessions.manifests, workspace),
        ),
    )


def compose(workspace: Workspace, tables: Tables) -> TaskDict:
    return task(
        workspace,
        "compose",
        "link the overlay with its base and its requirements",
        reads=[*pinned_files(workspace, tables), *_own_files(workspace)],
        writes=[workspace.composite.symbols_path, workspace.compose_report_path],
        freshness=partial(
            Freshness,
            parameters=engine("conformance", "overlay", "artifact", "scrub") | _configuration(tables),
            more_outputs=partial(_composed, workspace.project, workspace.composite.root),
            folders=(relative(workspace.project, workspace.composite.root),),
        ),
    )


def compose_declared(project: Project, name: str, declared: Tables) -> TaskDict:
    """Return the task that links a composite of ``wraith-project.toml``."""
    workspace = project.composite(name)
    # of a twin that an overlay pins it is the artifact that counts
    meant = pinned_references(project, _members(declared))
    there = [twin for each in meant if is_twin_name(each) and (twin := project.twin(each)).exists()]
    pinned = kept_files(project, meant)
    configured = {
        f"{member.name}: {name}": digest
        for member in there
        for name, digest in _configuration(read_tables(member.config_path), "upstream", "serve").items()
    }
    return task(
        workspace,
        "compose",
        "link the base and the overlays of the composite",
        reads=[*pinned, *(path for member in there for path in _own_files(member))],
        writes=[workspace.symbols_path, workspace.compose_report_path],
        freshness=partial(
            Freshness,
            parameters=engine("conformance", "overlay", "artifact", "scrub")
            | configured
            | {
                f"[composites.{name}] in wraith-project.toml": digest_of(declared),
                f"the pins of {name}": digest_of({"layers": list[JsonValue](meant)}),
            },
            more_outputs=partial(_composed, project, workspace.root),
            folders=(relative(project, workspace.root),),
        ),
    )


def check(workspace: Workspace, tables: Tables) -> TaskDict:
    return task(
        workspace,
        "check",
        "replay the overlay's recordings on its composite, with its fixtures",
        reads=[
            workspace.composite.symbols_path,
            workspace.evidence_path,
            workspace.patch_findings_path,
            workspace.index_path,
            *_there(workspace.drift_path),
        ],
        writes=[workspace.report_path],
        freshness=partial(
            Freshness,
            parameters=engine("conformance") | parameters(tables, "synth", "diff"),
            more_inputs=partial(_recorded_and_composed, workspace),
        ),
    )


def check_declared(project: Project, name: str, declared: Tables) -> TaskDict:
    workspace = project.composite(name)
    # the recordings of a twin count, whether it is named or what it packed is pinned
    names = [each.partition("@")[0] for each in texts(declared, "overlays")]
    members = [project.twin(each) for each in names if is_twin_name(each)]
    there = [member for member in members if member.exists()]
    chosen = {
        f"{member.name}: {name}": digest
        for member in there
        for name, digest in parameters(read_tables(member.config_path), "synth").items()
    }
    return task(
        workspace,
        "check",
        "replay the recordings of the overlays on the composite",
        reads=[workspace.symbols_path, *(member.index_path for member in there)],
        writes=[workspace.report_path],
        freshness=partial(
            Freshness,
            parameters=engine("conformance") | chosen,
            more_inputs=partial(_composed_and_recorded, workspace, there),
        ),
    )


def pack_declared(project: Project, name: str) -> TaskDict:
    workspace = project.composite(name)
    return task(
        workspace,
        "pack",
        "pack the composite into one file",
        reads=[workspace.symbols_path, workspace.report_path],
        writes=[workspace.artifact_path],
        freshness=partial(
            Freshness,
            parameters=engine("artifact", "scrub"),
            more_inputs=partial(_composed, project, workspace.root),
        ),
        after=(f"check:{name}",),
    )


def rebase_check(workspace: Workspace, tables: Tables) -> TaskDict:
    return task(
        workspace,
        "rebase_check",
        "judge the overlay on the newer base that is on offer",
        reads=[
            *_candidate(workspace, tables),
            *pinned_files(workspace, tables),
            *_own_files(workspace),
            workspace.index_path,
        ],
        writes=[workspace.rebase_report_path],
        freshness=partial(
            Freshness,
            parameters=engine("conformance", "overlay", "artifact", "scrub")
            | _configuration(tables, "synth"),
            more_inputs=partial(_sessions.manifests, workspace),
        ),
    )


def promote(workspace: Workspace, tables: Tables) -> TaskDict:
    promotion = workspace.promotion_path
    return task(
        workspace,
        "promote",
        "judge whether the base may take the overlay over, and suggest how",
        reads=[*pinned_files(workspace, tables), *_own_files(workspace), workspace.index_path],
        writes=[promotion / "promotion.json", promotion / "summary.md"],
        freshness=partial(
            Freshness,
            parameters=engine("conformance", "overlay", "artifact", "scrub")
            | _configuration(tables, "synth", "promote"),
            more_inputs=partial(_sessions.manifests, workspace),
        ),
        after=(f"check:{workspace.name}",),
    )


# --- what they read -----------------------------------------------------------------------------------------


def _own_files(workspace: Workspace) -> list[Path]:
    """Return the files that an overlay is packed from, whether they are there yet or not."""
    folders = (workspace.state_path, workspace.lua_path, workspace.faults_path)
    return [
        workspace.scrub_path,
        workspace.symbols_path,
        workspace.evidence_path,
        *patch_files(workspace),
        *(path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()),
    ]


def _candidate(workspace: Workspace, tables: Tables) -> list[Path]:
    """Return the file of the newer base on offer, where one is named or packed, or a twin would pack it."""
    base = table(tables, "base")
    named = base.get("candidate")
    if isinstance(named, str):
        return [workspace.root / named] if named.endswith(".wraith") else []
    twin = workspace.project.twin(str(base.get("artifact")))
    is_made_here = twin.exists() or twin.name in composites(project_tables(workspace.project))
    return [twin.artifact_path] if is_made_here or twin.artifact_path.is_file() else []


def _configuration(tables: Tables, *more: str) -> dict[str, str]:
    """Return the digests of the tables that composing reads."""
    return parameters(tables, "base", "overlay", "capabilities", "diff", "passthrough", *more)


def _requires(tables: Tables) -> dict[str, str]:
    found = {"requires": table(tables, "overlay").get("requires")}
    return {"[overlay] requires in wraith.toml": digest_of(found)}


def _members(declared: Tables) -> list[str]:
    return [str(declared.get("base")), *texts(declared, "overlays")]


def _there(path: Path) -> list[Path]:
    return [path] if path.is_file() else []


def _composed(project: Project, root: Path) -> Iterable[str]:
    """Return the files of a composite as they are now: which ones there are, only composing knows."""
    skipped = {"reports", "build"}
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        if path.is_file() and path.relative_to(root).parts[0] not in skipped:
            yield path.relative_to(project.root).as_posix()


def _recorded_and_composed(workspace: Workspace) -> Iterable[str]:
    yield from _sessions.manifests(workspace)
    yield from _composed(workspace.project, workspace.composite.root)


def _composed_and_recorded(workspace: Workspace, members: Iterable[Workspace]) -> Iterable[str]:
    yield from _composed(workspace.project, workspace.root)
    for member in members:
        yield from _sessions.manifests(member)


def project_tables(project: Project) -> dict[str, JsonValue]:
    """Return the tables of ``wraith-project.toml``, none where there is no such file."""
    path = project.root / PROJECT_FILE
    return read_tables(path) if path.is_file() else {}


def composites(tables: Mapping[str, object]) -> dict[str, Tables]:
    """Return the composites that ``wraith-project.toml`` declares, as tables."""
    found = tables.get("composites")
    return (
        {name: each for name, each in found.items() if isinstance(each, dict)}
        if isinstance(found, dict)
        else {}
    )
