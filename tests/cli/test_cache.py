"""``wraith cache``: how much is kept, trimmed, verified, emptied."""

from __future__ import annotations

import pytest

from wraith.workspace import Workspace


@pytest.fixture
def built(run, recorded: Workspace) -> Workspace:
    """A twin that was built, so that its cache holds something."""
    assert run("build").code == 0
    return recorded


def test_stats_say_how_much_is_kept(run, built: Workspace) -> None:
    """One result for each step but record, in text and as JSON."""
    document = run("cache", "stats", "--json").document
    assert (document["results"], document["removed_bytes"], document["damaged"]) == (3, 0, [])
    assert document["limit_bytes"] == 2 * 2**30
    assert run("cache", "stats").out.startswith("3 results and ")


def test_what_is_damaged_is_removed(run, built: Workspace) -> None:
    """verify names the contents that are not what they should be."""
    harmed = next(built.project.cache_path.glob("cas/??/*"))
    harmed.write_bytes(b"x")
    assert run("cache", "verify", "--json").document["damaged"] == [harmed.name]
    assert run("cache", "verify", "--json").document["damaged"] == []


def test_the_limit_is_kept_on_demand(run, built: Workspace) -> None:
    """gc removes nothing below the limit, and what is above it."""
    assert run("cache", "gc", "--json").document["removed_bytes"] == 0
    (built.project.root / "wraith-project.toml").write_text('[cache]\nlimit = "1 KiB"\n')
    document = run("cache", "gc", "--json").document
    assert document["removed_bytes"] > 0
    assert document["size_bytes"] <= 1024


def test_an_emptied_cache_costs_time_only(run, built: Workspace) -> None:
    """After clear a build finds everything fresh, for the outputs are still there."""
    assert run("cache", "clear").code == 0
    assert run("cache", "stats", "--json").document["results"] == 0
    assert {task["state"] for task in run("build", "--json").document["tasks"]} == {"fresh"}


def test_an_unknown_action_is_a_mistake(run, built: Workspace) -> None:
    """The error lists those that there are."""
    ran = run("cache", "empty")
    assert ran.code == 1
    assert "stats" in ran.err
