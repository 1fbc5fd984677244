"""``tools/bench_serve.py``: a quick run measures what it says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parent.parent.parent / "tools" / "bench_serve.py"


@pytest.mark.skipif(shutil.which("wrk") is None, reason="needs the program wrk")
def test_a_quick_run_measures_all_there_is(tmp_path: Path) -> None:
    """Every server answers without errors, sessions are apart, and the document has it all."""
    output = tmp_path / "serve.json"
    quick = ["--rounds", "1", "--seconds", "1", "--memory", "100", "200", "--sessions", "40", "--no-others"]
    quick += ["--routes", "40", "--only", "rates", "memory", "sessions", "start"]
    servers = ["--servers", "raw", "wraith"]
    command = [sys.executable, str(TOOL), *quick, *servers, "--output", str(output)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    measured = json.loads(output.read_bytes())
    assert measured["rates"].keys() == {"raw", "wraith"}
    assert all(measured["rates"]["wraith"][kind]["of_raw"] > 0 for kind in ("reads", "creates"))
    assert (measured["memory"]["requests"], measured["sessions"]["answers_checked"]) == ([100, 200], 160)
    assert measured["start"]["cpu_s"] > 0
    assert "| wraith |" in ran.stdout


def test_handlers_are_measured_without_other_programs(tmp_path: Path) -> None:
    """Both forms of the typical handler stand beside the bare runtime, and the handlers load."""
    output = tmp_path / "serve.json"
    command = [sys.executable, str(TOOL), "--only", "handlers", "--rounds", "1", "--handlers", "20"]
    command += ["--output", str(output)]
    subprocess.run(command, capture_output=True, check=True, env=os.environ | {"PATH": str(tmp_path)})
    measured = json.loads(output.read_bytes())["handlers"]
    assert all(measured[form]["ms"] > 0 and measured[form]["of_bare"] > 0 for form in ("given", "decoded"))
    assert measured["load"]["handlers"] == 20


def test_what_is_not_installed_is_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A program is found on the search path, among the commands of npm, or as a part of a package."""
    from benchmarks.serve_peers import PEERS, program_of

    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert [name for name, peer in PEERS.items() if program_of(peer, [tmp_path])] == []
    (tmp_path / "node_modules" / ".bin").mkdir(parents=True)
    (tmp_path / "node_modules" / ".bin" / "mb").touch()
    (tmp_path / "node_modules" / "talkback").mkdir()
    found = {name: program_of(peer, [tmp_path]) for name, peer in PEERS.items()}
    assert {name: os.path.basename(path) for name, path in found.items() if path} == {
        "mountebank": "mb",
        "talkback": "talkback",
    }
