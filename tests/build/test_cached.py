"""The action cache under the graph: what is restored, on this machine and on others, and what never is."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.nginx import nginx_with
from wraith.build import run_graph
from wraith.cache import Store
from wraith.workspace import Project, Workspace

Build = Callable[..., "Run"]  # noqa: F821  # of conftest.py, which pytest gives by name

STEPS: Final = ("synth", "check", "pack")
NOT_A_TWINS: Final = ("model/symbols.json", "model/evidence.json", "model/digests.json", "build", "reports")
"""What version control leaves out of a twin."""


def clone(project: Project, name: str) -> Project:
    """Return what another machine gets of a project: what is committed, and an empty ``.wraith``."""
    root = shutil.copytree(
        project.root, project.root.with_name(name), ignore=shutil.ignore_patterns(".wraith")
    )
    shutil.rmtree(root / "dist")
    for twin in Project(root).twins():
        for path in (twin.root / each for each in NOT_A_TWINS):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return Project(root)


def outputs(project: Project) -> dict[str, bytes]:
    files = [path for path in project.root.rglob("*") if path.is_file() and ".wraith" not in path.parts]
    return {path.relative_to(project.root).as_posix(): path.read_bytes() for path in files}


def configure(project: Project, text: str) -> None:
    (project.root / "wraith-project.toml").write_text(text)


def everywhere(kind: str, record: str = "checked") -> dict[str, str]:
    """Return the outcome of a build in which every step came about in one way."""
    return {
        f"{step}:{twin}": record if step == "record" else kind
        for step in ("record", *STEPS)
        for twin in ("alpha", "beta")
    }


# --- on one machine


def test_a_fresh_clone_with_a_warm_cache_builds_nothing(project: Project, build: Build) -> None:
    """It looks after its recordings and restores the rest, byte for byte; then everything is fresh."""
    away = clone(project, "away")
    shutil.copytree(project.cache_path, away.cache_path)
    result = build(away)
    assert result.outcomes == everywhere("restored")
    assert outputs(away) == outputs(project)
    assert build(away).outcomes == {}


def test_switching_back_restores(project: Project, build: Build) -> None:
    """What was built of other inputs is there again when they are."""
    twin = project.twin("alpha")
    before = twin.config_path.read_bytes()
    twin.config_path.write_bytes(before + b'[synth]\ntags = ["none"]\n')
    assert set(build(project).outcomes.values()) == {"built"}
    for text in (before, before + b'[synth]\ntags = ["none"]\n', before):
        twin.config_path.write_bytes(text)
        outcomes = build(project).outcomes
        assert outcomes
        assert set(outcomes.values()) == {"restored"}
        assert build(project).outcomes == {}


def test_a_step_that_writes_the_same_bytes_runs_nothing_after_it(project: Project, build: Build) -> None:
    """Two patches that undo each other make the model anew, and it is what it was."""
    twin = project.twin("beta")
    twin.patches_path.mkdir(exist_ok=True)
    for name, old, new in (("x", "null", '"x.lua"'), ("y", '"x.lua"', "null")):
        (twin.patches_path / f"{name}.json").write_text(
            '{"format": "wraith.patch/1", "route": {"method": "GET", "path_pattern": "/c"}, "changes": '
            f'[{{"variant": {{"status": 200}}, "at": "lua_hook", "old": {old}, "new": {new}}}]}}'
        )
    assert build(project, "check:beta").outcomes == {"synth:beta": "built"}


def test_an_input_edited_while_a_step_runs_is_not_kept_for_what_it_was(
    project: Project, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written then was made of nobody knows what, and no other build may be given it."""
    from wraith.build import steps

    twin, check = project.twin("alpha"), steps.check

    def edited_meanwhile(workspace: Workspace) -> steps.CheckResult:
        workspace.drift_path.write_text('format = "wraith.drift/1"\n# edited\n')
        return check(workspace)

    twin.drift_path.write_text('format = "wraith.drift/1"\n')
    with monkeypatch.context() as patcher:
        patcher.setattr(steps, "check", edited_meanwhile)
        assert build(project, "check:alpha").outcomes == {"check:alpha": "built"}
    twin.drift_path.write_text('format = "wraith.drift/1"\n')
    twin.report_path.unlink()
    assert build(project, "check:alpha").outcomes == {"check:alpha": "built"}


@pytest.mark.parametrize("kind", ["ac", "cas"])
@pytest.mark.parametrize("harm", [b"", b"\xff\xff", b"x" * 100], ids=["empty", "no message", "other"])
def test_a_damaged_entry_is_a_miss_and_is_replaced(
    project: Project, build: Build, kind: str, harm: bytes
) -> None:
    """What is damaged is said, built anew and kept again; no damage reaches an output."""
    clean = outputs(project)
    for path in project.cache_path.glob(f"{kind}/??/*"):
        path.write_bytes(harm)
    report = project.twin("alpha").report_path
    report.unlink()
    result = build(project)
    assert result.outcomes == {"check:alpha": "built"}
    assert outputs(project) == clean
    assert any("damaged" in event.summary for event in result.events if event.kind == "note")
    report.unlink()
    assert build(project).outcomes == {"check:alpha": "restored"}


