"""The graph: what runs after which edit, and what never does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import wraith
from wraith.build import run_graph
from wraith.build._digests import code_digest
from wraith.errors import InputError
from wraith.workspace import Project, Workspace

Build = Callable[..., "Run"]  # noqa: F821  # of conftest.py, which pytest gives by name
WriteSession = Callable[..., Path]

Edit = Callable[[Workspace], object]


def append(path: Path, text: str) -> None:
    path.write_bytes(path.read_bytes() + text.encode())


def touch(path: Path) -> None:
    os.utime(path, (1, 1))


def first_exchange(twin: Workspace) -> Path:
    return sorted(twin.sessions_path.glob("*/000001.wrec"))[0]


def manifest(twin: Workspace) -> Path:
    return sorted(twin.sessions_path.glob("*/manifest.json"))[0]


def a_patch(twin: Workspace) -> None:
    twin.patches_path.mkdir()
    (twin.patches_path / "x.json").write_text(
        '{"format": "wraith.patch/1", "route": {"method": "GET", "path_pattern": "/a"}, "changes": '
        '[{"variant": {"status": 200}, "at": "lua_hook", "old": null, "new": "x.lua"}]}'
    )


def new_file(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


# What runs of record (r), synth (s), check (c) and pack (p) of the edited twin, and the reason of the first
EDITS: dict[str, tuple[Edit, str, str]] = {
    "nothing": (lambda twin: None, "", ""),
    "the times of a derived file": (lambda twin: touch(twin.symbols_path), "", ""),
    "the times of an exchange": (lambda twin: touch(first_exchange(twin)), "r", "files of session"),
    "a comment": (lambda twin: append(twin.config_path, "# x\n"), "", ""),
    "[diff]": (
        lambda twin: append(twin.config_path, "[diff]\nrequired_score = 0.5\n"),
        "cp",
        "[diff] in wraith.toml changed",
    ),
    "[synth]": (
        lambda twin: append(twin.config_path, '[synth]\ntags = ["none"]\n'),
        "scp",
        "[synth] in wraith.toml changed",
    ),
    "[serve]": (
        lambda twin: append(twin.config_path, '[serve]\nfidelity = "strict"\n'),
        "p",
        "wraith.toml changed",
    ),
    "the commands of [record]": (lambda twin: append(twin.config_path, '[record]\nstart = ["x"]\n'), "", ""),
    "scrub.toml": (lambda twin: append(twin.scrub_path, "# x\n"), "p", "scrub.toml changed"),
    "no model": (lambda twin: twin.symbols_path.unlink(), "s", "model/symbols.json is gone"),
    "no copy of the model": (lambda twin: twin.written_path.unlink(), "s", "symbols.written.json is gone"),
    "no digest of the model": (lambda twin: twin.digests_path.unlink(), "s", "digests.json is gone"),
    "edited evidence": (
        lambda twin: append(twin.evidence_path, " "),
        "s",
        "evidence.json is not what this task wrote",
    ),
    "no report": (lambda twin: twin.report_path.unlink(), "c", "check.json is gone"),
    "an edited report": (
        lambda twin: append(twin.report_path, " "),
        "c",
        "check.json is not what this task wrote",
    ),
    "no artifact": (lambda twin: twin.artifact_path.unlink(), "p", "alpha.wraith is gone"),
    "an edited artifact": (lambda twin: append(twin.artifact_path, " "), "p", "is not what this task wrote"),
    "no index": (lambda twin: twin.index_path.unlink(), "r", "index.json is gone"),
    "an edited index": (
        lambda twin: append(twin.index_path, " "),
        "r",
        "index.json is not what this task wrote",
    ),
    "a new patch": (a_patch, "scp", "patches/x.json is new"),
    "a new handler": (lambda twin: new_file(twin.lua_path / "lib" / "x.lua"), "cp", "lua/lib/x.lua is new"),
    "a new fixture": (
        lambda twin: new_file(twin.fixtures_path / "late" / "item.json", "{}"),
        "cp",
        "fixtures/late/item.json is new",
    ),
    "a new schema": (
        lambda twin: new_file(twin.state_path / "schema.json", "{}"),
        "p",
        "schema.json is new",
    ),
    "a new fault": (lambda twin: new_file(twin.faults_path / "x.toml"), "p", "faults/x.toml is new"),
}
STEPS = {"r": "record", "s": "synth", "c": "check", "p": "pack"}


@pytest.mark.parametrize("case", EDITS)
def test_an_edit_runs_what_depends_on_it_and_nothing_else(project: Project, build: Build, case: str) -> None:
    """The truth table of freshness: which steps of the edited twin run, and why."""
    edit, expected, reason = EDITS[case]
    edit(project.twin("alpha"))
    result = build(project)
    assert result.exit_code == 0
    assert result.ran == [f"{STEPS[letter]}:alpha" for letter in expected]
    if expected:
        assert reason in result.why(result.ran[0])
    assert build(project).ran == []


REFUSED: dict[str, tuple[Edit, str, str, str]] = {
    "an edited model": (
        lambda twin: append(twin.symbols_path, " "),
        "synth:alpha",
        "model/symbols.json",
        "wraith patch alpha",
    ),
    "an edited exchange": (
        lambda twin: first_exchange(twin).write_bytes(
            first_exchange(twin).read_bytes().replace(b"/a", b"/z")
        ),
        "record:alpha",
        "000001.wrec",
        "restore the file",
    ),
    "a longer exchange": (
        lambda twin: append(first_exchange(twin), " "),
        "record:alpha",
        "000001.wrec",
        "restore the file",
    ),
    "no exchange": (
        lambda twin: first_exchange(twin).unlink(),
        "record:alpha",
        "000001.wrec",
        "restore the file",
    ),
    "a new exchange": (
        lambda twin: (first_exchange(twin).with_name("000009.wrec")).write_bytes(b"x"),
        "record:alpha",
        "000009.wrec",
        "restore the file",
    ),
    "an edited manifest": (
        lambda twin: append(manifest(twin), "\n"),
        "record:alpha",
        "manifest.json",
        "restore",
    ),
    "a broken patch": (
        lambda twin: new_file(twin.patches_path / "x.json"),
        "synth:alpha",
        "patches/x.json",
        "mend the file",
    ),
    "an unknown key": (
        lambda twin: append(twin.config_path, "[diff]\nscore = 1\n"),
        "check:alpha",
        "wraith.toml",
        "mend the keys",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_may_not_be_overwritten_or_guessed_stops_the_build(
    project: Project, build: Build, case: str
) -> None:
    """The message names the file and what to do; the exit code is the user's mistake; nothing is changed."""
    edit, task, where, hint = REFUSED[case]
    twin = project.twin("alpha")
    edit(twin)
    before = {path: path.read_bytes() for path in twin.root.rglob("*") if path.is_file()}
    for _ in range(2):  # it is no fresher the second time
        result = build(project)
        assert (result.exit_code, result.failed) == (1, [task])
        assert where in result.error
        assert hint in result.error
    assert before == {path: path.read_bytes() for path in twin.root.rglob("*") if path.is_file()}


