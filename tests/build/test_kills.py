"""Builds that are killed, and builds that run side by side: the bytes are those of a clean build."""

from __future__ import annotations

import os
import random
import select
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from wraith.build import run_graph
from wraith.workspace import Project

Build = Callable[..., "Run"]  # noqa: F821  # of conftest.py, which pytest gives by name

KILLS: Final = 50
SEED: Final = 20261121
PATCH: Final = """{"format": "wraith.patch/1", "route": {"method": "GET", "path_pattern": "/a"},
"changes": [{"variant": {"status": 200}, "at": "lua_hook", "old": null, "new": "HOOK"}]}"""


def built_in_a_fork(project: Project) -> int:
    """Begin a build in a process of its own, and return the process."""
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            code = run_graph(project, progress=lambda _: None)
        finally:
            os._exit(code)
    return pid


def outputs(project: Project) -> dict[str, bytes]:
    """Return every file but those of ``.wraith``, of which none may be a rest of a killed build."""
    files = [path for path in project.root.rglob("*") if path.is_file() and ".wraith" not in path.parts]
    kept = [path for path in files if not path.name.endswith(".part")]
    return {path.relative_to(project.root).as_posix(): path.read_bytes() for path in kept}


def harm(project: Project, chance: random.Random) -> None:
    """Make something to do: the outputs gone, or with them the database, the cache or both."""
    for name in ("tasks.db", "cache"):
        if chance.random() < 0.5:
            path = project.state_path / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for twin in project.twins():
        for path in (twin.symbols_path, twin.evidence_path, twin.report_path, twin.artifact_path):
            if chance.random() < 0.7:
                path.unlink(missing_ok=True)


def processor_s(pid: int) -> float:
    """Return the processor time that a process has had; see clock_getcpuclockid(3)."""
    return time.clock_gettime(~pid << 3 | 2)


def killed_after(pid: int, spent_s: float) -> bool:
    """Kill a child as soon as it has had so much processor time; return whether it was not done before. The
    moment does not depend on what else the machine does."""
    done = select.poll()
    handle = os.pidfd_open(pid)
    try:
        done.register(handle, select.POLLIN)
        while not done.poll(1) and processor_s(pid) < spent_s:
            pass
        os.kill(pid, signal.SIGKILL)  # it is ours until we have waited for it
    finally:
        os.close(handle)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def test_a_build_that_is_killed_ends_in_the_bytes_of_a_clean_one(project: Project, build: Build) -> None:
    """Fifty times at a random moment; what comes after needs no help."""
    chance = random.Random(SEED)
    clean = outputs(project)
    harm(project, chance)
    _, _, used = os.wait4(built_in_a_fork(project), 0)
    killed = 0
    for _ in range(KILLS):
        harm(project, chance)
        killed += killed_after(built_in_a_fork(project), chance.uniform(0, used.ru_utime + used.ru_stime))
        assert build(project).exit_code == 0
        assert outputs(project) == clean
        assert build(project).outcomes == {}
    assert killed > KILLS // 4


@pytest.mark.parametrize("cached", [False, True], ids=["without a cache", "with a cache"])
def test_two_builds_at_once_do_not_harm_each_other(project: Project, build: Build, cached: bool) -> None:
    """Both end well, in the bytes of one, and nothing is left to do."""
    clean = outputs(project)
    for _ in range(3):
        for twin in project.twins():
            for path in (twin.symbols_path, twin.report_path, twin.artifact_path):
                path.unlink()
        if not cached:
            shutil.rmtree(project.state_path)
        processes = [built_in_a_fork(project) for _ in range(2)]
        assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in processes] == [0, 0]
        assert outputs(project) == clean
        assert build(project).outcomes == {}


@pytest.mark.parametrize("cached", [False, True], ids=["built", "restored"])
def test_every_rename_may_be_the_last(
    project: Project, build: Build, monkeypatch: pytest.MonkeyPatch, cached: bool
) -> None:
    """A build killed before its n-th rename, for every n, leaves nothing that stops the next one."""
    twin, replace = project.twin("alpha"), os.replace
    patch = twin.patches_path / "x.json"
    patch.parent.mkdir(exist_ok=True)
    clean: dict[str, dict[str, bytes]] = {}
    for hook in ("x.lua", "y.lua"):
        patch.write_text(PATCH.replace("HOOK", hook))
        assert build(project).exit_code == 0
        clean[hook] = outputs(project)
    for last in range(100):
        hook = ("x.lua", "y.lua")[last % 2]
        patch.write_text(PATCH.replace("HOOK", hook))
        if not cached:
            shutil.rmtree(project.cache_path)
        left = [last]

        def counted(source: str | Path, target: str | Path, left: list[int] = left) -> None:
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1
            replace(source, target)

        with monkeypatch.context() as patcher:
            patcher.setattr(os, "replace", counted)
            _, status = os.waitpid(built_in_a_fork(project), 0)
        assert build(project).exit_code == 0
        assert outputs(project) == clean[hook]
        if not os.WIFSIGNALED(status):
            assert last >= 5  # the model in its three files, and the artifact in two
            return
    pytest.fail("a build of one twin renames no hundred files")
