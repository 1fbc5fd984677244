"""``wraith graph`` and ``wraith build --explain``: what would run, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from wraith.workspace import Workspace


@pytest.fixture
def stale(run, recorded: Workspace) -> Workspace:
    """A twin that was built, and whose threshold was changed since."""
    assert run("build").code == 0
    text = recorded.config_path.read_text()
    recorded.config_path.write_text(text.replace("[diff]\n", "[diff]\nsession_pass_rate = 0.5\n"))
    return recorded


def test_the_graph_is_a_table_of_states(run, stale: Workspace) -> None:
    """A row for each twin, a column for each step."""
    lines = run("graph").out.splitlines()
    assert lines[0].split() == ["twin", "record", "synth", "check", "pack"]
    assert lines[1].split() == ["shop", "fresh", "fresh", "stale", "stale"]
    assert lines[-1] == "4 tasks, 2 not fresh"


def test_the_graph_is_drawn_for_graphviz_and_browsers(run, stale: Workspace) -> None:
    """dot and html on standard output or in a file; JSON has the same tasks."""
    assert '"synth:shop" -> "check:shop";' in run("graph", "--format", "dot").out
    assert run("graph", "--format", "html", "-o", "graph.html").code == 0
    assert "check:shop will run" in Path("graph.html").read_text()
    tasks = run("graph", "--json").document["tasks"]
    assert [task["state"] for task in tasks] == ["fresh", "fresh", "stale", "stale"]


def test_explain_names_the_change_and_runs_nothing(run, stale: Workspace) -> None:
    """From which digest to which, and how many tasks are fresh."""
    before = stale.report_path.stat().st_mtime_ns
    ran = run("build", "--explain", "check:shop")
    assert ran.out.startswith("check:shop will run\n  [diff] in wraith.toml changed, from ")
    assert ran.out.endswith("2 tasks fresh, 1 not\n")
    assert stale.report_path.stat().st_mtime_ns == before
    [*_, check] = run("build", "--explain", "check:shop", "--json").document["tasks"]
    assert check["changes"][0]["kind"] == "parameters"


def test_the_sandbox_finds_nothing_undeclared(run, stale: Workspace) -> None:
    """The steps of a real twin come to the same with their declared inputs alone."""
    ran = run("build", "--sandbox", "--json")
    assert (ran.code, ran.document["undeclared"]) == (0, [])


def test_two_jobs_and_going_on_are_options(run, recorded: Workspace) -> None:
    """With both a build ends as without."""
    assert run("build", "-n", "2", "--continue").code == 0


def test_watching_has_no_json(run, recorded: Workspace) -> None:
    """One document cannot be that of builds without end."""
    ran = run("build", "--watch", "--json")
    assert (ran.code, ran.document["error"]["kind"]) == (1, "input")