def test_a_new_session_is_indexed_and_learned_from(
    project: Project, build: Build, write_session: WriteSession
) -> None:
    """Recording by hand makes everything that depends on recordings stale."""
    twin = project.twin("alpha")
    write_session(twin, ["/new"], at_ms=9000)
    result = build(project)
    assert result.ran == ["record:alpha", "synth:alpha", "check:alpha", "pack:alpha"]
    assert b"/new" in twin.symbols_path.read_bytes()
    assert result.why("synth:alpha").startswith("twins/alpha/recordings/index.json changed")
    assert build(project).ran == []


def test_a_raised_engine_version_rebuilds_what_engines_write(
    project: Project, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The version is an input of every task that runs an engine, and of no other."""
    monkeypatch.setattr("wraith.build._task.ENGINE_VERSION", "wraith-engine/next")
    result = build(project, "pack:alpha")
    assert result.ran == ["synth:alpha", "check:alpha", "pack:alpha"]
    assert result.why("synth:alpha").startswith(f"the engine changed ({wraith.ENGINE_VERSION}+")


def test_a_change_of_an_engines_code_rebuilds_what_it_writes(
    project: Project, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has to raise a version: the source of the rooms is one."""
    monkeypatch.setattr(
        "wraith.build._task.code_digest", lambda *rooms: "other" if "synth" in rooms else "same"
    )
    assert "synth:alpha" in build(project, "synth:alpha").ran
    assert code_digest("synth", "wir") == code_digest("wir", "synth") != code_digest("wir")


def test_without_a_database_the_same_bytes_are_built(project: Project, build: Build) -> None:
    """With neither database nor cache everything runs once, and every output is what it was."""
    outputs = [path for path in project.root.rglob("*") if path.is_file() and ".wraith" not in path.parts]
    before = {path: path.read_bytes() for path in outputs}
    shutil.rmtree(project.state_path)
    result = build(project)
    assert set(result.outcomes.values()) == {"checked", "built"}
    assert len(result.ran) == 8
    assert {path: path.read_bytes() for path in outputs} == before
    assert build(project).ran == []


def test_a_moved_project_is_still_fresh(project: Project, build: Build) -> None:
    """Files are remembered by their place in the project."""
    moved = Project(project.root.rename(project.root.with_name("elsewhere")))
    assert build(moved).ran == []


@pytest.mark.parametrize(
    ("targets", "ran"),
    [
        (["synth:alpha"], ["synth:alpha"]),
        (["check:alpha"], ["synth:alpha", "check:alpha"]),
        (["synth"], ["synth:alpha", "synth:beta"]),
        (["twins/beta/model/evidence.json"], ["synth:beta"]),
        (["record"], []),
    ],
    ids=lambda value: " ".join(value) if value and ":" not in value[0] else None,
)
def test_a_target_is_a_step_a_task_or_a_file(
    project: Project, build: Build, targets: list[str], ran: list[str]
) -> None:
    """Only what is asked for is built, with what it needs."""
    for twin in project.twins():
        twin.evidence_path.unlink()
        twin.report_path.unlink()
    assert build(project, *targets).ran == ran


def test_a_target_that_there_is_none_of_is_the_users_mistake(project: Project) -> None:
    """The error lists what can be named."""
    with pytest.raises(InputError, match="nothing to build that is called 'check:gamma'") as raised:
        run_graph(project, ["check:gamma"])
    assert "alpha, beta" in (raised.value.hint or "")


def test_a_broken_configuration_is_named_before_anything_runs(project: Project) -> None:
    """A wraith.toml that is no TOML is exit status 1 with the file."""
    project.twin("beta").config_path.write_text("x = ")
    with pytest.raises(InputError, match="not TOML") as raised:
        run_graph(project)
    assert raised.value.where == str(project.twin("beta").config_path)


def test_a_score_below_the_threshold_ends_with_2_after_the_report_is_written(
    project: Project, build: Build
) -> None:
    """The answer "no" is not remembered as done, and what comes after does not run."""
    twin = project.twin("alpha")
    append(twin.config_path, "[diff]\nrequired_score = 0.95\n")
    for _ in range(2):
        result = build(project)
        assert (result.exit_code, result.failed, result.ran) == (2, ["check:alpha"], [])
        assert b'"passed": false' in twin.report_path.read_bytes()


def test_an_input_edited_while_its_task_runs_is_not_taken_for_seen(
    project: Project, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A patch that changes under synth makes it run again."""
    from wraith.build import steps

    twin = project.twin("alpha")
    a_patch(twin)
    learn = steps.synth

    def edited_meanwhile(workspace: Workspace) -> steps.SynthResult:
        result = learn(workspace)
        path = workspace.patches_path / "x.json"
        path.write_text(path.read_text().replace("x.lua", "y.lua"))
        return result

    with monkeypatch.context() as patcher:
        patcher.setattr(steps, "synth", edited_meanwhile)
        assert "synth:alpha" in build(project).ran
    assert build(project).ran == ["synth:alpha", "check:alpha", "pack:alpha"]
    assert b"y.lua" in twin.symbols_path.read_bytes()
    assert build(project).ran == []


def test_a_bug_ends_with_4_and_says_that_it_is_one(
    project: Project, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nobody foresaw is a failure of ours, not of the user's."""
    from wraith.build import steps

    def broken(workspace: Workspace) -> steps.PackResult:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(steps, "pack", broken)
    shutil.rmtree(project.cache_path)
    project.twin("alpha").artifact_path.unlink()
    result = build(project)
    assert result.exit_code == 4
    assert "this is a bug: ZeroDivisionError: by zero" in result.error


def test_an_interrupt_is_no_failure_of_a_task(
    project: Project, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes up to the command, which has its own exit status for it; what was finished stays finished."""
    from wraith.build import steps

    def interrupted(workspace: Workspace) -> steps.PackResult:
        raise KeyboardInterrupt

    shutil.rmtree(project.cache_path)
    project.twin("alpha").report_path.unlink()
    project.twin("alpha").artifact_path.unlink()
    with monkeypatch.context() as patcher:
        patcher.setattr(steps, "pack", interrupted)
        with pytest.raises(KeyboardInterrupt):
            build(project)
    assert build(project).ran == ["pack:alpha"]


def test_an_installed_twin_is_used_as_it_came(project: Project, build: Build) -> None:
    """Without recordings there is nothing to learn from: it can be packed again, to the same bytes."""
    from wraith.artifact import install

    away = Project(project.root.with_name("away"))
    twin = install(project.twin("alpha").artifact_path, away).workspace
    result = build(away)
    assert (result.exit_code, result.ran) == (0, ["pack:alpha"])
    assert twin.artifact_path.read_bytes() == project.twin("alpha").artifact_path.read_bytes()
    assert build(away).ran == []


def test_a_project_without_twins_builds(tmp_path: Path, build: Build) -> None:
    """There is nothing to do, and that is no error."""
    assert build(Project(tmp_path)).exit_code == 0
