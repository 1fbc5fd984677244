"""What a build would do: which task is stale, for what change; and that asking changes nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from wraith.build import changed_inputs, explain, find_undeclared, steps
from wraith.workspace import Project, Workspace

Build = Callable[..., "Run"]  # noqa: F821  # of conftest.py, which pytest gives by name


def standings(project: Project, *targets: str) -> dict[str, str]:
    return {each.task.name: each.standing for each in explain(project, targets)}


def test_a_built_project_is_fresh_and_asking_changes_nothing(project: Project, build: Build) -> None:
    """Every task is there, after what it needs."""
    planned = explain(project)
    assert {each.standing for each in planned} == {"fresh"}
    assert [each.task.name for each in planned if each.task.twin == "alpha"] == [
        "record:alpha",
        "synth:alpha",
        "check:alpha",
        "pack:alpha",
    ]
    assert {each.task.name: each.needs for each in planned}["pack:alpha"] == ("synth:alpha", "check:alpha")
    assert build(project).outcomes == {}


def test_a_change_is_named_with_both_digests(project: Project) -> None:
    """A stale task says what changed from what to what; what reads its outputs waits for them."""
    twin = project.twin("alpha")
    twin.patches_path.mkdir(exist_ok=True)
    patch = twin.patches_path / "x.json"
    patch.write_text("{}")
    by_name = {each.task.name: each for each in explain(project)}
    [change] = by_name["synth:alpha"].changes
    assert (change.name, change.old) == ("twins/alpha/model/patches/x.json", None)
    assert change.new is not None
    assert by_name["check:alpha"].standing == "waits"
    assert by_name["check:alpha"].waits_for == ("synth:alpha",)
    assert by_name["check:beta"].standing == "fresh"


def test_who_makes_an_input_is_known(project: Project) -> None:
    """A file that a task makes is named with the task."""
    project.twin("alpha").symbols_path.write_bytes(b"{}")
    [check] = [each for each in explain(project, ["check:alpha"]) if each.task.name == "check:alpha"]
    [change] = [each for each in check.changes if each.name.endswith("symbols.json")]
    assert check.makers[change.name] == "synth:alpha"


def test_what_the_cache_has_is_said(project: Project, build: Build) -> None:
    """A task whose outputs were made before will be restored, and so it is."""
    project.twin("alpha").report_path.unlink()
    assert [each.task.name for each in explain(project) if each.cached] == ["check:alpha"]
    assert build(project).outcomes == {"check:alpha": "restored"}


def test_without_a_database_nothing_is_known(project: Project) -> None:
    """Every task is stale, and none is made."""
    project.database_path.unlink()
    assert set(standings(project).values()) == {"stale"}
    assert not project.database_path.exists()


@pytest.mark.parametrize(
    ("target", "tasks"),
    [
        ("synth:alpha", {"record:alpha", "synth:alpha"}),
        ("record", {"record:alpha", "record:beta"}),
        ("twins/beta/reports/check.json", {"record:beta", "synth:beta", "check:beta"}),
    ],
)
def test_a_target_has_what_it_needs(project: Project, target: str, tasks: set[str]) -> None:
    """Steps, tasks and files, as for a build."""
    assert standings(project, target).keys() == tasks


# --- the sandbox


def test_every_step_declares_what_it_reads(project: Project) -> None:
    """Each comes to the same in a folder that holds only its declared inputs."""
    assert find_undeclared(project) == []


def read_scrub(workspace: Workspace) -> None:
    workspace.scrub_path.read_bytes()


def look_for_faults(workspace: Workspace) -> None:
    if (workspace.root / "scrub.toml").is_file():
        workspace.report_path.with_name("check.json").write_text("{}")


def read_upstream(workspace: Workspace) -> None:
    if "127.0.0.1:9999" in workspace.config_path.read_text():
        workspace.report_path.write_text("{}")


@pytest.mark.parametrize(
    ("reads", "why"),
    [
        (read_scrub, "fails with nothing but its declared inputs"),
        (look_for_faults, "writes another twins/alpha/reports/check.json"),
        (read_upstream, "writes another twins/alpha/reports/check.json"),
    ],
    ids=["a file", "whether a file is there", "a table"],
)
def test_an_undeclared_read_is_caught(
    project: Project,
    build: Build,
    monkeypatch: pytest.MonkeyPatch,
    reads: Callable[[Workspace], None],
    why: str,
) -> None:
    """A file, its being there, or a table of the configuration: the step is named."""
    check, twin = steps.check, project.twin("alpha")
    twin.config_path.write_text(twin.config_path.read_text().replace(":9", ":9999"))

    def reading_more(workspace: Workspace) -> steps.CheckResult:
        result = check(workspace)
        reads(workspace)
        return result

    monkeypatch.setattr(steps, "check", reading_more)
    twin.drift_path.write_text('format = "wraith.drift/1"\n')
    assert build(project).exit_code == 0
    [found] = find_undeclared(project, ["check:alpha"])
    assert found.task == "check:alpha"
    assert why in found.why


def test_after_a_failure_it_is_said_what_changed_since_the_last_success(
    project: Project, build: Build
) -> None:
    """Also where the change is undone, and of what was not run for it; then nothing is built for nothing."""
    twin = project.twin("alpha")
    twin.drift_path.write_text("garbage")
    assert build(project, keep_going=True).outcomes == {"check:alpha": "failed", "pack:alpha": "blocked"}

    def reasons() -> dict[str, list[str]]:
        planned = explain(project)
        return {
            each.task.name: [change.reason for change in each.changes] for each in planned if each.changes
        }

    undone = "the last build left it undone"
    assert reasons() == {task: ["twins/alpha/drift.toml is new"] for task in ("check:alpha", "pack:alpha")}
    twin.drift_path.unlink()
    assert reasons() == {"check:alpha": [undone], "pack:alpha": [undone]}
    assert build(project).exit_code == 0
    assert reasons() == {}


# --- watching


def test_what_is_edited_begins_a_build_and_what_a_build_writes_does_not(project: Project) -> None:
    """At once, then for each batch of changes that holds an input."""
    twin = project.twin("alpha")
    changes = [
        [twin.symbols_path, twin.report_path, twin.index_path, twin.artifact_path, project.database_path],
        [twin.drift_path, twin.written_path, twin.root / ".drift.toml.x.part"],
        [twin.patches_path / "x.json", project.root / "wraith-project.toml"],
        [twin.sessions_path / "s" / "manifest.json"],
    ]
    assert list(changed_inputs(project, changes)) == [
        [],
        ["twins/alpha/drift.toml"],
        ["twins/alpha/model/patches/x.json", "wraith-project.toml"],
        ["twins/alpha/recordings/sessions/s/manifest.json"],
    ]


def test_the_graph_loads_neither_pydantic_nor_an_engine(project: Project) -> None:
    """doit with nothing to do reads the tasks, and must not pay for what only steps need."""
    code = "import sys; from wraith.build import graph; graph(); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project.root, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert not loaded & {"pydantic", "wraith.synth", "wraith.runtime", "wraith.conformance", "httpx"}