def test_what_fails_is_not_kept(project: Project, build: Build) -> None:
    """The answer no is given each time, with its report, and not from the cache."""
    twin = project.twin("alpha")
    twin.config_path.write_text(twin.config_path.read_text() + "[diff]\nrequired_score = 0.95\n")
    for _ in range(2):
        assert build(project, "check:alpha").outcomes == {"check:alpha": "failed"}


def test_a_restored_twin_can_be_found_by_its_digest(project: Project, build: Build) -> None:
    """Restoring an artifact keeps it in the project's store, as packing does."""
    stored = sorted(path.name for path in project.store_path.iterdir())
    shutil.rmtree(project.store_path)
    shutil.rmtree(project.root / "dist")
    assert build(project).outcomes == {"pack:alpha": "restored", "pack:beta": "restored"}
    assert sorted(path.name for path in project.store_path.iterdir()) == stored


def test_the_store_is_kept_below_its_limit(project: Project, build: Build) -> None:
    """A build that keeps something removes what was not used for longest."""
    configure(project, '[cache]\nlimit = "1 KiB"\n')
    project.twin("alpha").scrub_path.write_text("# edited")
    assert build(project).outcomes == {"pack:alpha": "built"}
    assert Store(project.cache_path).stats().size_bytes <= 1024


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[cache]\nremote = "ftp://x"\n', "cache.remote"),
        ('[cache]\nlimit = "much"\n', "a size is a number and one of B, KiB"),
        ("[cache]\nsize = 1\n", "cache.size: unknown key"),
    ],
    ids=["address", "size", "key"],
)
def test_a_broken_table_is_the_users_mistake(project: Project, build: Build, text: str, message: str) -> None:
    """The step that would have looked there ends with 1, and the error names the key."""
    configure(project, text)
    project.twin("alpha").report_path.unlink()
    result = build(project)
    assert result.exit_code == 1
    assert message in result.error


# --- on two


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[str]:
    """The address of a cache server: nginx with WebDAV, as docs/how-to/ci.md sets it up."""
    folder = tmp_path / "nginx"
    (folder / "cache").mkdir(parents=True)

    def server(port: int) -> str:
        return f"""
            server {{
                listen 127.0.0.1:{port};
                client_max_body_size 1g;
                location / {{
                    root {folder}/cache; dav_methods PUT; create_full_put_path on;
                }}
            }}
        """

    with nginx_with(folder, server) as address:
        yield address


def test_two_machines_share_what_they_build(
    project: Project, build: Build, nginx: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one built the other restores, through a real nginx; what the server holds damaged is built."""
    clean = outputs(project)
    one, two, three = (clone(project, name) for name in ("one", "two", "three"))
    monkeypatch.setenv("WRAITH_CACHE_REMOTE", nginx)
    assert build(one).outcomes == everywhere("built")
    result = build(two)
    assert result.outcomes == everywhere("restored")
    assert {event.origin for event in result.events if event.kind == "restored"} == {"remote"}
    assert outputs(one) == outputs(two) == clean
    for path in (tmp_path / "nginx" / "cache" / "cas").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-1])
    lied_to = build(three)
    assert lied_to.outcomes == everywhere("built")
    assert outputs(three) == clean
    assert any(
        event.kind == "note" and "sent a content that is not" in event.summary for event in lied_to.events
    )


def test_what_may_only_read_does_not_write(
    project: Project, build: Build, nginx: str, tmp_path: Path
) -> None:
    """With ``read_only`` a build takes what is there, and leaves nothing of its own."""
    away = clone(project, "away")
    configure(away, f'[cache]\nremote = "{nginx}"\nread_only = true\n')
    assert build(away).outcomes == everywhere("built")
    assert not list((tmp_path / "nginx" / "cache").iterdir())


def test_a_server_that_is_gone_is_said_once_and_stops_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch, build: Build
) -> None:
    """The build goes on without it; an empty variable says that there is none."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        configure(project, f'[cache]\nremote = "http://127.0.0.1:{listener.getsockname()[1]}"\n')
    away, quiet = clone(project, "away"), clone(project, "quiet")
    result = build(away)
    assert result.outcomes == everywhere("built")
    [note] = [event.summary for event in result.events if event.kind == "note"]
    assert "is not used any more" in note
    monkeypatch.setenv("WRAITH_CACHE_REMOTE", "")
    assert not [event for event in build(quiet).events if event.kind == "note"]


def test_steps_run_beside_each_other_to_the_same_bytes(project: Project) -> None:
    """With two jobs, in processes with the real engines, every step is restored or built as with one."""
    one, two = clone(project, "one"), clone(project, "two")
    for each in (one, two):
        for twin in each.twins():
            twin.config_path.write_text(twin.config_path.read_text() + "[diff]\nrequired_score = 0.0\n")
    run = (
        "from pathlib import Path; from wraith.build import run_graph; from wraith.workspace import Project\n"
    )
    for each, jobs in ((one, 1), (two, 2)):
        code = f"{run}raise SystemExit(run_graph(Project(Path.cwd()), jobs={jobs}))"
        ran = subprocess.run(
            [sys.executable, "-c", code], cwd=each.root, capture_output=True, text=True, check=False
        )
        assert (ran.returncode, ran.stderr.count(": ran, because")) == (0, 8), ran.stderr
    assert outputs(one) == outputs(two)
    assert run_graph(two, jobs=2, progress=lambda _: None) == 0
