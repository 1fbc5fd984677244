"""``wraith build``: the graph with wraith's exit codes, and what became of each task."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from wraith.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def _states(ran) -> dict[str, str]:
    return {task["task"]: task["state"] for task in ran.document["tasks"]}


def test_a_build_runs_every_step_and_a_second_none(run, recorded: Workspace) -> None:
    """The first build says why each task ran, the second that nothing is to do."""
    first = run("build")
    assert first.code == 0
    assert re.fullmatch(r"1 checked, 3 built in \d+\.\d s\n", first.out)
    assert "synth:shop: ran, because doit has not built it here before; 2 routes" in first.err
    second = run("build", "--json")
    assert (second.code, set(_states(second).values())) == (0, {"fresh"})


def test_a_target_builds_what_it_needs(run, recorded: Workspace) -> None:
    """Naming one task runs it and what it depends on."""
    assert _states(run("build", "synth:shop", "--json")) == {
        "record:shop": "checked",
        "synth:shop": "built",
    }


def test_a_failed_task_gives_its_exit_status(run, shop: Workspace) -> None:
    """A check that says no ends the build with 2, and the task carries the error."""
    ran = run("build", "--json")
    assert ran.code == ran.document["exit_code"] == 2
    assert _states(ran) == {"record:shop": "built", "synth:shop": "built", "check:shop": "failed"}
    failed = next(task for task in ran.document["tasks"] if task["state"] == "failed")
    assert failed["error"]["kind"] == "no"


def test_on_a_terminal_a_bar_is_shown(run, recorded: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person sees which task runs and how many are done; the lines of finished tasks stay."""
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("sys.stderr", terminal)
    assert run("build").code == 0
    assert "building" in terminal.getvalue()
    assert "synth:shop: ran" in terminal.getvalue()


def test_an_unknown_target_is_a_mistake(run, recorded: Workspace) -> None:
    """A target that there is none of ends with 1 and runs nothing."""
    ran = run("build", "synth:other")
    assert ran.code == 1
    assert "synth:other" in ran.err
    assert not recorded.symbols_path.exists()


def test_a_project_without_twins_has_nothing_to_build(run, folder) -> None:
    """In an empty folder build ends with 0 and says so."""
    ran = run("build", "--json")
    assert (ran.code, ran.document["tasks"]) == (0, [])


def test_watching_builds_again_when_a_file_changes(recorded: Workspace) -> None:
    """Edits build what they concern, one that is half done is said and waited out, an interrupt ends it."""
    project = recorded.project.root
    command = [sys.executable, "-m", "wraith.cli", "build", "--watch"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=project, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        watchdog = threading.Timer(60, process.kill)
        watchdog.start()
        try:
            assert process.stderr is not None

            def until(pattern: str) -> list[str]:
                """Return what is said, up to the first line like this."""
                said = []
                for line in process.stderr or ():
                    said.append(line.rstrip())
                    if re.search(pattern, line):
                        return said
                raise AssertionError(said)

            until(r"1 checked, 3 built in")
            recorded.scrub_path.write_text("# edited\n")
            changed = until(r"3 fresh, 1 built in")
            assert "twins/shop/scrub.toml changed" in changed
            assert any(line.startswith("pack:shop: ran, because") for line in changed)
            whole = recorded.config_path.read_text()
            recorded.config_path.write_text("[upstream\n")
            assert any("not TOML" in line for line in until("error"))
            recorded.config_path.write_text(whole)
            until(r"4 fresh in")
            process.send_signal(signal.SIGINT)
            assert process.wait() == 130
        finally:
            watchdog.cancel()
            process.kill()
